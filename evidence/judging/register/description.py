"""A register's policy in words, for its page: columns, rules, what makes it complete."""

from collections.abc import Iterator, Sequence

from controls.files.yaml_source import Both
from evidence.judging.register.complete import Complete
from evidence.judging.register.joins import Join
from evidence.judging.register.rules import Column, Must, RowRule, Rules
from evidence.judging.register.same import Near
from evidence.judging.register.series import Times
from evidence.judging.register.terms import DoneBy, Term
from evidence.judging.register.values import EMPTY, FILLED, PAST, Condition
from locales import Language, Text, text
from models.vocabulary import Comparison

_TYPES: dict[str, Text] = {
    "ref": text("a code without blanks"),
    "text": text("text"),
    "date": text("a date"),
    "datetime": text("a moment; without a time zone it is local time"),
    "month": text("a month"),
    "bool": text("yes or no"),
    "int": text("a whole number"),
    "list": text("a list, parted by |"),
    "country": text("a country, by two letters"),
    "sha256": text("a SHA-256"),
}


def lines(t: Language, rules: Rules) -> Iterator[str]:
    """The page's body."""
    yield from (f"- {one}" for one in _whole(t, rules))
    yield from _section(t("Columns"), [t("Column"), t("May be called"), t("Holds"), t("Required")])
    for column in rules.columns:
        yield _line([code(column.key), _names(column), _holds(t, column), _required(t, column)])
    if rules.rules:
        yield from _section(
            t("Rules of each row"), [t("A row fails for"), t("Asked of"), t("What must hold"), t("Basis")]
        )
        for rule in rules.rules:
            yield _line([_says(t, rule), _asked_of(t, rule.when), _must(t, rule.must), _basis(t, rule)])
    if rules.complete:
        yield from _section(t("The whole register"), [t("It fails for"), t("What must hold"), t("Basis")])
        for one in rules.complete:
            yield _line([_both(t, one.says), _complete(t, one), _basis(t, one)])


def _both(t: Language, both: Both) -> str:
    return str(getattr(both, t.code))


def code(*columns: str) -> str:
    return ", ".join(f"`{one}`" for one in columns)


