"""The process that makes previews of untrusted files, within limits enforced by the operating system.

Started by `previewers.py` as `python -m evidence.preview.process <socket>`. A request has a budget, a media type, a
page and the open file. The answer is a preview as JSON: native code reads the file, so no Python objects are accepted
from this process.
"""

import json
import os
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from evidence.intake.reading.process_limits import address_space, limited, without_core_dumps
from evidence.preview.draw import draw
from evidence.preview.values import Preview, Reason, encode

_LONGEST_REQUEST = 1_000  # bytes


def main() -> None:
    """Answer requests until the other side closes the connection."""
    without_core_dumps()
    requests = socket.socket(fileno=int(sys.argv[1]))
    answers = Connection(os.dup(requests.fileno()))
    at_first = address_space()
    with suppress(ConnectionError):
        while True:
            request, files, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, 1)
            if not request:
                return
            seconds, memory, media_type, page = json.loads(request)
            with limited(at_first, seconds, memory):
                answer = _answer(files[0], media_type, page)
            answers.send_bytes(answer)


def _answer(source: int, media_type: str, page: int) -> bytes:
    try:
        os.lseek(source, 0, os.SEEK_SET)
        with open(source, "rb") as stream:
            return encode(draw(stream, media_type, page))
    except MemoryError:
        return encode(Preview(reason=Reason.COSTLY))


if __name__ == "__main__":
    main()
