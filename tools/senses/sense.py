"""What the senses hand over: words read in pixels, words heard in sound; and the roles a person may add models for.

Knows nothing of files: senses touch arrays that a reader process handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.evidence import Box

_BAD_SCORE = 0.75
"""Lines of print that are right score 0.9 and more; letters forced onto a script that is not known, 0.5 to 0.75."""
_TEXTURES = 2
"""So many places that look like lettering and are not were found in single photographs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A line of words read in a picture: its box in that picture's pixels and a score in 0..1."""

    text: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What a picture says.

    Attributes:
        lines: in reading order, columns first.
        n_unread: places that look like lettering but gave no words: a script that the recogniser does not know,
            lettering too small or too blurred, or a texture.
    """

    lines: tuple[ReadLine, ...]
    n_unread: int = 0

    @property
    def is_mostly_unread(self) -> bool:
        """Whether most lettering was not read or read badly: a script that this OCR lacks."""
        n_bad = self.n_unread + sum(line.score < _BAD_SCORE for line in self.lines)
        return n_bad > _TEXTURES and 2 * n_bad > self.n_unread + len(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardWord:
    """A word heard: seconds of media time and a score in 0..1."""

    text: str
    start_s: float
    end_s: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A run of words heard in one breath, with the language it was recognised in (ISO 639-1)."""

    words: tuple[HeardWord, ...]
    language: str

    @property
    def text(self) -> str:
        """The words as one line."""
        return "".join(word.text for word in self.words).strip()


class Ocr(Protocol):
    """Reads words in pictures, lines in reading order (columns first)."""

    producer: str

    def read(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> tuple[ReadLine, ...]:
        """Read one picture; the lines of `read_all`."""
        ...

    def read_all(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> ReadResult:
        """Read one picture, and count what was found but not read.

        Args:
            picture: the pixels; boxes of lines are in them.
            photo: drop the false letters that photographs give.
            fine: look for small lettering too, at several times the cost.

        Raises:
            ToolInputError: the array is not a picture.
            ConfigError: the weights are missing or differ from their hash.
        """
        ...


class Speech(Protocol):
    """Recognises speech with word times."""

    producer: str

    def hear(self, samples: FloatArray, *, origin_s: float = 0.0) -> Iterator[Utterance]:
        """Recognise 16 kHz mono samples; `origin_s` is the media time of the first sample. Lazy: yields as it goes.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
        """
        ...

    def hear_pieces(self, pieces: Iterable[FloatArray], *, origin_s: float = 0.0) -> Iterator[Utterance]:
        """Recognise samples that come in pieces, one after the other, of any lengths: hours of sound in flat memory.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A seer's answer about pictures, with the model that gave it; `answer` is None where it cannot tell."""

    answer: str | None
    by: str


class Seer(Protocol):
    """Answers a question about pictures (a vision model, which agent/models supplies)."""

    name: str

    def look(self, question: str, pictures: Sequence[Pixels]) -> Sight:
        """Answer one question about the pictures, in order.

        Raises:
            SourceUnavailable: the model cannot be reached.
        """
        ...
