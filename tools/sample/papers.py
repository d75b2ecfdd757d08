"""The sample's written files: notes in Markdown, a web page, minutes (DOCX), a workbook (XLSX), readings (CSV)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from sourcehound.tools.sample import story

_GAUGE_NOTE = f"""# The new tide gauge

*Ruth Calloway's notebook, spring 2024*

## Thursday, {story.CARRIED_ON}

The new tide gauge was carried to Needle Island by the {story.BOAT}. We loaded it at Falcon Landing in one crate and had
it on the rock before noon.

![Loading the crate](../photos/quay.jpg)

*The {story.BOAT} at Falcon Landing, the crate on her after deck.*

Martin Finch bolted it to the rock below the hut and joined the wires as in his drawing.

![Bolted down at last](../photos/plate.jpg)

*The new tide gauge on the rock, with its small brass plate.*

## Saturday, 16 March 2024

The {story.OTHER_BOAT} brought the old gauge back to Copper Bay. It goes to the museum, rust and all.

![Homeward bound](../photos/otter.jpg)

*The {story.OTHER_BOAT} off Copper Bay, on her way home.*

## Monday, 18 March 2024

First full tide with the new gauge. It reads high by a little over a centimetre; the exact offset is in the workbook
*levels.xlsx*, under the gauge's serial number.
"""

_WALK_NOTE = """# Getting about

*For new helpers. Written by Samuel Crane, keeper*

- The map of Amber Sound hangs in the hall; a copy is in [the photos](../photos/chart.png). Keep clear of the wreck.
- Boats to Needle Island leave from Falcon Landing. The times are on the noticeboard there, and they change with the
  season, so look at the board and not at an old note.
- The way up to the light is by the Pilgrim Steps. Count them if you like: the signpost at the
  bottom tells you the number.
- The wiring of the gauge hut is drawn on [one sheet](../photos/wiring.png). Do not touch fuse F3.

![Which way to the light](../photos/steps.webp)

*The signpost at the foot of the Pilgrim Steps, with Lantern Rock light above.*
"""

_LAMP_NOTE = """# The lamp

*Samuel Crane, 2 February 2024*

The lamp of Lantern Rock burns from half an hour after sunset. Its rhythm can be heard in the film *A day at Lantern
Rock*. The glass is cleaned with vinegar and newspaper every Sunday.

The fog bell is no longer rung; a horn does its work. The bell hangs in the hall. What it weighs, and who cast it,
stands in the letter of Edwin Marsh, which the report carries as its appendix.
"""

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Visit Lantern Rock</title></head>
<body>
<header><nav><a href="#times">Times</a> <a href="#prices">Prices</a></nav></header>
<main>
<h1>Visit Lantern Rock</h1>
<p>The light is open to visitors from May to September. The open day of 2024 is Saturday, 15 June.</p>
<h2 id="times">Times</h2>
<p>The tower opens at 10:00 and closes at 16:30. The last group goes up at 15:45.</p>
<h2 id="prices">Prices</h2>
<table>
<tr><th>Visitor</th><th>Price</th></tr>
<tr><td>Adult</td><td>6 crowns</td></tr>
<tr><td>Child under twelve</td><td>2 crowns</td></tr>
<tr><td>School class</td><td>30 crowns</td></tr>
</table>
<p>Bring shoes with good soles: there is no lift, and the steps are wet.</p>
</main>
<footer><p>Lantern Rock Tide Station, Amber Sound</p></footer>
</body>
</html>
"""

_ENTRY_DATE = (2024, 4, 22, 9, 0, 0)


def write_texts(folder: Path) -> None:
    """Write the notes, the web page and the readings of the storm night below `folder`."""
    notes = folder / "notes"
    notes.mkdir(exist_ok=True)
    for name, text in (("gauge.md", _GAUGE_NOTE), ("getting-about.md", _WALK_NOTE), ("lamp.md", _LAMP_NOTE)):
        (notes / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "visit.html").write_text(_PAGE, encoding="utf-8", newline="\n")
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(["date", "time", "Needle Island (m)", "Copper Bay (m)"])
    writer.writerows((day, time, f"{island:.2f}", f"{bay:.2f}") for day, time, island, bay in story.STORM_LEVELS)
    (folder / "storm-night.csv").write_text(rows.getvalue(), encoding="utf-8", newline="\n")


def write_minutes(path: Path) -> None:
    """Write the minutes of 2 April 2024, with a table of what was decided."""
    from docx import Document

    document = Document()
    document.core_properties.title = "Minutes of 2 April 2024"
    document.core_properties.author = "Oscar Teale"
    document.core_properties.created = datetime(2024, 4, 3, 8, 0, tzinfo=UTC)
    document.core_properties.modified = datetime(2024, 4, 3, 8, 0, tzinfo=UTC)
    document.add_heading("Lantern Rock Tide Station: minutes of 2 April 2024", level=1)
    document.add_paragraph(
        "Present: Samuel Crane (chair), Ruth Calloway, Martin Finch, Peter Hale, Oscar Teale (minutes). Joan Barlow "
        "and Miriam Stroud were at sea and sent word."
    )
    document.add_heading("The new gauge", level=2)
    document.add_paragraph(
        "Ruth Calloway reported that the gauge on Needle Island works, and that it reads slightly high. The meeting "
        "thanked the crew that took it out. Oscar Teale had not yet received the invoice, so the price could "
        "not be noted."
    )
    document.add_heading("Decisions", level=2)
    table = document.add_table(rows=1, cols=3)
    table.style = "Table Grid"
    for cell, title in zip(table.rows[0].cells, ("Action", "Who", "By"), strict=True):
        cell.text = title
    for action in story.ACTIONS:
        for cell, value in zip(table.add_row().cells, action, strict=True):
            cell.text = value
    document.add_heading("Any other business", level=2)
    document.add_paragraph(
        "The quiz is on 20 April. Martin Finch asked for a second ladder. The meeting ended at 18:40."
    )
    whole = io.BytesIO()
    document.save(whole)
    path.write_bytes(_dated(whole.getvalue()))


def write_levels(path: Path) -> None:
    """Write the workbook: the instruments, and the highest water of each month."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    instruments = book.active
    if instruments is None:
        raise TypeError("a new workbook has one sheet")
    instruments.title = "Instruments"
    instruments.append(["Serial number", "Instrument", "Place", "Offset (mm)", "Height of zero (m)"])
    for row in story.INSTRUMENTS:
        instruments.append(list(row))
    months = book.create_sheet("Highest water")
    months.append(["Month", "Needle Island (m)", "Copper Bay (m)"])
    for row in story.HIGHEST_WATER:
        months.append(list(row))
    for sheet, widths in ((instruments, (16, 20, 16, 13, 19)), (months, (18, 19, 17))):
        for column, width in zip("ABCDE", widths, strict=False):
            sheet.column_dimensions[column].width = width
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    book.properties.title = "Levels and instruments"
    book.properties.creator = "Ruth Calloway"
    book.properties.created = datetime(2024, 4, 22, 9, 0, tzinfo=UTC).replace(tzinfo=None)
    whole = io.BytesIO()
    book.save(whole)
    path.write_bytes(_dated(whole.getvalue()))


def _dated(package: bytes) -> bytes:
    """The same office file with fixed dates inside, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2024-04-22T09:00:00Z", data)
            entry = zipfile.ZipInfo(name, date_time=_ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return out.getvalue()
