"""Registers of privacy officers: processors, customers, consents, requests, destruction and disclosure."""

from datetime import date

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

_DESTROYED = """
    item_ref | system | dataset | trigger | trigger_on | destroyed_on | method | backups_expire_on | hold | verified_by_ref
    V-1 | portal | logs | retention expired | 2026-10-01 | 2026-10-02 | deleted | 2026-11-01 | none | P-2
    """

PRIVACY = [
    Register(
        "processors as a privacy officer lists them",
        "processor-register",
        """
        Naam verwerker | Rol | Verwerking / dienst | Soort persoonsgegevens | Systemen | Startdatum verwerking | Nr. verwerkersovereenkomst | Datum ondertekening | Art. 28 compleet? | Vestigingsland | Toegang vanuit | Grondslag doorgifte | Klanten geïnformeerd d.d. | Risico beoordeeld d.d.
        Mailwolk B.V. | subverwerker | versturen van berichten | namen, e-mailadressen | portal, planner | 2021-02-01 | VO-11 | 2021-01-10 | ja | Nederland | NL, DE | | 2020-12-15 | 2026-03-02
        Kantoorhuis N.V. | verwerker | opslag van back-ups | alle gegevens | portal; planner; desk | 2020-06-01 | VO-04 | 2020-05-20 | ja | Nederland | NL | | | 2026-03-02
        Ticketeria Inc. | verwerker | servicedesk | contactgegevens | desk | 2023-04-01 | VO-15 | 2023-03-12 | ja | Verenigde Staten | US | modelcontract | | 2026-04-20
        """,
        Violation("Ticketeria Inc.", {"Grondslag doorgifte": ""}),
        3,
        xlsx(sheet="Register", others={"Toelichting": [["Dit register wordt per kwartaal bijgewerkt."]]}),
    ),
    Register(
        "processors in English, with renewed agreements",
        "processor-register",
        """
        Vendor name | Role | Service | Categories of data | Applications | First transfer date | Contract ref. | Signature date | First agreement signed on | Previous agreement ended on | Art. 28 complete | Contract end date | Country | Support from | Transfer mechanism | Risk review date
        Northpost Ltd | processor | letters by post | addresses | portal | 2019-01-07 | C-19 | 2025-12-01 | 2018-12-20 | 2025-12-31 | yes | 2027-12-31 | Ireland | IE | | 2026-02-11
        Datavault Oy | processor | archive | records | portal, desk | 2022-08-01 | C-22 | 2022-07-15 | | | yes | | Finland | FI | | 2026-02-11
        """,
        Violation("Datavault Oy", {"Signature date": "2022-09-15"}),
        2,
        csv_file(),
        "vendors.csv",
    ),
    Register(
        "suppliers by the purchase ledger with their risks",
        "supplier-risk",
        """
        Crediteur | Leverancier | Dienstverlening | Laatste risicobeoordeling
        40010 | Mailwolk B.V. | berichten | 02-03-2026
        40022 | Kantoorhuis N.V. | back-ups | 02-03-2026
        40031 | Schoonmaak Groen | schoonmaak | 14-01-2026
        """,
        Violation("Kantoorhuis N.V.", {"Laatste risicobeoordeling": "02-03-2025"}),
        3,
        excel_nl(),
        "crediteuren.csv",
    ),
    Register(
        "customers by the relation system",
        "customer-agreement-register",
        """
        Klantnr | Klantnaam | Producten | Contractnummer verwerkersovereenkomst | Ondertekend d.d. | Eerste verwerking d.d.
        K-14 | Stichting Zuidzorg | portal;planner | VWO-14 | 01-03-2022 | 14-03-2022
        K-15 | De Linde Zorg | portal | VWO-15 | 12-09-2023 | 01-10-2023
        K-21 | Thuisgroep Noord | portal;planner;desk | VWO-21 | 05-01-2026 | 05-01-2026
        """,
        Violation("K-15", {"Ondertekend d.d.": "12-10-2023"}),
        3,
        csv_file(mark=";"),
        "klanten.csv",
    ),
    Register(
        "consents of a mailing list",
        "consent-register",
        """
        Consent ID | List / system | Purpose | Text version | Consent given on | Processing since | Unsubscribed on | Carried out on
        C-9001 | portal | newsletter | v2 | 2025-02-01 | 2025-02-01 | |
        C-9002 | portal | newsletter | v2 | 2025-05-12 | 2025-05-13 | 2026-10-05 | 2026-10-05
        C-9003 | desk | satisfaction survey | v1 | 2026-09-30 | 2026-10-02 | |
        """,
        Violation("C-9002", {"Carried out on": "2026-10-20"}),
        3,
        csv_file(),
        "subscribers.csv",
    ),
    Register(
        "record of processing with its yearly review",
        "data-inventory-review",
        """
        Gegeven | Systeem | Categorie betrokkenen | Categorie | Rol | Doel | Rechtsgrond | Uitzonderingsgrond | Verwerkersovereenkomst | Noodzakelijk | Bewaartermijn | Datum beoordeling | Besluit | Uitgevoerd op
        geboortedatum van de cliënt | portal | cliënten | gewoon | verwerker | dossiervoering | | | VWO-14 | ja | BT-03 | 2026-11-04 | behouden |
        dienstrooster | planner | medewerkers | gewoon | verwerkingsverantwoordelijke | plannen van diensten | art. 6 lid 1 sub b | | | ja | BT-07 | 2026-11-04 | behouden |
        naam van de melder | desk | medewerkers van klanten | gewoon | verwerkingsverantwoordelijke | vragen beantwoorden | gerechtvaardigd belang | | | ja | BT-09 | 2026-11-04 | behouden |
        """,
        Violation("dienstrooster", {"Noodzakelijk": "nee"}),
        3,
        xlsx(sheet="Verwerkingen"),
    ),
    Register(
        "data destroyed in three systems, with a gap explained",
        "destruction-log",
        """
        Volgnummer | Systeem | Gegevensset | Aanleiding | Datum aanleiding | Uiterste datum overeenkomst | Vernietigd op | Wijze van vernietiging | Back-ups verlopen op | Uitstel | Gecontroleerd door | Toelichting ontbrekende nummers
        V-01 | portal | omgeving klant 9 | licentie beëindigd | 2026-06-30 | 2026-09-30 | 2026-08-03 | cryptografisch gewist | 2026-09-02 | geen | P-2 |
        V-02 | planner | omgeving klant 9 | licentie beëindigd | 2026-06-30 | 2026-09-30 | 2026-08-03 | cryptografisch gewist | 2026-09-02 | geen | P-2 | V-03 is dubbel uitgegeven en vervallen
        V-04 | desk | meldingen van 2024 | bewaartermijn verstreken | 2026-07-01 | | 2026-07-06 | opschoning in de toepassing | 2026-08-05 | geen | P-2 |
        """,
        Violation("V-04", {"Gecontroleerd door": ""}),
        {"portal": 1, "planner": 1, "desk": 1},
        xlsx(sheet="2026"),
        systems=("portal", "planner", "desk"),
        first_day=date(2026, 6, 30),
    ),
    Register(
        "data destroyed in one system that the sheet does not name",
        "destruction-log",
        """
        Nr | Dataset | Reason for destruction | Trigger date | Contract deadline | Destroyed on | How | Backups gone on | Hold | Verified by
        D-1 | tenant 31 | licence ended | 2026-07-31 | 2026-10-31 | 2026-09-14 | volume wiped | 2026-10-14 | none | E-9
        D-2 | sign-in logs of 2024 | retention expired | 2026-08-01 | | 2026-08-03 | deleted by job | 2026-09-02 | none | E-9
        """,
        Violation("D-1", {"Destroyed on": "2026-11-05", "Backups gone on": "2026-12-05"}),
        2,
        csv_file(),
        "destroyed.csv",
        ("portal",),
        date(2026, 7, 31),
    ),
    Register(
        "disclosures to third parties",
        "disclosure-log",
        """
        Nr. | Ontvangende partij | Datum verstrekking | Welke gegevens | Grondslag | Wetsartikel | Kenmerk toestemming
        D-1 | Belastingdienst | 12-10-2026 | facturen | wet | AWR art. 53 |
        D-2 | Zorgverzekeraar Oost | 28-10-2026 | declaraties | wet | Zvw art. 87 |
        D-3 | Onderzoeksbureau Linde | 03-11-2026 | antwoorden op een vragenlijst | toestemming | | T-18
        """,
        Violation("D-2", {"Wetsartikel": ""}),
        3,
        excel_nl(),
        "verstrekkingen.csv",
        first_day=date(2026, 10, 12),
    ),
    Register(
        "requests in the ticket system",
        "request-register",
        """
        Meldingnummer | Soort verzoek | Onze rol | Aangemeld op | Doorgestuurd d.d. | Verlengd op | Reden verlenging | Datum antwoord | Resultaat | Weigering gemotiveerd | Uitgevoerd d.d. | Ontvangers ingelicht
        M-2601 | inzage | verwerkingsverantwoordelijke | 01-09-2026 | | | | 18-09-2026 | toegewezen | | |
        M-2602 | rectificatie | verwerkingsverantwoordelijke | 14-09-2026 | | | | 21-09-2026 | toegewezen | | 21-09-2026 | ja
        M-2603 | inzage | verwerker | 05-10-2026 | 06-10-2026 | | | | | | |
        """,
        Violation("M-2601", {"Datum antwoord": "09-10-2026"}),
        3,
        excel_nl(),
        "meldingen.csv",
        first_day=date(2026, 9, 1),
        accepted={"destruction-log": _DESTROYED},
    ),
    Register(
        "requests in a shared mailbox, kept in English",
        "request-register",
        """
        Case no. | Request type | Our role | Date received | Forwarded on | Date answered | Outcome | Refusal explained | Done on
        DSR-7 | access | controller | 2026-09-03 | | 2026-09-15 | granted | |
        DSR-8 | object to marketing | controller | 2026-10-01 | | 2026-10-02 | granted | | 2026-10-02
        DSR-9 | access | processor | 2026-10-12 | 2026-10-13 | | | |
        """,
        Violation("DSR-9", {"Forwarded on": "2026-10-19"}),
        3,
        xlsx(sheet="DSR 2026", dates="dd/mm/yyyy"),
        first_day=date(2026, 9, 3),
        accepted={"destruction-log": _DESTROYED},
    ),
]
