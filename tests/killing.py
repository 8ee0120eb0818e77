"""The product, killed during simultaneous uploads and restarted: acknowledged uploads are stored, none is partial."""

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from access.people.agreements import publish_first_versions
from backup.open_database import open_database
from evidence.integrity.verification import verify
from evidence.storage.store import EvidenceStore
from models.bulk_changes import table
from models.transaction import make_engine, writing
from tests.days import CALENDAR
from tests.forked_starts import Fork
from tests.people import officer
from tests.process import running_process

UPLOADERS = 4  # at the same time


class Killed:
    """A data folder. `acknowledged`: evidence id → SHA-256 of its file, for each acknowledged upload."""

    path, status = "/api/v1/evidence", 201
    full: int | None = None  # status of the answer while the sender has too many uploads waiting

    def __init__(self, folder: Path, seed: int) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.acknowledged: dict[str, str] = {}
        self.chance = random.Random(seed)
        self.refused: list[str] = []
        self.cookies: dict[str, str] = {}

    def once(self) -> None:
        """Start the product, upload until it is killed at a random moment, and check what is stored."""
        with self.busy() as process:
            time.sleep(self.chance.uniform(0, 0.6))
            process.kill()
        self.look()

    @contextmanager
    def busy(self) -> Iterator[Fork]:
        """Yield the process after a first acknowledged upload, while uploads continue until it ends."""
        with running_process(self.data) as (address, process):
            self.cookies = self.cookies or self._signed_in()
            threads = [threading.Thread(target=self._hand_in, args=(address, who)) for who in range(UPLOADERS)]
            before = len(self.acknowledged)
            for thread in threads:
                thread.start()
            until = time.monotonic() + 30
            while len(self.acknowledged) == before and not self.refused and time.monotonic() < until:
                time.sleep(0.01)
            yield process
            process.kill()
            for thread in threads:
                thread.join()
        assert self.refused == [], self.refused
        assert len(self.acknowledged) > before, (self.data.parent / "process.log").read_text()

    def look(self) -> None:
        """Check that acknowledged uploads have their rows and bytes, and that database, store and log agree."""
        store = EvidenceStore(str(self.data / "evidence"), read_only=True)
        with open_database(f"sqlite:///{self.data / 'aantoonbaar.db'}", self.data) as session:
            report = verify(session, store, self.data / "log-key.pem")
            assert [str(problem) for problem in report.problems] == []
            file = table("evidence_file")
            stored = dict(session.execute(file.select().with_only_columns(file.c.evidence, file.c.sha256)).all())
        assert self.acknowledged.items() <= stored.items()

    def _signed_in(self) -> dict[str, str]:
        engine = make_engine(f"sqlite:///{self.data / 'aantoonbaar.db'}", CALENDAR)
        with writing(engine) as (session, now):
            publish_first_versions(session, now)
        _, token = officer(engine)
        engine.dispose()
        return {"aantoonbaar": token}

    def _hand_in(self, address: str, who: int) -> None:
        """Upload until the product no longer answers."""
        form = {"requirement": "tls-policy", "first_day": "2026-11-20", "last_day": "2026-11-20"}
        with suppress(httpx.TransportError), httpx.Client(base_url=address, cookies=self.cookies, timeout=30) as client:
            while True:
                content = f"# Policy\n\nOf {who}, {self.chance.random()}.\n".encode() + b"More of it.\n" * 2_000
                answer = client.post(self.path, files={"files": ("policy.md", content)}, data=form)
                if answer.status_code == self.full:
                    time.sleep(0.05)
                    continue
                if answer.status_code != self.status:
                    self.refused.append(answer.text)
                    return
                self.acknowledged[answer.json()["id"]] = hashlib.sha256(content).hexdigest()


class KilledBeforeJudging(Killed):
    """The same for uploads that are received first. `acknowledged`: upload id → SHA-256 of its file."""

    path, status, full = "/api/v1/evidence?background=true", 202, 409

    def look(self) -> None:
        """Check that each acknowledged upload is either recorded as evidence, or waits with its row and bytes."""
        store = EvidenceStore(str(self.data / "evidence"), read_only=True)
        with open_database(f"sqlite:///{self.data / 'aantoonbaar.db'}", self.data) as session:
            report = verify(session, store, self.data / "log-key.pem")
            assert [str(problem) for problem in report.problems] == []
            upload, file = table("upload"), table("evidence_file")
            rows = (
                session.execute(upload.outerjoin(file, file.c.evidence == upload.c.evidence).select()).mappings().all()
            )
        found = {row[upload.c.id]: row[file.c.sha256] or self._waiting(row[upload.c.id]) for row in rows}
        assert self.acknowledged.items() <= found.items()

    def judge_all(self) -> None:
        """Start the product and wait until every upload is judged."""
        with running_process(self.data) as (address, _), httpx.Client(base_url=address, cookies=self.cookies) as client:
            for upload in self.acknowledged:
                until = time.monotonic() + 60
                while (stage := client.get(f"/api/v1/uploads/{upload}").json()["stage"]) != "judged":
                    assert stage in ("waiting", "judging")
                    assert time.monotonic() < until
                    time.sleep(0.05)
        self.look()

    def _waiting(self, upload: str) -> str:
        return hashlib.sha256((self.data / "evidence" / "waiting" / f"{upload}-0").read_bytes()).hexdigest()
