"""Registers as the company keeps them: its own headings and words, systems by their titles.

`correction`: the headings that the proposal leaves open, as the person who uploads fills them in.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.measures.proof import Proof
from tests.registers.sheet import Rows, cells, csv_file, excel_nl, xlsx

_DAY = "2026-11-20"
_ALL = ("portal", "website", "aantoonbaar")


def _register(
    requirement: str,
    name: str,
    form: Callable[[Rows], bytes],
    table: str,
    systems: tuple[str, ...] = (),
    counts: int | Mapping[str, int] = 0,
    since: str = _DAY,
    correction: Mapping[str, Any] | None = None,
) -> Proof:
    """A register with its count: of all rows, unless another number or one by system is given."""
    rows = cells(table)
    numbers = {"": counts or len(rows) - 1} if isinstance(counts, int) else counts
    return Proof(
        requirement, {name: form(rows)}, systems, counts=numbers, days=(since, _DAY), correction=correction or {}
    )


DATACENTRE_CERTIFICATES = _register(
    "datacentre-certificates",
    "datacenters.xlsx",
    xlsx(sheet="Datacenters"),
    """
    Code | Adres / plaats | Provincie | Beheerd door | Norm | Certificaat nr. | Afgegeven door | RvA-erkend | Ingangsdatum | Einddatum | Locatie in scope | 24x7 bewaking | Waaruit blijkt dat | Onze systemen | Laatst nagekeken
    HEN-1 | Hengelo | Overijssel | Twente Colo B.V. | ISO 27001:2022 | TC-2201 | Keurmeester B.V. | ja | 2025-02-01 | 2028-01-31 | ja | ja | SOC-rapportage | Zorgportaal, Website, Aantoonbaar | 2026-11-05
    DEV-1 | Deventer | Overijssel | IJssel Hosting N.V. | ISO 27001:2022 | YH-310 | Keurmeester B.V. | ja | 2024-06-15 | 2027-06-14 | ja | ja | bezoekverslag | Zorgportaal, Website, Aantoonbaar | 2026-11-05
    """,
    counts=2,
    correction={
        "columns": {
            "location_ref": "Code",
            "operator": "Beheerd door",
            "accredited": "RvA-erkend",
            "valid_from": "Ingangsdatum",
            "monitored_proof": "Waaruit blijkt dat",
        }
    },
)
DATACENTRE_ACCESS = _register(
    "datacentre-access-list",
    "toegang datacenter.xlsx",
    xlsx(sheet="Toegang"),
    """
    Pers.nr | Van | Locatie | Functie | Waarom nodig | Sinds | Einde inzet | Gecontroleerd op | Gecontroleerd door | Blijft? | Ingetrokken d.d.
    104 | eigen | HEN-1 | systeembeheerder | storingen | 2023-03-01 | | 2026-11-02 | 101 | behouden |
    104 | eigen | DEV-1 | systeembeheerder | storingen | 2023-03-01 | | 2026-11-02 | 101 | behouden |
    107 | eigen | HEN-1 | netwerkbeheerder | | 2024-09-01 | | 2026-11-02 | 101 | intrekken | 2026-11-04
    """,
    correction={"columns": {"employer": "Van", "access_from": "Sinds"}},
)
CONFIDENTIALITY = _register(
    "confidentiality-register",
    "geheimhouding.csv",
    excel_nl(),
    """
    Pers.nr | Dienstverband | Soort verklaring | Datum handtekening | Startdatum | Einddatum | Loopt door na vertrek | Nummer dossier
    101 | vast | arbeidsovereenkomst | 02-01-2020 | 01-02-2020 | | ja | P101
    104 | vast | arbeidsovereenkomst | 10-02-2023 | 01-03-2023 | | ja | P104
    107 | inhuur | verklaring | 25-08-2024 | 01-09-2024 | | ja | P107
    112 | vast | arbeidsovereenkomst | 12-05-2025 | 01-06-2025 | | ja | P112
    """,
    correction={"columns": {"lasts_after": "Loopt door na vertrek"}},
)
ACCESS_REVIEW = _register(
    "access-review",
    "toegangscontrole Q4.xlsx",
    xlsx(sheet="Q4", above=[["Controle toegangsrechten Q4 2026"], []]),
    """
    Toepassing | Inlognaam | Pers.nr | Type account | Beheer? | Rechtengroep | Nodig voor | Uit dienst per | Laatst gebruikt | Besluit | Door | Op | Verwerkt op
    Zorgportaal | adm-104 | 104 | persoonlijk | ja | beheerder | beheer en storingen | | 2026-11-18 | behouden | 101 | 2026-11-09 |
    Zorgportaal | sup-112 | 112 | persoonlijk | nee | support | vragen van klanten | | 2026-11-19 | behouden | 101 | 2026-11-09 |
    Zorgportaal | sup-107 | 107 | persoonlijk | nee | support | | | 2026-06-02 | intrekken | 101 | 2026-11-09 | 2026-11-10
    Website | red-112 | 112 | persoonlijk | nee | redacteur | nieuws plaatsen | | 2026-11-12 | behouden | 104 | 2026-11-09 |
    Aantoonbaar | aud-101 | 101 | persoonlijk | ja | security officer | bewijs beheren | | 2026-11-19 | behouden | 104 | 2026-11-09 |
    """,
    _ALL,
    {"portal": 3, "website": 1, "aantoonbaar": 1},
    correction={"columns": {"task_reason": "Nodig voor", "decided_by_ref": "Door", "decided_on": "Op"}},
)
FIREWALL = _register(
    "firewall-rule-review",
    "firewallregels.xlsx",
    xlsx(sheet="Regels"),
    """
    Firewall | Nr | Bron | Bestemming | Poort/dienst | Toestaan of weigeren | Verantwoordelijke | Waarom | Tijdelijk t/m | Beoordeeld | Besluit | Klaar op
    fw-hengelo | 10 | any | webservers | tcp/443 | toestaan | beheer | portaal en website | | 2026-11-03 | behouden |
    fw-hengelo | 20 | vpn | servers | tcp/22 | toestaan | beheer | onderhoud | | 2026-11-03 | behouden |
    fw-hengelo | 30 | kantoor | servers | tcp/5432 | toestaan | beheer | oude rapportage | | 2026-11-03 | verwijderen | 2026-11-05
    fw-hengelo | 99 | any | any | any | weigeren | beheer | sluitregel | | 2026-11-03 | behouden |
    """,
)
LAST_ATTEMPTS = _register(
    "last-attempts",
    "laatste pogingen.csv",
    csv_file(mark=";"),
    """
    Applicatie | Gebruikersnummer | Laatste poging | Uitslag | Testpoging
    Zorgportaal | 3001 | 2026-11-20 08:12:05 | gelukt | nee
    Zorgportaal | 3002 | 2026-11-19 17:40:22 | gelukt | nee
    Zorgportaal | 3999 | 2026-11-17 10:00:04 | mislukt | ja
    Zorgportaal | 3999 | 2026-11-17 10:01:10 | gelukt | ja
    """,
    ("portal",),
    3,
)
LOGIN_LOG = _register(
    "login-log-extract",
    "inloglog.csv",
    csv_file(),
    """
    Id | Tijd | Gebruikersnummer | Uitslag | IP-reeks | Applicatie | Oorzaak | Testpoging
    88120 | 2026-11-20 08:12:05 | 3001 | gelukt | 10.20.0.0/16 | Zorgportaal | | nee
    88119 | 2026-11-19 17:40:22 | 3002 | gelukt | 10.21.0.0/16 | Zorgportaal | | nee
    88118 | 2026-11-17 10:01:10 | 3999 | gelukt | 10.20.0.0/16 | Zorgportaal | | ja
    88117 | 2026-11-17 10:00:04 | 3999 | mislukt | 10.20.0.0/16 | Zorgportaal | wachtwoord | ja
    88116 | 2026-11-14 09:30:41 | 3001 | gelukt | 10.20.0.0/16 | Zorgportaal | | nee
    88115 | 2026-11-11 08:05:12 | 3002 | mislukt | 10.21.0.0/16 | Zorgportaal | wachtwoord | nee
    """,
    ("portal",),
)
APPROVED_MATRIX = _register(
    "approved-access-matrix",
    "autorisatiematrix.xlsx",
    xlsx(sheet="Matrix"),
    """
    Scherm | Actie | Wiens dossier | zorgverlener | planner | Akkoord van | Akkoord op
    dossier | lezen | eigen | ja | nee | 101 | 2026-09-01
    dossier | lezen | ander | nee | nee | 101 | 2026-09-01
    rooster | wijzigen | eigen | nee | ja | 101 | 2026-09-01
    rooster | wijzigen | ander | nee | nee | 101 | 2026-09-01
    dossier | wijzigen | eigen | ja | nee | 101 | 2026-09-01
    dossier | wijzigen | ander | nee | nee | 101 | 2026-09-01
    rooster | lezen | eigen | ja | ja | 101 | 2026-09-01
    rooster | lezen | ander | nee | nee | 101 | 2026-09-01
    """,
    ("portal",),
    16,
)
_TRIED = "\n".join(
    f"Zorgportaal | {role} | {part} | {action} | {whose} | {may} | {may} | 2026-11-12 | aanroep"
    for part, action, whose, carer, planner in (
        ("dossier", "lezen", "eigen", "ja", "nee"),
        ("dossier", "lezen", "ander", "nee", "nee"),
        ("dossier", "wijzigen", "eigen", "ja", "nee"),
        ("dossier", "wijzigen", "ander", "nee", "nee"),
        ("rooster", "lezen", "eigen", "ja", "ja"),
        ("rooster", "lezen", "ander", "nee", "nee"),
        ("rooster", "wijzigen", "eigen", "nee", "ja"),
        ("rooster", "wijzigen", "ander", "nee", "nee"),
    )
    for role, may in (("zorgverlener", carer), ("planner", planner))
)
ACCESS_MATRIX = _register(
    "access-matrix",
    "rechten getest.csv",
    excel_nl(),
    "Applicatie | Rol | Scherm | Actie | Wiens dossier | Zou mogen | Mag echt | Datum | Hoe getest\n" + _TRIED,
    ("portal",),
    correction={"columns": {"tested_on": "Datum", "expected": "Zou mogen", "actual": "Mag echt"}},
)
EURA_VERSIONS = _register(
    "eura-versions",
    "versies eura.xlsx",
    xlsx(),
    """
    Rol | Versienummer | Geldig vanaf
    zorgverlener | 2.0 | 2025-01-01
    zorgverlener | 3.0 | 2026-07-01
    planner | 3.0 | 2026-07-01
    """,
)
EURA_ACCEPTANCES = _register(
    "eura-acceptance-export",
    "akkoorden.csv",
    csv_file(mark=";"),
    """
    Applicatie | Gebruikersnummer | Rol | Versie EURA | Akkoord op | Eerste gebruik | Laatste gebruik
    Zorgportaal | 3001 | zorgverlener | 3.0 | 2026-07-01 07:58:00 | 2026-07-01 07:58:30 | 2026-11-20 08:15:00
    Zorgportaal | 3002 | planner | 3.0 | 2026-07-03 09:00:00 | 2026-07-03 09:00:12 | 2026-11-19 17:41:00
    """,
    ("portal",),
)
DATA_INVENTORY = _register(
    "data-inventory-review",
    "verwerkingsregister.xlsx",
    xlsx(sheet="Register", others={"Uitleg": [["Ieder najaar bijgewerkt door de privacy officer."]]}),
    """
    Gegeven | Applicatie | Van wie | Soort gegeven | Onze rol | Waarvoor | Grondslag | Grond bijzonder gegeven | Overeenkomst | Echt nodig | Bewaartermijn | Bekeken op | Besluit | Gedaan op
    naam en geboortedatum | Zorgportaal | cliënten | gewoon | verwerker | zorgdossier | | | VWO-201 | ja | BT-1 | 2026-11-10 | behouden |
    diagnose | Zorgportaal | cliënten | bijzonder | verwerker | zorgdossier | | | VWO-201 | ja | BT-1 | 2026-11-10 | behouden |
    e-mailadres | Website | bezoekers | gewoon | verantwoordelijke | nieuwsbrief | art. 6 lid 1 sub a AVG | | | ja | BT-4 | 2026-11-10 | behouden |
    naam van de medewerker | Aantoonbaar | eigen medewerkers | gewoon | verantwoordelijke | verantwoording | art. 6 lid 1 sub f AVG | | | ja | BT-6 | 2026-11-10 | behouden |
    """,
    correction={"columns": {"subjects": "Van wie", "reviewed_on": "Bekeken op"}},
)
DESTRUCTION = _register(
    "destruction-log",
    "vernietiging.xlsx",
    xlsx(sheet="2026"),
    """
    Nr | Applicatie | Wat | Waarom | Datum aanleiding | Uiterlijk volgens contract | Vernietigd d.d. | Hoe | Back-up weg op | Uitstel? | Nagekeken door
    V-11 | Zorgportaal | omgeving van klant 18 | licentie beëindigd | 2026-07-31 | 2026-10-31 | 2026-09-02 | crypto-erase | 2026-10-02 | geen | 104
    V-12 | Website | contactformulieren 2024 | bewaartermijn verstreken | 2026-08-01 | | 2026-08-03 | verwijderd uit de database | 2026-09-02 | geen | 104
    """,
    ("portal", "website"),
    {"portal": 1, "website": 1},
    since="2026-07-31",
    correction={"columns": {"dataset": "Wat", "backups_expire_on": "Back-up weg op"}},
)
PROCESSORS = _register(
    "processor-register",
    "leveranciers.xlsx",
    xlsx(sheet="Verwerkers"),
    """
    Bedrijf | Rol | Wat doen ze | Welke gegevens | Voor | Sinds | Contract nr | Getekend | Art. 28 volledig | Land | Wie kan erbij vanuit | Basis voor doorgifte | Klanten op de hoogte sinds
    Twente Colo B.V. | subverwerker | datacenter | alle | Zorgportaal; Website | 2022-01-10 | C-22 | 2021-12-15 | ja | Nederland | Nederland | | 2021-12-20
    MailMij B.V. | verwerker | nieuwsbrieven | e-mailadressen | Website | 2023-05-02 | C-31 | 2023-04-20 | ja | Nederland | Nederland, België | |
    """,
    correction={
        "columns": {
            "service": "Wat doen ze",
            "first_transfer_on": "Sinds",
            "systems": "Voor",
            "access_countries": "Wie kan erbij vanuit",
            "customers_informed_on": "Klanten op de hoogte sinds",
        }
    },
)
REQUESTS = _register(
    "request-register",
    "verzoeken.xlsx",
    xlsx(sheet="AVG-verzoeken"),
    """
    Zaaknr | Soort | Rol | Binnen op | Doorgestuurd op | Antwoord op | Uitkomst | Gemotiveerd bij weigering | Uitgevoerd op | Ontvangers ingelicht
    AVG-07 | inzage | verantwoordelijke | 2026-08-10 | | 2026-08-28 | toegewezen | | |
    AVG-08 | correctie | verantwoordelijke | 2026-09-14 | | 2026-09-21 | toegewezen | | 2026-09-21 | ja
    AVG-09 | inzage | verwerker | 2026-10-05 | 2026-10-06 | | | | |
    """,
    since="2026-08-10",
    correction={"columns": {"request_ref": "Zaaknr", "received_on": "Binnen op"}},
)
MINORS = _register(
    "minors-consent-register",
    "minderjarigen.xlsx",
    xlsx(),
    """
    Applicatie | Account | Toestemming nr | Wie gaf toestemming | Schriftelijk | Datum | Verwerking vanaf | Hoe gecontroleerd | Via
    Zorgportaal | c-410 | T-410 | ouder | ja | 2026-09-01 | 2026-09-03 | legitimatie gezien | afnemer
    Zorgportaal | c-433 | T-433 | wettelijk vertegenwoordiger | ja | 2026-10-12 | 2026-10-12 | beschikking gezien | afnemer
    """,
    ("portal",),
    correction={"columns": {"consent_on": "Datum"}},
)
CUSTOMERS = _register(
    "customer-agreement-register",
    "klanten.csv",
    excel_nl(),
    """
    Debiteurnr | Producten | Verwerkersovereenkomst | Getekend op | Live per
    20018 | Zorgportaal | VWO-201 | 01-03-2022 | 15-03-2022
    20022 | Zorgportaal | VWO-207 | 20-10-2026 | 01-11-2026
    """,
    correction={"columns": {"customer_ref": "Debiteurnr"}},
)
CONSENTS = _register(
    "consent-register",
    "toestemmingen.csv",
    csv_file(mark=";"),
    """
    Toestemmingsnr | Applicatie | Waarvoor | Versie tekst | Gegeven op | Gebruikt sinds | Ingetrokken op | Verwerkt op
    N-501 | Website | nieuwsbrief | v3 | 2026-02-01 | 2026-02-01 | |
    N-502 | Website | nieuwsbrief | v3 | 2026-03-11 | 2026-03-12 | 2026-10-05 | 2026-10-06
    """,
    correction={"columns": {"consent_on": "Gegeven op", "withdrawn_on": "Ingetrokken op"}},
)
DISCLOSURES = _register(
    "disclosure-log",
    "verstrekkingen.xlsx",
    xlsx(),
    """
    Nr | Aan wie | Wanneer | Welke gegevens | Op grond van | Wet en artikel | Toestemming nr
    D-4 | Belastingdienst | 2026-09-15 | facturen | wet | AWR art. 53 |
    D-5 | Onderzoeksbureau Vecht | 2026-10-20 | enquêteantwoorden | toestemming | | T-77
    """,
    since="2026-09-15",
    correction={"columns": {"recipient": "Aan wie"}},
)
