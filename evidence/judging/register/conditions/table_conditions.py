"""Conditions that make a register complete. A new kind of condition is a class and a field of `Complete`."""

from typing import Self

from pydantic import model_validator

from controls.files.yaml_source import Both, Flag, Given, Key, Shape, Unexpected
from evidence.judging.register.conditions.completeness import (
    Apart,
    Different,
    Each,
    Last,
    Most,
    Product,
    Some,
    Systems,
    Values,
)
from evidence.judging.register.conditions.condition import AtLeastOne, IfAny, WholeCheck, WholeCondition
from evidence.judging.register.conditions.joins import Join
from evidence.judging.register.conditions.row_comparison import Near, Same
from evidence.judging.register.conditions.sequences import Numbered, Times
from evidence.judging.register.conditions.value_tests import If, ShapeWithConditions
from evidence.judging.register.conditions.versions import Renewed
from locales import text

_ABOUT = frozenset(("name", "says", "basis", "if_any", "review"))


class Newest(Shape):
    """Of several rows with the same values of `of`, only the one with the latest date counts."""

    of: AtLeastOne
    by: Given


class Complete(ShapeWithConditions):
    """One condition on the whole register, and the message when it is not met.

    `if_any`: it counts only if some row meets this. `review`: it does not fail; someone else reviews the register.
    """

    name: Key
    says: Both
    basis: Both | None = None
    if_any: If | None = None
    review: Flag = False
    systems: Systems | None = None
    different: Different | None = None
    values: Values | None = None
    each: Each | None = None
    some: Some | None = None
    apart: Apart | None = None
    last: Last | None = None
    numbered: Numbered | None = None
    product: Product | None = None
    times: Times | None = None
    most: Most | None = None
    join: Join | None = None
    renewed: Renewed | None = None
    same: Same | None = None
    near: Near | None = None

    @model_validator(mode="after")
    def _holds_one_condition(self) -> Self:
        if len(self.model_fields_set - _ABOUT) != 1:
            raise Unexpected(text("expected exactly one thing that must hold."), "name")
        return self

    @property
    def condition(self) -> WholeCondition:
        """The one condition that is set."""
        condition: WholeCondition = getattr(self, next(iter(self.model_fields_set - _ABOUT)))
        return condition

    def new_check(self) -> WholeCheck:
        """A new check of one register."""
        check = self.condition.new_check()
        return IfAny(self.if_any, check) if self.if_any else check

    def columns(self) -> list[str]:
        """The columns that it uses."""
        return [*self.condition.columns(), *(self.if_any.columns() if self.if_any else ())]
