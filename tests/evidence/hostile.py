"""Small files that are costly to read, of every kind, all made here."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>system</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>account</t></is></c></row>'
)


def zipped(**parts: str | bytes) -> bytes:
    """A zip with these parts by name, in which `__` stands for a slash."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(rows: str, *, strings: str = "", styles: str = "", sheets: int = 1) -> bytes:
    """A spreadsheet whose sheets have a header and these rows."""
    numbers = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET}.worksheet+xml"/>' for n in numbers
    )
    named = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    extra, more = "", {}
    for part, content in (("sharedStrings", strings), ("styles", styles)):
        if content:
            overrides += f'<Override PartName="/xl/{part}.xml" ContentType="{_SHEET}.{part}+xml"/>'
            extra += f'<Relationship Id="{part}" Type="{_OFFICE}/{part}" Target="{part}.xml"/>'
            more[f"xl/{part}.xml"] = content
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{_HEADER}{rows}</sheetData></worksheet>'
    return zipped(
        **{
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>{overrides}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{_LINKS}">'
            f'<Relationship Id="w" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}">{links}{extra}</Relationships>',
            **{f"xl/worksheets/sheet{n}.xml": sheet for n in numbers},
            **more,
        }
    )


def wide_rows(rows: int, cells: int) -> str:
    return "".join(
        f'<row r="{n}">' + '<c t="inlineStr"><is><t>a</t></is></c>' * cells + "</row>" for n in range(2, rows + 2)
    )


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def pdf(objects: int, *, size: int = 2_000_000_000) -> bytes:
    """Files that declare more than they contain, and circular links."""
    body = b"".join(
        b"%d 0 obj\n<< /Length %d /Prev %d 0 R >>\nendobj\n" % (n, size, n % objects + 1) for n in range(1, objects + 1)
    )
    return b"%PDF-1.7\n" + body + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n" % size


def _nested(begin: str, end: str, depth: int, inside: str = "") -> str:
    return begin * depth + inside + end * depth


def _testssl(record: dict[str, object], times: int) -> bytes:
    return ("[" + ",".join([json.dumps(record)] * times) + "]").encode()


_RECORD = {"id": "TLS1", "ip": "a.example/192.0.2.1", "port": "443", "severity": "OK", "finding": "not offered"}
_NMAP = '<nmaprun version="7.95" start="1790000000"><scaninfo protocol="tcp" services="{services}"/>{hosts}</nmaprun>'
_PORTS = ",".join(["1-65535"] * 20_000)
_HOST = '<host><status state="up"/><address addr="192.0.2.1" addrtype="ipv4"/><ports>{ports}</ports></host>'

