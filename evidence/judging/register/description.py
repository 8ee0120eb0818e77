"""Describe a register's policy in words, for its page: columns, rules, completeness."""

from collections.abc import Iterator, Sequence

from controls.files.yaml_source import Both
from evidence.judging.policy_in_words import ColumnInWords, PolicyInWords, RuleInWords
from evidence.judging.register import examples
from evidence.judging.register.conditions.table_conditions import Complete
from evidence.judging.register.conditions.value_tests import Condition
from evidence.judging.register.rules import Column, RowRule, Rules
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
    "list": text("a list, separated by commas, semicolons or line breaks"),
    "country": text("a country, by its name or two letters"),
    "sha256": text("a SHA-256"),
}


def lines(t: Language, rules: Rules) -> Iterator[str]:
    """The page's body."""
    yield from (f"- {sentence}" for sentence in _whole(t, rules))
    yield from _section(t("Columns"), [t("Column"), t("May be called"), t("Holds"), t("Required")])
    for column in rules.columns:
        yield _line([code(column.key), _names(column), holds(t, column), _required(t, column)])
    if rules.rules:
        yield from _section(t("Rules of each row"), [t("Why a row fails"), t("Applies to"), t("Condition"), t("Basis")])
        for rule in rules.rules:
            yield _line([_says(t, rule), _asked_of(t, rule.when), rule.must.condition.describe(t), _basis(t, rule)])
    if rules.complete:
        yield from _section(t("The whole register"), [t("Why the register fails"), t("Condition"), t("Basis")])
        for whole in rules.complete:
            yield _line([_level(t, whole, _both(t, whole.says)), _describe(t, whole), _basis(t, whole)])
    if rules.examples:
        yield from examples.lines(t, rules.examples)


def in_words(t: Language, rules: Rules, about: str, smallest: str) -> PolicyInWords:
    """The same as values."""
    of_rows = [
        RuleInWords(rule.must.condition.describe(t), _asked_of(t, rule.when), _says(t, rule), _basis(t, rule))
        for rule in rules.rules
    ]
    of_all = [
        RuleInWords(
            _describe(t, whole), t("the whole register"), _level(t, whole, _both(t, whole.says)), _basis(t, whole)
        )
        for whole in rules.complete
    ]
    columns = [
        ColumnInWords(column.key, _both(t, column.label), _names(column), holds(t, column), needed(t, column))
        for column in rules.columns
    ]
    own = rules.examples
    return PolicyInWords(
        about,
        list(_whole(t, rules)),
        [*of_rows, *of_all],
        columns,
        examples.in_words(t, own) if own else [],
        {name: cell for name, cell in own.row.items() if cell} if own else {},
        [],
        smallest,
    )


def _both(t: Language, both: Both) -> str:
    return str(getattr(both, t.code))


