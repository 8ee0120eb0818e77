"""Registers as small companies keep and export them, written before any was tried (second set): see docs/registers.md."""

from datetime import date

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

SECOND_TRIES = [
    Register(
        "personnel sheet with declarations",
        "confidentiality-register",
        """
        Nr. | Afdeling | Soort | Soort verklaring | Datum tekenen | Begin | Einde | Blijft gelden? | Waar
        31 | Zorg | vast | arbeidsovereenkomst | 2020-01-20 | 2020-02-01 | | ja | map 31
        44 | ICT | zzp | nda | 2024-05-27 | 2024-06-03 | | ja | map 44
        52 | Zorg | stagiair | nda | 2026-08-24 | 2026-08-31 | | ja | map 52
        """,
        Violation("52", {"Datum tekenen": "2026-09-04"}),
        3,
        xlsx(sheet="NDA"),
        accepted={
            "access-review": """
            system | account_ref | person_ref | account_type | privileged | role | task_reason | engaged_until | last_used_on | decision | decided_by_ref | decided_on | executed_on
            portal | a-1 | 31 | personal | no | care | cares | | 2026-11-01 | keep | P-9 | 2026-11-02 |
            """,
            "datacentre-access-list": """
            person_ref | employer | location_ref | function | reason | access_from | engaged_until | reviewed_on | reviewed_by_ref | decision | revoked_on
            44 | own | DC1 | admin | faults | 2024-06-04 | | 2026-10-01 | P-2 | keep |
            """,
        },
    ),
    Register(
        "accounts with names, per quarter",
        "access-review",
        """
        Gebruikersnaam | Personeelsnr | Naam | Soort | Beheerder | Groepen | Nodig omdat | Laatst aangemeld | Mag blijven? | Gecheckt door | Op | Verwijderd op
        p.bakker | 1201 | Petra Bakker | gebruiker | | Zorg | verzorgt cliënten | 2026-11-17 | ja | 1100 | 2026-10-20 |
        t.visser | 1207 | Tom Visser | gebruiker | x | Zorg, Beheer | functioneel beheer | 2026-11-18 | ja | 1100 | 2026-10-20 |
        j.smit | 1099 | Jan Smit | gebruiker | | Zorg | | 2026-07-01 | nee | 1100 | 2026-10-20 | 2026-10-21
        """,
        Violation("j.smit", {"Verwijderd op": "2026-11-09"}),
        3,
        xlsx(above=[["Toegangscontrole Q4 planbord"]]),
        systems=("planner",),
    ),
    Register(
        "e-learning export",
        "training-register",
        """
        Employee No | Employee type | Hire date | Course title | Enrolled | Completed | Score | Status
        E10 | Employee | 2018-03-01 | Security Awareness 2026 | 2026-02-01 | 2026-02-14 | 90 | Passed
        E15 | Contractor | 2025-06-01 | Security Awareness 2026 | 2026-02-01 | 2026-03-03 | 85 | Passed
        E21 | Employee | 2026-01-05 | Security Awareness 2026 | 2026-02-01 | 2026-02-20 | 70 | Passed
        """,
        Violation("E21", {"Status": "Failed", "Score": "35"}),
        3,
        csv_file(),
        "report.csv",
    ),
    Register(
        "tickets of TOPdesk",
        "incident-register",
        """
        Meldingnummer | Korte omschrijving | Aanmelddatum | Impact | Categorie | Persoonsgegevens geraakt | Datalek | Aantal klanten | Klanten op de hoogte gesteld | Oorzaak | Oplossing | Verbeteractie | Afgemeld
        M2610 001 | Storing inloggen | 2026-10-02 08:12 | Middel | Beveiliging | Nee | Nee | 3 | 2026-10-02 09:00 | verlopen certificaat | vernieuwd | agenda | 2026-10-02
        M2610 002 | Mail naar verkeerde collega | 2026-10-09 15:30 | Laag | Beveiliging | Nee | Nee | 0 | | typefout | gewist | uitleg gegeven | 2026-10-12
        M2610 003 | Virusmelding laptop | 2026-10-21 11:05 | Hoog | Beveiliging | Nee | Nee | 0 | | bijlage geopend | opnieuw ingericht | macro's uit | 2026-10-23
        """,
        Violation("M2610 001", {"Klanten op de hoogte gesteld": "2026-10-05 09:00"}),
        3,
        excel_nl(),
        "meldingen.csv",
        first_day=date(2026, 10, 2),
    ),
    Register(
        "processors with status of the contract",
        "processor-register",
        """
        Naam verwerker | Type | Dienst/applicatie | Welke persoonsgegevens | Welk systeem | Verwerkersovereenkomst nr. | Datum VO | Sinds | Bevat alle art 28 punten | Land van opslag | Wie kan erbij (landen) | Grondslag doorgifte | Grond verstrekking | Beoordeeld in
        Hostingbedrijf Noord | verwerker | hosting | cliëntgegevens | portal, planner | 2021-03 | 2021-03-01 | 2021-03-15 | ja | Nederland | Nederland | | | 2026-04-02
        Mailing Inc | subverwerker | nieuwsbrief | e-mailadressen | portal | 2023-08 | 2023-08-10 | 2023-09-01 | ja | Verenigde Staten | Verenigde Staten | DPF | | 2026-04-02
        Accountant De Wit | ontvanger | jaarrekening | facturen | desk | | | 2015-01-01 | | Nederland | Nederland | | wet | 2026-04-03
        """,
        Violation("Hostingbedrijf Noord", {"Datum VO": "2021-04-20"}),
        3,
        xlsx(sheet="VO-register"),
        correction={"columns": {"first_transfer_on": "Sinds"}},
    ),
    Register(
        "patches of a management tool",
        "patch-register",
        """
        Device;Title;Classification;Severity;Release date;Install date;State
        portal;2026-10 Cumulative Update;Security;Critical;2026-10-13;2026-10-15;Installed
        planner;OpenSSL 3.0.19;Security;Important;2026-10-07;2026-10-28;Installed
        desk;2026-10 Cumulative Update;Security;Critical;2026-10-13;2026-10-19;Installed
        """.replace(";", " | "),
        Violation("desk", {"Install date": "2026-10-30"}),
        3,
        csv_file(),
        "patchstatus.csv",
        first_day=date(2026, 10, 7),
    ),
    Register(
        "requests under the GDPR, short",
        "request-register",
        """
        # | Datum verzoek | Wat wil betrokkene | Rol wij | Antwoord gegeven op | Resultaat | Uitleg bij weigering | Uitgevoerd op | Anderen geïnformeerd
        1 | 2026-09-01 | inzage | verantwoordelijke | 2026-09-17 | ingewilligd | | |
        2 | 2026-09-08 | rectificatie | verantwoordelijke | 2026-09-21 | ingewilligd | | 2026-09-21 | ja
        3 | 2026-10-12 | inzage | verantwoordelijke | 2026-11-02 | afgewezen | ja | |
        """,
        Violation("2026-10-12", {"Antwoord gegeven op": "2026-11-18"}, named="3"),
        3,
        xlsx(),
        first_day=date(2026, 9, 1),
    ),
    Register(
        "deletion records of the hosting team",
        "destruction-log",
        """
        Ticket | System | What was deleted | Why | Date of reason | Contractual deadline | Deleted on | How | Backups gone by | On hold? | Checked by
        DEL-7 | portal | tenant 88 | end of contract | 2026-02-28 | 2026-05-31 | 2026-05-04 | crypto erase | 2026-06-03 | no | E9
        DEL-8 | portal | logs 2019 | retention | 2026-01-01 | | 2026-03-15 | secure delete | 2026-04-14 | no | E9
        DEL-9 | portal | tenant 91 | end of contract | 2026-06-30 | 2026-09-30 | 2026-08-20 | crypto erase | 2026-09-19 | no | E4
        """,
        Violation("DEL-9", {"Deleted on": "2026-10-20", "Backups gone by": "2026-11-19"}),
        3,
        csv_file(),
        "deletions.csv",
        systems=("portal",),
        first_day=date(2026, 1, 1),
    ),
    Register(
        "rights matrix with yes and no under roles",
        "approved-access-matrix",
        """
        Onderdeel | Handeling | Arts | Secretaresse | Directie | Vastgesteld door | Vastgesteld
        Patiëntdossier | lezen | ja | nee | nee | MT01 | 2026-01-15
        Patiëntdossier | wijzigen | ja | nee | nee | MT01 | 2026-01-15
        Agenda | lezen | ja | ja | nee | MT01 | 2026-01-15
        Agenda | wijzigen | nee | ja | nee | MT01 | 2026-01-16
        """,
        Violation("2026-01-16", {"Vastgesteld": "2025-01-16"}, named="row 5"),
        12,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "customers with their contracts",
        "customer-agreement-register",
        """
        Customer no. | Products | DPA no. | DPA date | Go-live
        C-118 | portal | DPA-118 | 10-02-2023 | 01-03-2023
        C-131 | portal + planner | DPA-131 | 14-08-2024 | 02-09-2024
        C-140 | desk | DPA-140 | 20-05-2025 | 01-06-2025
        """,
        Violation("C-140", {"DPA date": "20-06-2025"}),
        3,
        csv_file(mark=";"),
        "customers.csv",
    ),
    Register(
        "firewall export with review columns",
        "firewall-rule-review",
        """
        Device | ID | Source | Destination | Service | Action | Requested by | Description | Expiry | Last review | Review result | Change done
        FG60 | 1 | LAN | DMZ | tcp/443 | accept | Platform | web proxy | | 2026-09-02 | ok |
        FG60 | 7 | VPN | SERVERS | tcp/22 | accept | Platform | admin access | | 2026-09-02 | ok |
        FG60 | 99 | any | any | any | deny | Platform | closing rule | | 2026-09-03 | ok |
        """,
        Violation("7", {"Source": "any"}, named="7"),
        3,
        csv_file(),
        "policies.csv",
    ),
    Register(
        "record of processing with crosses",
        "data-inventory-review",
        """
        Gegeven | In systeem | Betrokkene | Bijzonder? | Rol | Doel | Rechtsgrond | Uitzonderingsgrond | Overeenkomst | Noodzakelijk? | Bewaartermijn | Beoordeeld op | Actie | Gereed
        naam | portal | cliënten | nee | verwerker | inloggen | | | VO-1 | x | BT-1 | 2026-06-02 | behouden |
        medicatie | planner | cliënten | ja | verwerker | zorg | | | VO-1 | x | BT-2 | 2026-06-02 | behouden |
        geslacht | desk | melders | nee | verantwoordelijke | aanhef | toestemming | | | | BT-3 | 2026-06-02 | verwijderen | 2026-06-20
        """,
        Violation("geslacht", {"Actie": "behouden"}),
        3,
        xlsx(),
    ),
    Register(
        "second factor by group in English",
        "two-factor-coverage",
        """
        Group | Users | Human | Access to patient data | Primary login | MFA type | MFA enforced | With MFA
        Clinicians | 40 | yes | yes | password | Microsoft Authenticator | yes | 40
        Back office | 9 | yes | no | password | SMS | yes | 9
        Interfaces | 3 | no | yes | password | none | no | 0
        """,
        Violation("Clinicians", {"MFA enforced": "no"}),
        52,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "visitors' cards of the computer room",
        "datacentre-access-list",
        """
        Medewerkernummer | Bedrijf | Ruimte | Rol | Waarvoor | Pas sinds | Contract t/m | Controle | Controleur | Resultaat controle | Pas ingenomen
        P014 | eigen | SR1 | beheerder | storingen | 2022-04-01 | | 2026-09-14 | P030 | blijft |
        P021 | eigen | SR1 | netwerk | bekabeling | 2023-07-01 | | 2026-09-14 | P030 | blijft |
        P077 | leverancier | SR1 | monteur | noodstroom | 2024-01-01 | 2026-08-31 | 2026-09-14 | P030 | intrekken | 2026-09-15
        """,
        Violation("P021", {"Controleur": "P021"}),
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
            SR1 | Zwolle | Overijssel | Rekenhuis | ISO/IEC 27001:2022 | C-1 | Keur | yes | 2025-01-01 | 2027-12-31 | yes | yes | contract | portal, planner, desk | 2026-11-02
            """,
        },
    ),
    Register(
        "what was given to others",
        "disclosure-log",
        """
        Volgnummer | Wanneer | Ontvangende partij | Soort gegevens | Grondslag | Wettelijk kader | Ref. toestemming
        2026/1 | 2026-01-22 | Belastingdienst | loongegevens | wettelijke verplichting | AWR art. 52 |
        2026/2 | 2026-05-06 | Huisarts Ganzeveer | behandelverslag | toestemming | | TOE-9
        2026/3 | 2026-08-19 | IGJ | dossierkopie | wettelijke verplichting | Wkkgz art. 25 |
        """,
        Violation("2026/2", {"Ref. toestemming": ""}),
        3,
        xlsx(),
        first_day=date(2026, 1, 22),
    ),
    Register(
        "administrators, dates beside names of steps",
        "privileged-review",
        """
        Account | Eigenaar | Type | Rechten | Motivatie | Besluit | Door | Datum | Uitgevoerd
        adm-a | 501 | persoonlijk | Domain Admin | beheer | behouden | 500 | 2026-11-03 |
        adm-b | 502 | persoonlijk | Backup Operator | back-ups | behouden | 500 | 2026-11-03 |
        adm-c | 488 | persoonlijk | Domain Admin | | intrekken | 500 | 2026-11-03 | 2026-11-04
        """,
        Violation("adm-b", {"Door": "502"}),
        3,
        xlsx(sheet="Admins"),
        systems=("portal",),
    ),
]
