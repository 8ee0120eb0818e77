"""Facts of a run besides its results, with a class for each kind of file."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class PortGroup:
    """Ports with the same state and reason that nmap summarises (`extraports`) instead of listing them.

    `protocol`: empty when unknown. `ports`: ranges such as `1-1024,3389`, empty when unknown.
    """

    state: str
    count: int
    reason: str = ""
    protocol: str = ""
    ports: str = ""


@dataclass(slots=True)
class Host:
    """An address of a target, as nmap saw it. `ports_with_state`: number of ports that are listed or summarised.

    `is_near`: it is on the network of the machine that scanned, or is that machine; `is_scanner`: it is that machine.
    """

    address: str = ""
    name: str = ""
    up: bool = True
    answered: bool = False
    timed_out: bool = False
    is_near: bool = False
    is_scanner: bool = False
    ports_with_state: int = 0
    groups: list[PortGroup] = field(default_factory=list)

    @property
    def target(self) -> str:
        """The host name given to nmap, else the address."""
        return self.name or self.address


@dataclass(slots=True)
class PortScan:
    """A port scan.

    `scanned`: ranges of scanned ports by protocol. `hosts`: addresses by target, of hosts that were up or named by the
    user. `inconclusive_kinds`: kinds of scan that do not distinguish open from closed.
    """

    arguments: str = ""
    scanned: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, list[Host]] = field(default_factory=dict)
    inconclusive_kinds: list[str] = field(default_factory=list)
    up: int = 0  # number of hosts
    exit: str = ""  # `success`, or nmap's reason; empty when the file has no end
    exit_message: str = ""

    @property
    def only_protocol(self) -> str:
        """The scanned protocol; empty if there are several or none."""
        protocols = [protocol for protocol, ports in self.scanned.items() if ports]
        return protocols[0] if len(protocols) == 1 else ""


@dataclass(slots=True)
class TlsScan:
    """A scan of TLS.

    `header`: of testssl.sh, fields of the outermost object of pretty JSON (`Invocation`, `startTime` in seconds since
    1970, `scanTime` in seconds, `version`); empty for its flat files and tables, and for other scanners. `has_end`:
    whether the file shows that the scan finished. `interrupted`: the target whose scan was interrupted; `/` for the
    whole scan, empty for none.
    """

    header: dict[str, str] = field(default_factory=dict)
    has_end: bool = True
    interrupted: str = ""


@dataclass(slots=True)
class SshScan:
    """A scan of what SSH servers offer. `servers`: how many there are in the file."""

    servers: int = 0


@dataclass(slots=True)
class TestCases:
    """A report of test cases.

    `suite_errors`: number of suites that broke outside their cases; `suite_error`: the first message. `names`: suites,
    classes, files and hosts; `values`: values of properties that may be addresses. `has_more_names`: some were left
    out.
    """

    __test__ = False  # not a test class of pytest, despite its name

    suite_errors: int = 0
    suite_error: str = ""
    names: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    has_more_names: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a table: column names, row (line) number, and sheet of a workbook.

    `above`: number of non-empty rows above it. `groups`: by column the name of the group of columns that it is in.
    `facts`: what stands above the table for all rows, by the name of the column that is added for it.
    """

    columns: list[str]
    row: int = 1
    sheet: str = ""
    above: int = 0
    groups: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class TableFacts:
    """A table, or the sheets of a workbook that were read as tables.

    `others`: visible sheets that were not read. `hidden`: non-empty hidden sheets, which are never read, with the
    header of their table if any. `delimiter`: between the cells of a text file. `has_marks`: whether a row may be
    struck through, hidden or a note.
    """

    heads: list[Head]
    others: list[str] = field(default_factory=list)
    hidden: list[tuple[str, Head | None]] = field(default_factory=list)
    delimiter: str = ""
    has_marks: bool = False


@dataclass(slots=True)
class Findings:
    """A scan that lists what it found; its run is complete only if the file itself says that the scan finished.

    `examined`: names of what the scan says it looked at (images, repositories, files, addresses), at most some of
    them; `examined_number`: how many there are. `set_aside`: number of findings that the file says were accepted;
    `undecided`: number of results that the tool leaves to a person; `left_out`: number of findings, besides the
    results, that the tool was told to leave out; `statements`: number of results that are statements of a VEX document
    (`vex_statements.py`), and `only_statements`: whether there is nothing else in it; `products`: package URLs of what
    was scanned as a whole; `profiles`: the benchmarks and profiles that the checks come from.
    """

    examined: list[str] = field(default_factory=list)
    examined_number: int = 0
    profiles: list[str] = field(default_factory=list)
    set_aside: int = 0
    undecided: int = 0
    left_out: int = 0
    statements: int = 0
    only_statements: bool = False
    products: list[str] = field(default_factory=list)

    @property
    def may_need_review(self) -> bool:
        """Whether something in it may have to be seen by someone else before it counts."""
        return bool(self.set_aside or self.undecided or self.left_out)


Facts = PortScan | TlsScan | SshScan | TestCases | TableFacts | Findings