def code(*columns: str) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _section(title: str, heads: Sequence[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "", _line(heads), _line(["---"] * len(heads)))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _whole(t: Language, rules: Rules) -> Iterator[str]:
    yield t("One row for each {columns}; a second row with the same value fails.", columns=code(*rules.key))
    if rules.per:
        yield t("Each {column} gets its own verdict.", column=code(rules.per))
    if rules.only:
        yield t("Only rows in which {condition} are judged.", condition=rules.only.describe(t))
    if rules.newest:
        yield t(
            "Of several rows with the same {columns} only the one with the latest {date} counts.",
            columns=code(*rules.newest.of),
            date=code(rules.newest.by),
        )
    yield _population(t, rules)
    yield from _moments(t, rules)
    if rules.nil:
        yield t("A register without rows passes if the source system counts none.")
    for end in rules.ends:
        when = t(" (of rows in which {condition})", condition=end.when.describe(t)) if end.when else ""
        if end.through:
            yield t("It holds at most until {column}{when}.", column=code(end.column), when=when)
        else:
            yield t("It holds at most until the day before {column}{when}.", column=code(end.column), when=when)
    failing = [rule.must.condition for rule in rules.rules if rule.fails]
    yield from dict.fromkeys(t.render(condition.validity) for condition in failing if condition.validity)


def _moments(t: Language, rules: Rules) -> Iterator[str]:
    if rules.moments and (rules.nil or not rules.is_log):
        yield t("It covers no day before its first row, by {columns}.", columns=code(*rules.moments))
    elif rules.moments:
        yield t("It covers no day before its first row or after its last, by {columns}.", columns=code(*rules.moments))
    if rules.fresh is not None:
        yield t.n(
            "Where the newest of these lies more than one day before the day that it represents, someone else looks "
            "at it: it can't be told from an older export.",
            "Where the newest of these lies more than {n} days before the day that it represents, someone else looks "
            "at it: it can't be told from an older export.",
            rules.fresh,
        )


def counted(t: Language, rules: Rules) -> str:
    """The number that a population is compared with."""
    if rules.population.sums:
        return t("the sum of {column}", column=code(rules.population.sums))
    if rules.population.counts == "rows":
        return t("the number of rows")
    return t("the number of different {column}", column=code(rules.population.counts))


def _population(t: Language, rules: Rules) -> str:
    what = counted(t, rules)
    if rules.population.compares == Comparison.EQUAL:
        return t("The count of the source system is given at upload, and equals {what}.", what=what)
    return t("The count of the source system is given at upload, and is at most {what}.", what=what)


def _names(column: Column) -> str:
    return ", ".join(dict.fromkeys([*column.nl, *column.en]))


def holds(t: Language, column: Column) -> str:
    """The values that a column may hold."""
    if column.otherwise:
        return t("{holds}; where empty: that of {other}", holds=_content(t, column), other=code(column.otherwise))
    return _content(t, column)


def _content(t: Language, column: Column) -> str:
    if column.type != "enum":
        words = t.render(_TYPES[column.type])
        words += t("; read as empty: {words}", words=", ".join(column.no_value)) if column.no_value else ""
        return words + (t("; also {words}", words=", ".join(column.means)) if column.means else "")
    words = "; ".join(", ".join([code(value), *spellings]) for value, spellings in column.values.items())
    return t("{words}; any other word: {value}", words=words, value=code(column.unlisted)) if column.unlisted else words


def _required(t: Language, column: Column) -> str:
    if isinstance(column.required, bool):
        if column.required and column.unless:
            return t("unless {condition}", condition=column.unless.describe(t))
        return t("yes") if column.required else t("no")
    return t("when {condition}", condition=column.required.describe(t))


def needed(t: Language, column: Column) -> str:
    """Whether a column must be filled, in a sentence."""
    if isinstance(column.required, bool):
        if column.required and column.unless:
            return t("required unless {condition}", condition=column.unless.describe(t))
        return t("required") if column.required else t("may be left empty")
    return t("required when {condition}", condition=column.required.describe(t))


def _asked_of(t: Language, when: Condition | None) -> str:
    return t("rows in which {condition}", condition=when.describe(t)) if when else t("every row")


def _says(t: Language, rule: RowRule) -> str:
    words = _both(t, rule.says).replace("{deadline}", "…").replace("{expected}", "…")
    return t("{words} (a remark; it does not fail)", words=words) if rule.remark else _level(t, rule, words)


def _level(t: Language, rule: RowRule | Complete, words: str) -> str:
    return t("{words} (it does not fail; someone else reviews the register)", words=words) if rule.review else words


def _describe(t: Language, rule: Complete) -> str:
    condition = rule.condition.describe(t)
    if rule.if_any:
        return t("{must}, if there is a row in which {condition}", must=condition, condition=rule.if_any.describe(t))
    return condition


def _basis(t: Language, rule: RowRule | Complete) -> str:
    return _both(t, rule.basis) if rule.basis else ""
