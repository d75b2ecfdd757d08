"""The job `hear`: the speech of a recording or film becomes speech units with word times.

Knows nothing of how speech is recognised. A film's moments learn what is said during them when it is watched or, if it
was watched before, from here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sourcehound.tools.library.intake import refresh_abouts, units_of, write_section
from sourcehound.tools.library.reading import Anchor, Section
from sourcehound.tools.library.units import write_units
from sourcehound.tools.library.workshop import Subject, Workshop, Write
from sourcehound.tools.senses.sense import Utterance

_SPEECH_ORDINAL = 200_000


def hear(workshop: Workshop, subject: Subject, _: int) -> Write:
    """Recognise the speech of a recording or of a film's sound."""
    sound = workshop.readers.samples(subject.path)
    section = to_section(workshop.speech.hear(sound.samples, origin_s=sound.origin_s), workshop.speech.producer)

    def write(connection: sqlite3.Connection) -> None:
        write_section(connection, subject.source, _SPEECH_ORDINAL, section)
        units = units_of(section, title=subject.title, path=subject.path)
        write_units(connection, subject.source, subject.sha256, subject.reader, units)
        refresh_abouts(connection)

    return write


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
