"""Registers of accounts and rights, as they are exported from sign-in services or kept in sheets."""

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

ACCESS = [
    Register(
        "accounts of the directory, saved from a Dutch Excel",
        "access-review",
        """
        Applicatie | Gebruikersnaam | Personeelsnr | Type account | Beheerder? | Rol | Reden toegang | Datum uit dienst | Laatst ingelogd | Besluit | Beoordeeld door | Datum beoordeling | Uitgevoerd d.d.
        portal | jdv01 | 10021 | persoonlijk | nee | begeleider | werkt op locatie Zuid | | 12-11-2026 | Behouden | 10003 | 16-11-2026 |
        portal | mbk02 | 10034 | persoonlijk | nee | planner | roosters maken | 31-10-2026 | 29-10-2026 | Intrekken | 10003 | 02-11-2026 | 03-11-2026
        portal | svc-koppel | | technisch | ja | koppeling | levert indicaties aan | | 19-11-2026 | Behouden | 10003 | 16-11-2026 |
        portal | rvd03 | 10051 | persoonlijk | ja | beheerder | functioneel beheer | | 18-11-2026 | Behouden | 10003 | 16-11-2026 |
        """,
        Violation("mbk02", {"Besluit": "Behouden", "Uitgevoerd d.d.": ""}),
        4,
        excel_nl(),
        "toegang.csv",
        ("portal",),
    ),
    Register(
        "users of Entra ID with the review beside them",
        "access-review",
        """
        System | User ID | Employee ID | UserPrincipalName | User type | Is admin | Group | Business justification | Leave date | Last sign-in | Review decision | Reviewer ID | Reviewed on | Applied on
        planner | 7f21aa | E-114 | j.devos@zorgdorp.example | personal | FALSE | Planners | makes the rosters | | 2026-11-17 | keep | E-100 | 2026-11-10 |
        planner | 8c03be | E-131 | k.brons@zorgdorp.example | personal | FALSE | Planners | makes the rosters | | 2026-11-18 | keep | E-100 | 2026-11-10 |
        planner | 91d2f0 | E-100 | p.haak@zorgdorp.example | personal | TRUE | Administrators | runs the application | | 2026-11-19 | keep | E-114 | 2026-11-10 |
        """,
        Violation("91d2f0", {"Reviewer ID": "E-100"}),
        3,
        csv_file(),
        "users.csv",
        ("planner",),
    ),
    Register(
        "one sheet for three systems, with titles above it",
        "access-review",
        """
        Systeem | Account | Medewerker (nr) | Soort account | Beheerrechten (ja/nee) | Recht | Taak | Laatste gebruik | Actie | Wie beoordeelt | Beoordelingsdatum | Gereed op
        portal | adm-1 | M014 | Persoonlijk | ja | Beheer | storingen oplossen | 2026-11-02 | behouden | M002 | 2026-10-12 |
        portal | u-22 | M022 | Persoonlijk | nee | Lezen | vragen van cliënten | 2026-11-12 | behouden | M002 | 2026-10-12 |
        planner | u-22 | M022 | Persoonlijk | nee | Plannen | vervanging | 2026-11-13 | behouden | M002 | 2026-10-12 |
        planner | u-31 | M031 | Persoonlijk | nee | Plannen | | 2026-06-01 | intrekken | M002 | 2026-10-12 | 2026-10-13
        desk | u-14 | M014 | Persoonlijk | nee | Medewerker | tweede lijn | 2026-11-16 | wijzigen | M002 | 2026-10-12 | 2026-10-15
        """,
        Violation("2026-10-13", {"Gereed op": "2026-10-29"}, named="u-31"),
        {"portal": 2, "planner": 2, "desk": 1},
        xlsx(sheet="Q4", above=[["Beoordeling toegangsrechten 2026 Q4"], ["Opgesteld door", "M002"], []]),
        systems=("portal", "planner", "desk"),
    ),
    Register(
        "members of a password manager, without a column for the system",
        "access-review",
        """
        Member | Staff no. | Account type | Admin | Collection / group | Why needed | Last used | Decision | Decided by | Decided on | Done on
        m-01 | 2001 | personal | yes | Owners | manages the vault | 18/11/2026 | keep | 2004 | 13/11/2026 |
        m-02 | 2002 | personal | no | Development | shared keys of test systems | 19/11/2026 | keep | 2001 | 13/11/2026 |
        m-03 | 2003 | personal | no | Support | accounts of suppliers | 01/09/2026 | revoke | 2001 | 13/11/2026 | 16/11/2026
        """,
        Violation("m-02", {"Why needed": ""}),
        3,
        csv_file(mark=";"),
        "members.csv",
        ("desk",),
    ),
    Register(
        "administrators of Google Workspace",
        "privileged-review",
        """
        Application | Account ID | Employee number | Account type | Privileged | Admin role | Reason | Last login time | Outcome | Reviewed by | Review date | Completed
        portal | g-7001 | 301 | personal | TRUE | Super Admin | two people share this duty | 2026-11-19 | keep | 305 | 2026-11-03 |
        portal | g-7002 | 302 | personal | TRUE | Groups Admin | joiners and leavers | 2026-11-18 | keep | 305 | 2026-11-03 |
        portal | g-7003 | | emergency | TRUE | Super Admin | sealed envelope in the safe | | keep | 305 | 2026-11-03 |
        """,
        Violation("g-7002", {"Review date": "2026-06-30"}),
        3,
        csv_file(),
        "admins.csv",
        ("portal",),
    ),
    Register(
        "administrators of the databases, with crosses",
        "privileged-review",
        """
        Systeem | Inlognaam | Pers. nr. | Soort account | Verhoogde rechten | Rol | Waarvoor nodig | Uit dienst | Laatst gebruikt | Besluit | Beslist door | Beslist op | Uitgevoerd op
        planner | dba-1 | 11 | persoonlijk | x | dba | herstel en onderhoud | | 2026-11-19 | behouden | 14 | 2026-10-30 |
        planner | dba-2 | 12 | persoonlijk | x | dba | herstel en onderhoud | | 2026-11-01 | behouden | 14 | 2026-10-30 |
        planner | dba-3 | 13 | persoonlijk | x | dba | | 2026-10-15 | 2026-10-14 | intrekken | 14 | 2026-10-16 | 2026-10-16
        """,
        Violation("dba-3", {"Uitgevoerd op": ""}),
        3,
        xlsx(sheet="DBA"),
        systems=("planner",),
    ),
    Register(
        "results of trying each right",
        "access-matrix",
        """
        Applicatie | Rol | Scherm | Actie | Relatie tot cliënt | Verwacht resultaat | Gemeten resultaat | Testdatum | Testwijze
        portal | begeleider | dossier | lezen | eigen | toegestaan | toegestaan | 18-11-2026 | aanroep
        portal | begeleider | dossier | lezen | ander | geweigerd | geweigerd | 18-11-2026 | aanroep
        portal | planner | dossier | lezen | eigen | geweigerd | geweigerd | 18-11-2026 | aanroep
        portal | planner | dossier | lezen | ander | geweigerd | geweigerd | 18-11-2026 | aanroep
        """,
        Violation("planner", {"Gemeten resultaat": "toegestaan"}, named="portal/planner/dossier/read/own"),
        4,
        excel_nl(),
        "rechtentest.csv",
        ("portal",),
        accepted={
            "approved-access-matrix": """
            system | role | part | action | relation | expected | approved_by_ref | approved_on
            portal | begeleider | dossier | read | own | allow | P-01 | 2026-03-02
            portal | begeleider | dossier | read | other | deny | P-01 | 2026-03-02
            portal | planner | dossier | read | own | deny | P-01 | 2026-03-02
            portal | planner | dossier | read | other | deny | P-01 | 2026-03-02
            """
        },
    ),
    Register(
        "approved rights as a wide sheet with a column a role",
        "approved-access-matrix",
        """
        Onderdeel | Handeling | begeleider | planner | cliënt | Goedgekeurd door | Goedgekeurd op
        dossier | lezen | ja | nee | ja | P-01 | 2026-03-02
        dossier | wijzigen | ja | nee | nee | P-01 | 2026-03-02
        rooster | lezen | ja | ja | nee | P-01 | 2026-03-02
        rooster | wijzigen | nee | ja | nee | P-01 | 2026-03-02
        """,
        Violation("rooster", {"Goedgekeurd op": "2025-03-02"}, named="row 4"),
        12,
        xlsx(sheet="Autorisatiematrix"),
        systems=("portal",),
    ),
    Register(
        "approved rights as a list in English",
        "approved-access-matrix",
        """
        Application | User role | Page | Operation | Permission | Approver | Approval date
        portal | carer | file | read | allowed | E-100 | 2026-04-14
        portal | carer | file | delete | not allowed | E-100 | 2026-04-14
        portal | client | file | read | allowed | E-100 | 2026-04-14
        portal | client | file | delete | not allowed | E-100 | 2026-04-14
        """,
        Violation("client", {"Permission": "maybe"}, named="row 4"),
        4,
        csv_file(),
        "rights.csv",
        ("portal",),
        correction={"values": {"expected": {"not allowed": "deny"}}},
    ),
    Register(
        "rights on the records of clients",
        "care-relation-matrix",
        """
        Systeem | Functie | Dossier | Handeling | Behandelrelatie | Zou moeten | Is | Datum test | Methode
        portal | arts | medisch dossier | lezen | eigen | ja | ja | 2026-11-11 | aanroep
        portal | arts | medisch dossier | lezen | ander | nee | nee | 2026-11-11 | aanroep
        portal | verpleegkundige | medisch dossier | lezen | eigen | ja | ja | 2026-11-11 | aanroep
        portal | verpleegkundige | medisch dossier | lezen | ander | nee | nee | 2026-11-11 | aanroep
        """,
        Violation("verpleegkundige", {"Behandelrelatie": "ander", "Is": "ja"}, named="verpleegkundige"),
        4,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "accounts of minors",
        "minors-consent-register",
        """
        Applicatie | Accountnr | Kenmerk toestemming | Toestemming van | Schriftelijk? | Datum toestemming | Verwerking sinds | Hoe geverifieerd | Verkregen via | Ingetrokken d.d. | Verwerking gestopt d.d.
        portal | c-881 | T-31 | ouder | ja | 03-02-2026 | 05-02-2026 | identiteitsbewijs gezien | afnemer | |
        portal | c-902 | T-32 | ouder | ja | 01-04-2026 | 01-04-2026 | identiteitsbewijs gezien | afnemer | 01-09-2026 | 03-09-2026
        portal | c-915 | T-33 | wettelijk vertegenwoordiger | ja | 06-07-2026 | 08-07-2026 | beschikking gezien | zelf | |
        """,
        Violation("c-915", {"Schriftelijk?": "nee"}),
        3,
        excel_nl(),
        "minderjarigen.csv",
        ("portal",),
    ),
    Register(
        "second factors by group of users",
        "two-factor-coverage",
        """
        Systeem | Gebruikersgroep | Aantal accounts | Interactief | Toegang tot gezondheidsgegevens | Eerste factor | 2e factor | Afgedwongen | Aantal met 2FA
        portal | medewerkers | 84 | ja | ja | wachtwoord | totp | ja | 84
        portal | beheerders | 3 | ja | ja | wachtwoord | passkey | ja | 3
        portal | koppelingen | 2 | nee | ja | wachtwoord | geen | nee | 0
        """,
        Violation("medewerkers", {"Aantal met 2FA": "82"}),
        89,
        xlsx(sheet="MFA", above=[["Overzicht MFA november 2026"]], merged="A1:D1"),
        systems=("portal",),
    ),
    Register(
        "attempts to sign in, newest first",
        "login-log",
        """
        Event | Timestamp | User | Result | IP prefix | Application | Failure reason | Test login
        20418 | 2026-11-20 09:02:11 | u-7 | success | 10.2.x | portal | |
        20417 | 2026-11-18 09:14:30 | u-9 | success | 10.2.x | portal | | yes
        20416 | 2026-11-18 09:14:02 | u-9 | failure | 10.2.x | portal | password | yes
        20415 | 2026-11-16 08:31:45 | u-8 | success | 10.4.x | portal | |
        20414 | 2026-11-13 08:30:12 | u-7 | success | 10.2.x | portal | |
        20413 | 2026-11-11 08:30:55 | u-8 | failure | 10.4.x | portal | password |
        """,
        Violation("20414", {"User": ""}),
        6,
        csv_file(),
        "logins.csv",
        ("portal",),
        accepted={
            "last-attempts": """
            system | user_ref | last_attempt | outcome | probe
            portal | u-7 | 2026-11-20T09:02:11+01:00 | succeeded |
            portal | u-8 | 2026-11-16T08:31:45+01:00 | succeeded |
            portal | u-9 | 2026-11-18T09:14:02+01:00 | failed | yes
            portal | u-9 | 2026-11-18T09:14:30+01:00 | succeeded | yes
            """
        },
    ),
    Register(
        "last attempt of each user by the application",
        "last-attempts",
        """
        Systeem | Gebruiker | Laatste inlogpoging | Resultaat | Proef
        planner | 4001 | 2026-11-19 07:58:10 | geslaagd | nee
        planner | 4002 | 2026-11-18 12:03:44 | geslaagd | nee
        planner | 4003 | 2026-11-19 09:00:05 | mislukt | ja
        planner | 4003 | 2026-11-19 09:00:31 | geslaagd | ja
        """,
        Violation("4002", {"Laatste inlogpoging": "gisteren"}, named="row 3"),
        3,
        xlsx(dates="d-m-yyyy"),
        systems=("planner",),
    ),
    Register(
        "log of who opened which record",
        "record-access-extract",
        """
        Logregel | Datum/tijd | Gebruikers-ID | Cliëntnummer | Handeling | Namens | Reden | Resultaat | Applicatie | Proef
        501 | 20-11-2026 08:01:22 | g-12 | c-88 | inzien | team-zuid | behandelrelatie | geslaagd | portal | nee
        502 | 20-11-2026 08:04:10 | g-12 | c-91 | wijzigen | team-zuid | behandelrelatie | geslaagd | portal | nee
        503 | 20-11-2026 09:10:00 | g-01 | c-00 | inzien | team-ict | toestemming | geslaagd | portal | ja
        504 | 20-11-2026 09:10:40 | g-01 | c-00 | inzien | team-ict | | geweigerd | portal | ja
        """,
        Violation("502", {"Namens": ""}),
        4,
        excel_nl(),
        "inzage.csv",
        ("portal",),
    ),
    Register(
        "accepted agreements of users",
        "eura",
        """
        Applicatie | Gebruikersnr | Rol | EURA versie | Datum en tijd acceptatie | Eerste gebruik | Laatst gebruikt
        portal | u-1 | begeleider | 4.0 | 2026-07-02 08:00:11 | 2026-07-02 08:00:15 | 2026-11-19 10:12:00
        portal | u-2 | begeleider | 4.0 | 2026-07-03 09:30:00 | 2026-07-03 09:30:20 | 2026-11-18 17:00:00
        portal | u-3 | planner | 4.0 | 2026-08-10 07:45:00 | 2026-08-10 07:46:00 | 2026-11-19 08:00:00
        """,
        Violation("u-2", {"Eerste gebruik": "2026-07-03 09:29:00"}),
        3,
        xlsx(),
        systems=("portal",),
        accepted={
            "eura-text": """
            role | version | in_force_from
            begeleider | 4.0 | 2026-07-01
            planner | 4.0 | 2026-07-01
            """
        },
    ),
    Register(
        "versions of the users' agreement",
        "eura-text",
        """
        Doelgroep / rol | Versie | Ingangsdatum
        begeleider | v3 | 1 januari 2024
        begeleider | v4 | 1 juli 2026
        planner | v4 | 1 juli 2026
        """,
        Violation("planner", {"Ingangsdatum": "volgt nog"}),
        3,
        xlsx(sheet="Versies"),
    ),
]
