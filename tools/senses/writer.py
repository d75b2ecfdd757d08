"""The role that writes about what is in a library before anybody asks: captions, scenes, and questions it answers.

A model that agent/models supplies. Knows nothing of files or of where its words are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import UnitKind

WritingRole = Literal["caption", "scene", "question"]


class NoPictures(ConfigError):
    """The model takes words only; it can still write from words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is written about.

    Attributes:
        kind: of the unit.
        text: its words, as they were read; empty for a photo.
        about: words said about it: title, headings, names.
        pictures: the picture, the page as it looks, or frames of a moment in order; none where words alone are shown.
    """

    kind: UnitKind
    text: str
    about: str
    pictures: tuple[Pixels, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One thing written: a caption, a scene description, or a question."""

    role: WritingRole
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """What came of one call.

    Attributes:
        writings: none if the reply could not be read.
        problem: why, one line; empty if it could.
    """

    writings: tuple[Writing, ...] = ()
    problem: str = ""


class Writer(Protocol):
    """Writes about a topic."""

    @property
    def name(self) -> str:
        """Who writes, as people name it."""
        ...

    def captions(self, topic: Topic) -> Wrote:
        """A caption and a description of the scene.

        Raises:
            NoPictures: the model takes words only.
            ConfigError: it cannot be used.
            SourceUnavailable: it cannot be reached.
        """
        ...

    def questions(self, topic: Topic, *, n: int) -> Wrote:
        """Up to `n` questions that the topic answers.

        Raises:
            NoPictures: the model takes words only, and pictures were given.
            ConfigError: it cannot be used.
            SourceUnavailable: it cannot be reached.
        """
        ...
