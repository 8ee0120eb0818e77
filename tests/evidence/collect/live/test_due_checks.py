"""Live checks from the switch to the evidence: nothing before, what was seen, and what could not be reached."""

import ssl
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from access.permissions import BUILT_IN, READER, SYSTEM, Person
from controls.errors import NotPossible
from controls.scope import live_checks, target_addresses
from controls.scope.live_checks import LiveCheckDetails
from controls.scope.system_scope import bring_into_scope, end_scope
from evidence.collect.collector_context import CollectorContext
from evidence.collect.live import due_checks, last_runs
from evidence.collect.live.due_checks import run_due_checks
from evidence.collect.live.last_runs import live_check_states
from models.bulk_changes import table
from models.transaction import reading, writing
from models.vocabulary import LiveCheckKind
from tests.evidence.collect.tls_servers import RSA_2048, certificate, http_answer, server_context
from tests.evidence.office import NOBODY, NOW

HSTS = "Strict-Transport-Security: max-age=31536000; includeSubDomains"
DAY = timedelta(days=1)
NAME = "shop.example.nl"


class Live:
    """An office with a target at a server of this machine."""

    def __init__(self, office, context, port):
        self.office, self.context, self.target = office, context, f"{NAME}:{port}"
        self.do(bring_into_scope, "portal", date(2026, 1, 1), target=self.target)

    def do(self, verb, *arguments, at=NOW - DAY, **named):
        with writing(self.office.engine, at) as (session, now):
            place = (arguments, (now,)) if verb is bring_into_scope else (arguments, (now,))
            return verb(session, BUILT_IN, *place[0], *place[1], **named)

    def record(self, address="127.0.0.1"):
        return self.do(target_addresses.record_address, "portal", self.target, address, date(2026, 1, 1), at=NOW - DAY)

    def switch_on(self, kind=LiveCheckKind.HTTPS, allows_inside=True, **named):
        place = {"system": "portal", "target": self.target} if kind in live_checks.OF_TARGETS else {}
        return self.do(live_checks.switch_on, kind, allows_inside=allows_inside, **place, **named)

    def run(self, at=NOW):
        return run_due_checks(self.office.engine, self.office.store, self.context, at)

    def states(self):
        with reading(self.office.engine) as session:
            return {state.check.key: state for state in live_check_states(session, BUILT_IN)}


