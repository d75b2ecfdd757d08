"""The sources behind evidence as they are today: bytes, words at a place, planes and durations; each looked up once a run.

Everything that a check compares with comes from here, and never from the evidence itself or from a draft. Knows nothing of
claims.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from sourcehound.agent.verify import places
from sourcehound.agent.verify.holdings import Held, find_file, find_page
from sourcehound.agent.verify.masks import names_of
from sourcehound.agent.verify.words import are_lines_refound, is_refound
from sourcehound.tools.crop import cut_from, read_enlarged
from sourcehound.tools.evidence import Evidence, Locator, Space
from sourcehound.tools.evidence_pixels import picture_of
from sourcehound.tools.library.passages import passages
from sourcehound.tools.library.reading import Section
from sourcehound.tools.library.sections import load_sections
from sourcehound.tools.tool import Desk
from sourcehound.tools.web.snapshots import Snapshots

_LOOK_PIXELS = 40_000
"""Enough to learn the size of a picture's plane."""


class Sources:
    """What is known today of the sources that a draft cites; one object for each run of `verify`.

    Args:
        desk: the library, its readers and its OCR.
        snapshots: opens the store of web pages; called only where one is cited.
        trust_times: whether a file of equal size and time is taken to be unchanged without hashing it.
    """

    def __init__(self, desk: Desk, snapshots: Callable[[], Snapshots], *, trust_times: bool = True) -> None:
        self._desk = desk
        self._snapshots = snapshots
        self._trust_times = trust_times
        self._held: dict[str, Held] = {}
        self._sections: dict[tuple[str, int | None, tuple[int, int] | None, bool], tuple[Section, ...]] = {}
        self._web: dict[str, tuple[Section, ...]] = {}
        self._words: dict[tuple[str, str | None], tuple[places.Run, ...]] = {}
        self._unit_edges: dict[tuple[str, int | None, str], list[int]] = {}
        self._planes: dict[tuple[str, int | None, float | None], Space] = {}

    @property
    def question(self) -> str:
        """What the person asked and said; no source, but what a draft's words may refer to."""
        return self._desk.question

    def held(self, evidence: Evidence) -> Held:
        """Whether the bytes are still there, and where.

        Raises:
            MediaError: a file is there and cannot be read.
        """
        key = f"{evidence.source.sha256} {evidence.source.path}"
        if key not in self._held:
            if evidence.source.path is None:
                self._held[key] = find_page(evidence, self._snapshots())
            else:
                connection = self._desk.library.catalogue.connection
                self._held[key] = find_file(evidence.source, connection, trust_times=self._trust_times)
        return self._held[key]

    def is_known(self, evidence: Evidence) -> bool:
        """Whether the library holds the source (pages of the web need no place in it)."""
        return evidence.source.path is None or self._row(evidence) is not None

    def words(self, evidence: Evidence) -> tuple[str, ...]:
        """The words that stand at the cited place, read again where the catalogue lacks the lettering that is quoted.

        Several runs where sections count alike; if the quote is found in one of them, that one alone.
        """
        return tuple(run.text for run in self._runs(evidence))

    def wholes(self, evidence: Evidence, *, margin: int = 0) -> tuple[str, ...]:
        """The whole sentences or lines of the source that the cited place touches, and some more on both sides if asked."""
        is_lettering = evidence.kind in places.SEEN_KINDS
        found: list[str] = []
        for run in self._runs(evidence):
            cuts = () if run.section is None else self._cuts(evidence, run.section)
            found.extend(places.wholes_of(run, cuts, lines=is_lettering, margin=margin))
        return tuple(found)

    def all_words(self, evidence: Sequence[Evidence]) -> str:
        """The words at all cited places."""
        return "\n".join(run for item in evidence for run in self.words(item))

    def all_around(self, evidence: Sequence[Evidence]) -> str:
        """Titles, headings, parts and file names of all cited places: they name what the words are about."""
        found: list[str] = []
        for item in evidence:
            headings = places.headings_in(self._headed(item), item)
            parts = places.parts_at(self._sections_of(item), item)
            found.extend((*names_of(item), item.source.title, *headings, *parts))
        return "\n".join(dict.fromkeys(found))

    def todays_words(self, evidence: Evidence) -> str | None:
        """All words of a changed file as it is now; None where it has none that a reader sees without OCR or speech.

        Raises:
            MediaError: it cannot be read.
        """
        reading = self._desk.library.readers.read(self.held(evidence).path)
        return "\n".join(section.text for section in reading.sections) if reading.sections else None

    def has_quote(self, evidence: Evidence, words: str) -> bool:
        """Whether an evidence's quote stands in words: as one run, or line by line where it is lettering."""
        quote = evidence.quote or ""
        if evidence.kind in places.SEEN_KINDS:
            return are_lines_refound(quote, words)
        return is_refound(quote, words)

    def places(self, evidence: Evidence) -> tuple[Locator, ...]:
        """Where the cited unit or characters stand by the catalogue; none where that cannot be told."""
        row = self._desk.library.catalogue.connection.execute(
            "SELECT locator FROM units WHERE unit_id = ?", (evidence.unit_id,)
        ).fetchone()
        if row is not None:
            return (Locator.from_json(json.loads(row[0])),)
        return places.located(self._sections_of(evidence), evidence)

    def plane(self, evidence: Evidence) -> Space | None:
        """The plane of a picture, page or frame as it is today; None where the source has none.

        Raises:
            MediaError: it cannot be decoded.
        """
        where, path = evidence.locator, self.held(evidence).path
        family = evidence.source.media_type.split("/")[0]
        if not path or (where.page is None and family not in {"image", "video"}):
            return None
        at_s = (where.frames_s or (where.start_s or 0.0,))[0] if family == "video" else None
        key = (path, where.page, at_s)
        if key not in self._planes:
            readers = self._desk.library.readers
            self._planes[key] = readers.picture(path, page=where.page, at_s=at_s, max_pixels=_LOOK_PIXELS).space
        return self._planes[key]

    def duration_s(self, evidence: Evidence) -> float | None:
        """How long a film or recording is, by the catalogue of these very bytes; None where it is none."""
        row = self._desk.library.catalogue.connection.execute(
            "SELECT json_extract(meta, '$.media.duration_s') FROM sources WHERE sha256 = ?", (evidence.source.sha256,)
        ).fetchone()
        return None if row is None else row[0]

    def _runs(self, evidence: Evidence) -> tuple[places.Run, ...]:
        key = (evidence.place_key, evidence.quote)
        if key not in self._words:
            runs = places.words_at(self._sections_of(evidence), evidence)
            if evidence.quote and not any(self.has_quote(evidence, run.text) for run in runs):
                runs = (*runs, *(places.Run(text=text) for text in self._read_again(evidence)))
            with_quote = [run for run in runs if evidence.quote and self.has_quote(evidence, run.text)]
            self._words[key] = tuple(with_quote[:1]) or runs
        return self._words[key]

    def _cuts(self, evidence: Evidence, section: Section) -> set[int]:
        """Characters of a section at which the library cut it into passages and speech: long sentences are cut there too."""
        if evidence.source.path is None:
            return {edge for span in passages(section) for edge in (span.start, span.end)}
        key = (evidence.source.sha256, section.page, section.producer)
        if key not in self._unit_edges:
            rows = self._desk.library.catalogue.connection.execute(
                "SELECT json_extract(u.locator, '$.chars[0]'), json_extract(u.locator, '$.chars[1]') FROM units u"
                " JOIN sources s ON s.id = u.source_id"
                " WHERE s.sha256 = ? AND u.kind IN ('passage', 'speech') AND u.page IS ? AND u.producer = ?",
                key,
            )
            self._unit_edges[key] = sorted({edge for row in rows for edge in row if edge is not None})
        edges, end = self._unit_edges[key], section.start + len(section.text)
        inside = edges[bisect_left(edges, section.start) : bisect_right(edges, end)]
        return {edge - section.start for edge in inside}

    def _row(self, evidence: Evidence) -> int | None:
        row = self._desk.library.catalogue.connection.execute(
            "SELECT id FROM sources WHERE sha256 = ?", (evidence.source.sha256,)
        ).fetchone()
        return None if row is None else row[0]

    def _sections_of(self, evidence: Evidence) -> tuple[Section, ...]:
        """The sections that hold the beginning of the cited characters; all of the page or source where none are cited."""
        chars = evidence.locator.chars
        return self._loaded(evidence, touching=None if chars is None else (chars[0], chars[0] + 1))

    def _headed(self, evidence: Evidence) -> tuple[Section, ...]:
        """The sections with headings, of the cited page or of the source."""
        return self._loaded(evidence, headed=True)

    def _loaded(
        self, evidence: Evidence, *, touching: tuple[int, int] | None = None, headed: bool = False
    ) -> tuple[Section, ...]:
        if evidence.source.path is None:
            return self._of_web(evidence)
        key = (evidence.source.sha256, evidence.locator.page, touching, headed)
        if key not in self._sections:
            row, connection = self._row(evidence), self._desk.library.catalogue.connection
            found = () if row is None else load_sections(connection, row, page=key[1], touching=touching, headed=headed)
            self._sections[key] = found
        return self._sections[key]

    def _of_web(self, evidence: Evidence) -> tuple[Section, ...]:
        key = evidence.source.sha256
        if key not in self._web:
            held = self.held(evidence)
            self._web[key] = self._desk.library.readers.read(held.path).sections if held.path else ()
        return self._web[key]

    def _read_again(self, evidence: Evidence) -> tuple[str, ...]:
        """Lettering at a place, read from today's pixels as the tools read it: enlarged, from the whole picture."""
        held = self.held(evidence)
        if evidence.kind not in places.SEEN_KINDS or held.state not in {"same", "moved"}:
            return ()
        here = replace(evidence, source=replace(evidence.source, path=held.path))
        if evidence.kind == "moment" and evidence.locator.frames_s:
            inside = places.frames_inside(evidence.locator)
            frames = self._desk.library.readers.frames(held.path, inside) if inside else ()
            lines = dict.fromkeys(line.text for frame in frames for line in read_enlarged(frame, self._desk))
            return ("\n".join(lines),)
        picture = picture_of(here, self._desk.library, "verify")
        if evidence.kind == "crop" and evidence.locator.boxes:
            whole = picture_of(replace(here, locator=replace(here.locator, boxes=())), self._desk.library, "verify")
            picture = cut_from(whole, evidence.locator.boxes[0])
        return ("\n".join(line.text for line in read_enlarged(picture, self._desk)),)
