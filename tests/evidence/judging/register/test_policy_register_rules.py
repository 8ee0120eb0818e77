"""Policies of registers: rows that fail each rule and no other, and the conditions for completeness."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.policies import policies
from evidence.judging.register.conditions.condition import RegisterContext
from evidence.judging.values import DoesNotFit
from models.durations import months_after
from models.working_days import after, holidays, is_working_day, on_or_after
from tests.evidence.judging.policy_judging import DAY, failing, judged
from tests.evidence.judging.register.test_policy_registers import table

VERSIONS = [
    {"role": "nurse", "version": "3.0", "in_force_from": date(2024, 1, 1)},
    {"role": "nurse", "version": "4.0", "in_force_from": date(2026, 7, 1)},
]
OTHERS = {
    "eura-text": VERSIONS,
    "datacentre-certificates": [{"location_ref": "DC-1"}],
    "confidentiality-register": [{"person_ref": "P-1"}],
    "access-review": [{"person_ref": "P-1", "decision": "keep"}],
    "datacentre-access-list": [{"person_ref": "P-1", "decision": "keep", "employer": "own"}],
}
CERTIFICATE = {
    "location_ref": "DC-1", "city": "Enschede", "region": "Overijssel", "operator": "A", "standard": "ISO/IEC 27001:2022",
    "certificate_no": "A-1", "certification_body": "CI", "accredited": "ja", "valid_from": "2025-03-01",
    "valid_until": "2028-03-01", "scope_covers": "ja", "monitored_24x7": "ja", "monitored_proof": "SoA 7.4",
    "systems": "portal|web", "checked_on": "2026-05-11",
}  # fmt: skip
#: a row of each register that holds
ROWS = {
    "datacentre-certificates": CERTIFICATE,
    "datacentre-access-list": {
        "person_ref": "P-1", "employer": "eigen", "location_ref": "DC-1", "function": "beheerder", "reason": "storing",
        "access_from": "2021-02-01", "engaged_until": "", "reviewed_on": "2026-09-14", "reviewed_by_ref": "P-2",
        "decision": "behouden", "revoked_on": "",
    },
    "firewall-rule-review": {
        "device_ref": "FW-1", "rule_id": "10", "source": "vpn", "destination": "servers", "service": "tcp/22",
        "action": "toestaan", "owner": "teamleider", "reason": "beheer", "expires_on": "", "reviewed_on": "2026-10-05",
        "decision": "behouden", "done_on": "",
    },
    "confidentiality-register": {
        "person_ref": "P-1", "relation": "werknemer", "basis": "arbeidsovereenkomst", "signed_on": "2021-01-18",
        "access_from": "2021-02-01", "access_until": "", "lasts_after": "ja", "document_ref": "HR-1",
    },
    "two-factor-coverage": {
        "system": "portal", "account_group": "support", "accounts": "14", "interactive": "ja",
        "reaches_health_data": "ja", "first_factor": "wachtwoord", "second_factor": "totp", "enforced": "ja",
        "covered": "14", "idp_proof": "",
    },
    "data-inventory-review": {
        "element": "cv", "system": "portal", "subjects": "sollicitanten", "category": "gewoon",
        "role": "verantwoordelijke", "purpose": "sollicitatie", "legal_basis": "6(1)(b)", "special_ground": "",
        "agreement_ref": "", "necessary": "ja", "retention_ref": "BT-1", "reviewed_on": "2026-02-03",
        "decision": "behouden", "done_on": "",
    },
    "destruction-log": {
        "item_ref": "V-2026-01", "system": "portal", "dataset": "omgeving 14", "trigger": "bewaartermijn verstreken",
        "trigger_on": "2026-03-31", "consent_on": "", "agreement_deadline": "", "destroyed_on": "2026-05-20",
        "method": "gewist", "backups_expire_on": "2026-06-19", "hold": "geen", "hold_review_on": "",
        "verified_by_ref": "P-2",
    },
    "request-register": {
        "request_ref": "R-2026-01", "type": "inzage", "role": "verantwoordelijke", "received_on": "2026-07-31",
        "forwarded_on": "", "identity_asked_on": "", "identity_confirmed_on": "", "extended_on": "",
        "extension_reason": "", "answered_on": "2026-08-31", "outcome": "toegewezen", "refusal_explained": "",
        "executed_on": "", "recipients_told": "",
    },
    "minors-consent-register": {
        "system": "portal", "account_ref": "U-1", "consent_ref": "T-1", "given_by": "ouder", "written": "ja",
        "consent_on": "2026-08-20", "processing_from": "2026-08-25", "verified_how": "terugbellen",
        "collected_by": "zelf", "withdrawn_on": "", "processing_stopped_on": "", "turns_16_in": "2027-03",
    },
    "incident-register": {
        "incident_ref": "I-1", "found_at": "2026-11-02T09:00:00+01:00", "what": "verkeerde bijlage", "severity": "laag",
        "customers_affected": "1", "customers_told_at": "2026-11-04T09:00:00+01:00", "breach": "ja",
        "role": "verantwoordelijke", "notifiable": "ja", "authority_told_at": "2026-11-05T09:00:00+01:00",
        "not_notified_because": "", "effects": "één lezer", "measures_taken": "gewist", "high_risk": "nee", "known_at": "",
        "personal_data": "", "delay_reason": "", "subjects_told_at": "", "subjects_not_told_because": "",
        "cause": "adresboek", "lesson": "bevestiging", "closed_on": "2026-11-10",
    },
    "patch-register": {
        "system": "portal", "update_ref": "CVE-2026-1", "severity": "kritiek", "released_on": "2026-11-02",
        "installed_on": "2026-11-09", "meanwhile": "", "meanwhile_from": "",
    },
    "training-register": {
        "person_ref": "P-1", "relation": "werknemer", "course": "basis", "access_from": "2026-01-05",
        "completed_on": "2025-10-22", "passed": "ja",
    },
    "eura-text": {"role": "nurse", "version": "4.0", "in_force_from": "2026-07-01", "text_hash": ""},
    "eura": {
        "system": "portal", "user_ref": "u-1", "role": "nurse", "eura_version": "4.0",
        "accepted_at": "2026-07-02T08:00:11+02:00", "first_use_at": "2026-07-02T08:00:15+02:00",
        "last_use_at": "2026-11-20T10:12:00+01:00", "text_hash": "",
    },
}  # fmt: skip
OPEN = {"destroyed_on": "", "method": "", "backups_expire_on": "", "verified_by_ref": ""}
REFUSED = {"answered_on": "2026-08-31", "outcome": "geweigerd"}


def verdict(policy, *rows, population=None, **context):
    rules = policies()[policy].rules
    sums = sum(int(row[rules.population.sums]) for row in rows) if rules.population.sums else None
    counted = rules.population.counts
    number = sums if sums is not None else len(rows if counted == "rows" else {row[counted] for row in rows})
    judge_options = {"others": OTHERS, **context, "population": number if population is None else population}
    _, verdicts, _ = judged(policy, table(*rows) if rows else ";".join(ROWS[policy]) + "\n", **judge_options)
    return next(iter(verdicts.values()))


def rules_of(policy, **changes):
    """The rules for which one row fails; what is about the whole register left out."""
    checks = failing(verdict(policy, ROWS[policy] | changes))
    return sorted(check.rpartition(": ")[2] for check in checks if ": " in check)


@pytest.mark.parametrize("policy", ROWS)
def test_correct_row_fails_no_rule(policy):
    assert rules_of(policy) == []


@pytest.mark.parametrize(
    ("policy", "changes", "rules"),
    [
        ("datacentre-certificates", {"valid_until": "2026-11-22"}, ["not-valid"]),
        ("datacentre-certificates", {"valid_from": "2026-11-23"}, ["not-valid"]),
        ("datacentre-certificates", {"accredited": "nee"}, ["not-accredited"]),
        ("datacentre-certificates", {"scope_covers": "nee"}, ["not-in-scope"]),
        ("datacentre-certificates", {"monitored_24x7": "nee"}, ["not-guarded"]),
        ("datacentre-certificates", {"monitored_proof": ""}, ["monitored_proof"]),
        ("datacentre-certificates", {"checked_on": "2025-10-21"}, ["checked-too-long-ago"]),
        ("datacentre-certificates", {"standard": "ISO/IEC 27001:2013"}, ["old-edition"]),
        ("datacentre-access-list", {"reviewed_on": "2026-04-21"}, ["too-long-ago"]),
        ("datacentre-access-list", {"reviewed_by_ref": "P-1"}, ["own-review"]),
        ("datacentre-access-list", {"engaged_until": "2026-11-21"}, ["engagement-ended"]),
        ("datacentre-certificates", {"region": "Noord-Holland"}, ["not-in-the-east"]),
        ("datacentre-access-list", {"reason": ""}, ["reason"]),
        ("datacentre-access-list", {"decision": "intrekken", "revoked_on": "2026-09-22"}, ["revoked-late"]),
        ("datacentre-access-list", {"decision": "intrekken"}, ["revoked_on"]),
        ("firewall-rule-review", {"reviewed_on": "2026-04-21"}, ["too-long-ago"]),
        ("incident-register", {"customers_told_at": "2026-11-04T09:00:01+01:00"}, ["customers-late"]),
        ("incident-register", {"customers_told_at": ""}, ["customers-late"]),
        ("incident-register", {"customers_affected": "0", "customers_told_at": ""}, []),
        ("incident-register", {"authority_told_at": "2026-11-05T08:00:01Z"}, ["authority-late"]),
        ("incident-register", {"authority_told_at": "2026-11-05T08:00:00Z"}, []),
        ("incident-register", {"notifiable": "nee", "authority_told_at": ""}, ["not_notified_because"]),
        ("incident-register", {"notifiable": ""}, ["notifiable"]),
        ("incident-register", {"found_at": "2026-11-20T15:00:00+01:00", "customers_told_at": "", "authority_told_at": "", "closed_on": ""}, []),
        ("incident-register", {"found_at": "2026-11-20"}, ["found_at"]),
        ("incident-register", {"closed_on": "", "found_at": "2026-08-01T09:00:00Z", "customers_affected": "0", "notifiable": "nee", "not_notified_because": "niets gelezen"}, ["left-open"]),
        ("incident-register", {"authority_told_at": "", "delay_reason": "wachten op de leverancier"}, ["authority-not-told"]),
        ("incident-register", {"known_at": "2026-11-01T09:00:00+01:00", "authority_told_at": "2026-11-03T09:00:00+01:00", "customers_told_at": "2026-11-02T10:00:00+01:00"}, ["known-before-found"]),
        ("incident-register", {"role": "verwerker", "notifiable": "", "customers_affected": "0", "customers_told_at": ""}, ["breach-without-customer"]),
        ("incident-register", {"role": "verwerker", "notifiable": "", "effects": "", "measures_taken": ""}, []),
        ("incident-register", {"breach": "", "personal_data": "ja", "role": ""}, ["role"]),
        ("incident-register", {"breach": ""}, ["breach-unknown"]),
        ("incident-register", {"breach": "", "personal_data": "namen en adressen", "role": ""}, ["role"]),
        ("incident-register", {"breach": "nee", "personal_data": "namen", "role": "", "notifiable": ""}, []),
        ("incident-register", {"breach": "nee", "personal_data": "ja", "role": "", "notifiable": "", "effects": "", "measures_taken": "", "high_risk": ""}, []),
        ("incident-register", {"personal_data": "nee"}, ["no-personal-data"]),
        ("incident-register", {"measures_taken": ""}, ["measures-missing"]),
        ("incident-register", {"high_risk": ""}, ["risk-not-weighed"]),
        ("incident-register", {"high_risk": "ja", "subjects_told_at": "2026-11-05T09:01:00+01:00"}, ["subjects-late"]),
        ("patch-register", {"installed_on": "2026-11-10"}, ["installed-late"]),
        ("patch-register", {"installed_on": "2026-12-03", "severity": "hoog"}, ["installed_on"]),
        ("patch-register", {"installed_on": "", "released_on": "2026-10-01", "meanwhile": "poort dicht"}, ["measure-too-long"]),
        ("patch-register", {"installed_on": "2026-11-12", "meanwhile": "poort dicht", "meanwhile_from": "2026-11-10"}, ["measure-late"]),
        ("patch-register", {"installed_on": ""}, ["installed-late"]),
        ("patch-register", {"installed_on": "", "released_on": "2026-11-15"}, []),
        ("patch-register", {"installed_on": "2026-11-01"}, ["installed_on"]),
        ("patch-register", {"installed_on": "2026-11-01", "severity": "laag"}, ["installed-before-release"]),
        ("patch-register", {"meanwhile": "poort dicht", "meanwhile_from": "2026-11-01"}, []),
        ("patch-register", {"severity": "hoog", "released_on": "2026-09-01", "meanwhile": "Nee."}, ["high-installed-late"]),
        ("patch-register", {"severity": "hoog", "released_on": "2026-09-01", "meanwhile": "Not available"}, ["high-installed-late"]),
        ("patch-register", {"severity": "hoog", "released_on": "2026-09-01", "meanwhile": "geen toegang van buiten"}, []),
        ("training-register", {"completed_on": "2025-10-21"}, ["too-long-ago"]),
        ("training-register", {"completed_on": "", "passed": ""}, ["never-trained"]),
        ("training-register", {"completed_on": "", "passed": "", "access_from": "2026-11-01"}, []),
        ("training-register", {"passed": "nee"}, ["not-passed"]),
        ("firewall-rule-review", {"decision": "wijzigen", "done_on": "2026-11-05"}, ["not-carried-out"]),
        ("firewall-rule-review", {"expires_on": "2026-11-22"}, ["temporary-past"]),
        ("firewall-rule-review", {"source": "Any", "destination": "ANY", "service": "tcp/443"}, ["any-to-any"]),
        ("firewall-rule-review", {"source": "any"}, ["management-open"]),
        ("firewall-rule-review", {"owner": ""}, ["owner"]),
        ("confidentiality-register", {"signed_on": "2021-02-02"}, ["signed-late"]),
        ("confidentiality-register", {"document_ref": ""}, ["document_ref"]),
        ("two-factor-coverage", {"enforced": "nee"}, ["not-enforced"]),
        ("two-factor-coverage", {"second_factor": "geen"}, ["no-second-factor"]),
        ("two-factor-coverage", {"covered": "13"}, ["not-all-covered"]),
        ("two-factor-coverage", {"second_factor": "idp"}, ["idp_proof"]),
        ("data-inventory-review", {"reviewed_on": "2025-10-21"}, ["too-long-ago"]),
        ("data-inventory-review", {"legal_basis": "omdat het mag"}, ["no-legal-basis"]),
        ("data-inventory-review", {"category": "bijzonder"}, ["special_ground"]),
        ("data-inventory-review", {"necessary": "nee"}, ["needless-and-kept"]),
        ("data-inventory-review", {"necessary": "nee", "decision": "verwijderen"}, ["not-dropped"]),
        ("data-inventory-review", {"element": "Creditcardnummer"}, ["card-number"]),
        ("data-inventory-review", {"role": "verwerker", "legal_basis": ""}, ["agreement_ref"]),
        ("destruction-log", {"trigger_on": "2025-10-15", "destroyed_on": "2026-10-16", "backups_expire_on": "2026-11-15"}, ["still-there"]),
        ("destruction-log", {"trigger_on": "2025-10-15", **OPEN}, ["still-there"]),
        ("destruction-log", {"consent_on": "2025-04-10"}, ["still-there"]),
        ("destruction-log", {"agreement_deadline": "2026-05-19"}, ["still-there"]),
        ("destruction-log", {"trigger": "licentie beëindigd"}, ["no-deadline"]),
        ("destruction-log", {"trigger": "verwijderverzoek", "extended_on": "2026-05-01", "extension_reason": "complex"}, ["request-late"]),
        ("destruction-log", {"trigger": "verwijderverzoek", "destroyed_on": "2026-05-01"}, ["request-late"]),
        ("destruction-log", {**OPEN, "hold": "wettelijk", "hold_review_on": "2026-11-22"}, ["hold-not-reviewed"]),
        ("destruction-log", {"hold": "wettelijk"}, ["hold_review_on"]),
        ("destruction-log", {"backups_expire_on": "2026-05-19"}, ["backups-before-destruction"]),
        ("destruction-log", {"method": ""}, ["method"]),
        ("request-register", {"answered_on": "2026-09-01"}, ["answered-late"]),
        ("request-register", {"answered_on": "", "outcome": ""}, ["answered-late"]),
        ("request-register", {"answered_on": "2026-06-20"}, ["answered_on"]),
        ("request-register", {"type": "wissing", "outcome": "deels", "refusal_explained": "ja", "executed_on": "2026-08-20"}, ["recipients_told"]),
        ("data-inventory-review", {"element": "Burgerservicenummer"}, ["national-number-as-ordinary"]),
        ("data-inventory-review", {"element": "BSN van de cliënt"}, []),
        ("data-inventory-review", {"element": "bsn", "category": "nationaal nummer", "special_ground": "weet niet"}, ["special_ground"]),
        ("destruction-log", {"method": "niet gewist"}, ["method"]),
        ("minors-consent-register", {"verified_how": "nee"}, ["verified_how"]),
        ("request-register", {"extended_on": "2026-07-30", "extension_reason": "complex"}, ["extended_on"]),
        ("request-register", {"identity_asked_on": "2026-07-30", "identity_confirmed_on": "2026-08-03"}, ["identity_asked_on"]),
        ("request-register", {"identity_asked_on": "2026-08-03", "identity_confirmed_on": "2026-08-01"}, ["identity_confirmed_on"]),
        ("request-register", {"role": "verwerker", "forwarded_on": "2026-07-30"}, ["forwarded_on"]),
        ("request-register", {"type": "intrekking", "executed_on": "2026-07-30"}, ["executed_on"]),
        ("destruction-log", {"destroyed_on": "2026-03-30"}, ["destroyed_on"]),
        ("minors-consent-register", {"withdrawn_on": "2026-10-01", "processing_stopped_on": "2026-09-30"}, ["processing_stopped_on"]),
        ("incident-register", {"authority_told_at": "2026-10-05T09:00:00+01:00"}, ["authority-before-found"]),
        ("incident-register", {"high_risk": "ja", "subjects_told_at": "2026-11-02T08:59:59+01:00"}, ["subjects-before-found"]),
        ("incident-register", {"closed_on": "2026-11-01"}, ["closed_on"]),
        ("firewall-rule-review", {"decision": "wijzigen", "done_on": "2020-01-05"}, ["done_on"]),
        ("data-inventory-review", {"necessary": "nee", "decision": "verwijderen", "done_on": "2020-01-05"}, ["done_on"]),
        ("request-register", {"extended_on": "2026-09-01", "extension_reason": "complex"}, ["extended-late"]),
        ("request-register", {"extended_on": "2026-08-20"}, ["extended-without-reason"]),
        ("request-register", {"type": "bezwaar direct marketing", "executed_on": "2026-08-10"}, ["not-at-once"]),
        ("request-register", {"type": "intrekking", "executed_on": "2026-08-10"}, ["not-at-once"]),
        ("request-register", {"type": "bezwaar", "executed_on": "2026-09-01"}, ["executed-late"]),
        ("request-register", {"type": "rectificatie", "outcome": "deels", "refusal_explained": "ja", "recipients_told": "n.v.t."}, ["executed-late"]),
        ("request-register", {"role": "verwerker", "forwarded_on": "2026-08-05"}, ["forwarded-late"]),
        ("request-register", {**REFUSED, "refusal_explained": "nee"}, ["refusal-not-explained"]),
        ("request-register", REFUSED, ["refusal_explained"]),
        ("request-register", {"type": "wissing", "executed_on": "2026-08-30", "recipients_told": "nee"}, ["recipients-not-told"]),
        ("minors-consent-register", {"written": "nee"}, ["not-in-writing"]),
        ("minors-consent-register", {"consent_on": "2026-08-26"}, ["no-consent-before"]),
        ("minors-consent-register", {"withdrawn_on": "2026-10-01"}, ["not-stopped"]),
        ("minors-consent-register", {"turns_16_in": "2027-13"}, ["turns_16_in"]),
        ("eura-text", {"text_hash": "abc"}, ["text_hash"]),
        ("eura", {"accepted_at": "2026-07-02T08:00:16+02:00"}, ["used-first"]),
        ("eura", {"eura_version": "3.0"}, ["another-version"]),
        ("eura", {"accepted_at": "2026-07-02"}, ["accepted_at"]),
    ],
)  # fmt: skip
def test_row_fails_for_the_expected_rules(policy, changes, rules):
    assert rules_of(policy, **changes) == rules


@pytest.mark.parametrize(
    ("policy", "changes"),
    [
        ("datacentre-access-list", {"decision": "intrekken", "revoked_on": "2026-09-21"}),
        ("datacentre-access-list", {"engaged_until": "2026-11-22"}),  # the last working day
        ("datacentre-access-list", {"engaged_until": "2026-11-23"}),
        ("firewall-rule-review", {"source": "any", "service": "tcp/443"}),
        ("firewall-rule-review", {"decision": "verwijderen", "reviewed_on": "2026-10-23"}),  # there is still time
        ("two-factor-coverage", {"interactive": "nee", "second_factor": "geen", "enforced": "nee", "covered": "0"}),
        ("two-factor-coverage", {"second_factor": "sms"}),  # a remark
        ("confidentiality-register", {"lasts_after": "nee"}),  # a remark
        ("destruction-log", {**OPEN, "trigger_on": "2025-11-22"}),  # the last day
        ("destruction-log", {"consent_on": "2026-04-10"}),  # a later consent never extends, an earlier one is in time
        ("destruction-log", {**OPEN, "hold": "wettelijk", "hold_review_on": "2026-11-23", "trigger_on": "2020-01-01"}),
        ("request-register", {"identity_asked_on": "2026-08-01", "identity_confirmed_on": "2026-08-04", "answered_on": "2026-09-03"}),
        ("request-register", {"extended_on": "2026-08-31", "extension_reason": "complex", "answered_on": "2026-11-02"}),
        ("request-register", {"type": "bezwaar", "executed_on": "2026-08-07"}),
        ("request-register", {"role": "verwerker", "forwarded_on": "2026-08-04", "answered_on": "", "outcome": ""}),
        ("minors-consent-register", {"withdrawn_on": "2026-10-01", "processing_stopped_on": "2026-10-08"}),
        ("eura", {"eura_version": "3.0", "first_use_at": "2026-06-30T23:59:00+02:00", "accepted_at": "2025-01-01T08:00:00+01:00"}),
    ],
)  # fmt: skip
def test_row_does_not_fail(policy, changes):
    assert rules_of(policy, **changes) == []


# ── The whole ────────────────────────────────────────────────────────────────────────────────────────────────────────

OTHER_PLACE = {"location_ref": "DC-2", "city": "Arnhem", "region": "Gelderland", "certificate_no": "B-1"}
SECOND = CERTIFICATE | OTHER_PLACE
LAST = ROWS["firewall-rule-review"] | {
    "rule_id": "999", "source": "any", "destination": "any", "service": "any", "action": "weigeren",
}  # fmt: skip


def test_certificates_must_cover_every_location():
    judgement = verdict("datacentre-certificates", CERTIFICATE, SECOND, in_scope=["portal", "web"])
    assert (judgement.verdict, judgement.ends) == (
        "pass",
        date(2027, 6, 11),
    )  # thirteen months after they were looked up
    looked_up = {"valid_until": "2027-03-01"}
    judgement = verdict("datacentre-certificates", CERTIFICATE | looked_up, SECOND | looked_up, in_scope=["portal"])
    assert judgement.ends == date(2027, 2, 28)  # the certificates end before that
    before = CERTIFICATE | {"valid_until": "2027-01-01", "certificate_no": "A-0", "checked_on": "2025-12-01"}
    for rows in ([before, CERTIFICATE, SECOND], [SECOND, CERTIFICATE, before]):
        judgement = verdict("datacentre-certificates", *rows, in_scope=["portal"])
        assert judgement.ends == date(
            2027, 6, 11
        )  # one that was followed by another does not count, wherever it stands
    assert failing(verdict("datacentre-certificates", CERTIFICATE, in_scope=["portal"])) == [
        "several-locations", "two-locations",
    ]  # fmt: skip
    assert failing(verdict("datacentre-certificates", CERTIFICATE, SECOND, in_scope=["mail"])) == ["two-locations"]
    care = SECOND | {"standard": "NEN 7510-1:2024"}
    assert failing(verdict("datacentre-certificates", CERTIFICATE, care)) == ["every-location"]


def test_older_certificate_of_the_same_location_is_ignored():
    old = SECOND | {"certificate_no": "B-0", "valid_from": "2020-01-01", "valid_until": "2023-01-01"}
    for rows in ((old, CERTIFICATE, SECOND), (CERTIFICATE, SECOND, old)):
        assert verdict("datacentre-certificates", *rows).verdict == "pass"
    assert "DC-2/ISO/IEC 27001:2022/B-0: not-valid" in failing(verdict("datacentre-certificates", CERTIFICATE, old))


def test_access_list_is_compared_with_other_registers():
    row = ROWS["datacentre-access-list"]
    assert verdict("datacentre-access-list", row).verdict == "pass"
    unsigned = verdict("datacentre-access-list", row, row | {"person_ref": "P-9"})
    assert failing(unsigned) == ["bound-to-secrecy"]
    assert "P-9" in str(unsigned.failing[0][1])
    elsewhere = OTHERS | {"datacentre-certificates": [{"location_ref": "DC-1"}, {"location_ref": "DC-7"}]}
    assert failing(verdict("datacentre-access-list", row, others=elsewhere)) == ["every-location"]
    many = [row | {"person_ref": f"P-{n}"} for n in range(10, 21)]
    people = OTHERS | {"confidentiality-register": [{"person_ref": person["person_ref"]} for person in many]}
    assert failing(verdict("datacentre-access-list", *many, others=people)) == ["few-people"]


def test_no_verdict_before_the_other_register_is_accepted():
    judgement = verdict("confidentiality-register", ROWS["confidentiality-register"], others={})
    assert judgement.verdict == "none"
    assert "access-review, datacentre-access-list" in str(judgement.reason)
    late = ROWS["confidentiality-register"] | {"signed_on": "2021-02-02"}
    assert verdict("confidentiality-register", late, others={}).verdict == "fail"
    judgement = verdict("eura", ROWS["eura"], others={})
    assert (judgement.verdict, "eura-text" in str(judgement.reason)) == ("none", True)


def test_everyone_with_access_needs_a_confidentiality_agreement():
    people = OTHERS | {
        "access-review": [{"person_ref": "P-1", "decision": "keep"}, {"person_ref": "P-7", "decision": "keep"}]
    }
    assert failing(verdict("confidentiality-register", ROWS["confidentiality-register"], others=people)) == [
        "everyone-with-an-account"
    ]
    left = ROWS["confidentiality-register"] | {"access_until": "2026-11-01"}
    assert failing(verdict("confidentiality-register", left)) == [
        "everyone-with-an-account",
        "everyone-at-a-data-centre",
    ]


def test_the_last_rule_of_each_device_denies_all():
    row = ROWS["firewall-rule-review"]
    assert verdict("firewall-rule-review", row, LAST).verdict == "pass"
    assert failing(verdict("firewall-rule-review", LAST, row)) == ["closing-rule"]


def test_the_sum_of_accounts_is_the_population():
    row = ROWS["two-factor-coverage"]
    both = (row, row | {"account_group": "customers", "accounts": "100", "covered": "100"})
    assert verdict("two-factor-coverage", *both, population=114).verdict == "pass"
    assert failing(verdict("two-factor-coverage", *both, population=115)) == ["population"]


@pytest.mark.parametrize("policy", ["destruction-log", "request-register", "minors-consent-register"])
def test_empty_register_passes_where_the_source_counts_nothing(policy):
    assert verdict(policy, population=0, systems=["portal"]).verdict == "pass"
    assert "population" in failing(verdict(policy, population=1, systems=["portal"]))


def test_empty_register_fails_where_the_policy_expects_rows():
    assert failing(verdict("confidentiality-register", population=0)) == ["empty"]


@pytest.mark.parametrize(
    ("reviewed", "until"),
    [("2026-10-20", "2027-05-05"), ("2026-09-30", "2027-04-30"), ("2026-07-31", "2027-02-28")],
)
def test_register_is_valid_until_its_oldest_row_is_too_old(reviewed, until):
    """Seven months later it fails: on the last day it holds, on the next it does not."""
    rows = [ROWS["firewall-rule-review"], LAST | {"reviewed_on": reviewed}]
    judgement = verdict("firewall-rule-review", *rows)
    assert (judgement.verdict, judgement.ends) == ("pass", date.fromisoformat(until))
    assert verdict("firewall-rule-review", *rows, as_of=judgement.ends).verdict == "pass"
    assert verdict("firewall-rule-review", *rows, as_of=judgement.ends + timedelta(days=1)).verdict == "fail"


def test_register_is_valid_until_its_first_open_term_ends():
    opened = ROWS["request-register"] | {"received_on": "2026-11-09", "answered_on": "", "outcome": ""}
    assert verdict("request-register", opened).ends == date(2026, 12, 9)
    held = ROWS["destruction-log"] | OPEN | {"hold": "wettelijk", "hold_review_on": "2027-01-15"}
    assert verdict("destruction-log", held).ends == date(2027, 1, 14)


def test_gap_in_numbers_fails():
    rows = [ROWS["request-register"] | {"request_ref": f"R-2026-{n:02}"} for n in (7, 8, 10)]
    judgement = verdict("request-register", *rows)
    assert failing(judgement) == ["numbers"]
    assert str(judgement.failing[0][1]).endswith(": R-2026-09")


def destroyed(*numbers, system):
    return [ROWS["destruction-log"] | {"item_ref": f"V-{number}", "system": system} for number in numbers]


def of_systems(*rows):
    systems = sorted({row["system"] for row in rows})
    populations = {system: sum(row["system"] == system for row in rows) for system in systems}
    _, verdicts, _ = judged("destruction-log", table(*rows), population=None, populations=populations, systems=systems)
    return {system: failing(judgement) for system, judgement in verdicts.items()}


def test_numbers_may_continue_across_systems():
    of_portal, of_web = destroyed(1, 3, 6, system="portal"), destroyed(2, 4, 5, system="web")
    assert of_systems(*of_portal, *of_web) == {"portal": [], "web": []}
    assert of_systems(*of_portal, *of_web[1:]) == {"portal": ["numbers"], "web": ["numbers"]}


def test_gap_between_the_numbers_of_two_systems_fails():
    rows = [*destroyed(1, 2, system="portal"), *destroyed(4, 5, system="web")]
    assert of_systems(*rows) == {"portal": ["numbers"], "web": ["numbers"]}


def test_systems_with_their_own_numbers_are_checked_separately():
    rows = [*destroyed(1, 2, 3, system="portal"), *destroyed(1, 3, system="web")]
    assert of_systems(*rows) == {"portal": [], "web": ["numbers"]}


def test_missing_numbers_are_named_with_leading_zeros():
    rows = [ROWS["request-register"] | {"request_ref": f"R-{n:03}"} for n in (8, 12, 14)]
    assert str(verdict("request-register", *rows).failing[0][1]).endswith(": R-009 - R-011, R-013")


@pytest.mark.parametrize(
    ("until", "fails"), [("2027-02-20", False), ("2026-11-22", False), ("2026-11-21", True), ("", False)]
)
def test_end_date_in_the_future_has_not_ended(until, fails):
    row = ROWS["confidentiality-register"] | {"access_until": until}
    assert ("everyone-with-an-account" in failing(verdict("confidentiality-register", row))) == fails


@pytest.mark.parametrize(
    ("ours", "theirs", "fails"),
    [("a" * 64, "b" * 64, True), ("A" * 64, "a" * 64, False), ("", "b" * 64, False), ("a" * 64, "", False)],
)
def test_accepted_text_must_match_its_version(ours, theirs, fails):
    versions = [version | {"text_hash": theirs if version["version"] == "4.0" else "c" * 64} for version in VERSIONS]
    judgement = verdict("eura", ROWS["eura"] | {"text_hash": ours}, others={"eura-text": versions})
    assert [check.rpartition(": ")[2] for check in failing(judgement)] == (["another-text"] if fails else [])


def test_user_of_a_newer_version_needs_a_row_for_it():
    old = ROWS["eura"] | {
        "eura_version": "3.0", "accepted_at": "2025-03-01T09:00:00+01:00", "first_use_at": "2025-03-01T10:00:00+01:00",
    }  # fmt: skip
    assert failing(verdict("eura", old)) == ["newer-version"]
    assert verdict("eura", old, ROWS["eura"]).verdict == "pass"
    assert verdict("eura", old | {"last_use_at": "2026-06-12T16:00:00+02:00"}).verdict == "pass"


def attempts(*days, **changes):
    return [
        {"event_id": str(100 + n), "time": f"2026-11-{day:02}T08:00:00+01:00", "user_ref": "u-1",
         "outcome": ("geslaagd", "mislukt")[n % 2], "source": "192.0.2.0/24", "system": "portal", "reason": "",
         "method": "", "probe": "ja"} | changes
        for n, day in enumerate(days)
    ]  # fmt: skip


def numbered_by(system, hour):
    """Attempts of a system that numbers them itself, from 1."""
    rows = attempts(10, 12, 14, 16, system=system)
    return [
        row | {"event_id": str(n), "time": row["time"].replace("T08", f"T{hour:02}")} for n, row in enumerate(rows, 1)
    ]


def both_systems(policy, rows):
    _, verdicts, _ = judged(
        policy,
        table(*rows),
        population=None,
        populations={"portal": 4, "web": 4},
        systems=["portal", "web"],
        others=OTHERS,
    )
    return {system: failing(verdict) for system, verdict in verdicts.items()}


def test_systems_may_each_number_their_own_rows():
    assert both_systems("login-log", [*numbered_by("portal", 8), *numbered_by("web", 9)]) == {"portal": [], "web": []}
    twice = [*numbered_by("portal", 8), *numbered_by("web", 9)]
    twice[5] = twice[5] | {"event_id": "1"}
    assert both_systems("login-log", twice)["portal"] == []
    assert "1: double" in both_systems("login-log", twice)["web"]


def test_rows_copied_to_another_system_are_double():
    copied = [*numbered_by("portal", 8), *numbered_by("web", 8)]
    assert [check for check in both_systems("login-log", copied)["web"] if "double" in check] == [
        f"{n}: double" for n in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize("policy", [key for key, policy in policies().items() if policy.table])
def test_key_of_a_register_names_its_system(policy):
    """Two systems that each number their rows have no row in common."""
    rules = policies()[policy].rules
    if any(column.key == "system" for column in rules.columns):
        assert "system" in rules.key or rules.per == "system"


def test_login_log_with_gaps_fails():
    assert failing(verdict("login-log", *attempts(10, 12, 14, 16))) == []
    assert failing(verdict("login-log", *attempts(10, 11, 12, 13))) == ["a-week"]
    assert failing(verdict("login-log", *attempts(8, 10, 15, 16))) == ["no-silence"]
    assert failing(verdict("login-log", *attempts(10, 13, 12, 16))) == ["in-order"]
    assert failing(verdict("login-log", *attempts(10, 12, 14, 16, outcome="mislukt"))) == [
        "successes",
        "probe-succeeded",
    ]
    assert failing(verdict("login-log", *attempts(10, 12, 14, 16, probe=""))) == ["probe-failed", "probe-succeeded"]
    assert failing(
        verdict("login-log", *(attempt for attempt in attempts(10, 12, 13, 14, 16) if attempt["event_id"] != "102"))
    ) == ["numbers"]


def cell(role, part, action, expected, actual=None, relation="ander", method="aanroep"):
    return {"system": "portal", "role": role, "part": part, "action": action, "relation": relation, "expected": expected,
            "actual": actual or expected, "tested_on": "2026-11-10", "method": method}  # fmt: skip


def test_matrix_must_be_complete_with_every_cell_as_expected():
    whole = [cell("nurse", "file", "lezen", "nee"), cell("admin", "file", "lezen", "ja")]
    assert failing(verdict("access-matrix", *whole)) == []
    assert failing(verdict("access-matrix", *whole, cell("nurse", "users", "lezen", "nee"))) == ["every-combination"]
    read_only = [row | {"method": "configuratie"} for row in whole]
    assert failing(verdict("access-matrix", *read_only)) == [
        "really-tried", "portal/nurse/file/read/other: refusal-not-tried",
    ]  # fmt: skip
    assert failing(verdict("access-matrix", whole[0], read_only[1])) == []  # what is allowed was called once
    without = [row | {"relation": ""} for row in whole]
    assert failing(verdict("access-matrix", *without)) == []
    free = [cell("nurse", "file", "lezen", "ja"), cell("admin", "file", "lezen", "ja")]
    assert failing(verdict("access-matrix", *free)) == ["every-role-refused", "others-refused"]
    assert failing(verdict("access-matrix", whole[0] | {"actual": "ja"}, whole[1]))[-1].endswith(": too-much")
    assert failing(verdict("access-matrix", whole[0], whole[1] | {"actual": "nee"}))[-1].endswith(": too-little")


# ── Terms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-04-03", "2026-04-06", "2026-04-27", "2026-05-05", "2026-05-14", "2026-05-25", "2026-12-25",
     "2026-12-26", "2025-04-26"],
)  # fmt: skip
def test_dutch_holidays_are_not_working_days(day):
    assert not is_working_day(date.fromisoformat(day))


def test_kings_day_on_a_sunday_moves_to_saturday():
    assert date(2031, 4, 26) in holidays(2031)
    assert date(2031, 4, 27) not in holidays(2031)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 40))
def test_working_days_are_counted_one_by_one(day, count):
    last, left = day, count
    while left:
        last += timedelta(days=1)
        left -= is_working_day(last)
    assert after(day, count) == last
    assert is_working_day(on_or_after(day))
    assert on_or_after(day) - day < timedelta(days=6)


@given(
    st.dates(date(2000, 1, 1), date(2080, 1, 1)),
    st.none() | st.integers(0, 60),
    st.integers(0, 60),
    st.none() | st.integers(0, 90),
    st.none() | st.integers(0, 200),
)
def test_term_of_a_request_equals_counting_days(received, identity_after, identity_days, extended, answered):
    """Against counting the days one by one."""
    on = {
        "received_on": received,
        "identity_asked_on": received + timedelta(days=identity_after) if identity_after is not None else "",
        "identity_confirmed_on": received + timedelta(days=identity_after + identity_days)
        if identity_after is not None
        else "",
        "extended_on": received + timedelta(days=extended) if extended is not None else "",
        "extension_reason": "complex",
        "answered_on": received + timedelta(days=answered) if answered is not None else "",
    }
    as_of = received + timedelta(days=100)

    def last(months, paused=0):
        day = months_after(received, months)
        for _ in range(paused):
            day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        return day if paused or not pauses(day) else last(months, pause)

    def pauses(day):
        return identity_after is not None and pause > 0 and on["identity_asked_on"] <= day

    until = on["answered_on"] or as_of
    pause = 0
    if identity_after is not None:
        pause = (min(on["identity_confirmed_on"], until) - on["identity_asked_on"]).days

    first = last(1)
    longer = extended is not None and on["extended_on"] <= first
    wanted = last(3) if longer else first
    rule = next(rule for rule in policies()["request-register"].rules.rules if rule.name == "answered-late")
    term = rule.must.done_by
    assert term.last(on, as_of) == wanted
    assert term.holds(on, RegisterContext(as_of)) == ((on["answered_on"] or as_of) <= wanted)


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(-40_000, 40_000))
def test_months_never_leave_the_calendar(day, months):
    assert date.min <= months_after(day, months) <= date.max


# ── Every policy ─────────────────────────────────────────────────────────────────────────────────────────────────────

REGISTERS = [key for key, policy in policies().items() if policy.judges == "register"]


@pytest.mark.corpus
@pytest.mark.parametrize(
    "policy", ["access-matrix", "access-review", "confidentiality-register", "data-inventory-review",
               "datacentre-access-list", "datacentre-certificates", "destruction-log", "eura", "firewall-rule-review",
               "login-log", "minors-consent-register", "processor-register", "request-register", "two-factor-coverage"],
)  # fmt: skip
def test_reference_examples_have_the_expected_verdicts(shared, policy):
    folder = shared / "reference" / "register-examples"
    expected = json.loads((folder / "expected.json").read_text())[policy]
    versions = [
        {"role": role, "version": version, "in_force_from": date.fromisoformat(day)}
        for role, version, day in (
            ("zorgverlener", "3.0", "2024-01-01"), ("zorgverlener", "4.0", "2026-07-01"), ("beheerder", "2.1", "2025-01-01"),
        )
    ]  # fmt: skip
    content = (folder / f"{policy}.csv").read_bytes()
    context = {"as_of": date.fromisoformat(expected["as_of"]), "others": {"eura-text": versions}}
    levels, _, _ = judged(policy, content, population=len(expected["rows"]), **context)
    assert [level for _, level in levels] == [row["verdict"] for row in expected["rows"]]


@given(st.data())
def test_correct_row_beside_a_failing_one_removes_no_failure(data):
    policy = data.draw(st.sampled_from([key for key in REGISTERS if key in ROWS]))
    bad = {
        name: data.draw(st.sampled_from(["", value, "x", "2027-01-01", "any"])) for name, value in ROWS[policy].items()
    }
    names = list(bad)
    lines = [";".join(names), ";".join(bad[name] for name in names)]
    alone = judged(policy, "\n".join(lines), population=1, others=OTHERS, as_of=DAY)[1]
    lines.append(";".join(ROWS[policy][name] for name in names))
    together = judged(policy, "\n".join(lines), population=2, others=OTHERS, as_of=DAY)[1]
    rows = [check for judgement in alone.values() for check in failing(judgement) if ": " in check]
    again = [check for judgement in together.values() for check in failing(judgement)]
    if policy != "datacentre-certificates":  # there a newer row makes an older one history
        assert set(rows) <= set(again)


@given(st.data())
def test_any_cells_are_judged_without_an_error(data):
    policy = data.draw(st.sampled_from(REGISTERS))
    names = [column.key for column in policies()[policy].rules.columns]
    cells = st.text(st.characters(blacklist_characters='\0\n\r;"', blacklist_categories=("Cs",)), max_size=12)
    rows = data.draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), max_size=4))
    content = "\n".join([";".join(names), *(";".join(row) for row in rows)])
    _, verdicts, _ = judged(policy, content, population=1, others=OTHERS, in_scope=["portal"], systems=["portal"])
    assert all(judgement.verdict in ("pass", "fail", "none") for judgement in verdicts.values())


def test_register_without_systems_needs_one_population():
    with pytest.raises(DoesNotFit, match="say how many"):
        judged("firewall-rule-review", table(ROWS["firewall-rule-review"]), populations={"portal": 1})
