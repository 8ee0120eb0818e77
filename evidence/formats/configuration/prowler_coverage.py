"""What the findings of Prowler tell of the scan as a whole: in which regions it looked, with how many checks.

A whole run has findings of every region and service, also where nothing is in use; its options are not in the file.
"""

from collections.abc import Iterator, Mapping

from evidence.formats.values import PASS, storable
from locales import Text, plural, text

_CHECK, _SERVICE, _REGION, _PROVIDER = "check", "service", "region", "provider"
#: fewest checks and services with findings in a whole run, by provider; AWS has several hundred checks
_LEAST = {"aws": (40, 10), "azure": (30, 5), "gcp": (20, 4)}
_LEAST_OF_OTHERS = (5, 1)
#: providers whose accounts are in all regions at once, with those under which it reports what is in none
_EVERYWHERE = {"aws": frozenset(("us-east-1", "global", "aws-global"))}
_MOST = 1_000  # names of a kind that are kept


class ProwlerCoverage:
    """What the findings are of, as they are read."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {kind: set() for kind in (_CHECK, _SERVICE, _REGION, _PROVIDER)}
        self._has_other = False  # than what passed

    def add(self, record: Mapping[str, str]) -> None:
        """Add a finding."""
        self._has_other = self._has_other or record.get("status", "").strip().lower() != PASS
        for kind, names in self._names.items():
            name = record.get(kind, "").strip().lower()
            if name and len(names) < _MOST:
                names.add(storable(name, 80))

    def doubts(self) -> Iterator[Text]:
        """What the scan may have missed, after everything was read."""
        provider = next(iter(self._names[_PROVIDER]), "") if len(self._names[_PROVIDER]) == 1 else ""
        regions, checks, services = (len(self._names[kind]) for kind in (_REGION, _CHECK, _SERVICE))
        least_checks, least_services = _LEAST.get(provider, _LEAST_OF_OTHERS)
        if provider in _EVERYWHERE and regions and len(self._names[_REGION] - _EVERYWHERE[provider]) <= 1:
            yield text(
                "The findings of Prowler are only of {names}; see whether nothing is in use in other regions.",
                names=", ".join(sorted(self._names[_REGION])),
            )
        if checks < least_checks:
            yield plural(
                "The findings of Prowler are of only one check; see whether its other checks were left out.",
                "The findings of Prowler are of only {n} checks; see whether its other checks were left out.",
                checks,
            )
        if not self._has_other:
            yield text("Everything in the file of Prowler passed; see whether it was run with --status PASS.")
        if 0 < services < least_services:
            yield plural(
                "The findings of Prowler are of only one service; see whether others were left out.",
                "The findings of Prowler are of only {n} services; see whether others were left out.",
                services,
            )
