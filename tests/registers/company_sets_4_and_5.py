"""Registers of the kinds that a fourth and fifth set, by others, had trouble with: see docs/registers.md."""

from datetime import date

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

FOURTH_TRIES = [
    Register(
        "erased by script, with reasons in sentences",
        "destruction-log",
        """
        Bonnr | Pakket | Wat is gewist | Waarom | Reden ontstaan op | Contractueel uiterlijk | Gewist | Hoe gewist | Back-ups schoon per | Uitstel? | Tweede paar ogen
        W-01 | desk | omgeving klant 3 | contract met klant gestopt | 2026-01-31 | 2026-04-30 | 2026-03-02 | script | 2026-04-01 | nee | M4
        W-02 | desk | meldingen 2017 | bewaartermijn is om | 2026-02-01 | | 2026-02-20 | script | 2026-03-22 | nee | M4
        W-03 | desk | omgeving klant 5 | contract met klant gestopt | 2026-06-30 | 2026-09-28 | 2026-08-11 | script | 2026-09-10 | nee | M7
        """,
        Violation("W-03", {"Gewist": "2026-10-02"}),
        3,
        xlsx(above=[["Gewiste gegevens"], []]),
        systems=("desk",),
        first_day=date(2026, 1, 31),
    ),
    Register(
        "requests in the words of those who ask",
        "request-register",
        """
        Zaaknr | Binnen | Wat wil de betrokkene | Wij zijn | ID-bewijs gevraagd | ID-bewijs akkoord | Reactie verstuurd | Afloop | Klachtrecht vermeld | Uitgevoerd | Derden ingelicht | Notitie
        26-1 | 2026-03-02 | inzage in het dossier | verantwoordelijke | 2026-03-03 | 2026-03-05 | 2026-03-24 | toegewezen | | | |
        26-2 | 2026-05-11 | correctie van adres | verantwoordelijke | | | 2026-05-13 | toegewezen | | 2026-05-13 | ja |
        26-3 | 2026-09-07 | kopie meekrijgen (overdraagbaarheid) | verantwoordelijke | | | 2026-09-29 | afgewezen | ja | | |
        """,
        Violation("26-3", {"Reactie verstuurd": "2026-10-16"}),
        3,
        excel_nl(),
        "verzoeken.csv",
        first_day=date(2026, 3, 2),
    ),
    Register(
        "subscribers, whose form is the same for many",
        "consent-register",
        """
        Contact | Lijst | Waar is ja op gezegd | Formulier | Aangemeld (via de site) | Eerste mailing | Afgemeld | Van lijst gehaald | Bron
        C-101 | portal | wekelijks nieuws | v3 | 2026-01-05 | 2026-01-09 | | | site
        C-102 | portal | wekelijks nieuws | v3 | 2026-02-10 | 2026-02-13 | 2026-05-04 | 2026-05-06 | beurs
        C-103 | portal | uitnodigingen | v3 | 2026-03-02 | 2026-03-06 | | | site
        C-104 | portal | wekelijks nieuws | v4 | 2026-06-01 | 2026-06-05 | | | site
        """,
        Violation("C-103", {"Aangemeld (via de site)": "2026-03-16"}),
        4,
        csv_file(mark=";"),
        "contacten.csv",
    ),
    Register(
        "rights by platform, with a column for the licence",
        "privileged-review",
        """
        Waar | Inlognaam | Wie | Wat voor account | Admin role | Directory role / group | Waarvoor nodig | Weg per | Laatst gezien | Wat doen we | Gecheckt door | Gecheckt op | Gedaan op | License
        portal | adm-1 | M01 | eigen account | ja | Global Administrator | beheer van de omgeving | | 2026-11-12 | houden | M09 | 2026-11-16 | | E5
        portal | adm-2 | M02 | eigen account | ja | User Administrator | accounts aanmaken | | 2026-11-13 | houden | M09 | 2026-11-16 | | E5
        portal | adm-3 | M03 | eigen account | ja | Exchange Administrator | | 2026-10-31 | 2026-10-30 | weg ermee | M09 | 2026-11-16 | 2026-11-17 | E3
        """,
        Violation("adm-2", {"Gecheckt door": "M02"}),
        3,
        xlsx(sheet="Beheerders"),
        systems=("portal",),
    ),
    Register(
        "incidents of a supplier of schools",
        "incident-register",
        """
        Nr | Aangemeld | Korte omschrijving | Impact | Aantal scholen geraakt | Scholen geïnformeerd | Datalek? | Wij zijn | Reportable to AP | Genomen acties | Hoog risico voor mensen? | Oorzaak | Geleerd | Gereed | Behandelaar
        B-1 | 2026-09-01 09:10 | storing koppeling | Midden | 2 | 2026-09-01 13:00 | nee | | | herstart | | volle wachtrij | alarm ingesteld | 2026-09-02 | ab
        B-2 | 2026-10-05 11:20 | rooster bij verkeerde school | Hoog | 1 | 2026-10-05 15:45 | ja | verwerker | | rooster gewist | nee | verkeerde map | map per school | 2026-10-08 | cd
        B-3 | 2026-11-03 08:30 | phishingmail | Laag | 0 | | nee | | | geen | | nagemaakte mail | voorlichting | 2026-11-04 | ab
        """,
        Violation("B-2", {"Scholen geïnformeerd": "2026-10-08 15:45"}),
        3,
        xlsx(),
        first_day=date(2026, 9, 1),
    ),
]
