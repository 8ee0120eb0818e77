"""The status palette, once: icon, label and colours of each status, for badges, charts, cells and the style sheet.

Three colours a status and theme: ink for icon and label, soft behind them, mark for solid cells, bars and underlines.
`line` is readable on both pages, for charts that live through a change of theme.
"""

from dataclasses import dataclass

from locales import Text, text
from models.vocabulary import LAPSING, Status


@dataclass(frozen=True, slots=True)
class Look:
    """How a status is shown; never by colour alone."""

    label: Text
    icon: str
    light: tuple[str, str, str]
    dark: tuple[str, str, str]
    line: str
    cell: str = "soft"  # urgency: soft, solid, hollow or dashed
    underline: str = "solid 3px"


_RED = (("#99112A", "#FBE3E5", "#99112A"), ("#FF8A95", "#4A1820", "#FF8A95"), "#D23F52")

#: Worst first: the order of every list of statuses, legend and bar.
STATUSES: dict[str, Look] = {
    "nonconforming": Look(text("Nonconforming"), "gpp_bad", *_RED, "solid", "wavy 2px"),
    "failing": Look(text("Failing"), "dangerous", *_RED, "solid", "wavy 2px"),
    "missing": Look(
        text("Missing"),
        "radio_button_unchecked",
        ("#55247A", "#F0E5F7", "#55247A"),
        ("#D3B0F5", "#341E48", "#D3B0F5"),
        "#9A62C7",
        "hollow",
        "dotted 3px",
    ),
    "lapsed": Look(
        text("Expired"),
        "event_busy",
        ("#A8460A", "#FCE6D8", "#BF520A"),
        ("#F29A5C", "#43260F", "#DB742B"),
        "#C8601A",
        "solid",
        "dashed 3px",
    ),
    "unknown": Look(
        text("Unknown"),
        "help",
        ("#4D5A66", "#E8EBEE", "#66737F"),
        ("#AAB5BF", "#2B343C", "#8794A0"),
        "#74818D",
        "dashed",
        "dotted 3px",
    ),
    "in_review": Look(
        text("In review"),
        "pending",
        ("#2460B8", "#E5EDF9", "#6FA3EA"),
        ("#8DB6F5", "#182B47", "#5C93E6"),
        "#4F86D6",
        "soft",
        "dotted 3px",
    ),
    "lapsing": Look(
        text("Expires before audit"),
        "schedule",
        ("#7A5600", "#FFF0C9", "#E8B33A"),
        ("#F0C04A", "#3A2E0C", "#F4CF6A"),
        "#AE7D12",
        "soft",
        "dashed 3px",
    ),
    "demonstrated": Look(
        text("Demonstrated"),
        "check_circle",
        ("#0A6B52", "#E1F1EB", "#2E8F73"),
        ("#5CC9A7", "#12312A", "#27806A"),
        "#2E8F73",
    ),
    "excluded": Look(
        text("Not applicable"),
        "do_not_disturb_on",
        ("#65707B", "#F3F4F5", "#C3CAD0"),
        ("#8C98A3", "#20272E", "#46525C"),
        "#74818D",
    ),
}

#: Of the rule, without the one that only compares two days.
RULE_STATUSES = tuple(status for status in STATUSES if status != LAPSING)

#: The brand line of charts, readable on both pages.
LINE = "#5F7F9B"


def status_to_show(today: str, on_audit: str | None) -> str:
    """The status to show: today's, or `lapsing` if it is demonstrated now but not on the day of the audit."""
    lapses = today == Status.DEMONSTRATED and on_audit not in (None, Status.DEMONSTRATED, Status.EXCLUDED)
    return "lapsing" if lapses else today


def style_sheet() -> str:
    """The palette as CSS: `.s-<status>` sets `--ink`, `--soft`, `--mark` and the underline of that status."""
    rules = (
        f".s-{status.replace('_', '-')}{{"
        + "".join(
            f"--{name}:light-dark({light},{dark});"
            for name, light, dark in zip(("ink", "soft", "mark"), look.light, look.dark, strict=True)
        )
        + f"--line-style:{look.underline.split()[0]};--line-width:{look.underline.split()[1]}}}"
        for status, look in STATUSES.items()
    )
    return "\n".join(rules)


def css_class(status: str) -> str:
    """The CSS class with a status's colours."""
    return f"s-{status.replace('_', '-')}"
