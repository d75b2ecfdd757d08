"""The job `watch`: a film becomes moments: scene-bounded spans with their frames' times, lettering and recognised sights.

One decoding pass through the reader process; frames are looked at as they come and then dropped, so memory stays flat.
Knows nothing of how scenes are cut.
"""

from __future__ import annotations

import difflib
import sqlite3
from dataclasses import dataclass, field

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Locator
from sourcehound.tools.index.vectors import put
from sourcehound.tools.library.intake import refresh_abouts, write_section
from sourcehound.tools.library.reading import Anchor, Section, Shot
from sourcehound.tools.library.sights import rows_of
from sourcehound.tools.library.units import Unit, write_units
from sourcehound.tools.library.workshop import Subject, Workshop, Write

_SCREEN_ORDINAL = 300_000
_SAME_LINE = 0.8
"""Lines of two frames this alike (difflib ratio) are one line still on screen."""


@dataclass(slots=True)
class _Moment:
    shot: Shot
    lines: list[str]
    rows: list[list[tuple[str, FloatArray]]] = field(default_factory=list[list[tuple[str, FloatArray]]])


def watch(workshop: Workshop, subject: Subject, _: int) -> Write:
    """Watch a film once from beginning to end."""
    moments: list[_Moment] = []
    lines: list[str] = []
    rows: list[list[tuple[str, FloatArray]]] = []
    for item in workshop.readers.film(subject.path):
        if isinstance(item, Shot):
            moments.append(_Moment(shot=item, lines=lines, rows=rows))
            lines, rows = [], []
            continue
        lines = _add_lines(
            lines, [line.text for line in workshop.ocr.read(item.pixels, photo=False) if line.score >= 0.8]
        )
        rows.append(rows_of(workshop, [item.pixels]))
    if not moments:
        raise MediaError("no frame of it could be decoded", path=subject.path)

    def write(connection: sqlite3.Connection) -> None:
        section = _screen_section(moments, workshop.ocr.producer)
        write_section(connection, subject.source, _SCREEN_ORDINAL, section)
        for moment in moments:
            unit = _unit(subject, moment, workshop.ocr.producer)
            [row] = write_units(connection, subject.source, subject.sha256, subject.reader, [unit])
            for stamp in {stamp for frame in moment.rows for stamp, _ in frame}:
                put(
                    connection, row, stamp, np.concatenate([r for frame in moment.rows for s, r in frame if s == stamp])
                )
        refresh_abouts(connection, subject.source)
        if not workshop.eyes:
            connection.execute(
                "INSERT OR REPLACE INTO jobs (source, job, detail, state) VALUES (?,'see',0,'todo')", (subject.source,)
            )

    return write


def _add_lines(lines: list[str], fresh: list[str]) -> list[str]:
    known = [line.casefold() for line in lines]
    new = [line for line in fresh if not difflib.get_close_matches(line.casefold(), known, n=1, cutoff=_SAME_LINE)]
    return [*lines, *new]


def _unit(subject: Subject, moment: _Moment, producer: str) -> Unit:
    where = Locator(start_s=moment.shot.start_s, end_s=moment.shot.end_s, frames_s=moment.shot.frames_s)
    return Unit(
        kind="moment",
        text="\n".join(moment.lines),
        about="",
        locator=where,
        producer=producer if moment.lines else subject.reader,
    )


def _screen_section(moments: list[_Moment], producer: str) -> Section:
    text = ""
    anchors: list[Anchor] = []
    for moment in moments:
        for line in moment.lines:
            anchors.append(
                Anchor(start=len(text), end=len(text) + len(line), start_s=moment.shot.start_s, end_s=moment.shot.end_s)
            )
            text += line + "\n"
    return Section(text=text, role="screen", anchors=tuple(anchors), producer=producer)
