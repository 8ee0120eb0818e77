"""Registers of people: from personnel systems, learning platforms and the operators of data centres."""

from tests.registers.sheet import Register, Violation, csv_file, excel_nl, xlsx

PEOPLE = [
    Register(
        "secrecy by the personnel system",
        "confidentiality-register",
        """
        Medewerkernummer | Soort dienstverband | Soort document | Getekend d.d. | Datum in dienst | Datum uit dienst | Geldt na einde dienstverband | Dossiernr.
        1001 | Werknemer | Arbeidsovereenkomst | 12-01-2022 | 01-02-2022 | | Ja | HR-1001
        1002 | Inhuur | Verklaring | 20-03-2024 | 01-04-2024 | 31-12-2025 | Ja | HR-1002
        1003 | Stagiair | Verklaring | 29-08-2026 | 01-09-2026 | | Ja | HR-1003
        """,
        Violation("1003", {"Getekend d.d.": "15-09-2026"}),
        3,
        excel_nl(),
        "geheimhouding.csv",
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
        "secrecy with the names of people beside their numbers",
        "confidentiality-register",
        """
        Staff ID | Full name | Work e-mail | Employment type | NDA type | Signed | Start date | End date | Survives termination | File no.
        S-01 | Jan de Wit | jan@huisblauw.example | employee | agreement | 2021-05-01 | 2021-05-03 | | yes | F-01
        S-02 | Els Bruin | els@huisblauw.example | hired | agreement | 2023-02-10 | 2023-02-13 | | yes | F-02
        S-03 | Omar Groen | omar@huisblauw.example | employee | agreement | 2024-09-30 | 2024-10-01 | | yes | F-03
        """,
        Violation("S-02", {"Signed": "2023-03-10"}),
        3,
        xlsx(sheet="Staff", dates="yyyy-mm-dd"),
        accepted={
            "access-review": """
            system | account_ref | person_ref | account_type | privileged | role | task_reason | decision | decided_by_ref | decided_on
            portal | a-1 | S-01 | personal | no | user | care | keep | S-03 | 2026-11-02
            """,
            "datacentre-access-list": """
            person_ref | employer | location_ref | function | reason | access_from | reviewed_on | reviewed_by_ref | decision
            S-01 | own | DC-1 | engineer | repairs | 2023-01-10 | 2026-11-02 | S-03 | keep
            """,
        },
    ),
    Register(
        "rules of conduct by the personnel system",
        "acceptable-use",
        """
        Pers.nr. | Afdeling | Datum in dienst | Datum uit dienst | Gedragscode akkoord op
        1001 | Zorg | 2022-02-01 | | 2022-01-20
        1002 | ICT | 2024-04-01 | | 2024-03-28
        1003 | Kantoor | 2026-09-01 | | 2026-08-31
        """,
        Violation("1003", {"Gedragscode akkoord op": ""}),
        3,
        xlsx(sheet="Export", above=[["Overzicht gedragscode", "", "peildatum 20-11-2026"]]),
    ),
    Register(
        "completions of a learning platform",
        "training-register",
        """
        Learner ID | Employee type | Course name | Access since | Completion date | Result
        L-31 | employee | Security awareness 2026 | 2022-02-01 | 2026-03-04 | Passed
        L-32 | hired | Security awareness 2026 | 2024-04-01 | 2026-03-11 | Passed
        L-33 | trainee | Security awareness 2026 | 2026-11-02 | |
        """,
        Violation("L-32", {"Completion date": "2025-09-11"}),
        3,
        csv_file(),
        "lms.csv",
    ),
    Register(
        "training kept in a sheet with a line of totals",
        "training-register",
        """
        Personeelsnr | Soort medewerker | Cursus | Toegang sinds | Datum gevolgd | Geslaagd (ja/nee)
        201 | werknemer | E-learning informatieveiligheid | 01-03-2020 | 4 februari 2026 | ja
        202 | werknemer | E-learning informatieveiligheid | 15-06-2023 | 6 februari 2026 | ja
        203 | ingehuurd | E-learning informatieveiligheid | 01-01-2026 | 6 februari 2026 | ja
        """,
        Violation("202", {"Geslaagd (ja/nee)": "nee"}),
        3,
        xlsx(sheet="Training", below=[[], ["Totaal", "3"]]),
    ),
    Register(
        "badges of the operator of the data centre",
        "datacentre-access-list",
        """
        Pasnummer | Werkgever | Datacenter | Functie | Reden toegang | Toegang sinds | Einde inzet | Controledatum | Gecontroleerd door | Besluit | Ingetrokken d.d.
        P-71 | eigen | DC-1 | beheerder | vervangen van schijven | 2021-03-01 | | 2026-11-05 | P-90 | behouden |
        P-71 | eigen | DC-2 | beheerder | vervangen van schijven | 2021-03-01 | | 2026-11-05 | P-90 | behouden |
        P-72 | leverancier | DC-1 | monteur | onderhoud netwerk | 2023-05-01 | 2026-10-31 | 2026-11-05 | P-90 | intrekken | 2026-11-06
        """,
        Violation("P-72", {"Besluit": "behouden", "Ingetrokken d.d.": ""}),
        3,
        xlsx(sheet="Passen", merged="A1:C1", above=[["Toegangspassen datacenters"]]),
        accepted={
            "datacentre-certificates": """
            location_ref | city | region | operator | standard | certificate_no | certification_body | accredited | valid_from | valid_until | scope_covers | monitored_24x7 | monitored_proof | systems | checked_on
            DC-1 | Enschede | Overijssel | H | ISO/IEC 27001:2022 | C-1 | B | yes | 2025-01-01 | 2028-01-01 | yes | yes | report | portal,planner,desk | 2026-11-02
            DC-2 | Hengelo | Overijssel | H | ISO/IEC 27001:2022 | C-2 | B | yes | 2025-01-01 | 2028-01-01 | yes | yes | report | portal,planner,desk | 2026-11-02
            """,
            "confidentiality-register": """
            person_ref | relation | basis | signed_on | access_from | access_until | lasts_after | document_ref
            P-71 | employee | agreement | 2021-02-01 | 2021-03-01 | | yes | d-1
            P-72 | supplier | agreement | 2023-04-01 | 2023-05-01 | | yes | d-2
            """,
        },
    ),
]
