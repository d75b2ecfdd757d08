"""The job `hear`: the speech of a recording or film becomes speech units with word times.

Knows nothing of how speech is recognised. A film's moments learn what is said during them when it is watched or, if it
was watched before, from here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.library.intake import refresh_abouts, units_of
from sourcehound.tools.library.reading import Anchor, Section
from sourcehound.tools.library.sections import write_section
from sourcehound.tools.library.units import write_units
from sourcehound.tools.library.workshop import Subject, Workshop, Write
from sourcehound.tools.senses.sense import Utterance

_SPEECH_ORDINAL = 200_000
WINDOW_S = 600.0
"""Sound is fetched in windows of ten minutes: 38 MB of samples each."""


def hear(workshop: Workshop, subject: Subject, _: int) -> Write:
    """Recognise the speech of a recording or of a film's sound."""
    section = to_section(_heard(workshop, subject), workshop.speech.producer)

    def write(connection: sqlite3.Connection) -> None:
        write_section(connection, subject.source, _SPEECH_ORDINAL, section)
        units = units_of(section, title=subject.title, path=subject.path)
        write_units(connection, subject.source, subject.sha256, subject.reader, units)
        refresh_abouts(connection, subject.source)

    return write


def _heard(workshop: Workshop, subject: Subject) -> Iterator[Utterance]:
    """Recognise window by window, so that memory stays flat; cuts inside are the recogniser's, at quiet places."""
    first = workshop.readers.samples(subject.path, start_s=0.0, end_s=WINDOW_S)
    duration_s = float(subject.meta.get("media", {}).get("duration_s", 0.0))

    def pieces() -> Iterator[FloatArray]:
        yield first.samples
        start_s = WINDOW_S
        while start_s < duration_s:
            yield workshop.readers.samples(subject.path, start_s=start_s, end_s=start_s + WINDOW_S).samples
            start_s += WINDOW_S

    yield from workshop.speech.hear_pieces(pieces(), origin_s=first.origin_s)


def to_section(utterances: Iterable[Utterance], producer: str) -> Section:
    """One transcript with an anchor for each word; utterances are lines."""
    text = ""
    anchors: list[Anchor] = []
    for utterance in utterances:
        if text:
            text += "\n"
        for word in utterance.words:
            shown = word.text if text and not text.endswith("\n") else word.text.lstrip()
            start = len(text) + len(shown) - len(shown.lstrip())
            text += shown
            anchors.append(Anchor(start=start, end=len(text), start_s=word.start_s, end_s=word.end_s))
    return Section(text=text, role="speech", anchors=tuple(anchors), producer=producer)
