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
from sourcehound.tools.index import late
from sourcehound.tools.index.late import Kept
from sourcehound.tools.library.intake import refresh_abouts
from sourcehound.tools.library.readers.shots import STILL_S
from sourcehound.tools.library.reading import Anchor, Section, Shot
from sourcehound.tools.library.sections import write_section
from sourcehound.tools.library.sights import kept_of, rows_of
from sourcehound.tools.library.units import Unit, write_units
from sourcehound.tools.library.workshop import Subject, Workshop, Write

_SCREEN_ORDINAL = 300_000
_SAME_LINE = 0.8
"""Lines of two frames this alike (difflib ratio) are one line still on screen."""


@dataclass(slots=True)
class _Line:
    """Lettering of a shot, and the first and last of the shot's frames that it was read in."""

    text: str
    first: int
    last: int


@dataclass(slots=True)
class _Moment:
    shot: Shot
    lines: list[_Line]
    rows: list[list[tuple[str, FloatArray]]] = field(default_factory=list[list[tuple[str, FloatArray]]])


def watch(workshop: Workshop, subject: Subject, _: int) -> Write:
    """Watch a film once from beginning to end."""
    moments: list[_Moment] = []
    lines: list[_Line] = []
    rows: list[list[tuple[str, FloatArray]]] = []
    for item in workshop.readers.film(subject.path):
        if isinstance(item, Shot):
            moments.append(_Moment(shot=item, lines=lines, rows=rows))
            lines, rows = [], []
            continue
        _add_lines(
            lines, [line.text for line in workshop.ocr.read(item.pixels, photo=False) if line.score >= 0.8], len(rows)
        )
        rows.append(rows_of(workshop.eyes, [item.pixels]))
    if not moments:
        raise MediaError("no frame of it could be decoded", path=subject.path)

    small = [_kept(workshop, moment) for moment in moments]

    def write(connection: sqlite3.Connection) -> None:
        section = _screen_section(moments, workshop.ocr.producer)
        write_section(connection, subject.source, _SCREEN_ORDINAL, section)
        for moment, kept in zip(moments, small, strict=True):
            unit = _unit(subject, moment, workshop.ocr.producer)
            rows = write_units(connection, subject.source, subject.sha256, subject.reader, [unit])
            late.write(connection, rows, kept)
        refresh_abouts(connection, subject.source)
        if not workshop.eyes:
            connection.execute(
                "INSERT OR REPLACE INTO jobs (source, job, detail, state) VALUES (?,'see',0,'todo')", (subject.source,)
            )

    return write


def _kept(workshop: Workshop, moment: _Moment) -> list[Kept]:
    """The rows of all frames of a moment, by encoder."""
    stamps = sorted({stamp for frame in moment.rows for stamp, _ in frame})
    return [
        part
        for stamp in stamps
        for part in kept_of(
            workshop, stamp, np.concatenate([rows for frame in moment.rows for of, rows in frame if of == stamp])
        )
    ]


def _add_lines(lines: list[_Line], read: list[str], frame: int) -> None:
    """Take the lettering of a shot's next frame: a line that is nearly one already there is that one, still on screen."""
    known = {line.text.casefold(): line for line in reversed(lines)}
    for text in read:
        same = difflib.get_close_matches(text.casefold(), known, n=1, cutoff=_SAME_LINE)
        if same:
            known[same[0]].last = frame
        else:
            lines.append(_Line(text=text, first=frame, last=frame))


def _unit(subject: Subject, moment: _Moment, producer: str) -> Unit:
    where = Locator(start_s=moment.shot.start_s, end_s=moment.shot.end_s, frames_s=moment.shot.frames_s)
    return Unit(
        kind="moment",
        text="\n".join(line.text for line in moment.lines),
        about="",
        locator=where,
        producer=producer if moment.lines else subject.reader,
    )


def _screen_section(moments: list[_Moment], producer: str) -> Section:
    text = ""
    anchors: list[Anchor] = []
    for moment in moments:
        for line in moment.lines:
            start_s, end_s = _on_screen(line, moment.shot)
            anchors.append(Anchor(start=len(text), end=len(text) + len(line.text), start_s=start_s, end_s=end_s))
            text += line.text + "\n"
    return Section(text=text, role="screen", anchors=tuple(anchors), producer=producer)


def _on_screen(line: _Line, shot: Shot) -> tuple[float, float]:
    """From when to when a line is seen, seconds of media time.

    A frame is kept when the picture has become another one and has stood still since: the change was that much earlier.
    """
    frames, after = shot.frames_s, line.last + 1
    start_s = shot.start_s if line.first == 0 else max(shot.start_s, frames[line.first] - STILL_S)
    end_s = shot.end_s if after == len(frames) else max(frames[line.last], frames[after] - STILL_S)
    return start_s, end_s
