"""Senses that are left out of an evaluation on purpose, because they are slow: what waits for them waits on.

They say that they lack their weights, so that their jobs are kept as lacking and a later run without them does the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.senses.sense import ReadLine, ReadResult, Utterance

SENSES = ("ocr", "speech")
"""What can be left out, by its attribute of the library."""
_REASON = "left out of this evaluation"


class NoOcr:
    """Reads nothing."""

    producer = "none"

    def read(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> tuple[ReadLine, ...]:
        """Raises ConfigError."""
        return self.read_all(picture, photo=photo, fine=fine).lines

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
