"""The file of a policy for port scans from outside: which ports may be open at which targets, and which must answer."""

from fnmatch import fnmatchcase
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from controls.files.yaml_source import Given, Key, Shape, Source, matching
from evidence.judging.policy_file import PolicyFile
from locales import text

Port = Annotated[str, matching(r"(tcp|udp|sctp)/\d{1,5}", text("a port such as tcp/443"))]
Ranges = Annotated[str, matching(r"\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*", text("ports such as 1-65535"))]
PUBLIC = "public"


class Allowed(Shape):
    """Ports that may be open on a target."""

    target: Given
    ports: list[Port]


class Service(Shape):
    """A service for managing servers, and its ports."""

    service: Given
    ports: list[Port]


class Zone(Shape):
    """A zone: targets by pattern, and their allowed and required ports."""

    zone: Key
    targets: list[Given]
    allowed: list[Port]
    must_open: list[Port] = Field(default_factory=list)


class Rules(PolicyFile):
    """Which ports may be open, must be open, and must have been scanned.

    The fields at the top are the zone `public`.
    """

    judges: Literal["exposure"]
    allowed: list[Port]
    must_open: list[Port] = Field(default_factory=list)
    allowed_at: list[Allowed]
    zones: list[Zone] = Field(default_factory=list)
    must_scan: list[Service]
    ports: Ranges | None = None  # TCP ports that a scan must have looked at
    panels: list[Given] = Field(default_factory=list)  # programs for administrators, as nmap names what answers

    def panel(self, seen: str) -> str:
        """The program for administrators that answers, by what nmap says of a port; empty if it names none."""
        return next((panel for panel in self.panels if panel.casefold() in seen.casefold()), "")

    def check(self, source: Source[Any]) -> None:
        """Check that zones are unique and none is called `public`. Raises `WrongFile`."""
        source.all_different(
            [PUBLIC, *(zone.zone for zone in self.zones)],
            lambda zone: text("the zone {zone} is there already.", zone=zone),
            lambda index: ("zones", index - 1, "zone"),
        )

    @cached_property
    def public(self) -> Zone:
        """The zone of every other target: making it checks its ports, which takes longer than reading a host."""
        return Zone(zone=PUBLIC, targets=["*"], allowed=self.allowed, must_open=self.must_open)

    def zone_of(self, target: str) -> Zone:
        """The first zone that matches a target, else `public`, with the ports allowed at this target only."""
        known = (zone for zone in self.zones if any(fnmatchcase(target, pattern.lower()) for pattern in zone.targets))
        zone = next(known, None) or self.public
        extra = [port for allowed in self.allowed_at if allowed.target.lower() == target for port in allowed.ports]
        return zone.model_copy(update={"allowed": [*zone.allowed, *zone.must_open, *extra]})