def add_requirements(office):
    """The requirements that the live checks serve, beside the one for TLS scans that the office has."""
    row = {"measure": "m", "control": None, "team": "platform", "title_nl": "E", "title_en": "E", "retired": False}
    row |= {"kind": "test", "formats": ["junit"], "renewal": "P30D", "review": "automatic", "applies_to": None}
    policies = {
        LiveCheckKind.HTTPS: ("https-by-default", "target"),
        LiveCheckKind.STATEMENT: ("statement-version-check", "organisation"),
        LiveCheckKind.CERTIFICATES: ("certificates-published", "organisation"),
        LiveCheckKind.MAIL: ("mail-domain", "organisation"),
    }
    with writing(office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        rows = [
            {"key": str(key), "policy": policy, "scope": scope, "recorded_at": now, "judged_nl": "", "judged_en": ""}
            | row
            for key, (policy, scope) in policies.items()
        ]
        session.execute(insert(table("evidence_requirement")), rows)


@pytest.fixture
def live(office, tmp_path, serve, serve_dns):
    add_requirements(office)
    path = certificate(tmp_path, NAME, "127.0.0.1", days=300)
    server = serve(server_context(path), {"/": http_answer(200, b"hello", HSTS, "Set-Cookie: a=b; Secure; HttpOnly")})
    plain = serve(None, {"/": http_answer(301, b"", f"Location: https://{NAME}:{server.port}/")})
    dns = serve_dns({(NAME, "A"): ["127.0.0.1"]})
    context = CollectorContext(
        "http://127.0.0.1:8600", tmp_path / "key.pem", authorities=path, resolver=dns.resolver, plain_port=plain.port
    )
    made = Live(office, context, server.port)
    made.server, made.plain, made.dns = server, plain, dns
    return made


def outcome(live, at=NOW):
    [only] = live.run(at)
    return only


# ── Off until an officer switches it on ──────────────────────────────────────────────────────────────────────────────


def test_nothing_is_looked_at_before_an_officer_switches_a_check_on(live):
    live.record()
    assert live.run() == []
    assert (live.server.connections, live.plain.connections, live.dns.queries) == (0, 0, [])


def test_nothing_is_looked_at_after_it_was_switched_off(live):
    live.record()
    key = live.switch_on()
    live.do(live_checks.switch_off, key, at=NOW - timedelta(hours=1))
    assert live.run() == []
    assert live.server.connections == 0
    assert not live.states()[key].check.is_on


@pytest.mark.parametrize("person", [NOBODY, Person("reader", frozenset({READER}))])
def test_only_who_may_change_the_scope_may_switch_it_on(live, person):
    with writing(live.office.engine, NOW) as (session, now), pytest.raises(Exception, match="may not"):
        live_checks.switch_on(session, person, LiveCheckKind.HTTPS, now, system="portal", target=live.target)


# ── HTTPS by default ────────────────────────────────────────────────────────────────────────────────────────────────


def test_https_by_default_becomes_demonstrated_without_a_script(live):
    live.record()
    live.switch_on()
    done = outcome(live)
    assert (done.result, done.verdict, done.filed.review_reasons) == ("filed", "pass", [])
    assert live.office.status("https-by-default", "portal", live.target, NOW.date()) == "demonstrated"
    assert set(live.office.column("evidence", "uploaded_by")) == {SYSTEM.name}
    assert live.office.column("evidence", "tool") == ["Aantoonbaar https-by-default"]


def test_an_application_without_tls_fails(live):
    live.record()
    live.switch_on()
    live.plain.answers["/"] = http_answer(200, b"welcome", "Set-Cookie: session=1")
    [cell] = outcome(live).filed.covered
    assert (cell.verdict, len(cell.failing)) == ("fail", 2)


# ── TLS, by the table of NCSC-NL ─────────────────────────────────────────────────────────────────────────────────────


def test_tls_1_3_alone_passes_and_an_older_version_fails(live, serve, tmp_path):
    live.record()
    live.switch_on(LiveCheckKind.TLS)
    done = outcome(live)
    [cell] = done.filed.covered
    failing = {check for check, _ in cell.failing}
    assert done.verdict == "fail"
    assert "dhe-group: ffdhe2048" in failing, "OpenSSL offers it unless told otherwise"
    assert not any("protocol" in check or "certificate:" in check for check in failing)


def test_what_was_not_examined_waits_for_a_review(live, monkeypatch):
    monkeypatch.setattr("evidence.collect.live.tls_probe.FFDHE_GROUPS", {})
    monkeypatch.setattr("evidence.collect.live.tls_probe._ALL_GROUPS", (29, 23))
    live.server.context.set_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256")
    live.record()
    live.switch_on(LiveCheckKind.TLS)
    done = outcome(live)
    assert (done.verdict, done.filed.needs_review) == ("pass", True)
    assert any("left out" in str(reason) for reason in done.filed.review_reasons)
    assert live.office.status("tls-scan", "portal", live.target, NOW.date()) != "demonstrated"


def test_a_server_of_tls_1_3_alone_passes_by_itself(live, monkeypatch):
    monkeypatch.setattr("evidence.collect.live.tls_probe._ALL_GROUPS", (29, 23))
    live.server.context.minimum_version = ssl.TLSVersion.TLSv1_3
    live.record()
    live.switch_on(LiveCheckKind.TLS)
    done = outcome(live)
    assert (done.verdict, done.filed.review_reasons) == ("pass", [])
    assert live.office.status("tls-scan", "portal", live.target, NOW.date()) == "demonstrated"


def test_a_certificate_that_ends_soon_fails(live, tmp_path, monkeypatch):
    monkeypatch.setattr("evidence.collect.live.tls_probe._ALL_GROUPS", (29, 23))
    path = certificate(tmp_path, NAME, days=(NOW.date() - date.today()).days + 5)
    live.server.context = server_context(path, oldest=ssl.TLSVersion.TLSv1_3)
    live.context = CollectorContext("", tmp_path, authorities=path, resolver=live.context.resolver)
    live.record()
    live.switch_on(LiveCheckKind.TLS)
    [cell] = outcome(live).filed.covered
    assert [check for check, _ in cell.failing] == ["certificate: expires too soon"]


def test_an_old_server_fails_with_its_versions_suites_key_and_chain(live, tmp_path):
    path = certificate(tmp_path, NAME, key=RSA_2048)
    live.server.context = server_context(path, oldest=ssl.TLSVersion.TLSv1, ciphers="ALL:@SECLEVEL=0")
    live.record()
    live.switch_on(LiveCheckKind.TLS)
    [cell] = outcome(live).filed.covered
    failing = {check for check, _ in cell.failing}
    assert {"protocol: TLS 1.0", "protocol: TLS 1.1", "key-length: RSA 2048-3071 bit"} <= failing
    assert {"certificate: untrusted chain", "cipher-suite: TLS_RSA_WITH_AES_256_CBC_SHA"} <= failing


# ── What could not be reached is no evidence ─────────────────────────────────────────────────────────────────────────


def test_a_name_that_resolves_elsewhere_than_recorded_is_not_followed(live):
    live.record("192.0.2.7")
    live.switch_on()
    done = outcome(live)
    assert (done.result, live.server.connections) == ("not reached", 0)
    assert "not recorded as an address of this target" in str(done.why)
    assert live.office.count("evidence") == 0


@pytest.mark.parametrize("allows_inside", [True, False])
def test_a_private_address_is_followed_only_if_recorded_as_such(live, allows_inside):
    if not allows_inside:
        live.record()
    live.switch_on(allows_inside=allows_inside)
    done = outcome(live)
    assert (done.result, live.server.connections) == ("not reached", 0)
    assert "not a public address" in str(done.why)


def test_an_unreachable_address_is_told_and_tried_again_the_next_day(live):
    live.record()
    key = live.switch_on()
    live.server.context = None  # answers without TLS
    assert outcome(live).result == "not reached"
    state = live.states()[key]
    assert (state.last.result, state.last.evidence) == ("not reached", None)
    assert "could not be reached" in str(state.last.reason)
    assert live.run(NOW + timedelta(hours=20)) == []
    assert len(live.run(NOW + DAY)) == 1
    assert live.office.count("evidence") == 0


def test_an_unforeseen_error_is_told_by_its_kind_only(live, monkeypatch):
    live.record()
    live.switch_on()

    def broken(*_arguments):
        raise RuntimeError("secret")

    monkeypatch.setattr("evidence.collect.live.https_default.cases", broken)
    assert str(outcome(live).why) == "An unforeseen error: RuntimeError."


def test_a_target_out_of_scope_is_not_looked_at(live):
    live.record()
    key = live.switch_on()
    with reading(live.office.engine) as session:
        period = table("scope_period")
        of_target = select(period.c.key).where(period.c.target == live.target)
        period_key = session.execute(of_target).scalar_one()
    live.do(end_scope, period_key, date(2027, 3, 1), at=NOW - timedelta(hours=1))
    done = outcome(live)
    assert (done.result, live.server.connections) == ("nothing", 0)
    assert "not in scope" in str(live.states()[key].last.reason)


def test_a_check_that_a_requirement_no_longer_needs_looks_at_nothing(live):
    live.record()
    live.switch_on()
    with writing(live.office.engine, NOW - timedelta(hours=1)) as (session, now):
        requirement = table("evidence_requirement")
        row = session.execute(select(requirement).where(requirement.c.key == "https-by-default")).mappings().one()
        values = {name: value for name, value in row.items() if name != "id"}
        session.execute(insert(requirement), [{**values, "retired": True, "recorded_at": now}])
    assert (outcome(live).result, live.server.connections) == ("nothing", 0)


# ── When it looks ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_looks_weekly_when_all_is_well_and_at_once_when_asked(live):
    live.record()
    key = live.switch_on()
    assert outcome(live).verdict == "pass"
    assert live.run(NOW + last_runs.EVERY - timedelta(minutes=1)) == []
    live.do(live_checks.request_run, key, at=NOW + DAY)
    assert len(live.run(NOW + DAY + timedelta(minutes=1))) == 1
    assert live.run(NOW + DAY + timedelta(minutes=2)) == []
    assert live.office.count("evidence") == 2


def test_after_a_failure_it_looks_again_the_next_day(live):
    live.record()
    live.switch_on()
    live.plain.answers["/"] = http_answer(200, b"welcome")
    assert outcome(live).verdict == "fail"
    live.plain.answers["/"] = http_answer(308, b"", f"Location: https://{live.target}/")
    assert live.run(NOW + timedelta(hours=23)) == []
    assert outcome(live, NOW + DAY).verdict == "pass"


# ── Of the organisation ──────────────────────────────────────────────────────────────────────────────────────────────


def test_each_domain_has_a_series_of_its_own(live):
    live.dns.records |= {("example.nl", "TXT"): ['"v=spf1 -all"'], ("example.org", "TXT"): ['"v=spf1 -all"']}
    long = ".".join(["a" * 60] * 3) + ".nl"
    for domain in ("example.nl", "example.org", long, f"b.{long}"):
        live.switch_on(LiveCheckKind.MAIL, address=domain)
    tools = {due_checks.tool_of(state.check) for state in live.states().values()}
    assert len(tools) == 4
    assert all(len(tool) <= 80 for tool in tools)
    assert len(live.run()) == 4
    assert {"Aantoonbaar mail-domain-protection example.nl"} <= set(live.office.column("evidence", "tool"))


def test_mail_domain_gives_evidence_of_the_organisation(live):
    live.dns.records |= {("example.nl", "SOA"): ["ns.example.nl. h.example.nl. 1 2 3 4 5"]}
    live.switch_on(LiveCheckKind.MAIL, address="example.nl", details=LiveCheckDetails(selectors=("s1",)))
    done = outcome(live)
    [cell] = done.filed.covered
    assert (cell.key, cell.verdict) == (("mail-domain-protection", "", ""), "fail")
    assert len(cell.failing) == 4  # SPF, DKIM, DMARC, DNSSEC


def test_without_anything_to_compare_with_no_page_is_fetched(live):
    live.switch_on(LiveCheckKind.CERTIFICATES, address=f"https://{live.target}/c", details=CERTIFICATES)
    live.switch_on(LiveCheckKind.STATEMENT, address=f"https://{live.target}/")
    assert [(done.result, done.filed) for done in live.run()] == [("nothing", None), ("nothing", None)]
    assert (live.server.connections, live.dns.queries) == (0, [])


CERTIFICATES = LiveCheckDetails(
    certificates={"certificate": {"standard": "ISO 27001", "number": "1", "body": "B", "scope": "S"}}
)


def test_the_page_is_compared_with_the_accepted_certificate(live):
    document = b"# Certificate\n\nISO 27001, number 1\n"
    certified = {"requirements": ("certificate",), "systems": (), "names": ("certificate.md",)}
    days = {"first_day": date(2027, 3, 1), "last_day": date(2027, 3, 1), "explicit_end": date(2028, 5, 1)}
    filed = live.office.deliver(document, person=BUILT_IN, **certified, **days, at=NOW - 2 * DAY)
    shown = b"<p>ISO 27001, number 1, by B, until 1 May 2028: S.<a href='file.md'>it</a></p>"
    live.server.answers |= {"/c": http_answer(200, shown), "/file.md": http_answer(200, document, kind="text/plain")}
    page = f"https://127.0.0.1:{live.server.port}/c"
    live.switch_on(LiveCheckKind.CERTIFICATES, address=page, details=CERTIFICATES, at=NOW - timedelta(hours=2))
    assert outcome(live, NOW - timedelta(hours=1)).result == "nothing", "it was not accepted yet"
    live.office.review(filed.evidence, "accepted", at=NOW)
    done = outcome(live, NOW + DAY)
    assert (done.result, done.verdict) == ("filed", "pass")
    assert live.office.status("certificates-published", "", "", (NOW + DAY).date()) == "demonstrated"


def test_the_published_statement_is_compared_with_the_version_in_effect(live):
    with writing(live.office.engine, NOW - 2 * DAY) as (session, now):
        version = {"key": "s-2027", "title_nl": "S", "title_en": "S", "organisation": "O", "language": "nl"}
        version |= {"effective": date(2027, 2, 3), "sha256": "", "text": "# Privacy\n\nWij versleutelen **alles**.\n"}
        source = f"https://127.0.0.1:{live.server.port}/privacy"
        session.execute(insert(table("statement")), [{**version, "source": source, "loaded_at": now, "no_measure": []}])
        clause = {"statement": "s-2027", "key": "c", "section": "", "quote": "Wij", "start": 11, "end": 14}
        session.execute(insert(table("clause")), [clause])
    body = "<h1>Privacy</h1><p>Wij versleutelen <b>alles</b>.</p><footer>Gewijzigd op 3 februari 2027</footer>"
    live.server.answers["/privacy"] = http_answer(200, body.encode())
    live.switch_on(LiveCheckKind.STATEMENT)
    done = outcome(live)
    assert (done.result, done.verdict) == ("filed", "pass")
    live.server.answers["/privacy"] = http_answer(200, body.replace("alles", "niets").encode())
    [cell] = outcome(live, NOW + last_runs.EVERY).filed.covered
    assert [check for check, _ in cell.failing] == ["statement-version-check.same-text"]


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (LiveCheckKind.MAIL, {"address": "192.0.2.1"}),
        (LiveCheckKind.MAIL, {"address": "example.nl:25"}),
        (LiveCheckKind.MAIL, {"address": "example.nl", "details": LiveCheckDetails(selectors=("a b",))}),
        (LiveCheckKind.STATEMENT, {"address": "http://example.nl/"}),
        (LiveCheckKind.STATEMENT, {"address": "https://user@example.nl/"}),
        (LiveCheckKind.CERTIFICATES, {"address": "https://example.nl/"}),
        (LiveCheckKind.CERTIFICATES, {"address": "", "details": CERTIFICATES}),
    ],
)
def test_what_is_no_address_is_refused(live, kind, named):
    with pytest.raises(NotPossible):
        live.switch_on(kind, **named)


def test_the_same_check_is_switched_on_once(live):
    live.switch_on()
    with pytest.raises(NotPossible, match="on already"):
        live.switch_on()
