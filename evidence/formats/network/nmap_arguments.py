"""What the command of nmap, which its file repeats, tells of what the scan may have missed.

https://nmap.org/book/man.html: options that trade accuracy for time, that leave out hosts or ports, or that make the
scan seem to come from elsewhere; and hosts that were given and are not in the file.
"""

import re
from collections.abc import Collection, Iterator

from evidence.formats.network.command_options import Option, parsed, some
from locales import Text, text

#: options whose value follows them, besides those below
_WITH_VALUE = frozenset(
    (
        *("-p", "-oX", "-oN", "-oG", "-oA", "-oS", "-oM", "-iL", "-iR", "-e", "-D", "-sI", "-b", "-T"),
        *("--top-ports", "--port-ratio", "--script", "--script-args", "--script-args-file", "--script-timeout"),
        *("--host-timeout", "--max-rate", "--scan-delay", "--max-scan-delay", "--min-hostgroup", "--max-hostgroup"),
        *("--min-parallelism", "--max-parallelism", "--min-rtt-timeout", "--max-rtt-timeout"),
        *("--initial-rtt-timeout", "--stylesheet", "--resume", "--datadir", "--servicedb", "--versiondb"),
        *("--stats-every", "--scanflags", "--spoof-mac", "--data", "--data-string", "--data-length", "--ip-options"),
        *("--mtu", "--dns-servers", "--max-os-tries", "--nsock-engine"),
    )
)  # fmt: skip
_HIDING = frozenset(("--exclude", "--excludefile", "--exclude-ports"))
_FROM_ELSEWHERE = frozenset(("-S", "-g", "--source-port", "--proxies", "--proxy", "--ttl"))
_NUMBERED = frozenset(("--max-retries", "--min-rate", "--version-intensity"))
_ALONE = frozenset(("--badsum", "--version-light"))
_LEAST_RETRIES, _HIGHEST_RATE, _LEAST_INTENSITY = 2, 1_000, 7
_HASTY = frozenset(("-T5", "-Tinsane"))
_ADDRESS = re.compile(r"[0-9a-z][0-9a-z.:_-]*[0-9a-z]")  # a single host; ranges and networks are none
_RANGE = re.compile(r"[\d.]*\d-[\d.]*\d")


def doubts(arguments: str, hosts: Collection[str], *, is_whole: bool) -> Iterator[Text]:
    """What the scan may have missed. `hosts`: names and addresses in the file; `is_whole`: no argument was cut off."""
    options, targets = parsed(arguments, _WITH_VALUE | _HIDING | _FROM_ELSEWHERE | _NUMBERED)
    if hasty := [option.shown for option in options if _is_hasty(option)]:
        yield text(
            "nmap was told to prefer speed to accuracy ({options}), so it can miss open ports.", options=some(hasty)
        )
    if hiding := [option.shown for option in options if option.name in _HIDING]:
        yield text("nmap was told to leave something out ({options}).", options=some(hiding))
    if elsewhere := [option.shown for option in options if option.name in _FROM_ELSEWHERE]:
        yield text("The scan seems to come from elsewhere ({options}); see whether it may.", options=some(elsewhere))
    given = targets if is_whole else targets[:-1]
    if missing := [name for name in given if _is_single(name) and name.lower().rstrip(".") not in hosts]:
        yield text("nmap was told to scan {names} too, and its file says nothing of that.", names=some(missing))


def _is_hasty(option: Option) -> bool:
    if option.name in _NUMBERED:
        number = int(option.value[:9]) if option.value.isascii() and option.value.isdecimal() else -1
        if option.name == "--min-rate":
            return number > _HIGHEST_RATE
        least = _LEAST_RETRIES if option.name == "--max-retries" else _LEAST_INTENSITY
        return 0 <= number < least
    return option.name in _ALONE or f"{option.name}{option.value if option.name == '-T' else ''}" in _HASTY


def _is_single(target: str) -> bool:
    return _ADDRESS.fullmatch(target.lower().rstrip(".")) is not None and not _RANGE.fullmatch(target)
