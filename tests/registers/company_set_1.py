"""Registers as small companies keep and export them, written before any was tried (first set): see docs/registers.md."""

from datetime import date

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

ACCOUNTS = """
    system | account_ref | person_ref | account_type | privileged | role | task_reason | engaged_until | last_used_on | decision | decided_by_ref | decided_on | executed_on
    portal | a-1 | 10023 | personal | no | care | cares | | 2026-11-01 | keep | P-9 | 2026-11-02 |
    """
BADGES = """
    person_ref | employer | location_ref | function | reason | access_from | engaged_until | reviewed_on | reviewed_by_ref | decision | revoked_on
    10023 | own | DC1 | admin | faults | 2022-04-01 | | 2026-10-01 | P-2 | keep |
    """
APPROVED = """
    system | role | part | action | relation | expected | approved_by_ref | approved_on
    portal | Behandelaar | Dossier | read | | allow | P-9 | 2026-02-10
    portal | Behandelaar | Dossier | delete | | deny | P-9 | 2026-02-10
    portal | Behandelaar | Rooster | read | | deny | P-9 | 2026-02-10
    portal | Behandelaar | Rooster | delete | | deny | P-9 | 2026-02-10
    portal | Planner | Dossier | read | | deny | P-9 | 2026-02-10
    portal | Planner | Dossier | delete | | deny | P-9 | 2026-02-10
    portal | Planner | Rooster | read | | allow | P-9 | 2026-02-10
    portal | Planner | Rooster | delete | | deny | P-9 | 2026-02-10
    """

