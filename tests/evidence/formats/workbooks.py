"""Workbooks put together by hand, part by part, so that a test can write what no spreadsheet program would."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = ("systeem", "account")


def cell(place, content):
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(content)}</t></is></c>'


def row(number, *contents):
    cells = "".join(cell(f"{chr(65 + at)}{number}", content) for at, content in enumerate(contents) if content)
    return f'<row r="{number}">{cells}</row>'


def sheet(*rows, namespace=MAIN):
    return f'<worksheet xmlns="{namespace}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def table(*rows):
    return sheet(*(row(number, *contents) for number, contents in enumerate(rows, start=1)))


def relations(*targets):
    listed = "".join(
        f'<Relationship Id="r{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def parts(*sheets, shared="", styles="", states=(), kinds=(), about="", folder="xl/", office=OFFICE, namespace=MAIN):
    """The parts of a workbook with these sheets, by name."""
    listed, targets, made = "", [], {}
    for number, content in enumerate(sheets):
        state = f' state="{states[number]}"' if number < len(states) and states[number] else ""
        kind = kinds[number] if number < len(kinds) else "worksheet"
        listed += f'<sheet name={quoteattr(f"Blad {number + 1}")} sheetId="{number + 1}"{state} r:id="r{number}"/>'
        targets.append((f"{office}/{kind}", f"sheet{number + 1}.xml"))
        made[f"{folder}sheet{number + 1}.xml"] = content
    for name, content in (("sharedStrings", shared), ("styles", styles)):
        if content:
            targets.append((f"{office}/{name}", f"{name}.xml"))
            made[f"{folder}{name}.xml"] = content
    workbook = f'<workbook xmlns="{namespace}" xmlns:r="{office}">{about}<sheets>{listed}</sheets></workbook>'
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations((f"{office}/officeDocument", f"{folder}workbook.xml")),
        f"{folder}workbook.xml": workbook,
        f"{folder}_rels/workbook.xml.rels": relations(*targets),
        **made,
    }


def packed(contents):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in contents.items():
            archive.writestr(name, part)
    return content.getvalue()


def workbook(*sheets, **options):
    return packed(parts(*sheets, **options))
