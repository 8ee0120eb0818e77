"""Days before an edition of a policy of the organisation's own: it does not judge them unseen."""

from evidence.errors import NotPossible
from evidence.intake.delivery.delivery_fit import DeliveryFit
from locales import Text, text


def points_of_own_days(delivery_fit: DeliveryFit) -> list[Text]:
    """That an edition would also judge days on which it did not apply: it may turn a day good that was not."""
    return [
        text(
            "This represents days before {day}, from which edition {edition} of {policy} applies; see whether it may "
            "judge the days before.",
            day=own.first_day,
            edition=own.policy.edition,
            policy=own.policy.title,
        )
        for own in delivery_fit.own.values()
        if delivery_fit.first_day < own.first_day
    ]


def require_own_days(delivery_fit: DeliveryFit) -> None:
    """Refuse to judge such days again: they were judged by what applied then, and perhaps reviewed as such.

    Raises `NotPossible`.
    """
    for own in delivery_fit.own.values():
        if delivery_fit.first_day < own.first_day:
            raise NotPossible(
                text(
                    "This also represents days before {day}, from which edition {edition} of {policy} applies; upload "
                    "it again for the days from then on.",
                    day=own.first_day,
                    edition=own.policy.edition,
                    policy=own.policy.title,
                )
            )