FIRST_TRIES = [
    Register(
        "course dates with a column per course",
        "training-register",
        """
        Pnr | Dienstverband | Startdatum | AVG & privacy | Phishing 2026
        0412 | vast | 2019-04-01 | 2026-03-12 | 2026-06-04
        0420 | inhuur | 2024-09-16 | 2026-03-19 | 2026-06-04
        0433 | vast | 2025-02-03 | 2026-03-12 | 2026-06-11
        """,
        Violation("0433", {"Phishing 2026": ""}),
        3,
        xlsx(sheet="Overzicht 2026"),
    ),
    Register(
        "test outcomes of roles, a column per role",
        "access-matrix",
        """
        Scherm | Actie | Behandelaar verwacht | Behandelaar getest | Planner verwacht | Planner getest | Datum test | Hoe getest
        Dossier | inzien | ja | ja | nee | nee | 2026-11-03 | aanroep
        Dossier | verwijderen | nee | nee | nee | nee | 2026-11-03 | aanroep
        Rooster | inzien | nee | nee | ja | ja | 2026-11-03 | aanroep
        Rooster | verwijderen | nee | nee | nee | nee | 2026-11-04 | aanroep
        """,
        Violation("2026-11-04", {"Planner getest": "ja"}, named="row 5"),
        8,
        xlsx(),
        systems=("portal",),
        accepted={"approved-access-matrix": APPROVED},
    ),
    Register(
        "approved rights, crosses under roles",
        "approved-access-matrix",
        """
        Module | Recht | Verpleegkundige | Applicatiebeheerder | Akkoord | Akkoord d.d.
        Dossier | lezen | x | | FG01 | 2026-02-10
        Dossier | wijzigen | x | | FG01 | 2026-02-10
        Instellingen | lezen | | x | FG01 | 2026-02-10
        Instellingen | wijzigen | | x | FG01 | 2025-11-30
        """,
        Violation("2025-11-30", {"Akkoord d.d.": "2025-06-30"}, named="row 7"),
        8,
        xlsx(above=[["Autorisatiematrix v3"], [""]]),
        systems=("portal",),
    ),
    Register(
        "HR list of secrecy",
        "confidentiality-register",
        """
        Personeelsnr | Contractvorm | Soort document | Getekend | Indiensttreding | Uitdiensttreding | Doorlopend na vertrek | Dossiernr
        10023 | medewerker | arbeidsovereenkomst | 2021-05-11 | 2021-06-01 | | J | 2021-044
        10031 | extern | verklaring | 2023-01-09 | 2023-01-16 | 2026-08-31 | J | 2023-003
        10040 | stagiair | verklaring | 2026-08-27 | 2026-09-01 | | J | 2026-019
        """,
        Violation("10040", {"Getekend": "2026-09-08"}),
        3,
        excel_nl(),
        "geheimhouding.csv",
        accepted={"access-review": ACCOUNTS, "datacentre-access-list": BADGES},
    ),
    Register(
        "issues of Jira Service Management",
        "incident-register",
        """
        Issue key | Summary | Priority | Created | Customers impacted | Customers notified | Personal data involved? | Root cause | Lessons learned | Resolved
        SEC-31 | Phishing mail reported by two colleagues | Low | 03/Aug/26 9:14 AM | 0 | | No | mail filter let it through | rule added | 05/Aug/26 4:02 PM
        SEC-32 | Portal not reachable for an hour | High | 23/Sep/26 11:40 AM | 4 | 23/Sep/26 1:15 PM | No | certificate expired | renewal is monitored | 24/Sep/26 10:00 AM
        SEC-33 | Laptop left in a train, encrypted | Medium | 12/Oct/26 8:05 AM | 0 | | No | carelessness | reminder sent | 30/Oct/26 9:30 AM
        """,
        Violation("SEC-32", {"Customers notified": "26/Sep/26 1:15 PM"}),
        3,
        csv_file(),
        "Jira (2).csv",
        first_day=date(2026, 8, 3),
    ),
    Register(
        "incidents in a Dutch sheet",
        "incident-register",
        """
        Nr | Datum en tijd melding | Wat is er gebeurd? | Classificatie | # klanten geraakt | Klant geïnformeerd | Persoonsgegevens? | Datalek? | Oorzaak | Genomen verbetermaatregel | Datum gesloten
        2026-07 | 2026-07-14 10:20 | verkeerde bijlage, intern | laag | 0 | | nee | nee | haast | vierogen | 2026-07-20
        2026-08 | 2026-08-02 16:45 | server traag door volle schijf | midden | 2 | 2026-08-03 09:10 | nee | nee | logbestanden | rotatie ingesteld | 2026-08-10
        2026-09 | 2026-09-29 08:30 | poging tot inbraak op VPN | hoog | 0 | | nee | nee | bot | landenblokkade | 2026-10-06
        """,
        Violation("2026-08", {"Klant geïnformeerd": "2026-08-06 09:10"}),
        3,
        xlsx(sheet="Incidenten", above=[["Incidentenregister 2026"]]),
        correction={"columns": {"measures_taken": None, "lesson": "Genomen verbetermaatregel"}},
        first_day=date(2026, 7, 14),
    ),
    Register(
        "export of the directory with the manager's answer",
        "access-review",
        """
        Account | Employee ID | Type | Admin? | Security group | Business justification | Last sign-in | Manager decision | Reviewer ID | Review date | Completed
        svc-backup | | Service | No | Backup Operators | nightly back-up | 2026-11-18 | Keep | E007 | 2026-11-02 |
        jdv | E102 | User | No | Planning | plans shifts | 2026-11-19 | Keep | E007 | 2026-11-02 |
        mkr | E118 | User | Yes | Domain Admins | no longer needed | 2026-05-20 | Remove | E007 | 2026-11-02 | 2026-11-04
        """,
        Violation("mkr", {"Completed": "2026-11-16"}),
        3,
        xlsx(sheet="Export"),
        systems=("portal",),
    ),
    Register(
        "administrators in a sheet of their own",
        "privileged-review",
        """
        Beheerdersaccount | Medewerker | Groep | Persoonsgebonden? | Nodig voor | Datum uit dienst | Beoordeling | Beoordeeld door | Datum beoordeling | Afgehandeld op
        adm-jan | 1004 | Domain Admins | persoonlijk | beheer domein | | behouden | 1001 | 2026-10-12 |
        adm-piet | 1009 | SQL-beheer | persoonlijk | databases | | behouden | 1001 | 2026-10-12 |
        adm-oud | 1011 | Domain Admins | persoonlijk | | 2026-09-30 | intrekken | 1001 | 2026-10-12 | 2026-10-13
        """,
        Violation("adm-piet", {"Beoordeeld door": "1009"}),
        3,
        xlsx(sheet="Beheerders"),
        systems=("portal",),
    ),
    Register(
        "requests of people in a mailbox list",
        "request-register",
        """
        Zaaknr | Binnengekomen | Soort | Wij zijn | Identiteit gevraagd | Identiteit ok | Reactie verstuurd | Afloop | Gemotiveerd | Uitgevoerd
        AVG-2026-11 | 2026-08-04 | inzage | verantwoordelijke | 2026-08-05 | 2026-08-07 | 2026-08-28 | toegewezen | |
        AVG-2026-12 | 2026-09-10 | bezwaar direct marketing | verantwoordelijke | | | 2026-09-14 | toegewezen | | 2026-09-11
        AVG-2026-13 | 2026-10-05 | correctie | verantwoordelijke | | | 2026-10-20 | geweigerd | ja |
        """,
        Violation("AVG-2026-11", {"Reactie verstuurd": "2026-09-21"}),
        3,
        xlsx(),
        first_day=date(2026, 8, 4),
    ),
    Register(
        "destroyed environments of customers",
        "destruction-log",
        """
        Volgnr | Systeem | Wat is vernietigd | Aanleiding | Datum aanleiding | Uiterlijk volgens contract | Vernietigd op | Methode | Backups weg op | Uitstel | Controleur
        V-21 | portal | omgeving klant 31 | licentie beëindigd | 2026-03-31 | 2026-07-01 | 2026-06-10 | gewist | 2026-07-10 | geen | P08
        V-22 | portal | dossiers 2011 | bewaartermijn verstreken | 2026-01-01 | | 2026-05-02 | gewist | 2026-06-01 | geen | P08
        V-23 | portal | omgeving klant 12 | licentie beëindigd | 2026-08-31 | 2026-11-01 | 2026-10-12 | gewist | 2026-11-12 | geen | P03
        """,
        Violation("V-23", {"Vernietigd op": "2026-11-10"}),
        3,
        excel_nl(),
        "vernietiging.csv",
        systems=("portal",),
        first_day=date(2026, 1, 1),
    ),
    Register(
        "critical updates of servers",
        "patch-register",
        """
        Server | KB/CVE | Risico | Uitgebracht | Geplaatst | Opmerking
        portal | KB5071001 | Kritiek | 2026-10-13 | 2026-10-16 |
        planner | CVE-2026-4411 | Hoog | 2026-10-05 | 2026-10-21 | in onderhoudsvenster
        desk | KB5071001 | Kritiek | 2026-10-13 | 2026-10-18 |
        """,
        Violation("planner", {"Geplaatst": "2026-11-12"}),
        3,
        xlsx(),
        first_day=date(2026, 10, 5),
    ),
    Register(
        "badges of the data centre",
        "datacentre-access-list",
        """
        Badge | Personeelsnr | Van wie | Locatie | Functie | Waarom nodig | Toegang sinds | Inzet tot | Laatste controle | Gecontroleerd door | Blijft? | Ingetrokken op
        000812 | P014 | eigen | DC1 | systeembeheerder | storingen | 2022-04-01 | | 2026-10-01 | P002 | behouden |
        000830 | P021 | eigen | DC1 | netwerkbeheerder | bekabeling | 2023-07-01 | | 2026-10-01 | P002 | behouden |
        000799 | P009 | leverancier | DC1 | monteur | koeling | 2021-01-11 | 2026-09-30 | 2026-10-01 | P002 | intrekken | 2026-10-02
        """,
        Violation("P009", {"Ingetrokken op": "2026-10-19"}),
        3,
        xlsx(),
        accepted={
            "confidentiality-register": """
            person_ref | relation | basis | signed_on | access_from | access_until | lasts_after | document_ref
            P014 | employee | contract | 2022-03-01 | 2022-04-01 | | yes | HR-14
            P021 | employee | contract | 2023-06-01 | 2023-07-01 | | yes | HR-21
            """,
            "datacentre-certificates": """
            location_ref | city | region | operator | standard | certificate_no | certification_body | accredited | valid_from | valid_until | scope_covers | monitored_24x7 | monitored_proof | systems | checked_on
            DC1 | Zwolle | Overijssel | Rekenhuis | ISO/IEC 27001:2022 | C-1 | Keur | yes | 2025-01-01 | 2027-12-31 | yes | yes | contract | portal, planner, desk | 2026-11-02
            """,
        },
    ),
    Register(
        "certificates of the hosting party",
        "datacentre-certificates",
        """
        Datacenter | Plaats | Provincie | Hostingpartij | Norm | Certificaatnr. | Uitgegeven door | RvA-accreditatie | Geldig van | Geldig t/m | Scope ok? | 24/7 bewaking | Onderbouwing bewaking | Welke systemen | Nagekeken op
        ENS-1 | Enschede | Overijssel | Rekenhuis Oost | ISO 27001:2022 | RO-551 | Keurbureau Noord | ja | 2025-02-01 | 2028-01-31 | ja | ja | SOC-rapport | portal; planner; desk | 2026-10-08
        APD-2 | Apeldoorn | Gelderland | Rekenhuis Oost | ISO 27001:2022 | RO-552 | Keurbureau Noord | ja | 2025-02-01 | 2028-01-31 | ja | ja | SOC-rapport | portal; planner; desk | 2026-10-08
        """,
        Violation("APD-2", {"Geldig t/m": "2026-10-31"}),
        2,
        xlsx(sheet="Certificaten"),
    ),
    Register(
        "disclosed to authorities and partners",
        "disclosure-log",
        """
        Nr. | Datum | Aan wie | Welke gegevens | Op grond van | Artikel | Toestemming nr
        1 | 2026-02-03 | Belastingdienst | salarisgegevens | wet | AWR art. 53 |
        2 | 2026-04-17 | Zorgverzekeraar Delta | declaraties | toestemming | | T-114
        3 | 2026-09-09 | Politie Oost | logboek van 3 september | wet | Sv art. 126nd |
        """,
        Violation("Politie Oost", {"Artikel": ""}, named="3"),
        3,
        xlsx(),
        first_day=date(2026, 2, 3),
    ),
    Register(
        "suppliers with processing agreements",
        "processor-register",
        """
        Leverancier | Wat doen ze voor ons | Rol | Soort gegevens | Voor systeem | VWO-nummer | VWO getekend | In gebruik sinds | VWO compleet (art. 28) | Waar staan de gegevens | Support vanuit | Doorgifte op basis van | Laatste risicobeoordeling
        Mailbode B.V. | nieuwsbrieven | subverwerker | naam, e-mail | portal | VWO-07 | 2022-01-12 | 2022-02-01 | ja | Nederland | Nederland | | 2026-05-11
        Cloudnest Inc. | opslag van back-ups | verwerker | dossiers | portal, planner | VWO-09 | 2023-06-01 | 2023-06-15 | ja | VS | VS | SCC | 2026-05-11
        Salarishuis | salarisadministratie | verwerker | personeel | desk | VWO-02 | 2019-11-20 | 2020-01-01 | ja | NL | NL | | 2026-05-12
        """,
        Violation("Salarishuis", {"VWO getekend": "2020-02-20"}),
        3,
        xlsx(sheet="Verwerkers"),
    ),
    Register(
        "yearly assessment of suppliers",
        "supplier-risk",
        """
        Supplier | Product/service | Owner | Criticality | Data processed | Last assessed | Next assessment | Score
        Postbode B.V. | e-mail | COO | High | yes | 2026-03-02 | 2027-03-01 | 3
        Hostwerk | hosting | CTO | High | yes | 2026-04-20 | 2027-04-01 | 2
        Koffie Direct | coffee | Office | Low | no | 2026-01-15 | 2027-01-15 | 1
        """,
        Violation("Hostwerk", {"Last assessed": "2025-04-20"}),
        3,
        csv_file(),
        "suppliers.csv",
    ),
    Register(
        "customers of the administration",
        "customer-agreement-register",
        """
        Debiteurnr | Naam klant | Diensten | Contractnr | Handtekening d.d. | Live | Contractwaarde
        20011 | Zorggroep West | portal | C-2021-04 | 2021-03-22 | 2021-04-01 | 12000
        20017 | Praktijk Berk | portal, planner | C-2022-11 | 2022-10-30 | 2022-11-14 | 4800
        20025 | Thuiszorg Linde | desk | C-2024-02 | 2024-01-09 | 2024-02-01 | 9100
        """,
        Violation("20017", {"Handtekening d.d.": "2022-12-01"}, named="Praktijk Berk"),
        3,
        xlsx(),
    ),
    Register(
        "opt-ins of the newsletter tool",
        "consent-register",
        """
        Subscriber ID | List | Opt-in date | Opt-in text version | Used since | Unsubscribed | Removed from list
        100441 | Newsletter | 2025-03-11 | v2 | 2025-03-11 | |
        100522 | Newsletter | 2025-08-01 | v2 | 2025-08-02 | 2026-10-05 | 2026-10-06
        100610 | Research | 2026-01-20 | v3 | 2026-01-25 | |
        """,
        Violation("100522", {"Removed from list": "2026-10-20"}),
        3,
        csv_file(),
        "subscribers.csv",
        systems=("portal",),
    ),
    Register(
        "record of processing with necessity",
        "data-inventory-review",
        """
        Veld | Applicatie | Van wie | Gevoelig? | Wij zijn | Waarvoor | Wettelijke grondslag | Uitzondering | VWO | Echt nodig? | Bewaarregel | Laatst bekeken | Conclusie | Gedaan op
        cv | portal | sollicitanten | gewoon | verantwoordelijke | werving | overeenkomst | | | ja | BT-04 | 2026-05-04 | behouden |
        diagnose | planner | cliënten | bijzonder | verwerker | zorg | | | VO-3 | ja | BT-09 | 2026-05-04 | behouden |
        telefoon | desk | melders | gewoon | verantwoordelijke | terugbellen | gerechtvaardigd belang | | | nee | BT-02 | 2026-08-04 | verwijderen | 2026-09-01
        """,
        Violation("telefoon", {"Gedaan op": ""}),
        3,
        xlsx(),
    ),
    Register(
        "code of conduct in the personnel system",
        "acceptable-use",
        """
        Employee number | Department | Hire date | Termination date | Code of conduct signed
        7001 | Care | 01/02/2020 | | 28/01/2020
        7014 | IT | 15/09/2023 | | 14/09/2023
        7022 | Finance | 01/07/2026 | | 30/06/2026
        """,
        Violation("7022", {"Code of conduct signed": ""}),
        3,
        csv_file(),
        "employees.csv",
    ),
    Register(
        "firewall rules with the yearly look",
        "firewall-rule-review",
        """
        Firewall | Nr | Van | Naar | Poort | Actie | Aanvrager/eigenaar | Waarom | Tijdelijk t/m | Beoordeeld | Uitkomst | Verwerkt op
        fw01 | 1 | vpn | servers | tcp/22 | toestaan | teamleider ICT | beheer | | 2026-09-21 | behouden |
        fw01 | 2 | any | web | tcp/443 | toestaan | productmanager | website | | 2026-09-21 | behouden |
        fw01 | 3 | any | any | any | weigeren | teamleider ICT | sluitregel | | 2026-09-22 | behouden |
        """,
        Violation("web", {"Poort": "tcp/3389"}, named="fw01"),
        3,
        xlsx(),
    ),
    Register(
        "consents of parents",
        "minors-consent-register",
        """
        Account | Toestemmingsnr | Toestemming van | Op papier? | Datum toestemming | Start gebruik | Hoe gecontroleerd | Via | Ingetrokken | Gestopt
        k-101 | TM-1 | ouder | ja | 2026-01-12 | 2026-01-15 | gebeld | zelf | |
        k-102 | TM-2 | verzorger | ja | 2026-02-03 | 2026-02-03 | gebeld | zelf | 2026-09-01 | 2026-09-03
        k-103 | TM-3 | ouder | ja | 2026-03-20 | 2026-04-01 | kopie formulier | zelf | |
        """,
        Violation("k-103", {"Op papier?": "nee"}),
        3,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "groups of accounts and their second factor",
        "two-factor-coverage",
        """
        Groep | Aantal | Mensen? | Zorgdata | Eerste inlogstap | Tweede inlogstap | Verplicht | Aantal met MFA
        zorgmedewerkers | 61 | ja | ja | wachtwoord | app | ja | 61
        kantoor | 12 | ja | nee | wachtwoord | app | ja | 12
        koppelingen | 4 | nee | ja | wachtwoord | geen | nee | 0
        """,
        Violation("zorgmedewerkers", {"Aantal met MFA": "58"}),
        77,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "care relations tried, English sheet",
        "care-relation-matrix",
        """
        Role | Screen | Operation | Whose record | Should be | Was | Date of test | How
        nurse | record | read | own | allowed | allowed | 2026-10-20 | call
        nurse | record | read | other | denied | denied | 2026-10-20 | call
        office | record | read | other | denied | denied | 2026-10-21 | call
        """,
        Violation("2026-10-21", {"Was": "allowed"}, named="office"),
        3,
        csv_file(),
        "relations.csv",
        systems=("portal",),
    ),
]
