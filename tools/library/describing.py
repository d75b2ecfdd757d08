"""Describing: a model writes captions and questions about pictures, moments and pages, item by item, before anybody asks.

What is written and the mark `done` are committed together, so that a killed run goes on where it was and pays for nothing
twice but the call in hand. Knows nothing of prompts or of search.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Locator
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.describable import MOST_FRAMES, MOST_WORDS_CHARS, Item, Task, Wanted, within_limit
from sourcehound.tools.library.subjects import is_as_read, subject_of
from sourcehound.tools.library.taking import Progress, no_progress
from sourcehound.tools.library.workshop import Pixels as Readers
from sourcehound.tools.library.workshop import Subject
from sourcehound.tools.library.writings import put_writings
from sourcehound.tools.senses.writer import NoPictures, Topic, Writer, WritingRole, Wrote

_ROLES: dict[Task, tuple[WritingRole, ...]] = {"captions": ("caption", "scene"), "questions": ("question",)}
_PIXELS_PER_POINT = 1.5
_MAX_PIXELS = 25_000_000


@dataclass(slots=True, kw_only=True)
class Described:
    """What a run did.

    Attributes:
        written: writings by role.
        failed: items whose reply could not be read, or whose picture could not be opened, by reason.
        without_pictures: whether the model turned out to take words only; what is seen then waits for another.
    """

    calls: int = 0
    written: dict[str, int] = field(default_factory=dict[str, int])
    failed: dict[str, int] = field(default_factory=dict[str, int])
    without_pictures: bool = False

    def to_json(self) -> dict[str, Any]:
        """As `describe --json` prints it."""
        return {
            "calls": self.calls,
            "written": self.written,
            "failed": self.failed,
            "without_pictures": self.without_pictures,
        }


@dataclass(slots=True, kw_only=True)
class Describing:
    """One run over a library, whose writer's lock is held by the caller.

    Attributes:
        catalogue: the library's.
        readers: opens pictures, pages and frames.
        writer: the model.
        after: called after each item (the encoder fills in what was written).
        progress: told of each item.
        warn: told in one line of what a person should know.
    """

    catalogue: Catalogue
    readers: Readers
    writer: Writer
    after: Callable[[], None] = lambda: None
    progress: Progress = no_progress
    warn: Callable[[str], None] = lambda _: None
    _done: Described = field(default_factory=Described)

    def run(self, items: Sequence[Item], wanted: Wanted) -> Described:
        """Write about some items.

        Raises:
            SourceUnavailable: the model cannot be reached; what was written stays, and the next run goes on.
            ConfigError: it cannot be used.
            BusyError: the disk is full or the library locked.
        """
        todo, place = within_limit(items, wanted), 0
        for (source, unit), tasks in groupby(todo, key=lambda item: (item.source, item.unit)):
            subject = subject_of(self.catalogue, source)
            pictures: tuple[Pixels, ...] | MediaError | None = None
            for item in tasks:
                self.progress("describing", place, len(todo), "" if subject is None else os.path.basename(subject.path))
                place += 1
                if subject is None or not is_as_read(self.catalogue, subject):
                    self.warn(f"unit {unit} of a file that changed or went waits for the next add")
                    continue
                if pictures is None and item.n_pictures:
                    pictures = self._pictures(subject, item)
                self._do(item, pictures or (), wanted.n_questions)
                self.after()
        self.progress("describing", len(todo), len(todo), "")
        return self._done

    def _do(self, item: Item, pictures: tuple[Pixels, ...] | MediaError, n_questions: int) -> None:
        """One item, and what came of it."""
        if self._done.without_pictures and not _has_words(item):
            return
        self._begin(item)
        if isinstance(pictures, MediaError):
            self._end(item, Wrote(problem=pictures.message))
            return
        shown = () if self._done.without_pictures else pictures
        try:
            wrote = self._ask(item, shown, n_questions)
        except NoPictures as error:
            self.warn(f"{error.message}: questions are written from words alone, what is seen waits")
            self._done.without_pictures = True
            if not _has_words(item):
                self._take_back(item)
                return
            wrote = self._ask(item, (), n_questions)
        self._end(item, wrote)

    def _ask(self, item: Item, pictures: tuple[Pixels, ...], n_questions: int) -> Wrote:
        self._done.calls += 1
        topic = self._topic(item, pictures)
        return self.writer.captions(topic) if item.task == "captions" else self.writer.questions(topic, n=n_questions)

    def _topic(self, item: Item, pictures: tuple[Pixels, ...]) -> Topic:
        query = "SELECT text, about FROM units WHERE id = ?"
        text, about = self.catalogue.connection.execute(query, (item.unit,)).fetchone()
        return Topic(kind=item.kind, text=text[:MOST_WORDS_CHARS], about=about[:MOST_WORDS_CHARS], pictures=pictures)

    def _pictures(self, subject: Subject, item: Item) -> tuple[Pixels, ...] | MediaError:
        """What is seen of a unit, or why it cannot be."""
        query = "SELECT locator FROM units WHERE id = ?"
        (locator,) = self.catalogue.connection.execute(query, (item.unit,)).fetchone()
        where = Locator.from_json(json.loads(locator))
        try:
            if where.frames_s:
                step = max(1, -(-len(where.frames_s) // MOST_FRAMES))
                frames = self.readers.frames(subject.path, where.frames_s[::step])
                return tuple(frame.pixels for frame in frames)
            picture = self.readers.picture(
                subject.path,
                page=where.page,
                box=where.boxes[0] if where.boxes else None,
                scale=_PIXELS_PER_POINT if where.page else 1.0,
                max_pixels=_MAX_PIXELS,
            )
        except MediaError as error:
            return error
        return (picture.pixels,)

    def _begin(self, item: Item) -> None:
        with self.catalogue.transaction() as connection:
            connection.execute(
                "INSERT INTO described (unit, task, model, state, attempts) VALUES (?1, ?2, ?3, 'todo', 1)"
                " ON CONFLICT (unit, task) DO UPDATE SET attempts = attempts + 1",
                (item.unit, item.task, self.writer.name),
            )

    def _take_back(self, item: Item) -> None:
        """An item that this model cannot do was never begun."""
        with self.catalogue.transaction() as connection:
            key = (item.unit, item.task)
            connection.execute("UPDATE described SET attempts = attempts - 1 WHERE unit = ? AND task = ?", key)
            connection.execute("DELETE FROM described WHERE unit = ? AND task = ? AND attempts = 0", key)

    def _end(self, item: Item, wrote: Wrote) -> None:
        state = "done" if wrote.writings else "failed"
        with self.catalogue.transaction() as connection:
            if wrote.writings:
                put_writings(connection, item.unit, self.writer.name, _ROLES[item.task], wrote.writings)
            connection.execute(
                "UPDATE described SET state = ?, reason = ?, model = ? WHERE unit = ? AND task = ?",
                (state, wrote.problem, self.writer.name, item.unit, item.task),
            )
        if not wrote.writings:
            self._done.failed[wrote.problem] = self._done.failed.get(wrote.problem, 0) + 1
        for writing in wrote.writings:
            self._done.written[writing.role] = self._done.written.get(writing.role, 0) + 1


def _has_words(item: Item) -> bool:
    """Whether a model that takes words only can do it."""
    return item.task == "questions" and item.has_text