#: name → how it is made. Those of spreadsheets are what outsiders stopped the product with.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "xlsx, a row with a number beyond every sheet": lambda: workbook('<row r="1048576000"><c><v>1</v></c></row>'),
    "xlsx, rows far apart": lambda: workbook("".join(f'<row r="{n}"/>' for n in range(1000, 900_000_000, 1_000_000))),
    "xlsx, ten million empty cells in a row": lambda: workbook('<row r="2">' + "<c/>" * 10_000_000 + "</row>"),
    "xlsx, rows of 200 cells": lambda: workbook(wide_rows(5_000, 200)),
    "xlsx, cells far to the right": lambda: workbook('<row r="2">' + '<c r="ZZZZZZ2"><v>1</v></c>' * 50_000 + "</row>"),
    "xlsx, half a million shared strings": lambda: workbook(
        '<row r="2"><c t="s"><v>499999</v></c><c t="s"><v>1</v></c></row>',
        strings=f'<sst xmlns="{_MAIN}">' + "<si><t>a</t></si>" * 500_000 + "</sst>",
    ),
    "xlsx, one long shared string in every cell": lambda: workbook(
        "".join(f'<row r="{n}"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for n in range(2, 20_000)),
        strings=f'<sst xmlns="{_MAIN}"><si><t>' + "a" * 1_000_000 + "</t></si></sst>",
    ),
    "xlsx, half a million styles": lambda: workbook(
        '<row r="2"><c s="499999"><v>1</v></c></row>',
        styles=f'<styleSheet xmlns="{_MAIN}"><cellXfs>' + '<xf numFmtId="14"/>' * 500_000 + "</cellXfs></styleSheet>",
    ),
    "xlsx, forty sheets": lambda: workbook(wide_rows(200, 50), sheets=40),
    "xlsx, deep XML": lambda: workbook(_nested("<a>", "</a>", 300_000)),
    "xlsx, a cell of 50 MB": lambda: workbook(
        '<row r="2"><c t="inlineStr"><is><t>' + "a" * 50_000_000 + "</t></is></c></row>"
    ),
    "xlsx, a tag of 20 MB": lambda: workbook('<row r="2" ' + "x" * 20_000_000 + '="1"/>'),
    "zip in a zip": lambda: zipped(**{"word/document.xml": "x", "inner.zip": zipped(a=bytes(1_000_000))}),
    "a document that unpacks to 300 MB": lambda: zipped(
        **{"[Content_Types].xml": "x", "word/document.xml": bytes(300_000_000)}
    ),
    "a zip of 60,000 parts": lambda: zipped(**{f"word/{n}": b"" for n in range(60_000)}),
    "XML, a hundred thousand levels": lambda: ("<testsuite>" + _nested("<testsuite>", "", 100_000)).encode(),
    "XML, a hundred thousand attributes": lambda: (
        "<testsuite><testcase " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/></testsuite>"
    ).encode(),
    "XML, an attribute of 9 MB": lambda: b'<testsuite><testcase name="' + b"a" * 9_000_000 + b'"/></testsuite>',
    "XML, one CDATA of 9 MB": lambda: (
        b"<testsuite><testcase name='a'><failure><![CDATA[" + b"a" * 9_000_000 + b"]]></failure></testcase></testsuite>"
    ),
    "XML, a hundred thousand namespaces": lambda: (
        "<testsuite>" + "".join(f'<x xmlns:n{n}="urn:{n}">' for n in range(100_000))
    ).encode(),
    "XML, entities of entities": lambda: (
        b'<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20))
        + b"]><testsuite><testcase name='&u;'/></testsuite>"
    ),
    "XML, a comment of 9 MB before the root": lambda: b"<!--" + b"- " * 4_500_000 + b"--><testsuite/>",
    "JUnit, half a million cases": lambda: b"<testsuite>" + b'<testcase name="a"/>' * 50_000 + b"</testsuite>",
    "JUnit, properties without end": lambda: (
        b"<testsuite><testcase name='a'><properties>"
        + b'<property name="a" value="b"/>' * 60_000
        + b"</properties></testcase></testsuite>"
    ),
    "nmap, all ports twenty thousand times": lambda: _NMAP.format(
        services=_PORTS,
        hosts=_HOST.format(ports='<port protocol="tcp" portid="22"><state state="open"/></port>' * 5_000),
    ).encode(),
    "nmap, half a million scaninfos": lambda: (
        "<nmaprun>" + '<scaninfo protocol="tcp" services="1-65535"/>' * 200_000 + "</nmaprun>"
    ).encode(),
    "nmap, closed ports of every host again": lambda: _NMAP.format(
        services="1-9",
        hosts=_HOST.format(ports=f'<extraports state="closed" count="9"><extrareasons ports="{_PORTS}"/></extraports>')
        * 50,
    ).encode(),
    "testssl, one id a hundred thousand times": lambda: _testssl(_RECORD, 30_000),
    "testssl, a finding of 9 MB": lambda: _testssl(_RECORD | {"finding": "a" * 9_000_000}, 1),
    "JSON, a hundred thousand levels": lambda: b'[{"id":"a","severity":"OK","finding":' + b"[" * 100_000,
    "JSON, a number of a million digits": lambda: b'[{"id":"a","severity":"OK","port":' + b"9" * 1_000_000 + b"}]",
    "JSON, no numbers": lambda: b'[{"id":"a","severity":"OK","finding":NaN,"port":1e999999999}]',
    "JSON, keys without end": lambda: (
        "[{" + ",".join(f'"k{n}":"OK"' for n in range(100_000)) + ',"id":"a","severity":"OK","finding":"b"}]'
    ).encode(),
    "JSON lines, ten thousand names": lambda: "".join(f'{{"n{n}": 1, "b": "{n}"}}\n' for n in range(10_000)).encode(),
    "JSON lines, one without end": lambda: b'{"a": "b"}\n{"a": "' + b"b" * 900_000,
    "CSV, one line of 9 MB": lambda: b"a,b\n" + b"x" * 9_000_000,
    "CSV, a million columns": lambda: b"a,b\n" + b"," * 1_000_000 + b"\n",
    "CSV, a header of a million names": lambda: ",".join(f"n{n}" for n in range(100_000)).encode() + b"\n1,2\n",
    "CSV, quotes that never close": lambda: b"a,b\n" + b'"x\n' * 300_000,
    "CSV, a hundred thousand short rows": lambda: b"a,b\n" + b"1,2\n" * 200_000,
    "CSV, the same name for every column": lambda: b"a," * 400 + b"a\n" + (b"1," * 400 + b"1\n") * 1_000,
    "text of brackets": lambda: b"[[[[" * 200_000 + b"](" * 200_000,
    "text of spaces": lambda: b"a" + b" " * 900_000 + b"b",
    "PNG, two thousand million pixels wide": lambda: png(2_147_483_647, 2_147_483_647),
    "PDF, lengths that it does not have": lambda: pdf(20_000),
    "PDF, nothing but ends": lambda: b"%PDF-1.7\n" + b"startxref 9\n%%EOF\n" * 50_000,
    "zeros after a beginning": lambda: b"%PDF-1.7\n" + bytes(9_000_000),
}
