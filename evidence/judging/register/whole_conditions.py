"""What makes a register complete. A new kind of condition is a class and a field of `Complete`."""

from typing import Self

from pydantic import model_validator

from controls.files.yaml_source import Both, Given, Key, Shape, Unexpected
from evidence.judging.register.conditions import AtLeastOne, WholeCondition
from evidence.judging.register.joins import Join, Renewed
from evidence.judging.register.same import Near, Same
from evidence.judging.register.series import Numbered, Times
from evidence.judging.register.whole import Different, Each, Last, Most, Product, Some, Systems, Values
from locales import text


class Newest(Shape):
    """Of several rows alike only the one with the latest date counts; the others are history."""

    of: AtLeastOne
    by: Given


class Complete(Shape):
    """What the whole register must hold to: exactly one condition, and what is said when it does not hold."""

    name: Key
    says: Both
    basis: Both | None = None
    systems: Systems | None = None
    different: Different | None = None
    values: Values | None = None
    each: Each | None = None
    some: Some | None = None
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
        if len(self.model_fields_set - {"name", "says", "basis"}) != 1:
            raise Unexpected(text("expected exactly one thing that must hold."), "name")
        return self

    @property
    def condition(self) -> WholeCondition:
        """The one that is given."""
        given: WholeCondition = getattr(self, next(iter(self.model_fields_set - {"name", "says", "basis"})))
        return given
