"""Random histories, for hypothesis: systems and targets come, go and return; several tools; late filing; corrections;
periods; exceptions per check; closed series; reviews that change; exclusions; redefined requirements; month ends; ties."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

FIRST, SPAN = date(2024, 1, 29), 200
MEASURES, CONTROLS, CLAUSES = ["m0", "m1"], ["iso:0", "iso:1", "iso:2", "nen:0", "nen:1"], ["iso:9"]
SYSTEMS, TARGETS, TOOLS, CHECKS = ["s0", "s1"], [None, "t0", "t1"], ["testssl", "sslyze"], ["tls1_0", "heartbleed"]

days = st.integers(0, SPAN).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def moments(draw, earliest=FIRST):
    """Mostly whole hours, so that ties happen."""
    day = draw(st.integers(0, SPAN)) + (earliest - FIRST).days
    return datetime(2024, 1, 29, tzinfo=UTC) + timedelta(days=min(day, SPAN + 60), hours=draw(st.integers(0, 23)))


def distinct(rows, key):
    """No two facts about one thing share a moment."""
    return list({(key(row), row["recorded_at"]): row for row in rows}.values())


def some(strategy, most):
    return st.lists(strategy, max_size=most)


@st.composite
def scope(draw):
    system, target = draw(st.sampled_from(SYSTEMS)), draw(st.sampled_from(TARGETS))
    number = draw(st.integers(0, 1))
    first = draw(days)
    last = draw(st.one_of(st.none(), st.integers(0, 90).map(lambda n: first + timedelta(days=n))))
    return {
        "id": f"{system}-{target}-{number}",
        "system": system,
        "target": target,
        "first_day": first.isoformat(),
        "last_day": last and last.isoformat(),
        "attributes": draw(st.sampled_from([[], ["has-end-users"]])) if target is None else [],
        "recorded_at": draw(moments()).isoformat(),
    }


@st.composite
def requirements(draw):
    actual = []
    for number in range(draw(st.integers(1, 4))):
        owner = draw(
            st.sampled_from([*(("measure", m) for m in MEASURES), *(("control", c) for c in [*CONTROLS, *CLAUSES])])
        )
        kind, width = (
            draw(st.sampled_from(["test", "register", "record"])),
            draw(st.sampled_from(["organisation", "system", "target"])),
        )
        for version in range(draw(st.sampled_from([1, 1, 2]))):
            recorded = datetime(2023, 12, 1, 8, tzinfo=UTC) if version == 0 else draw(moments())
            actual.append(
                {
                    "key": f"r{number}",
                    "recorded_at": recorded.isoformat(),
                    "applies_to": draw(st.sampled_from([None, None, "has-end-users"])),
                    "measure": owner[1] if owner[0] == "measure" else None,
                    "control": owner[1] if owner[0] == "control" else None,
                    "kind": kind,
                    "scope": width,
                    "renewal": draw(st.sampled_from(["P30D", "P1M", "P3M", "P1Y"])),
                    "review": draw(st.sampled_from(["automatic", "required"])),
                }
            )
    return distinct(actual, lambda row: row["key"])


@st.composite
def histories(draw):
    queried = draw(requirements())
    latest = {row["key"]: row for row in queried}
    cell = st.builds(_cell, st.sampled_from(list(latest.values())), st.sampled_from(SYSTEMS), st.sampled_from(TARGETS))
    evidence = [draw(_evidence(number, cell, latest)) for number in range(draw(st.integers(0, 12)))]
    return {
        "scope": distinct(
            [
                {
                    "id": "always",
                    "system": "s0",
                    "target": None,
                    "first_day": FIRST.isoformat(),
                    "last_day": None,
                    "attributes": ["has-end-users"],
                    "recorded_at": "2024-01-01T08:00:00+00:00",
                },
                *draw(some(scope(), 6)),
            ],
            lambda row: row["id"],
        ),
        "measures": MEASURES,
        "controls": CONTROLS,
        "clauses": CLAUSES,
        "requirements": queried,
        "evidence": evidence,
        "mappings": draw(st.lists(_mapping(), max_size=8, unique_by=lambda row: (row["measure"], row["control"]))),
        "crosswalk": distinct(draw(some(_crosswalk(), 6)), lambda row: (row["from"], row["to"])),
        "applicability": distinct(draw(some(_applicability(), 4)), lambda row: row["control"]),
        "reviews": distinct(draw(some(_review(evidence), 10)), lambda row: row["evidence"]) if evidence else [],
        "exceptions": draw(some(_exception(cell, latest), 5)),
        "closings": draw(some(_closing(cell, latest), 2)),
        "nonconformities": draw(some(_nonconformity(), 2)),
        "judgements": draw(_judgements(evidence, latest)),
    }


def _cell(requirement, system, target):
    if requirement["scope"] == "organisation":
        return (requirement["key"], None, None)
    return (requirement["key"], system, target if requirement["scope"] == "target" else None)


@st.composite
def _evidence(draw, number, cell, latest):
    recorded = draw(moments())
    last = min(recorded.date(), recorded.date() - timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 40]))))
    first = last - timedelta(days=draw(st.sampled_from([0, 0, 0, 20])))
    covers = {}
    for item in draw(st.lists(cell, min_size=1, max_size=3)):
        verdict = (
            "none" if latest[item[0]]["kind"] == "record" else draw(st.sampled_from(["pass", "pass", "fail", "none"]))
        )
        covers[item] = {
            "requirement": item[0],
            "system": item[1],
            "target": item[2],
            "verdict": verdict,
            "failing": draw(st.lists(st.sampled_from(CHECKS), unique=True)) if verdict == "fail" else [],
        }
    explicit = draw(
        st.one_of(st.none(), st.none(), st.integers(0, 40).map(lambda n: (last + timedelta(days=n)).isoformat()))
    )
    return {
        "id": f"e{number}",
        "recorded_at": recorded.isoformat(),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "explicit_end": explicit,
        "tool": draw(st.sampled_from(TOOLS)),
        "needs_review": draw(st.sampled_from([False, False, True])),
        "covers": list(covers.values()),
    }


@st.composite
def _judgements(draw, evidence, latest):
    """Some of what was judged is judged again, later."""
    actual = []
    for row in evidence:
        for cover in row["covers"]:
            if latest[cover["requirement"]]["kind"] == "record" or draw(st.integers(0, 4)):
                continue
            verdict = draw(st.sampled_from(["pass", "pass", "fail", "none"]))
            later = datetime.fromisoformat(row["recorded_at"]) + timedelta(hours=draw(st.integers(1, 900)))
            actual.append(
                {
                    "evidence": row["id"],
                    **{name: cover[name] for name in ("requirement", "system", "target")},
                    "verdict": verdict,
                    "failing": draw(st.lists(st.sampled_from(CHECKS), unique=True)) if verdict == "fail" else [],
                    "recorded_at": later.isoformat(),
                }
            )
    return actual


@st.composite
def _mapping(draw):
    reviewed = draw(st.one_of(st.none(), moments()))
    ended = (
        draw(st.one_of(st.none(), st.none(), st.integers(1, 60).map(lambda n: reviewed + timedelta(days=n))))
        if reviewed
        else None
    )
    return {
        "measure": draw(st.sampled_from(MEASURES)),
        "control": draw(st.sampled_from([*CONTROLS, *CLAUSES])),
        "relation": draw(st.sampled_from(["primary", "primary", "supporting"])),
        "reviewed_at": reviewed and reviewed.isoformat(),
        "ended_at": ended and ended.isoformat(),
    }


@st.composite
def _crosswalk(draw):
    item, other = draw(st.permutations(CONTROLS))[:2]
    return {
        "from": item,
        "to": other,
        "relation": draw(st.sampled_from(["equal", "superset", "subset", "intersects"])),
        "recorded_at": draw(st.one_of(st.just(datetime(2023, 12, 1, tzinfo=UTC)), moments())).isoformat(),
    }


@st.composite
def _applicability(draw):
    return {
        "control": draw(st.sampled_from([*CONTROLS, *CLAUSES])),
        "applicable": draw(st.booleans()),
        "first_day": draw(days).isoformat(),
        "recorded_at": draw(moments()).isoformat(),
    }


@st.composite
def _review(draw, evidence):
    item = draw(st.sampled_from(evidence))
    return {
        "evidence": item["id"],
        "decision": draw(st.sampled_from(["accepted", "accepted", "rejected", "withdrawn"])),
        "recorded_at": (
            datetime.fromisoformat(item["recorded_at"]) + timedelta(hours=draw(st.integers(0, 500)))
        ).isoformat(),
    }


def _series(cell, latest, tool):
    return {
        "requirement": cell[0],
        "system": cell[1],
        "target": cell[2],
        "tool": tool if latest[cell[0]]["kind"] == "test" else None,
    }


@st.composite
def _exception(draw, cell, latest):
    first, recorded = draw(days), draw(moments())
    revoked = draw(
        st.one_of(st.none(), st.none(), st.integers(0, 60).map(lambda n: (recorded + timedelta(days=n)).isoformat()))
    )
    return {
        **_series(draw(cell), latest, draw(st.sampled_from(TOOLS))),
        "check": draw(st.sampled_from(CHECKS)),
        "first_day": first.isoformat(),
        "last_day": (first + timedelta(days=draw(st.integers(0, 120)))).isoformat(),
        "recorded_at": recorded.isoformat(),
        "revoked_at": revoked,
    }


@st.composite
def _closing(draw, cell, latest):
    return {**_series(draw(cell), latest, draw(st.sampled_from(TOOLS))), "recorded_at": draw(moments()).isoformat()}


@st.composite
def _nonconformity(draw):
    first, recorded = draw(days), draw(moments())
    closed = draw(st.one_of(st.none(), st.integers(0, 60)))
    return {
        "control": draw(st.sampled_from([*CONTROLS, *CLAUSES])),
        "grade": draw(st.sampled_from(["major", "minor"])),
        "first_day": first.isoformat(),
        "recorded_at": recorded.isoformat(),
        "closed_day": None if closed is None else (first + timedelta(days=closed)).isoformat(),
        "closed_recorded_at": None if closed is None else (recorded + timedelta(days=closed)).isoformat(),
    }
