"""What a file says of its run as a whole, beside its results: one kind of value for each kind of file."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class PortGroup:
    """Ports of one state and reason that nmap sums up (`extraports`) and does not list.

    `protocol` is empty where the scan does not tell which one it is; `ports` (`1-1024,3389`) where it names none.
    """

    state: str
    count: int
    reason: str = ""
    protocol: str = ""
    ports: str = ""


@dataclass(slots=True)
class Host:
    """One address of a target, as nmap saw it. `told`: how many of its ports are listed or summed up."""

    address: str = ""
    name: str = ""
    up: bool = True
    answered: bool = False
    timed_out: bool = False
    told: int = 0
    groups: list[PortGroup] = field(default_factory=list)

    @property
    def target(self) -> str:
        """The name that the user gave, else the address."""
        return self.name or self.address


@dataclass(slots=True)
class PortScan:
    """A scan of ports.

    `scanned`: the ports that were scanned by protocol, as ranges; `hosts`: the addresses of each target, of those that
    were up and those that the user named; `cannot_tell`: the kinds of scan in it that don't tell open from closed.
    """

    arguments: str = ""
    scanned: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, list[Host]] = field(default_factory=dict)
    cannot_tell: list[str] = field(default_factory=list)
    up: int = 0  # hosts
    exit: str = ""  # `success`, or another word of nmap; empty where the file has no end
    exit_message: str = ""

    @property
    def only_protocol(self) -> str:
        """The protocol that was scanned; empty if there are several, or none."""
        protocols = [protocol for protocol, ports in self.scanned.items() if ports]
        return protocols[0] if len(protocols) == 1 else ""


@dataclass(slots=True)
class TlsScan:
    """A scan of testssl.sh.

    `header`: the fields of the pretty JSON's outermost object by name (`Invocation`, `startTime` in seconds since 1970,
    `scanTime` in seconds, `version`); flat files and tables have none. `has_end`: whether the file shows that the scan
    was finished. `interrupted`: the target whose scan was interrupted; `/` for the whole scan, empty for none.
    """

    header: dict[str, str] = field(default_factory=dict)
    has_end: bool = True
    interrupted: str = ""


@dataclass(slots=True)
class TestCases:
    """A report of test cases.

    `suite_errors`: how many suites broke outside their cases, and the first's message. `names` say what was tested:
    suites, classes, files, hosts; `values` of properties may be addresses. `has_more_names`: there were too many.
    """

    __test__ = False  # no test of pytest, whatever its name

    suite_errors: int = 0
    suite_error: str = ""
    names: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    has_more_names: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The names of a table's columns, the row (line) on which they stand, and the sheet of a workbook.

    `above`: how many rows above it hold something.
    """

    columns: list[str]
    row: int = 1
    sheet: str = ""
    above: int = 0


@dataclass(slots=True)
class TableFacts:
    """A table, or the sheets of a workbook that were read as tables.

    `others`: the visible sheets that were not read. `hidden`: the hidden sheets that hold something, which are never
    read, with the head of their table if they have one. `delimiter`: between the cells of a text.
    """

    heads: list[Head]
    others: list[str] = field(default_factory=list)
    hidden: list[tuple[str, Head | None]] = field(default_factory=list)
    delimiter: str = ""


Facts = PortScan | TlsScan | TestCases | TableFacts
