"""Reasons for evidence about this product that its own collectors did not make."""

from access.permissions import Person
from evidence.intake.delivery.declarations import is_own
from evidence.intake.delivery.delivery_fit import DeliveryFit
from locales import Text, text

_KEEPS_EVIDENCE = "keeps-evidence"  # the attribute of this product as a system


def reasons_of_own_evidence(person: Person, delivery_fit: DeliveryFit) -> list[Text]:
    """Reasons for what the product collects about itself, as nothing shows that another's file is about it."""
    if is_own(person):
        return []
    return [
        text(
            "{requirement} is collected by Aantoonbaar itself; this file comes from elsewhere.",
            requirement=requirement.key,
        )
        for requirement in delivery_fit.requirements
        if requirement.applies_to == _KEEPS_EVIDENCE
    ]
