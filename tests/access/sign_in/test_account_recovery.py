"""Account recovery: one link, after which no lost second factor or passkey is required."""

import pytest

from access.errors import NotPossible
from access.people.links import INVITATION, RESET
from access.permissions import SECURITY_OFFICER, SYSTEM
from access.sign_in import account_recovery, link_redemption, passkeys, second_factor
from models import Passkey
from models.transaction import reading, writing
from tests.access.households import NOON, OTHER, enrol, person, rows

OFFICE = (SECURITY_OFFICER, None, None)


def rescued(engine, email):
    with writing(engine, NOON) as (session, now):
        return account_recovery.make_recovery_link(session, email, now)


def test_after_recovery_the_new_password_alone_signs_in(engine):
    account = person(engine, "Olga", "olga@example.org", [OFFICE])
    enrol(engine, account)
    with writing(engine, NOON) as (session, now):
        session.add(Passkey(account=account, credential="c", public_key="k", label="Telephone", added_at=now))
    token = rescued(engine, " Olga@Example.org ")
    with writing(engine, NOON) as (session, now):
        assert not second_factor.has_second_factor(session, account)
        assert not passkeys.is_passkey_required(session, account, "")
        assert link_redemption.describe_link(session, token, now).purpose == RESET
        assert link_redemption.redeem(session, token, now, OTHER) == account
    entries = [(row.verb, row.person) for row in rows(engine, "activity")]
    for verb in ("second_factor.remove", "passkey.remove", "link.make"):
        assert (verb, SYSTEM.name) in entries


def test_account_without_password_is_invited_again(engine):
    person(engine, "Nina", "nina@example.org", [OFFICE], password="")
    token = rescued(engine, "nina@example.org")
    with reading(engine) as session:
        assert link_redemption.describe_link(session, token, NOON).purpose == INVITATION


@pytest.mark.parametrize("email", ["", "nobody@example.org", "%", "\x00"])
def test_recovery_of_an_unknown_address_is_refused(engine, email):
    with pytest.raises(NotPossible, match="no account"):
        rescued(engine, email)
