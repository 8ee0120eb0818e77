"""Registers as small Dutch companies keep them in a spreadsheet: short headings, titles, groups, questions to answer."""

from tests.registers.other_headings import COMPARED
from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

_SECRECY = """
    person_ref | relation | basis | signed_on | access_from | access_until | lasts_after | document_ref
    P014 | employee | contract | 2022-03-01 | 2022-04-01 | | yes | HR-14
    P021 | employee | contract | 2023-06-01 | 2023-07-01 | | yes | HR-21
    """
_CERTIFICATES = """
    location_ref | city | region | operator | standard | certificate_no | certification_body | accredited | valid_from | valid_until | scope_covers | monitored_24x7 | monitored_proof | systems | checked_on
    DC1 | Assen | Drenthe | Rekenhuis | ISO/IEC 27001:2022 | C-1 | Keur | yes | 2025-01-01 | 2027-12-31 | yes | yes | contract | portal, planner, desk | 2026-11-02
    """

SMALL_COMPANIES = [
    Register(
        "rules of conduct of a general practice",
        "acceptable-use",
        """
        Pers.nr. | Functie | Datum in dienst | Datum uit dienst | Gedragscode getekend d.d. | Opm.
        1001 | huisarts | 2019-03-01 | | 2019-02-20 |
        1007 | assistent | 2023-01-16 | 2026-06-30 | 2023-01-12 | andere praktijk
        1009 | assistent | 2025-05-01 | | 2025-04-22 |
        """,
        Violation("1009", {"Gedragscode getekend d.d.": ""}),
        3,
        xlsx(above=[["Praktijk De Zandloper"], ["Gedragscode: wie heeft getekend"], [""]], dates="d-m-yyyy"),
    ),
    Register(
        "accounts by quarter, checked by somebody",
        "access-review",
        """
        Login | Mdw.nr | Type | Admin? | Rechten | Waarvoor nodig | Uit dienst per | Besluit | Door | Datum controle | Doorgevoerd
        a.b | M14 | persoonlijk | nee | behandelaar | behandelt cliënten | | behouden | M02 | 2026-11-04 |
        svc-lab | | dienst | nee | koppelvlak | uitslagen van het laboratorium | | behouden | M02 | 2026-11-04 |
        k.v | M33 | persoonlijk | nee | planner | | 2026-10-31 | intrekken | M02 | 2026-11-04 | 2026-11-05
        """,
        Violation("k.v", {"Besluit": "behouden", "Waarvoor nodig": "plant", "Doorgevoerd": ""}),
        3,
        xlsx(sheet="Q4", above=[["Controle Q4"]]),
        systems=("portal",),
        correction={"columns": {"decided_by_ref": "Door"}},
    ),
    Register(
        "administrators with the day of the check",
        "privileged-review",
        """
        Beheeraccount | Pers.nr | Soort account | Hoge rechten | Groepslidmaatschap | Nodig voor | Contract tot | Conclusie | Beoordelaar | Datum | Uitgevoerd d.d.
        adm-1 | 3001 | persoonlijk | ja | Domain Admins | domeinbeheer | | blijft | 3000 | 2026-11-02 |
        adm-2 | 3004 | persoonlijk | ja | Server Admins | serverbeheer | | blijft | 3000 | 2026-11-02 |
        adm-9 | 2950 | persoonlijk | ja | Domain Admins | | 2026-10-15 | vervalt | 3000 | 2026-11-02 | 2026-11-03
        """,
        Violation("adm-1", {"Beoordelaar": "3001"}),
        3,
        xlsx(),
        systems=("portal",),
        correction={"columns": {"decided_on": "Datum"}},
    ),
    Register(
        "rights on the record, tried by relation",
        "care-relation-matrix",
        """
        Rol | Dossieronderdeel | Wat | Relatie | Verwachting | Resultaat | Testdatum | Testwijze
        begeleider | dossier | lezen | eigen | toegestaan | toegestaan | 10-nov-26 | aanroep
        begeleider | dossier | lezen | ander | geweigerd | geweigerd | 10-nov-26 | aanroep
        planner | dossier | lezen | eigen | geweigerd | geweigerd | 12-nov-26 | aanroep
        planner | dossier | lezen | ander | geweigerd | geweigerd | 13-nov-26 | aanroep
        """,
        Violation("13-nov-26", {"Resultaat": "toegestaan"}, named="planner"),
        4,
        csv_file(mark=";", above=[["Test behandelrelatie"]]),
        "test.csv",
        ("portal",),
        correction={"columns": {"action": "Wat"}},
    ),
    Register(
        "secrecy with names of groups above those of the columns",
        "confidentiality-register",
        """
        Pers.nr. | Contractvorm | Soort verklaring | Getekend | Vanaf | Tot | Nawerking j/n | Vindplaats
        1001 | werknemer | arbeidsovereenkomst | 2022-12-01 | 2023-01-10 | | j | HR-1001
        1003 | stagiair | verklaring | 2026-08-27 | 2026-09-01 | | j | HR-1003
        """,
        Violation("1003", {"Getekend": "2026-09-15"}),
        2,
        xlsx(
            above=[
                ["Geheimhoudingsverklaringen"],
                ["Medewerker", "", "Verklaring", "", "Toegang", "", "Overig", ""],
            ],
        ),
        accepted={
            "access-review": """
            system | account_ref | person_ref | account_type | privileged | role | task_reason | decision | decided_by_ref | decided_on
            portal | a-1 | 1001 | personal | no | user | care | keep | 1003 | 2026-11-02
            """,
            "datacentre-access-list": """
            person_ref | employer | location_ref | function | reason | access_from | reviewed_on | reviewed_by_ref | decision
            1001 | own | DC-1 | engineer | repairs | 2023-01-10 | 2026-11-02 | 1003 | keep
            """,
        },
    ),
    Register(
        "agreements with debtors, first and renewed",
        "customer-agreement-register",
        """
        Debiteur | Neemt af | VWO nr. | VWO getekend | Eerste VWO getekend | Vorige VWO beëindigd | Live | Acc.mgr
        D21 | portal, planner | VWO-7 | 2023-06-12 | | | 2023-07-01 | MK
        D34 | portal | VWO-12 | 2025-02-03 | 2021-04-01 | 2025-02-03 | 2021-05-01 | MK
        D57 | portal; desk | VWO-31 | 2026-09-14 | | | 2026-10-01 | RJ
        """,
        Violation("D57", {"VWO getekend": "2026-10-14"}),
        3,
        xlsx(),
    ),
    Register(
        "passes of the server room",
        "datacentre-access-list",
        """
        Pashouder | Werkgever | Ruimte | Functie | Waarom | Pas sinds | Vertrekt | Gecheckt | Gecheckt door | Conclusie | Pas ingenomen
        P014 | eigen | DC1 | beheerder | onderhoud | 2022-04-01 | | 2026-11-03 | P002 | blijft |
        P021 | eigen | DC1 | netwerkbeheerder | netwerk | 2023-07-01 | | 2026-11-03 | P002 | blijft |
        P009 | eigen | DC1 | ontwikkelaar | | 2021-01-01 | 2026-10-31 | 2026-11-03 | P002 | ingetrokken | 2026-11-04
        """,
        Violation("P021", {"Gecheckt door": "P021"}),
        3,
        xlsx(dates="d mmm yyyy"),
        accepted={"datacentre-certificates": _CERTIFICATES, "confidentiality-register": _SECRECY},
    ),
    Register(
        "disclosures by whom and by which law",
        "disclosure-log",
        """
        Volgnr | Aan wie | Datum | Welke gegevens | Op grond van | Welke wet | Toestemmingsnr | Opmerkingen
        1 | CAK | 2-9-2026 | zorgduur | wet | Wlz art. 9.1.2 | n.v.t. |
        2 | ziekenhuis | 21-9-2026 | overdracht | toestemming | - | T-118 | per post
        3 | IGJ | 30-10-2026 | melding | wet | Wkkgz art. 11 | n.v.t. |
        """,
        Violation("IGJ", {"Welke wet": ""}, named="3"),
        3,
        excel_nl(),
        "verstrekt.csv",
    ),
    Register(
        "agreements accepted, by profile",
        "eura",
        """
        Omgeving | Gebruikersnr | Profiel | Versie | Akkoord | Eerste keer | Laatste keer
        portal | u1001 | begeleider | 4.0 | 2026-07-01 08:02 | 2026-07-01 08:03 | 2026-11-19 16:20
        portal | u1002 | planner | 4.0 | 2026-07-03 09:10 | 2026-07-03 09:11 | 2026-11-20 09:05
        """,
        Violation("u1002", {"Akkoord": "2026-07-04 09:30"}),
        2,
        xlsx(),
        systems=("portal",),
        accepted=COMPARED["eura"],
    ),
    Register(
        "rules of the firewall in abbreviations",
        "firewall-rule-review",
        """
        FW | Regel | Van | Naar | Poort | Actie | Verantw. | Waarvoor | Tijdelijk t/m | Review d.d. | Besluit | Opgeruimd
        fw1 | 10 | any | dmz | tcp/443 | toestaan | infra | website | | 2026-11-05 | behouden |
        fw1 | 30 | vpn | srv | tcp/1433 | toestaan | beheer | migratie | 2026-12-31 | 2026-11-05 | behouden |
        fw1 | 99 | any | any | any | weigeren | infra | rest | | 2026-11-05 | behouden |
        """,
        Violation("30", {"Tijdelijk t/m": "2026-09-30"}),
        3,
        xlsx(sheet="rulebase"),
    ),
    Register(
        "data breaches that were reported, it is asked to whom",
        "incident-register",
        """
        Nr. incident | Ontdekt | Omschrijving | Ernst | Klanten geraakt | Klanten ingelicht | Datalek | Onze rol | Meldplichtig | Gemeld op | Reden niet gemeld | Gevolgen | Genomen maatregelen | Hoog risico | Afgerond d.d. | Oorzaak | Les
        DL-1 | 2026-02-03 09:15 | post verkeerd bezorgd | laag | 0 | | ja | verantwoordelijke | nee | | geen risico | ongeopend terug | opgehaald | nee | 2026-02-06 | adres verouderd | adres vooraf bevestigen
        DL-2 | 2026-05-18 08:40 | dossier van een ander te zien | hoog | 2 | 2026-05-18 13:00 | ja | verantwoordelijke | ja | 2026-05-19 09:00 | | ingezien door een ander | hersteld | nee | 2026-05-22 | fout in tussenopslag | test uitgebreid
        """,
        Violation("DL-2", {"Gemeld op": "2026-05-25 09:00"}),
        2,
        xlsx(sheet="Datalekken"),
        correction={"columns": {"authority_told_at": "Gemeld op"}},
    ),
    Register(
        "security incidents that were reported, by tickets",
        "incident-register",
        """
        Ticket | Gemeld op | Bekend bij ons | Korte omschrijving | Impact | # klanten | Klant geïnformeerd op | Datalek j/n | Rol AVG | Opgelost | Oorzaak | Verbetering
        SEC-1 | 2026-04-01 11:00 | 2026-04-01 11:20 | nepmail aangeklikt | middel | 0 | | n | | 2026-04-02 | geen oefening | oefening
        SEC-2 | 2026-07-07 13:00 | 2026-07-07 13:30 | export naar een andere klant | hoog | 1 | 2026-07-07 16:00 | j | verwerker | 2026-07-09 | filter | controle vooraf
        """,
        Violation("SEC-2", {"Klant geïnformeerd op": "2026-07-16 16:00"}),
        2,
        xlsx(above=[["Incidenten"]]),
        correction={"columns": {"found_at": "Gemeld op"}},
    ),
    Register(
        "updates of servers with a score",
        "patch-register",
        """
        Systeem | KB / CVE | Score | Uitgekomen | Geplaatst | Tijdelijke maatregel | Sinds | Opm.
        portal | CVE-2026-1111 | kritiek | 2026-10-06 | 2026-10-08 | | |
        planner | CVE-2026-1111 | kritiek | 2026-10-06 | 2026-10-09 | | |
        desk | CVE-2026-2040 | hoog | 2026-09-08 | 2026-09-17 | WAF-regel | 2026-09-09 | zie ticket
        """,
        Violation("planner", {"Geplaatst": "2026-11-14"}),
        3,
        xlsx(above=[["Productie"]], dates="d-mmm-yy"),
    ),
    Register(
        "requests that were handled, it is asked how",
        "request-register",
        """
        Zaaknr | Type verzoek | Rol | Datum ontvangst | Identiteit vastgesteld | Uitstel gemeld | Reden uitstel | Afgehandeld op | Uitkomst
        Z-1 | inzageverzoek | verantwoordelijke | 03-feb-26 | 05-feb-26 | | | 24-2-2026 | toegewezen
        Z-2 | inzageverzoek | verantwoordelijke | 11-mei-26 | 12-mei-26 | | | 2-6-2026 | toegewezen
        Z-3 | inzageverzoek | verantwoordelijke | 07-sep-26 | 09-sep-26 | 30-sep-26 | complex | 30-10-2026 | toegewezen
        """,
        Violation("Z-2", {"Afgehandeld op": "2-8-2026"}),
        3,
        csv_file(mark=";", encoding="utf-8-sig", above=[["Rechten van betrokkenen"]]),
        "verzoeken.csv",
        correction={"columns": {"answered_on": "Afgehandeld op"}},
    ),
    Register(
        "awareness by personnel number",
        "training-register",
        """
        Pnr | Contract | Training | In dienst | Gedaan op | Gehaald | Geldig tot
        201 | vast | Bewustwording | 2018-01-01 | 2026-03-12 | ja | 2027-03-12
        203 | inhuur | Bewustwording | 2026-09-01 | 2026-09-03 | ja | 2027-09-03
        204 | stagiair | Bewustwording | 2026-10-05 | 2026-10-06 | ja | 2027-10-06
        """,
        Violation("203", {"Gehaald": "nee"}),
        3,
        xlsx(),
    ),
    Register(
        "second factors of a general practice",
        "two-factor-coverage",
        """
        Gebruikersgroep | # accounts | Interactief | Ziet medische gegevens | 1e factor | 2e factor | 2FA afgedwongen | # met 2FA
        artsen | 4 | WAAR | WAAR | wachtwoord | UZI-pas | WAAR | 4
        waarnemers | 6 | WAAR | WAAR | wachtwoord | app | WAAR | 6
        """,
        Violation("waarnemers", {"2FA afgedwongen": "ONWAAR"}),
        10,
        xlsx(above=[["2FA"]]),
        systems=("portal",),
    ),
]
