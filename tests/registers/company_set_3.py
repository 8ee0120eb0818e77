"""Registers as small companies keep and export them, written before any was tried (third set): see docs/registers.md."""

from datetime import date

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

THIRD_TRIES = [
    Register(
        "conduct signed, with names of teams",
        "acceptable-use",
        """
        Personeelsnummer | Team | Contract vanaf | Contract tot | Gedragscode gelezen en akkoord op
        2001 | Wijk Noord | 2017-05-01 | | 2017-04-24
        2014 | Kantoor | 2022-10-01 | | 2022-09-30
        2033 | Wijk Zuid | 2026-03-01 | | 2026-02-26
        """,
        Violation("2033", {"Gedragscode gelezen en akkoord op": ""}),
        3,
        xlsx(above=[["Overzicht gedragscode"]]),
    ),
    Register(
        "suppliers by risk class",
        "supplier-risk",
        """
        Leverancier | Levert | Soort leverancier | Risicoklasse | Beoordeling op | Door wie | Volgende beoordeling
        Hostpartij | hosting | verwerker | hoog | 2026-02-11 | KAM | 2027-02-11
        Belwinkel | telefonie | geen | laag | 2026-03-18 | KAM | 2028-03-18
        Loonbureau | salarissen | verwerker | midden | 2026-02-12 | KAM | 2027-02-12
        """,
        Violation("Loonbureau", {"Beoordeling op": "2025-02-12"}),
        3,
        xlsx(sheet="Leveranciers 2026"),
    ),
    Register(
        "trainings with a tick",
        "training-register",
        """
        Code | Soort contract | Datum in dienst | Cursus | Gevolgd op | Behaald
        M01 | vast | 2015-01-01 | Informatiebeveiliging basis | 2026-04-09 | ja
        M02 | zzp | 2024-02-01 | Informatiebeveiliging basis | 2026-04-09 | ja
        M03 | stage | 2026-09-01 | Informatiebeveiliging basis | 2026-09-17 | ja
        """,
        Violation("M02", {"Gevolgd op": "2025-04-09"}),
        3,
        excel_nl(),
        "trainingen.csv",
    ),
    Register(
        "security incidents of an English team",
        "incident-register",
        """
        ID | Detected | Title | Severity | Affected customers | Customer notification | PII involved | Data breach | Cause | Lesson | Closed date
        INC-101 | 2026-09-01 10:15 | API outage | High | 5 | 2026-09-01 11:00 | no | no | bad deploy | canary release | 2026-09-04
        INC-102 | 2026-09-20 13:40 | Lost badge | Low | 0 | | no | no | lost | badge blocked | 2026-09-21
        INC-103 | 2026-10-11 09:05 | Credential stuffing | Medium | 0 | | no | no | bots | rate limit | 2026-10-15
        """,
        Violation("INC-101", {"Customer notification": "2026-09-04 11:00"}),
        3,
        csv_file(),
        "incidents.csv",
        first_day=date(2026, 9, 1),
    ),
    Register(
        "parents' consent, school software",
        "minors-consent-register",
        """
        Leerlingaccount | Formuliernr | Wie tekende | Schriftelijk? | Getekend op | Account actief vanaf | Controle door | Verzameld door | Ingetrokken op | Gestopt op
        ll-9001 | F-01 | ouder | ja | 2026-08-21 | 2026-08-24 | telefoontje | afnemer | |
        ll-9002 | F-02 | ouder | ja | 2026-08-22 | 2026-08-24 | telefoontje | afnemer | |
        ll-9003 | F-03 | voogd | ja | 2026-08-24 | 2026-08-25 | kopie | afnemer | |
        """,
        Violation("ll-9003", {"Getekend op": "2026-08-27"}),
        3,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "consents in a CRM",
        "consent-register",
        """
        Consent ID | Application | Goal | Wording version | Consent given | Processing started | Withdrawn | Handled
        CN-1 | portal | research | 1.2 | 2026-02-01 | 2026-02-03 | |
        CN-2 | portal | newsletter | 1.2 | 2026-03-01 | 2026-03-01 | 2026-06-01 | 2026-06-03
        CN-3 | desk | research | 1.3 | 2026-05-10 | 2026-05-11 | |
        """,
        Violation("CN-3", {"Consent given": "2026-05-20"}),
        3,
        csv_file(),
        "consents.csv",
    ),
    Register(
        "critical patches, planned and done",
        "patch-register",
        """
        Systeem | Omschrijving patch | Prioriteit | Datum uitgave | Gepland | Uitgevoerd
        portal | Django 6.0.3 | kritiek | 2026-09-03 | 2026-09-07 | 2026-09-08
        planner | PostgreSQL 18.2 | hoog | 2026-09-10 | 2026-09-24 | 2026-09-24
        desk | nginx 1.29.2 | middel | 2026-09-15 | 2026-10-15 | 2026-10-20
        """,
        Violation("portal", {"Uitgevoerd": "2026-09-16"}),
        3,
        xlsx(),
        first_day=date(2026, 9, 3),
    ),
    Register(
        "role tests on client records",
        "care-relation-matrix",
        """
        Functie | Scherm | Handeling | Relatie met cliënt | Moet kunnen | Kan | Getest d.d. | Manier
        verzorgende | cliëntkaart | inzien | eigen | ja | ja | 2026-10-06 | aanroep
        verzorgende | cliëntkaart | inzien | ander | nee | nee | 2026-10-06 | aanroep
        administratie | cliëntkaart | inzien | ander | nee | nee | 2026-10-07 | aanroep
        """,
        Violation("2026-10-07", {"Kan": "ja"}, named="administratie"),
        3,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "accounts by application owner",
        "access-review",
        """
        App | User ID | Staff no. | Account kind | Elevated | Permission set | Justification | Leave date | Last activity | Outcome | Reviewed by | Review date | Action date
        portal | u100 | S100 | personal | no | Caseworker | handles cases | | 2026-11-10 | retain | S001 | 2026-10-14 |
        portal | u101 | S101 | personal | yes | Tenant admin | manages tenants | | 2026-11-11 | retain | S001 | 2026-10-14 |
        portal | u077 | S077 | personal | no | Caseworker | | 2026-09-30 | 2026-09-29 | revoke | S001 | 2026-10-14 | 2026-10-15
        """,
        Violation("u101", {"Reviewed by": "S101"}),
        3,
        csv_file(),
        "recert.csv",
        systems=("portal",),
    ),
    Register(
        "contracts of customers in the finance system",
        "customer-agreement-register",
        """
        Relatienr | Afgenomen modules | Verwerkersovereenkomst | Ondertekend d.d. | Eerste gebruik | Accountmanager
        R-5 | portal | VWO-5 | 2022-02-14 | 2022-03-01 | AM2
        R-9 | portal; desk | VWO-9 | 2023-06-30 | 2023-07-03 | AM1
        R-12 | planner | VWO-12 | 2025-11-20 | 2025-12-01 | AM2
        """,
        Violation("R-12", {"Ondertekend d.d.": "2025-12-15"}),
        3,
        excel_nl(),
        "relaties.csv",
    ),
    Register(
        "certificates per site in English",
        "datacentre-certificates",
        """
        Site code | Town | Province | Provider | Standard | Certificate | Issued by | Accredited? | From | Until | Covers site | Guarded 24/7 | Evidence of guarding | Our systems there | Last checked
        NL-E1 | Enschede | Overijssel | Rekenhuis | ISO/IEC 27001:2022 | RH-88 | Keurbureau | yes | 2025-06-01 | 2028-05-31 | yes | yes | audit report | portal, planner, desk | 2026-09-09
        NL-Z1 | Zwolle | Overijssel | Rekenhuis | ISO/IEC 27001:2022 | RH-89 | Keurbureau | yes | 2025-06-01 | 2028-05-31 | yes | yes | audit report | portal, planner, desk | 2026-09-09
        """,
        Violation("NL-Z1", {"Covers site": "no"}),
        2,
        csv_file(),
        "sites.csv",
    ),
    Register(
        "destroyed paper and discs",
        "destruction-log",
        """
        Nr | Applicatie | Wat | Reden | Datum reden | Contracttermijn tot | Datum vernietiging | Wijze van vernietiging | Back-ups verlopen | Opgeschort | Gecontroleerd door
        2026-01 | desk | meldingen 2018 | bewaartermijn | 2026-01-01 | | 2026-02-10 | gewist | 2026-03-12 | nee | P3
        2026-02 | desk | omgeving klant 7 | contract beëindigd | 2026-03-31 | 2026-06-30 | 2026-05-19 | gewist | 2026-06-18 | nee | P3
        2026-03 | desk | omgeving klant 8 | contract beëindigd | 2026-06-30 | 2026-09-30 | 2026-09-14 | gewist | 2026-10-14 | nee | P4
        """,
        Violation("2026-03", {"Datum vernietiging": "2026-10-05"}),
        3,
        xlsx(sheet="Vernietigingen"),
        systems=("desk",),
        first_day=date(2026, 1, 1),
    ),
]
