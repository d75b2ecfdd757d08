"""The same readers inside the confined process: what the sandbox takes away, none of them needs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import numpy as np
import openpyxl
import pptx
import pytest

from sourcehound.tools.library.pool import Readers
from sourcehound.tools.library.reading import Shot


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(n=1) as pool:
        yield pool


def test_a_workbook_is_read_by_a_fresh_process(tmp_path: Path):
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.append(["Region", "Q1"])
    sheet.append(["North", 12])
    made.save(tmp_path / "a.xlsx")
    with Readers(n=1) as fresh:
        assert fresh.read(str(tmp_path / "a.xlsx")).sections[0].anchors[1].part == "Sheet!A2:B2"


def test_documents_and_tables_are_read(readers: Readers, tmp_path: Path):
    document = docx.Document()
    document.add_paragraph("Red kites nest in oaks.")
    document.save(str(tmp_path / "a.docx"))
    show: Any = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = "Red kites"
    show.save(str(tmp_path / "a.pptx"))
    (tmp_path / "a.csv").write_text("Bird,N\nKite,3\n", encoding="utf-8")
    texts = {name: readers.read(str(tmp_path / name)).sections[0].text for name in ("a.docx", "a.pptx", "a.csv")}
    assert texts == {
        "a.docx": "Red kites nest in oaks.\n\n",
        "a.pptx": "Red kites\n\n",
        "a.csv": "Bird | N\n\nBird: Kite | N: 3\n\n",
    }


def test_books_mails_archives_and_json_are_read(readers: Readers, tmp_path: Path):
    message = EmailMessage()
    message["Subject"], message["Date"] = "Größe", "Fri, 03 May 2024 10:00:00 +0200"
    message.set_content("Von Drachen.", charset="iso-8859-15")
    document = docx.Document()
    document.add_paragraph("Red kites nest in oaks.")
    document.save(str(tmp_path / "a.docx"))
    manifest = '<manifest><item id="a" href="a.html" media-type="text/html"/></manifest>'
    book = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="b.opf"/></container>',
        "b.opf": f'<package>{manifest}<spine><itemref idref="a"/></spine></package>',
        "a.html": "<h1>Of kites</h1>",
    }
    made: dict[str, bytes] = {
        "a.eml": bytes(message),
        "a.json": b'{"name": "Kite", "text": "It flies."}',
        "a.jsonl": b'{"text": "It flies."}\n',
        "a.ipynb": b'{"cells": [{"cell_type": "markdown", "source": "# Kites"}]}',
        "a.docx": (tmp_path / "a.docx").read_bytes(),
        "a.epub": packed(book),
    }
    for name, data in (made | {"a.zip": packed(made)}).items():
        (tmp_path / name).write_bytes(data)
    last = {name: readers.read(str(tmp_path / name)).sections[-1].text.strip() for name in made}
    assert last == {
        "a.eml": "Von Drachen.",
        "a.json": "Kite\n\nIt flies.",
        "a.jsonl": "It flies.",
        "a.ipynb": "# Kites",
        "a.docx": "Red kites nest in oaks.",
        "a.epub": "Of kites",
    }
    archive = readers.read(str(tmp_path / "a.zip"))
    assert {section.text.strip() for section in archive.sections} >= set(last.values())
    assert archive.warnings == ()


def packed(members: Mapping[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_film_is_read_watched_seen_and_heard(readers: Readers, films: Any, tmp_path: Path):
    pictures = [films.frame(n, scene=n // 30, size=(120, 160)) for n in range(60)]
    sound = (Fraction(0), np.zeros(48_000 * 3, np.float32))
    path = str(films.write(tmp_path / "a.mkv", pictures, sound=sound, sound_codec="flac"))
    (tmp_path / "a.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nA kite.\n", encoding="utf-8")
    reading = readers.read(path)
    assert reading.media is not None
    assert (reading.media.width, reading.media.has_audio) == (160, True)
    assert [section.part for section in reading.sections] == ["subtitles en"]
    assert [(s.start_s, s.end_s) for s in readers.film(path) if isinstance(s, Shot)] == [(0.0, 1.2), (1.2, 2.4)]
    assert [films.number(found.pixels) for found in readers.frames(path, [1.3, 0.5])] == [32, 12]
    crop = readers.picture(path, at_s=2.0, box=(10.0, 20.0, 60.0, 50.0))
    assert (crop.pixels.shape, crop.at_s) == ((30, 50, 3), 2.0)
    assert len(readers.samples(path, start_s=1.0, end_s=2.0).samples) == 16_000
