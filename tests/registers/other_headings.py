"""More registers of the same kinds, with other headings."""

from datetime import date

from tests.registers.access_registers import ACCESS
from tests.registers.people_registers import PEOPLE
from tests.registers.privacy_registers import PRIVACY
from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

COMPARED = {
    register.policy: register.accepted for register in (*ACCESS, *reversed(PEOPLE), *PRIVACY) if register.accepted
}

OTHERS = [
    Register(
        "accounts with a verdict of a controller",
        "access-review",
        """
  App | Account naam | Med.nr. | Accounttype | Admin (j/n) | Profiel | Onderbouwing | Einddatum dienstverband | Laatste aanmelding | Oordeel | Controleur | Gecontroleerd op | Afgehandeld op
  portal | abc | 12 | persoonlijk | n | gebruiker | zorgtaken | | 01-11-2026 | handhaven | 15 | 10-11-2026 |
  portal | abd | 13 | persoonlijk | j | beheerder | beheer | | 01-11-2026 | intrekken | 15 | 10-11-2026 | 12-11-2026
  """,
        Violation("abd", {"Afgehandeld op": ""}),
        2,
        excel_nl(),
        "a.csv",
        ("portal",),
    ),
    Register(
        "accounts with permission groups",
        "access-review",
        """
  Application name | Login | Employee no | Kind of account | Privileged access | Permission group | Purpose of access | Termination date | Last activity | Action | Reviewer | Date of review | Date executed
  portal | abc | 12 | personal | no | user | care work | | 2026-11-01 | retain | 15 | 2026-11-10 |
  portal | abd | 13 | service | yes | admin | sync | | 2026-11-01 | remove | 15 | 2026-11-10 | 2026-11-12
  """,
        Violation("abd", {"Date executed": "2026-11-19"}),
        2,
        csv_file(),
        "a.csv",
        ("portal",),
    ),
    Register(
        "incidents kept by hand",
        "incident-register",
        """
  Ticketnr | Ontdekt | Wat is er gebeurd | Impact | Aantal klanten | Klant geïnformeerd | Datalek ja/nee | Persoonsgegevens | Rol | Oorzaak | Lessen | Gesloten op
  T-1 | 2-11-2026 08:12 | storing | laag | 0 | | nee | nee | | schijf | bewaken | 3-11-2026
  T-2 | 4-11-2026 10:12 | mail verkeerd | middel | 1 | 5-11-2026 09:00 | ja | ja | verwerker | tikfout | vier ogen | 6-11-2026
  """,
        Violation("T-2", {"Klant geïnformeerd": "8-11-2026 09:00"}),
        2,
        csv_file(mark=";"),
        "a.csv",
        (),
        date(2026, 11, 2),
    ),
    Register(
        "incidents with a tool's own severities",
        "incident-register",
        """
  ID | Detected at | Description | Severity | Customers impacted | Customers notified at | Personal data breach? | Role | Root cause analysis | Improvement | Closed at
  1 | 2026-11-02T08:12 | outage | Sev 3 | 0 | | no | | disk | monitor | 2026-11-03
  2 | 2026-11-04T10:12 | wrong mail | Sev 2 | 1 | 2026-11-05T09:00 | yes | processor | typo | four eyes | 2026-11-06
  """,
        Violation("2", {"Customers notified at": "2026-11-08T09:00"}),
        2,
        csv_file(),
        "a.csv",
        (),
        date(2026, 11, 2),
        correction={"values": {"severity": {"Sev 3": "low", "Sev 2": "medium"}}},
    ),
    Register(
        "suppliers that process data",
        "processor-register",
        """
  Leverancier | Soort partij | Dienstverlening | Categorieën persoonsgegevens | Betrokken systemen | In gebruik sinds | VWO nummer | VWO getekend op | Voldoet aan art. 28 | Locatie gegevens | Doorgifte buiten EER: grondslag
  A B.V. | verwerker | hosting | alle | portal | 1-2-2021 | V1 | 10-1-2021 | ja | Nederland |
  B Inc | verwerker | mail | adressen | portal | 1-2-2021 | V2 | 10-1-2021 | ja | USA | SCC
  """,
        Violation("B Inc", {"Doorgifte buiten EER: grondslag": ""}),
        2,
        xlsx(),
    ),
    Register(
        "modules followed",
        "training-register",
        """
  Medewerker-ID | Type | Module | Startdatum dienstverband | Afrondingsdatum | Voldaan
  1 | werknemer | privacy | 2024-01-01 | 2026-03-03 | ja
  2 | ingehuurd | privacy | 2024-01-01 | 2026-03-03 | ja
  """,
        Violation("2", {"Voldaan": "nee"}),
        2,
        xlsx(),
    ),
    Register(
        "titles completed, with a letter for yes",
        "training-register",
        """
  User ID | Employment type | Training title | Hire date | Completed at | Passed?
  1 | employee | privacy | 2024-01-01 | 2026-03-03 | Y
  2 | contractor | privacy | 2024-01-01 | 2026-03-03 | Y
  """,
        Violation("2", {"Completed at": "2025-03-03"}),
        2,
        csv_file(),
        "a.csv",
    ),
    Register(
        "vulnerabilities by asset",
        "patch-register",
        """
  Asset | Vulnerability | CVSS severity | Release date | Deployed on
  portal | CVE-1 | Critical | 2026-11-01 | 2026-11-03
  portal | CVE-2 | High | 2026-11-01 | 2026-11-13
  """,
        Violation("CVE-1", {"Deployed on": "2026-11-13"}),
        2,
        csv_file(),
        "a.csv",
        (),
        date(2026, 11, 1),
    ),
    Register(
        "firewall rules with their responsible team",
        "firewall-rule-review",
        """
  Apparaat | Regel ID | Van | Naar | Poort/protocol | Toestaan/blokkeren | Verantwoordelijke | Doel van de regel | Verloopt op | Laatst beoordeeld | Uitkomst | Verwerkt op
  f | 1 | any | web | tcp/443 | toestaan | ICT | website | | 2026-11-01 | behouden |
  f | 2 | any | any | any | blokkeren | ICT | sluit | | 2026-11-01 | behouden |
  """,
        Violation("1", {"Laatst beoordeeld": "2025-11-01"}),
        2,
        xlsx(),
    ),
    Register(
        "cases of data subjects",
        "request-register",
        """
  Zaaknummer | Type verzoek | Rol organisatie | Datum ontvangst | Doorgezet naar klant op | Datum reactie | Besluit | Datum uitgevoerd
  Z1 | inzageverzoek | verwerkingsverantwoordelijke | 2026-09-01 | | 2026-09-20 | toegekend |
  Z2 | inzageverzoek | verwerker | 2026-10-01 | 2026-10-02 | | |
  """,
        Violation("Z1", {"Datum reactie": "2026-10-20"}),
        2,
        xlsx(),
        "register.xlsx",
        (),
        date(2026, 9, 1),
        accepted=COMPARED["request-register"],
    ),
    Register(
        "data erased, by contract",
        "destruction-log",
        """
  Kenmerk | Applicatie | Omschrijving gegevens | Reden | Datum trigger | Contractuele einddatum | Datum vernietiging | Methode | Backup verlopen per | Aanhouden | Controle door
  1 | portal | klant 3 | licentie beëindigd | 2026-08-01 | 2026-10-01 | 2026-09-01 | gewist | 2026-10-01 | nee | P1
  2 | portal | klant 4 | licentie beëindigd | 2026-08-01 | 2026-10-01 | 2026-09-02 | gewist | 2026-10-02 | nee | P1
  """,
        Violation("2", {"Datum vernietiging": "2026-10-12", "Backup verlopen per": "2026-11-12"}),
        2,
        xlsx(),
        "register.xlsx",
        ("portal",),
        date(2026, 8, 1),
        correction={"values": {"hold": {"nee": "none"}}},
    ),
    Register(
        "customers by what they use",
        "customer-agreement-register",
        """
  Klantnummer | Afgenomen diensten | Verwerkersovereenkomst nr | Datum handtekening | Live sinds
  1 | portal | V1 | 2023-01-01 | 2023-02-01
  2 | portal | V2 | 2023-01-01 | 2023-02-01
  """,
        Violation("2", {"Datum handtekening": "2023-03-01"}),
        2,
        xlsx(),
    ),
    Register(
        "rules of conduct, signed",
        "acceptable-use",
        """
  Personeelsnummer | Datum in dienst | Gedragsregels getekend op
  1 | 2020-01-01 | 2019-12-20
  2 | 2021-01-01 | 2020-12-20
  """,
        Violation("2", {"Gedragsregels getekend op": ""}),
        2,
        xlsx(),
    ),
    Register(
        "certificates by site",
        "datacentre-certificates",
        """
  Site | Town | Province | Provider | Certification | Cert no | Issued by | Accredited body | Valid from | Expires on | In scope | 24x7 monitoring | Evidence of monitoring | Systems hosted | Last checked
  A | Enschede | Overijssel | H | ISO27001:2022 | 1 | K | yes | 2025-01-01 | 2028-01-01 | yes | yes | report | portal, planner, desk | 2026-11-01
  B | Zwolle | Overijssel | H | ISO27001:2022 | 2 | K | yes | 2025-01-01 | 2028-01-01 | yes | yes | report | portal, planner, desk | 2026-11-01
  """,
        Violation("B", {"In scope": "no"}, named="B/ISO"),
        2,
        xlsx(),
    ),
    Register(
        "agreements accepted by user number",
        "eura",
        """
  System | User number | User role | Agreement version | Accepted on | First used | Last used
  portal | 1 | begeleider | 4.0 | 2026-07-02 08:00:00 | 2026-07-02 08:01:00 | 2026-11-18 08:00:00
  portal | 2 | begeleider | 4.0 | 2026-07-02 08:00:00 | 2026-07-02 08:01:00 | 2026-11-18 08:00:00
  """,
        Violation("2", {"First used": "2026-07-02 07:00:00"}),
        2,
        xlsx(),
        "register.xlsx",
        ("portal",),
        accepted=COMPARED["eura"],
    ),
    Register(
        "data elements in English",
        "data-inventory-review",
        """
  Data element | Application | Data subjects | Data category | Our role | Purpose of processing | Lawful basis | DPA reference | Necessary? | Retention period | Date reviewed | Decision | Done on
  name | portal | clients | ordinary | controller | care | Art. 6(1)(b) | | yes | R1 | 2026-11-01 | keep |
  name | planner | staff | ordinary | controller | plan | Art. 6(1)(f) | | yes | R1 | 2026-11-01 | keep |
  name | desk | staff | ordinary | processor | help | | V1 | yes | R1 | 2026-11-01 | keep |
  """,
        Violation("planner", {"Lawful basis": "habit"}),
        3,
        xlsx(),
    ),
    Register(
        "consents for minors in English",
        "minors-consent-register",
        """
  System | Account ID | Consent no. | Consent given by | Written consent | Consent date | Processing started | Verification method | Obtained by | Withdrawal date | Processing ended on
  portal | 1 | C1 | parent | yes | 2026-01-01 | 2026-01-02 | id seen | customer | |
  portal | 2 | C2 | parent | yes | 2026-01-01 | 2026-01-02 | id seen | customer | 2026-05-01 | 2026-05-02
  """,
        Violation("2", {"Processing ended on": "2026-06-02"}),
        2,
        xlsx(),
        "register.xlsx",
        ("portal",),
    ),
    Register(
        "secrecy in English, by personnel number",
        "confidentiality-register",
        """
  Personnel ID | Relationship | Basis | Date signed | Date of joining | Leaving date | Lasts after leaving | Document ID
  1001 | employee | contract | 2020-01-01 | 2020-02-01 | | yes | D1
  1003 | employee | contract | 2020-01-01 | 2020-02-01 | | yes | D2
  """,
        Violation("1003", {"Date signed": "2020-03-01"}),
        2,
        xlsx(),
        "register.xlsx",
        (),
        accepted=COMPARED["confidentiality-register"],
    ),
    Register(
        "disclosures, shortly",
        "disclosure-log",
        """
  Nummer | Verstrekt aan | Datum | Gegevenssoorten | Rechtsgrond | Wettelijke bepaling
  1 | UWV | 2026-11-01 | loon | wet | SUWI
  2 | Belastingdienst | 2026-11-02 | loon | wet | AWR
  """,
        Violation("2", {"Wettelijke bepaling": ""}),
        2,
        xlsx(),
        "register.xlsx",
        (),
        date(2026, 11, 1),
    ),
    Register(
        "second factors in English",
        "two-factor-coverage",
        """
  Application | Group | Number of users | Interactive login | Health data | First factor | MFA method | MFA enforced | Users with MFA
  portal | staff | 10 | yes | yes | password | totp | yes | 10
  portal | admins | 2 | yes | yes | password | webauthn | yes | 2
  """,
        Violation("admins", {"Users with MFA": "1"}),
        12,
        xlsx(),
        "register.xlsx",
        ("portal",),
    ),
]
