"""Downloads of a file as an attachment: all bytes or one range (RFC 9110, 14)."""

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from evidence.library.evidence_items import FileRow

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK = 1 << 18
_NOT_EXECUTED = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}
#: of a picture that is shown in a page
PICTURE_HEADERS = {**_NOT_EXECUTED, "content-disposition": "inline"}


def download(request: Request, stream: BinaryIO, file: FileRow) -> Response:
    """The answer with the bytes of a file; closes the stream when they are sent. Raises 416 for an impossible range."""
    tag = f'"{file.sha256}"'
    span = _span(request, file.size, tag)
    first, last = span or (0, file.size - 1)
    headers = {
        "content-disposition": attachment(file.name),
        "content-length": str(last - first + 1),
        "accept-ranges": "bytes",
        "etag": tag,
        **_NOT_EXECUTED,
    }
    if span:
        headers["content-range"] = f"bytes {first}-{last}/{file.size}"
    stream.seek(first)
    body = _read(stream, last - first + 1)
    return StreamingResponse(body, 206 if span else 200, headers, media_type=_harmless(file.media_type))


def _span(request: Request, size: int, tag: str) -> tuple[int, int] | None:
    """The first and last byte of the requested range; None for several ranges or another unit: all bytes."""
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if match is None or match[0] == "bytes=-" or request.headers.get("if-range", tag) != tag:
        return None
    first = int(match[1]) if match[1] else max(0, size - int(match[2]))
    last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
    if first > last or first >= size:
        raise HTTPException(416, headers={"content-range": f"bytes */{size}"})
    return first, last


def _read(stream: BinaryIO, missing: int) -> Iterator[bytes]:
    with stream:
        while missing and (data := stream.read(min(_CHUNK, missing))):
            missing -= len(data)
            yield data


def attachment(name: str) -> str:
    """The `Content-Disposition` of RFC 6266: an ASCII name for old clients, the real name for others."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _harmless(media_type: str) -> str:
    """The media type, or plain bytes for a type that a browser could execute."""
    return "application/octet-stream" if re.search(r"html|svg|xml|script", media_type) else media_type