def _section(title: str, heads: Sequence[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "", _line(heads), _line(["---"] * len(heads)))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _whole(t: Language, rules: Rules) -> Iterator[str]:
    yield t("One row for each {columns}; a second row of the same fails.", columns=code(*rules.key))
    if rules.per:
        yield t("Each {column} gets its own verdict.", column=code(rules.per))
    if rules.only:
        yield t("Only rows in which {condition} are judged.", condition=condition(t, rules.only))
    if rules.newest:
        yield t(
            "Of several rows with the same {columns} only the one with the latest {date} counts.",
            columns=code(*rules.newest.of),
            date=code(rules.newest.by),
        )
    yield _population(t, rules)
    yield from _moments(t, rules)
    if rules.nil:
        yield t("No rows at all pass, when the source system counts none.")
    for one in rules.ends:
        when = t(" (of rows in which {condition})", condition=condition(t, one.when)) if one.when else ""
        yield t("It holds at most until the day before {column}{when}.", column=code(one.column), when=when)
    if any(rule.must.done_by for rule in rules.rules):
        yield t("While a term is open it holds until the last day of that term.")
    if any(rule.must.within and not rule.remark for rule in rules.rules):
        yield t("It holds no longer than the oldest of its rows is recent enough for its rules.")


def _moments(t: Language, rules: Rules) -> Iterator[str]:
    if rules.moments and (rules.nil or not rules.is_log):
        yield t("It represents no day before its first row, by {columns}.", columns=code(*rules.moments))
    elif rules.moments:
        yield t(
            "It represents no day before its first row or after its last, by {columns}.", columns=code(*rules.moments)
        )
    if rules.fresh is not None:
        yield t.n(
            "Where the newest of these lies more than one day before the day that it represents, someone else looks "
            "at it: it can't be told from an older export.",
            "Where the newest of these lies more than {n} days before the day that it represents, someone else looks "
            "at it: it can't be told from an older export.",
            rules.fresh,
        )


def counted(t: Language, rules: Rules) -> str:
    """What a population is compared with."""
    if rules.population.sums:
        return t("the sum of {column}", column=code(rules.population.sums))
    if rules.population.counts == "rows":
        return t("the number of rows")
    return t("the number of different {column}", column=code(rules.population.counts))


def _population(t: Language, rules: Rules) -> str:
    what = counted(t, rules)
    if rules.population.compares == Comparison.EQUAL:
        return t("What the source system counts is said at hand-in, and equals {what}.", what=what)
    return t("What the source system counts is said at hand-in, and is at most {what}.", what=what)


def _names(column: Column) -> str:
    return ", ".join(dict.fromkeys([*column.nl, *column.en]))


def _holds(t: Language, column: Column) -> str:
    if column.type != "enum":
        words = t.render(_TYPES[column.type])
        return words + (t("; also {words}", words=", ".join(column.means)) if column.means else "")
    return "; ".join(", ".join([code(word), *others]) for word, others in column.values.items())


def _required(t: Language, column: Column) -> str:
    if isinstance(column.required, bool):
        return t("yes") if column.required else t("no")
    return t("when {condition}", condition=condition(t, column.required))


def condition(t: Language, asked: Condition) -> str:
    """What some columns must be, in words."""
    return t(" and ").join(_test(t, *one) for one in asked.tests)


def _test(t: Language, column: str, words: frozenset[str], none: bool) -> str:  # noqa: FBT001
    name = code(column)
    if PAST in words:
        if none:
            return t("{column} is empty or still to come", column=name)
        return t("{column} has come", column=name)
    if FILLED in words:
        return t("{column} is filled", column=name)
    if EMPTY in words:
        return t("{column} is empty", column=name)
    several = t(" or ").join(sorted(words))
    return (
        t("{column} is not {words}", column=name, words=several)
        if none
        else t("{column} is {words}", column=name, words=several)
    )


def _asked_of(t: Language, when: Condition | None) -> str:
    return t("rows in which {condition}", condition=condition(t, when)) if when else t("every row")


def _says(t: Language, rule: RowRule) -> str:
    words = _both(t, rule.says).replace("{deadline}", "…").replace("{expected}", "…")
    return t("{words} (a remark; it does not fail)", words=words) if rule.remark else words


def _basis(t: Language, one: RowRule | Complete) -> str:
    return _both(t, one.basis) if one.basis else ""


def _must(t: Language, must: Must) -> str:
    if must.condition:
        return condition(t, must.condition)
    if must.filled:
        return t("{column} is filled", column=code(must.filled))
    if must.differs:
        return t("{first} differs from {second}", first=code(must.differs[0]), second=code(must.differs[1]))
    if must.equal:
        return t("{first} equals {second}", first=code(must.equal[0]), second=code(must.equal[1]))
    if must.not_after:
        return t("{first} is not later than {second}", first=code(must.not_after[0]), second=code(must.not_after[1]))
    return _in_time(t, must)


def _in_time(t: Language, must: Must) -> str:
    if must.within:
        return t("{column} is at most {n} months ago", column=code(must.within.column), n=must.within.months)
    if must.done_within and must.done_within.hours is not None:
        return t(
            "{column} within {n} hours of {since}, or those hours still run",
            column=code(must.done_within.column),
            n=must.done_within.hours,
            since=code(must.done_within.since),
        )
    if must.done_within:
        return t(
            "{column} within {n} days of {since}, or those days still run",
            column=code(must.done_within.column),
            n=must.done_within.days,
            since=code(must.done_within.since),
        )
    if must.in_force and must.in_force.same:
        return t(
            "{same} is that of {version} in the register {register}, where both give it",
            same=code(must.in_force.same),
            version=code(must.in_force.version),
            register=code(must.in_force.policy),
        )
    if must.in_force:
        return t(
            "{version} is the version in force for {of} on the day of {on}, by the register {register}",
            version=code(must.in_force.version),
            of=code(must.in_force.of),
            on=code(must.in_force.on),
            register=code(must.in_force.policy),
        )
    return _done_by(t, must.done_by) if must.done_by else ""


def _done_by(t: Language, done: DoneBy) -> str:
    terms = t("; or ").join(_term(t, one) for one in done.by)
    if len(done.by) > 1:
        return t(
            "{column} on or before the earliest of: {terms}; open until then", column=code(done.column), terms=terms
        )
    return t("{column} on or before {terms}; open until then", column=code(done.column), terms=terms)


def _term(t: Language, term: Term) -> str:
    spans = [
        t.n("{n} month", "{n} months", term.months) if term.months else "",
        t.n("{n} day", "{n} days", term.days) if term.days else "",
        t.n("{n} working day", "{n} working days", term.working_days) if term.working_days else "",
    ]
    span = t(" and ").join(one for one in spans if one)
    words = [t("{span} after {since}", span=span, since=code(term.since)) if span else code(term.since)]
    if term.paused:
        words.append(
            t("without the days from {first} to {second}", first=code(term.paused[0]), second=code(term.paused[1]))
        )
    if term.moved:
        words.append(t("moved to the next working day"))
    if term.extended:
        words.append(
            t(
                "{n} months longer when {on} lies within that term and {because} is filled",
                n=term.extended.months,
                on=code(term.extended.on),
                because=code(term.extended.because),
            )
        )
    return ", ".join(words)


def _complete(t: Language, one: Complete) -> str:  # noqa: PLR0911
    if one.systems:
        words = t("every system in scope occurs in {column}", column=code(one.systems.column))
        if one.systems.per:
            words += t(", with at least {n} different {per}", n=one.systems.at_least, per=code(one.systems.per))
        return words
    if one.different:
        return t(
            "{column} has at least {n} different values", column=code(one.different.column), n=one.different.at_least
        )
    if one.values:
        return t("{column} holds {words}", column=code(one.values.column), words=", ".join(one.values.all))
    if one.each:
        words = t(
            "each {of} has a row in which {condition}", of=code(*one.each.of), condition=condition(t, one.each.has)
        )
        words += t(" and that passes") if one.each.passing == "yes" else ""
        return words + (t("; {n} may be without", n=one.each.but) if one.each.but else "")
    if one.some:
        return t("there is a row in which {condition}", condition=condition(t, one.some.rows))
    if one.last:
        return t(
            "in the last row of each {of} {condition}", of=code(*one.last.of), condition=condition(t, one.last.has)
        )
    return _complete_besides(t, one)


def _complete_besides(t: Language, one: Complete) -> str:
    if one.numbered:
        return t("the numbers at the end of {column} follow each other", column=code(one.numbered.column))
    if one.product:
        return t("every {of} occurs with every combination of {by}", of=code(one.product.of), by=code(*one.product.by))
    if one.most:
        return t(
            "at most {n} different {different} within each {of}",
            n=one.most.at_most,
            different=code(one.most.different),
            of=code(one.most.of),
        )
    if one.renewed:
        return t(
            "whoever used it under a newer version, by the register {register}, has a row for that version",
            register=code(one.renewed.policy),
        )
    if one.join:
        return _join(t, one.join)
    return _times(t, one.times) if one.times else _agrees(t, one)


def _agrees(t: Language, one: Complete) -> str:
    if one.same:
        return t(
            "{columns} hold the same combinations as in the register {register}, as accepted last",
            columns=code(*one.same.columns_),
            register=code(one.same.policy),
        )
    if one.near:
        return _near(t, one.near)
    return ""


def _near(t: Language, near: Near) -> str:
    return t(
        "every {theirs} of the register {register}, as accepted last, that lies in this period stands here for the "
        "same {who}, at most {n} seconds earlier or later; and nobody has a later {ours} here",
        theirs=code(near.theirs),
        register=code(near.policy),
        who=code(near.who, *near.alike),
        n=near.seconds,
        ours=code(near.ours),
    )


def _join(t: Language, join: Join) -> str:
    values = {"theirs": code(join.theirs), "ours": code(join.ours), "register": code(join.policy)}
    if join.every == "theirs":
        return t("every {theirs} of the register {register}, as accepted last, occurs in {ours}", **values)
    return t("every {ours} occurs in {theirs} of the register {register}, as accepted last", **values)


def _times(t: Language, times: Times) -> str:
    column = code(times.column)
    words = [
        t("{column} spans at least {n} days", column=column, n=times.days) if times.days is not None else "",
        t("no more than {n} hours lie between two {column}", column=column, n=times.gap_hours)
        if times.gap_hours is not None
        else "",
        t("{column} never runs back more than {n} minutes", column=column, n=times.back_minutes)
        if times.back_minutes is not None
        else "",
    ]
    return "; ".join(one for one in words if one)
