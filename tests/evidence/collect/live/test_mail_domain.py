"""What protects a mail domain, by the answers of a DNS server on this machine: each correct and incorrect."""

import base64

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from evidence.collect.collector_cases import CouldNotLook
from evidence.collect.connections.page_fetch import Page
from evidence.collect.live import mail_domain
from evidence.collect.live.mail_domain import policy_problem, read_tags
from tests.evidence.collect.tls_servers import RSA_2048

DOMAIN = "example.nl"


def key_record(key=RSA_2048):
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    encoded = base64.b64encode(der).decode()
    return f'"v=DKIM1; k=rsa; p={encoded[:200]}" "{encoded[200:]}"'


PROTECTED = {
    (DOMAIN, "TXT"): ['"v=spf1 mx include:_spf.example.org -all"', '"something else"'],
    (DOMAIN, "MX"): ["10 mail.example.nl."],
    (DOMAIN, "SOA"): ["ns.example.nl. h.example.nl. 1 2 3 4 5"],
    ("_spf.example.org", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 ?all"'],
    ("s1._domainkey.example.nl", "TXT"): [key_record()],
    ("_dmarc.example.nl", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@example.nl"'],
    ("_25._tcp.mail.example.nl", "TLSA"): ["3 1 1 " + "ab" * 32],
}
SIGNED = (DOMAIN, "_25._tcp.mail.example.nl")


@pytest.fixture
def look(serve_dns):
    """The outcomes by check, for a protected domain with changed records."""

    def looked(changes=(), signed=SIGNED, selectors=("s1",), domain=DOMAIN, broken=()):
        records = {key: value for key, value in {**PROTECTED, **dict(changes)}.items() if value}
        dns = serve_dns(records, signed=signed, broken=broken)
        outcomes = {}
        for case in mail_domain.cases(dns.resolver, domain, list(selectors), None):
            outcome = "fail" if case.failure else "skipped" if case.skipped else "pass"
            outcomes[case.facts[0][1]] = outcome
        return outcomes

    return looked


def failing(outcomes):
    return {check for check, outcome in outcomes.items() if outcome != "pass"}


def test_a_protected_domain_passes(look):
    assert look() == dict.fromkeys(("spf", "dkim", "dmarc", "dnssec", "transport"), "pass")


@pytest.mark.parametrize(
    "spf",
    [
        [],
        ['"v=spf1 mx ?all"'],
        ['"v=spf1 mx +all"'],
        ['"v=spf1 mx all"'],
        ['"v=spf1 mx"'],
        ['"v=spf1 -all"', '"v=spf1 ~all"'],
        ['"v=spf1 redirect=nowhere.example.org"'],
        ['"v=spf1 ' + " ".join(f"a:h{n}.example.nl" for n in range(11)) + ' -all"'],
        ['"v=spf1 include:example.nl -all"'],  # without end
    ],
)
def test_spf_that_refuses_nobody_or_is_too_long_fails(look, spf):
    assert failing(look([((DOMAIN, "TXT"), spf)])) == {"spf"}


@pytest.mark.parametrize(
    "spf", ['"v=spf1 ~all"', '"V=SPF1 A -ALL"', '"v=spf1 redirect=_r.example.org"', '"v=spf1 exists:%{i}.x.nl -all"']
)
def test_other_forms_of_spf_pass(look, spf):
    assert (
        look([((DOMAIN, "TXT"), [spf]), (("_r.example.org", "TXT"), ['"v=spf1 ip4:192.0.2.1 -all"'])])["spf"] == "pass"
    )


@pytest.mark.parametrize(
    "record",
    [[], ['"v=DKIM1; p="'], ['"v=DKIM1"'], ['"v=DKIM1; p=bm9uc2Vuc2U="'], [key_record(), '"v=DKIM1; p="']],
)
def test_a_selector_without_a_key_that_counts_fails(look, record):
    assert failing(look([(("s1._domainkey.example.nl", "TXT"), record)])) == {"dkim"}


def test_a_short_key_fails(look, monkeypatch):
    monkeypatch.setattr(mail_domain, "_LEAST_BITS", 2_049)
    assert failing(look()) == {"dkim"}


def test_without_a_recorded_selector_nothing_is_proven(look):
    assert look(selectors=())["dkim"] == "skipped"


@pytest.mark.parametrize(
    "record", [[], ['"v=DMARC1; p=none"'], ['"v=DMARC1"'], ['"v=DMARC1; p=reject"', '"v=DMARC1; p=quarantine"']]
)
def test_dmarc_that_only_watches_fails(look, record):
    assert failing(look([(("_dmarc.example.nl", "TXT"), record)])) == {"dmarc"}


def test_a_subdomain_follows_the_policy_for_subdomains(look):
    for record, expected in (('"v=DMARC1; p=reject; sp=none"', "fail"), ('"v=DMARC1;p=quarantine"', "pass")):
        assert look([(("_dmarc.example.nl", "TXT"), [record])], domain="care.example.nl")["dmarc"] == expected


def test_an_unsigned_domain_fails_and_an_unverified_one_proves_nothing(look):
    unsigned = look(signed=("_25._tcp.mail.example.nl",))
    assert failing(unsigned) == {"dnssec"} and unsigned["dnssec"] == "fail"
    unverified = look([((DOMAIN, "DS"), ["1 13 2 " + "ab" * 32])], signed=("_25._tcp.mail.example.nl",))
    assert unverified["dnssec"] == "skipped"


def test_a_server_that_takes_no_mail_has_no_transport(look):
    assert look([((DOMAIN, "MX"), ["0 ."])])["transport"] == "skipped"


def test_dane_counts_only_when_it_is_signed(look):
    assert failing(look(signed=(DOMAIN,))) == {"transport"}


@pytest.mark.parametrize(("mode", "expected"), [("enforce", "pass"), ("testing", "fail")])
def test_mta_sts_counts_in_mode_enforce(look, monkeypatch, mode, expected):
    body = f"version: STSv1\r\nmode: {mode}\r\nmx: mail.example.nl\r\nmax_age: 86400\r\n".encode()
    asked = []

    def fetched(endpoint, path, _context):
        asked.append((endpoint.name, endpoint.address, path))
        return Page(200, (("content-type", "text/plain"),), body), ""

    monkeypatch.setattr(mail_domain, "fetch_published", fetched)
    changes = [(("_mta-sts.example.nl", "TXT"), ['"v=STSv1; id=1;"']), (("mta-sts.example.nl", "A"), ["9.9.9.9"])]
    assert look(changes, signed=(DOMAIN,))["transport"] == expected
    assert asked == [("mta-sts.example.nl", "9.9.9.9", "/.well-known/mta-sts.txt")]


def test_a_policy_at_a_private_address_is_not_fetched(look):
    changes = [(("_mta-sts.example.nl", "TXT"), ['"v=STSv1; id=1;"']), (("mta-sts.example.nl", "A"), ["127.0.0.1"])]
    with pytest.raises(CouldNotLook, match="not a public address"):
        look(changes, signed=(DOMAIN,))


def test_a_policy_names_every_server():
    policy = "version: STSv1\nmode: enforce\nmx: *.example.nl\nmx: mail.example.org\n"
    assert policy_problem(policy, ["a.example.nl", "mail.example.org"]) == ""
    assert policy_problem(policy, ["example.nl"]) != "" != policy_problem(policy, ["a.b.example.nl"])


def test_a_dns_that_fails_is_no_evidence(look):
    with pytest.raises(CouldNotLook):
        look(broken=[DOMAIN])


def test_all_look_ups_of_a_domain_together_are_bounded_in_time(serve_dns, monkeypatch):
    seconds, lifetimes = [0.0], []
    monkeypatch.setattr(mail_domain, "monotonic", lambda: seconds[0])
    resolver = serve_dns(PROTECTED, signed=SIGNED).resolver
    resolve = resolver.resolve

    def slow(name, kind, lifetime):
        lifetimes.append(lifetime)
        seconds[0] += 6
        return resolve(name, kind, lifetime=5)

    monkeypatch.setattr(resolver, "resolve", slow)
    with pytest.raises(CouldNotLook, match="more than 20 s"):
        list(mail_domain.cases(resolver, DOMAIN, ["s1"], None))
    assert lifetimes == [10, 10, 8, 2]


@given(st.text(max_size=80))
def test_any_record_has_tags(record):
    assert all(name == name.strip().lower() for name in read_tags(record))
