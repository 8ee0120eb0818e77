"""Registers made by hand: facts above the table, rows that head a group, headings in two rows, merged cells."""

from datetime import date

from tests.registers.sheet import Register, Violation, excel_nl, xlsx

HAND_MADE = [
    Register(
        "accounts under their system, judged by the one who is named above",
        "access-review",
        """
        Inlog | Pers. nr. | Naam | Soort account | Rechten | Beheerrechten | Taak | Besluit | Uitgevoerd op
        Cliëntportaal
        a-1 | P-1 | Jan Bakker | persoonlijk | support | nee | vragen van klanten | behouden |
        a-2 | P-2 | Mia de Vries | persoonlijk | beheer | ja | inrichting | behouden |
        Planbord
        a-7 | P-7 | Ad Smit | persoonlijk | rooster | nee | | intrekken | 2026-11-04
        """,
        Violation("a-7", {"Uitgevoerd op": "2026-11-14"}),
        {"portal": 2, "planner": 1},
        xlsx(above=[["Controle najaar"], ["Beoordeeld door:", "P-9"], ["Beoordeeld op:", "2026-11-02"], []]),
        systems=("portal", "planner"),
    ),
    Register(
        "suppliers in groups that mean nothing here, saved from a Dutch Excel",
        "supplier-risk",
        """
        Leverancier | Dienst | Rol | Datum beoordeling
        Kritiek | | |
        Hosting Oost | hosting | verwerker | 02-03-2026
        Overig | | |
        Glasnet | internet | n.v.t. | 02-03-2026
        """,
        Violation("Glasnet", {"Datum beoordeling": "02-03-2025"}),
        2,
        excel_nl(),
        "leveranciers.csv",
    ),
    Register(
        "agreements under names of groups of columns",
        "customer-agreement-register",
        """
        Klantnummer | Producten | Kenmerk | Getekend op | Begin
        K-1 | portal | VO-1 | 2020-01-10 | 2020-02-01
        K-2 | portal, desk | VO-2 | 2023-05-02 | 2023-06-01
        """,
        Violation("K-2", {"Getekend op": "2023-06-02"}),
        2,
        xlsx(above=[["Klant", "", "Verwerkersovereenkomst", "", "Verwerking"]]),
    ),
    Register(
        "updates with the system merged over its rows",
        "patch-register",
        """
        Systeem | Update | Ernst | Uitgebracht op | Geïnstalleerd op
        Cliëntportaal | U-1 | kritiek | 2026-03-02 | 2026-03-04
        | U-2 | hoog | 2026-04-01 | 2026-04-20
        Servicedesk | U-1 | kritiek | 2026-03-02 | 2026-03-05
        """,
        Violation("U-2", {"Geïnstalleerd op": "2026-05-20"}),
        3,
        xlsx(merged="A2:A3"),
        systems=("portal", "desk"),
        first_day=date(2026, 3, 2),
    ),
]
