"""Registers of incidents, updates, firewalls and data centres, as ticket systems and consoles export them."""

from datetime import date

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

OPERATIONS = [
    Register(
        "incidents of a Dutch ticket system",
        "incident-register",
        """
        Incidentnummer | Aanmelddatum | Korte omschrijving | Prioriteit | Aantal getroffen klanten | Klanten ingelicht op | Datalek? | Rol | Meldplichtig | Oorzaak | Verbetermaatregel | Datum gereed
        I2611-001 | 02-11-2026 08:12 | portaal een uur niet bereikbaar | hoog | 3 | 02-11-2026 09:00 | nee | | | schijf vol | bewaking van de schijf | 03-11-2026
        I2611-002 | 09-11-2026 13:40 | bericht aan verkeerde klant | midden | 1 | 10-11-2026 10:05 | ja | verwerker | | fout in de koppeling | controle op klantnummer | 12-11-2026
        I2611-003 | 17-11-2026 16:20 | verloren telefoon, op afstand gewist | laag | 0 | | nee | | | onoplettendheid | |
        """,
        Violation("I2611-002", {"Klanten ingelicht op": "13-11-2026 10:05"}),
        3,
        excel_nl(),
        "incidenten.csv",
        first_day=date(2026, 11, 2),
    ),
    Register(
        "incidents of an issue tracker, with other issues between them",
        "incident-register",
        """
        Issue key | Created | Summary | Priority | Customers affected | Customers told at | Data breach | Our role | Notifiable | Root cause | Lesson learned | Resolved | Gap explained
        OPS-101 | 2026-10-05 09:12 | planner down after release | High | 2 | 2026-10-05 10:30 | No | | | missing index | load test before release | 2026-10-06 | 102 to 104 are no incidents
        OPS-105 | 2026-10-21 21:45 | phishing mail opened | Medium | 0 | | No | | | no warning on outside mail | banner added | 2026-10-23 | 106 is no incident
        OPS-107 | 2026-11-12 14:02 | disk of a test server lost | Low | 0 | | No | | | | | |
        """,
        Violation("OPS-105", {"Lesson learned": ""}),
        3,
        csv_file(),
        "issues.csv",
        first_day=date(2026, 10, 5),
    ),
    Register(
        "updates kept in a sheet",
        "patch-register",
        """
        Systeem | Update / CVE | Ernst | Datum uitgebracht | Datum geïnstalleerd | Tijdelijke maatregel | Tijdelijke maatregel sinds
        portal | CVE-2026-31001 | kritiek | 2026-10-06 | 2026-10-08 | |
        planner | CVE-2026-31001 | kritiek | 2026-10-06 | 2026-10-09 | |
        desk | KB-77120 | hoog | 2026-10-13 | 2026-11-03 | |
        """,
        Violation("KB-77120", {"Datum geïnstalleerd": "2026-11-17"}),
        3,
        xlsx(sheet="Patches", others={"Uitleg": [["Kleuren: rood is te laat."]]}),
        first_day=date(2026, 10, 6),
    ),
    Register(
        "alerts of a code platform",
        "patch-register",
        """
        Repository | Advisory | Severity | Published at | Package | Fixed at
        portal | GHSA-aaaa-0001 | critical | 2026-09-14 | xmlreader | 2026-09-16
        portal | GHSA-aaaa-0002 | high | 2026-09-20 | imagekit | 2026-10-02
        planner | GHSA-aaaa-0003 | moderate | 2026-10-01 | dateparse |
        """,
        Violation("GHSA-aaaa-0001", {"Fixed at": "2026-09-28"}),
        3,
        csv_file(),
        "alerts.csv",
        first_day=date(2026, 9, 14),
    ),
    Register(
        "rules of a firewall with their review",
        "firewall-rule-review",
        """
        Firewall | # | Bronadres | Bestemming | Poort | Actie | Eigenaar | Reden / wijziging | Tijdelijk tot | Beoordeeld d.d. | Besluit | Gereed d.d.
        fw-1 | 1 | any | dmz | tcp/443 | toestaan | platform | website voor klanten | | 04-11-2026 | behouden |
        fw-1 | 2 | kantoor | beheer | tcp/22 | toestaan | platform | beheer van servers | | 04-11-2026 | behouden |
        fw-1 | 3 | leverancier | dmz | tcp/8443 | toestaan | platform | migratie W-118 | 31-12-2026 | 04-11-2026 | behouden |
        fw-1 | 99 | any | any | any | weigeren | platform | sluitregel | | 04-11-2026 | behouden |
        """,
        Violation("migratie W-118", {"Tijdelijk tot": "31-10-2026"}, named="fw-1/3"),
        4,
        excel_nl(),
        "firewall.csv",
    ),
    Register(
        "export of a firewall in English",
        "firewall-rule-review",
        """
        Device | Rule ID | Src | Dst | Service | Action | Owner | Business reason | Expiry | Last reviewed | Verdict | Completed on
        edge | r10 | any | web | tcp/443 | accept | Platform team | public site | | 2026-10-28 | keep |
        edge | r20 | office | db | tcp/5432 | accept | Data team | reports | | 2026-10-28 | keep |
        edge | r30 | any | any | any | drop | Platform team | default deny | | 2026-10-28 | keep |
        """,
        Violation("r20", {"Src": "any"}),
        3,
        csv_file(),
        "rules.csv",
    ),
    Register(
        "certificates of the data centres",
        "datacentre-certificates",
        """
        Datacenter | Plaats | Provincie | Exploitant | Norm | Certificaatnr | Certificerende instelling | Geaccrediteerd? | Geldig vanaf | Geldig tot | Scope dekt locatie? | 24/7 bewaakt | Bewijs bewaking | Gehoste systemen | Gecontroleerd d.d.
        DC-1 | Enschede | Overijssel | Hosting Oost B.V. | ISO 27001:2022 | HO-101 | Keurhuis B.V. | ja | 2025-03-01 | 2028-02-28 | ja | ja | jaarrapport | portal, planner, desk | 2026-11-02
        DC-2 | Apeldoorn | Gelderland | Hosting Oost B.V. | ISO 27001:2022 | HO-102 | Keurhuis B.V. | ja | 2025-03-01 | 2028-02-28 | ja | ja | jaarrapport | portal, planner, desk | 2026-11-02
        """,
        Violation("HO-102", {"Geldig tot": "2026-10-31"}, named="DC-2"),
        2,
        xlsx(sheet="Certificaten", merged="A1:O1", above=[["Certificaten datacenters"], []]),
    ),
]
