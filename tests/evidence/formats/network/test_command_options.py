"""Options of commands that scanners repeat."""

import pytest

from evidence.formats.network.command_options import parsed, some
from evidence.formats.network.nmap_arguments import doubts


@pytest.mark.parametrize(
    ("command", "options", "operands"),
    [
        ("nmap -sS -p 1-9 a.example", [("-sS", ""), ("-p", "1-9")], ["a.example"]),
        ("nmap --max_retries=2 -p", [("--max-retries", "2"), ("-p", "")], []),
        ("'C:\\\\Program Files\\\\nmap.exe' a", [], ["a"]),
        ("nmap 'a b", [], ["'a", "b"]),
        ("", [], []),
    ],
)
def test_command_is_split_into_options_and_operands(command, options, operands):
    assert parsed(command, {"-p"}) == (options, operands)


def test_names_are_told_once_and_no_more_than_some():
    assert some(["b", "a", "b"]) == "b, a"
    assert some(str(n) for n in range(9)) == "0, 1, 2, 3, 4, …"


def told(arguments, *hosts, is_whole=True):
    return [str(doubt) for doubt in doubts(f"nmap {arguments}", hosts, is_whole=is_whole)]


@pytest.mark.parametrize("given", ["10.0.0.0/24", "10.0.0.1-9", "10.0.0,1.*", "A.example.", "a.example"])
def test_networks_and_names_in_any_spelling_are_no_missing_hosts(given):
    assert told(f"-p- {given}", "a.example") == []


def test_last_argument_counts_only_if_nothing_was_cut_off():
    assert "b.exam" in " ".join(told("-p- a.example b.exam", "a.example"))
    assert told("-p- a.example b.exam", "a.example", is_whole=False) == []
