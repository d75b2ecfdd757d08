from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import sourcehound.tools.sample
from sourcehound.agent.state import Request, Sentence
from sourcehound.agent.verify.check import CheckResult
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.verify import Checked, check_sentence
from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.evidence import Evidence, Locator, Source, unit_id
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.pool import Readers
from sourcehound.tools.library.reading import Anchor, Section
from sourcehound.tools.library.sections import write_section
from sourcehound.tools.library.sync import sync
from sourcehound.tools.library.units import load_units, to_evidence
from sourcehound.tools.narrow import narrow
from sourcehound.tools.senses.sense import ReadLine, ReadResult
from sourcehound.tools.tool import Desk
from sourcehound.tools.web.snapshots import Snapshots

SAMPLE = Path(sourcehound.tools.sample.__file__).parent / "files"

TIDE = """# Needle Island station

The gauge at Needle Island was installed on 3 March 2021 by Ruth Calloway. It measures the tide every 6 minutes.
In 2022 the station sent 1,234 reports, and in 2023 it sent 987. The harbour bridge is not open to lorries.
If the lamp fails, the ferry is cancelled. The repair cost £5 million, or 12.5% of the budget of Brightwater Works.
The keeper said yesterday that the mast AS-417 is 15 m tall.

Grey seals rest on the sand bank below the light, and eleven of them were counted in one morning by the warden.
"""


def now() -> str:
    return "2026-01-01T00:00:00Z"


@dataclass
class Shelf:
    """A library, and the short way from words in it to a checked sentence."""

    library: Library
    folder: Path
    pages: Snapshots
    question: str = "What is known of the station?"
    asked: Request = field(default_factory=lambda: Request(question="What is known of the station?"))

    def add(self) -> None:
        sync(self.library.catalogue, self.library.readers, [str(self.folder)], now=now)

    def sources(self, *, trust_times: bool = True) -> Sources:
        desk = Desk(
            library=self.library, question=self.asked.question, known=lambda: (), recall=lambda _: None, now=now
        )
        return Sources(desk, lambda: self.pages, trust_times=trust_times)

    def found(self, words: str, *, kind: str = "passage", name: str = "E1") -> Evidence:
        """The unit that holds some words, as a search finds it."""
        connection = self.library.catalogue.connection
        rows = connection.execute("SELECT id, text FROM units WHERE kind = ? ORDER BY id", (kind,)).fetchall()
        row = next(row for row, text in rows if " ".join(words.split()) in " ".join(text.split()))
        evidence = to_evidence(connection, load_units(connection, [row])[row])
        assert evidence is not None
        return evidence.with_id(name, now())

    def exact(self, words: str, *, kind: str = "passage", name: str = "E1") -> Evidence:
        """The exact place of some words, as a draft cites it."""
        wide = self.found(words, kind=kind, name=name)
        return (narrow(self.library.catalogue.connection, wide, words) or wide).with_id(name, now())

    def check(self, text: str, *evidence: Evidence, quoted: str = "") -> Checked:
        sentence = Sentence(text=text, cites=tuple(item.id for item in evidence), quoted=quoted)
        return check_sentence(sentence, {item.id: item for item in evidence}, self.sources(), request=self.asked)

    def write_section(self, name: str, section: Section, ordinal: int) -> Source:
        """What a slow job adds to a source: words heard or read in it."""
        connection = self.library.catalogue.connection
        sha256, source, path, media_type, title = connection.execute(
            "SELECT s.sha256, s.id, f.shown, s.media_type, s.title FROM files f JOIN sources s ON s.id = f.source"
            " WHERE f.shown LIKE ?",
            (f"%/{name}",),
        ).fetchone()
        with self.library.catalogue.transaction() as inside:
            write_section(inside, source, ordinal, section)
        return Source(path=path, uri=f"file://{path}", sha256=sha256, media_type=media_type, title=title)


def result_of(checked: Checked, check: str) -> CheckResult:
    return next(result for result in checked.results if result.check == check)


def cite(source: Source, kind: str, where: Locator, quote: str | None, name: str = "E1") -> Evidence:
    """Evidence as a tool makes it of a place that is no unit."""
    made = unit_id(source.sha256, kind, where, "made")
    return Evidence(
        kind=kind,  # pyright: ignore[reportArgumentType]  a test's own word
        unit_id=made,
        source=source,
        locator=where,
        quote=quote,
        producer="made",
        id=name,
    )


def timed(words: Sequence[tuple[str, float, float]], role: str) -> Section:
    """A section whose lines have times."""
    text = ""
    anchors: list[Anchor] = []
    for line, start_s, end_s in words:
        anchors.append(Anchor(start=len(text), end=len(text) + len(line), start_s=start_s, end_s=end_s))
        text += line + "\n"
    return Section(text=text, role=role, anchors=tuple(anchors), producer="made")


@dataclass
class FakeOcr:
    """Reads the same lines in every picture."""

    lines: tuple[str, ...] = ()
    producer: str = "made"
    n_read: int = 0

    def read(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> tuple[ReadLine, ...]:
        return self.read_all(picture, photo=photo, fine=fine).lines

    def read_all(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> ReadResult:
        self.n_read += 1
        lines = tuple(ReadLine(text=line, score=1.0, box=(0, 0, 1, 1)) for line in self.lines)
        return ReadResult(lines=lines)


@pytest.fixture
def ocr(shelf: Shelf) -> Iterator[FakeOcr]:
    """What is read in pixels again, in place of the real recogniser."""
    fake = FakeOcr()
    shelf.library.__dict__["ocr"] = fake
    yield fake
    del shelf.library.__dict__["ocr"]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """One library for all tests that change no file: a note, a report of several pages, a drawing and a film."""
    yield from _open(tmp_path_factory.mktemp("shelf"), ("report.pdf", "photos/chart.png", "film.mp4"))


@pytest.fixture
def own_shelf(tmp_path: Path, shelf: Shelf) -> Iterator[Shelf]:
    """A library of one note that a test may change; it shares the reader processes."""
    yield from _open(tmp_path, (), shelf.library.readers)


@pytest.fixture
def asking(shelf: Shelf):
    """The shared library, asked another question."""

    def ask(question: str) -> Shelf:
        return replace(shelf, asked=replace(shelf.asked, question=question))

    return ask


def _open(folder: Path, samples: Sequence[str], readers: Readers | None = None) -> Iterator[Shelf]:
    files = folder / "files"
    files.mkdir()
    (files / "tide-notes.md").write_text(TIDE, encoding="utf-8")
    for name in samples:
        shutil.copy(SAMPLE / name, files / Path(name).name)
    library = Library(home=folder / "home", name="default", now=now)
    if readers is not None:
        library.__dict__["readers"] = readers
    shelf = Shelf(library=library, folder=files, pages=Snapshots(folder / "web"))
    shelf.add()
    yield shelf
    if readers is not None:
        del library.__dict__["readers"]
    library.close()
