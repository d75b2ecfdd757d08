"""What is left out of an evaluation on purpose: senses because they are slow, subtitles because labels were made of them.

A sense that is left out says that it lacks its weights, so that its jobs are kept as lacking; films are still watched, only
without reading what is written in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.library.pool import Readers
from sourcehound.tools.library.reading import Reading
from sourcehound.tools.senses.sense import ReadLine, ReadResult, Utterance

SENSES = ("ocr", "speech")
"""What can be left out, by its attribute of the library."""
_REASON = "left out of this evaluation"


class NoOcr:
    """Reads nothing."""

    producer = "none"

    def read(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> tuple[ReadLine, ...]:
        """Nothing: for the frames of films."""
        del picture, photo, fine
        return ()

    def read_all(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> ReadResult:
        """Raises ConfigError."""
        del picture, photo, fine
        raise ConfigError(_REASON)


class NoSpeech:
    """Hears nothing."""

    producer = "none"

    def hear(self, samples: FloatArray, *, origin_s: float = 0.0) -> Iterator[Utterance]:
        """Raises ConfigError."""
        return self.hear_pieces([samples], origin_s=origin_s)

    def hear_pieces(self, pieces: Iterable[FloatArray], *, origin_s: float = 0.0) -> Iterator[Utterance]:
        """Raises ConfigError."""
        del pieces, origin_s
        raise ConfigError(_REASON)


class MuteReaders(Readers):
    """Reads films and recordings without their subtitles."""

    def read(self, path: str) -> Reading:
        """The first look at a file, without what it says of itself in writing."""
        reading = super().read(path)
        return replace(reading, sections=tuple(one for one in reading.sections if one.role != "subtitle"))
