"""What a collector must be told of this process: its address, its key, the matrix that was approved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.storage.store import EvidenceStore

Verb = Callable[..., Any]

#: the matrix that people read and approve; `make lint` and the tests hold it equal to the code, collectors to the facts
APPROVED_MATRIX = Path(__file__).parent.parent.parent / "docs" / "permissions.md"


@dataclass(frozen=True, slots=True)
class CollectorContext:
    """Read once at the start.

    `store`: where the files are, a part of which is read every day. `authorities`: a file of certificates to trust;
    none: those of this machine. `verbs`: permission → a verb of a room above this one that asks for it.
    """

    address: str  # https://name:port, as people reach it
    log_key: Path
    matrix: Path = APPROVED_MATRIX
    authorities: Path | None = None
    store: EvidenceStore | None = None
    verbs: Mapping[str, Verb] = field(default_factory=dict)
