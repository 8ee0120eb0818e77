"""The product tree of CSAF: names and identifiers of products, groups, and which product is part of which.

Standard: section 3.2.2 of CSAF 2.0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evidence.formats.reading.json_stream import inner, string, strings
from evidence.formats.vex_statements import About

_DEEPEST = 20  # branches within each other
_BRANCHES = frozenset("product_tree" + ".branches[]" * depth + ".product" for depth in range(1, _DEEPEST + 1))
_NAMES, _RELATIONSHIPS, _GROUPS = (
    "product_tree.full_product_names[]",
    "product_tree.relationships[]",
    "product_tree.product_groups[]",
)
#: places of products in a document
PRODUCTS = _BRANCHES | {_NAMES, _RELATIONSHIPS, _GROUPS}
_MOST = 100_000
_LONGEST_CHAIN = 5  # of parts of parts


@dataclass(frozen=True, slots=True)
class _Product:
    """A product. `part`, `whole`: ids of the products of a relationship."""

    name: str
    identifiers: tuple[str, ...]
    part: str = ""
    whole: str = ""


class ProductTree:
    """Products of a document by their id."""

    most = _MOST

    def __init__(self) -> None:
        self._products: dict[str, _Product] = {}
        self._groups: dict[str, list[str]] = {}

    def add(self, place: str, content: Any) -> bool:
        """Add what stands at a place of `PRODUCTS`; whether there is room for it."""
        if place == _GROUPS:
            self._groups[string(content, "group_id")] = strings(content, "product_ids")
        elif place == _RELATIONSHIPS:
            part, whole = string(content, "product_reference"), string(content, "relates_to_product_reference")
            self._add_product(inner(content, "full_product_name"), part, whole)
        else:
            self._add_product(content)
        return len(self._products) <= _MOST

    def _add_product(self, content: Any, part: str = "", whole: str = "") -> None:
        product = _Product(string(content, "name"), tuple(_identifiers(content)), part, whole)
        self._products[string(content, "product_id")] = product

    def name(self, product: str) -> str:
        """The name of a product; its id if it has none."""
        known = self._products.get(product)
        return (known and known.name) or product

    def about(self, product: str) -> Iterator[About]:
        """Pairs of what a product is and what component in it is meant."""
        known = self._products.get(product)
        if known is None:
            return
        yield from ((name, "") for name in known.identifiers)
        parts = self._identifiers_of(known.part)
        yield from ((whole, part) for whole in self._identifiers_of(known.whole) for part in parts)

    def _identifiers_of(self, product: str) -> tuple[str, ...]:
        """Identifiers of a product; of a part without any, those of what it is a part of, and so on."""
        for _ in range(_LONGEST_CHAIN):
            known = self._products.get(product)
            if known is None or known.identifiers:
                return known.identifiers if known else ()
            product = known.part
        return ()

    def named_in(self, content: Mapping[str, Any]) -> set[str]:
        """Ids of the products that a flag, threat or remediation names, itself or by a group."""
        grouped = (product for group in strings(content, "group_ids") for product in self._groups.get(group, ()))
        return {*strings(content, "product_ids"), *grouped}


def _identifiers(content: Any) -> Iterator[str]:
    helper = inner(content, "product_identification_helper")
    yield from filter(None, (string(helper, "purl"), string(helper, "cpe")))
    yield from strings(helper, "purls")  # of CSAF 2.1
