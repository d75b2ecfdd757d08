"""Good files with bytes flipped, cut out and doubled by a seeded hand: every reader ends in a reading or a known error."""

from __future__ import annotations

import importlib
import io
import json
import random
import time
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import formats
from sourcehound.tools.library.readers.formats import Format
from sourcehound.tools.library.readers.reader import BROKEN
from sourcehound.tools.library.reading import Reading
from sourcehound.tools.library.vetting import vet
from sourcehound.tools.library.wire import pack, unpack

LIMITS = Limits()
N_MUTANTS = 120


def _mail() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = "Kites über", "a@b", "Fri, 03 May 2024 10:00:00 +0200"
    message.set_content("The kites meet at noon.")
    message.add_alternative("<h1>Kites</h1><p>They meet.</p>", subtype="html")
    message.add_attachment("Bird,N\nKite,3\n", filename="birds.csv")
    inner = EmailMessage()
    inner["Subject"] = "Earlier"
    inner.set_content("Older words.")
    message.add_attachment(inner)
    return bytes(message)


def _json() -> bytes:
    return json.dumps(
        {"title": "Kites", "rows": [{"name": f"k{n}", "n": n, "tags": ["a", None]} for n in range(8)]}
    ).encode()


def _lines() -> bytes:
    return b"".join(json.dumps({"name": f"k{n}", "text": "It flies."}).encode() + b"\n" for n in range(12))


def _notebook() -> bytes:
    output = {"output_type": "stream", "text": ["7\n"]}
    cells = [
        {"cell_type": "markdown", "source": ["# Wind\n", "words"]},
        {"cell_type": "code", "source": "print(7)", "outputs": [output]},
    ]
    return json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}).encode()


def _book() -> bytes:
    container = '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
    package = (
        '<package xmlns:dc="x"><metadata><dc:title>Kites</dc:title><dc:date>2019</dc:date></metadata><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="n" href="t.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    contents = (
        '<ncx><navMap><navPoint><navLabel><text>One</text></navLabel><content src="a.xhtml"/></navPoint></navMap></ncx>'
    )
    return _zip(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "b.opf": package.encode(),
            "t.ncx": contents.encode(),
            "a.xhtml": b"<html><body><h1>One</h1><p>Words.</p></body></html>",
        }
    )


def _archive() -> bytes:
    return _zip({"a.txt": b"words", "b.json": _json(), "c.eml": _mail(), "d.epub": _book(), "e.csv": b"a,b\n1,2\n"})


def _zip(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:  # stored: so that flips reach what is inside
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return data.getvalue()


GOOD: tuple[tuple[Format, Callable[[], bytes]], ...] = (
    (formats.MAIL, _mail),
    (formats.JSON, _json),
    (formats.JSON_LINES, _lines),
    (formats.NOTEBOOK, _notebook),
    (formats.EPUB, _book),
    (formats.ZIP, _archive),
)


def mutant(good: bytes, hand: random.Random) -> bytes:
    """Some bytes flipped, and perhaps a piece cut out, doubled or put in."""
    data = bytearray(good)
    for _ in range(hand.choice((1, 3, 10, 40))):
        data[hand.randrange(len(data))] = hand.randrange(256)
    start, length = hand.randrange(len(data)), hand.randrange(1, 200)
    piece = bytes(data[start : start + length])
    match hand.randrange(5):
        case 0:
            del data[start : start + length]
        case 1:
            data[start:start] = piece * hand.choice((1, 50))
        case 2:
            data[start:start] = hand.choice((b"[" * 5000, b"\xff" * 300, b"\x00" * 9, b'"', b"\r\n\r\n", b"--", b"{"))
        case _:
            pass
    return bytes(data)


@pytest.mark.parametrize(("kind", "make"), GOOD, ids=[kind.name for kind, _ in GOOD])
def test_damaged_files_end_in_a_sound_reading_or_a_known_error(tmp_path: Path, kind: Format, make: Callable[[], bytes]):
    module: Any = importlib.import_module(kind.module)
    hand = random.Random(kind.name)
    good = make()
    path = tmp_path / "kites.data"
    path.write_bytes(good)
    assert module.read(path, LIMITS).sections
    begun = time.process_time()
    n_read = 0
    for _ in range(N_MUTANTS):
        path.write_bytes(mutant(good, hand))
        try:
            reading: Reading = module.read(path, LIMITS)
        except (MediaError, *BROKEN):
            continue
        n_read += 1
        vet(unpack(Reading, json.loads(json.dumps(pack(reading)))), LIMITS)
        assert all(line.isprintable() for line in reading.warnings)
    assert n_read
    assert time.process_time() - begun < LIMITS.seconds
