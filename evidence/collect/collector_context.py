"""What collectors need of this process: its address, its signing key, the approved matrix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dns.resolver import Resolver

from evidence.storage.store import EvidenceStore

Verb = Callable[..., Any]

#: the matrix that people approve; `make lint` and the tests compare it with the code, a collector with the data
APPROVED_MATRIX = Path(__file__).parent.parent.parent / "docs" / "permissions.md"


@dataclass(frozen=True, slots=True)
class CollectorContext:
    """Settings of the collectors, read once at the start.

    `store`: the evidence files, of which a part is verified every day. `authorities`: a PEM file of certificates to
    trust; None: those of this machine. `verbs`: permission → a verb of a higher room that requires it. `resolver`: for
    live checks; None: that of this machine. `plain_port`: where they expect HTTP without TLS.
    """

    address: str  # https://name:port, as people reach it
    log_key: Path
    matrix: Path = APPROVED_MATRIX
    authorities: Path | None = None
    store: EvidenceStore | None = None
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    resolver: Resolver | None = None
    plain_port: int = 80
