"""Registers of the kinds that two blind sets taught: see docs/registers.md."""

from tests.registers.sheet import Register, Violation, xlsx

_FULL, _CUT = "4f" * 32, "4f" * 28

BLIND_TRIES = [
    Register(
        "rules in which all stands for any",
        "firewall-rule-review",
        """
        Firewall | Regel | Bron | Doel | Poort | Actie | Eigenaar | Reden | Tijdelijk tot | Beoordeeld op | Besluit | Uitgevoerd op
        fw-1 | 10 | kantoor | web | tcp/443 | toestaan | beheer | intranet | | 2026-11-10 | behouden |
        fw-1 | 20 | vpn | web | tcp/22 | toestaan | beheer | onderhoud | | 2026-11-10 | behouden |
        fw-1 | 99 | all | alle | all | weigeren | beheer | sluitregel | | 2026-11-10 | behouden |
        """,
        Violation("vpn", {"Bron": "all"}, "fw-1/20"),
        3,
        xlsx(),
    ),
    Register(
        "suppliers with a note and what a sign means below",
        "supplier-risk",
        """
        Bedrijf | Wat leveren ze | Verwerkt persoonsgegevens voor ons? | Laatste risicocheck
        Aap BV | hosting | ja, verwerker | 2026-03-10
        Noot BV | loonpakket | ja, verwerker | 2026-05-12
        Mies BV | kantoorartikelen | nee, geen gegevens | 2026-06-02
        """,
        Violation("Noot BV", {"Laatste risicocheck": "2025-09-01"}),
        3,
        xlsx(below=[[], ["nee = krijgt niets van ons."], ["De lijst wordt elk kwartaal bijgewerkt"]]),
    ),
    Register(
        "versions of which one checksum is cut off",
        "eura-text",
        f"""
        Groep | Editie | Gaat in op | Controlegetal (SHA256) | Besluit van
        arts | 2.0 | 2025-02-01 | {_FULL} | directie
        arts | 2.1 | 2026-02-01 | {_FULL[:-2]}aa | directie
        balie | 2.0 | 2025-02-01 | {_FULL[:-2]}bb | directie
        balie | 2.1 | 2026-02-01 | {_FULL[:-2]}cc | directie
        """,
        Violation("2.1", {"Controlegetal (SHA256)": _CUT}, "arts/2.1"),
        4,
        xlsx(),
        correction={"columns": {"role": "Groep", "version": "Editie"}},
    ),
]
