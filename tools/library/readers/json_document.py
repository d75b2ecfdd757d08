"""Reads JSON: each record of it a section, its fields as lines, each at its JSON path.

Records are the members of the outermost value and of the arrays directly in it. The file is taken record by record, so that
its size does not matter; where it breaks, what stands before is kept. What is no JSON at all is read as text, and said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, cast

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import json_lines, text
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.json_stream import BrokenJson, Cursor, TooLargeJson
from sourcehound.tools.library.readers.json_text import Leftovers, Lines, is_titled, path_of, record, title_of
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.reading import Reading, Section

READER = "json 1"
MEDIA_TYPE = "application/json"
MOST_RECORDS = 100_000
_MAX_DEPTH = 16
"""How deep values that are too large to be decoded at once are entered."""
_PLAIN_CHARS = 20_000
"""About so many characters of values that belong to no record make a section."""
_TOO_LARGE = object()
"""Stands for a value that is too large to be decoded at once: the cursor is before it."""
_Member = tuple[str, str, Any]
"""Key (empty in an array), path and value."""


def read(path: Readable, limits: Limits) -> Reading:
    """Read a JSON file.

    Raises:
        MediaError: it is no text.
    """
    if json_lines.has_lines(path):
        return replace(json_lines.read(path, limits), media_type=MEDIA_TYPE)
    with path.open("rb") as file:
        document = _Document(Cursor(file, str(path)))
        sections, cut = joined(document.sections(), limits)
    if document.broken and not sections:
        plain = text.read(path, limits)
        told = f"is no JSON ({document.broken}): read as plain text"
        return replace(plain, media_type=MEDIA_TYPE, warnings=(told, *plain.warnings))
    broken = (f"is damaged ({document.broken}): only what stands before is read",) if document.broken else ()
    unseen = unseen_warnings("".join(section.text for section in sections))
    return Reading(
        title=document.title or title_from_name(path),
        media_type=MEDIA_TYPE,
        reader=READER,
        sections=sections,
        warnings=(*broken, *document.warnings, *document.left.warnings(), *cut, *unseen),
    )


@dataclass(slots=True)
class _Document:
    """Walks through a document and makes sections of it.

    Attributes:
        title: what the outermost object calls itself.
        broken: what is wrong with the document, empty if nothing is.
    """

    cursor: Cursor
    title: str = ""
    broken: str = ""
    warnings: list[str] = field(default_factory=list[str])
    left: Leftovers = field(default_factory=Leftovers)
    n_records: int = 0

    def sections(self) -> Iterator[Section]:
        """The sections, up to where the document ends or breaks."""
        try:
            if self.cursor.peek():
                yield from self._outermost()
                if self.n_records < MOST_RECORDS and not self.left.is_cut and self.cursor.peek():
                    self.warnings.append("what stands after its first value is left out")
        except BrokenJson as error:
            self.broken = str(error)

    def _outermost(self) -> Iterator[Section]:
        is_container = self.cursor.peek() in "[{"
        try:
            value = self.cursor.value()
        except (TooLargeJson, BrokenJson):
            if not is_container:
                raise BrokenJson(f"character {self.cursor.place + 1:,} is wrong") from None
            # member by member, as far as it goes
            yield from self._members(self._walk("$"), "$", 0)
            return
        if isinstance(value, dict):
            self.title = title_of(cast("dict[str, Any]", value))
        if isinstance(value, list) or (isinstance(value, dict) and _holds_parts(cast("dict[str, Any]", value))):
            yield from self._members(_pairs(value, "$"), "$", 0)
        else:
            yield self._record(value, "$", "")

    def _members(self, pairs: Iterable[_Member], path: str, depth: int) -> Iterator[Section]:
        """The members of a container: records as sections, the rest of its values as lines between them."""
        plain = self._lines()
        for key, inner, value in pairs:
            if value is _TOO_LARGE or isinstance(value, dict) or (depth == 0 and key and _holds_records(value)):
                yield plain.section(part=path)
                plain = self._lines()
                yield from self._large(inner, depth) if value is _TOO_LARGE else self._records(value, inner, key)
            else:
                plain.field(key, value, inner)
            if plain.length > _PLAIN_CHARS:
                yield plain.section(part=path)
                plain = self._lines()
            if self.n_records >= MOST_RECORDS:
                self.warnings.append(f"only the first {MOST_RECORDS:,} records are read")
                return
            if self.left.is_cut:
                break
        yield plain.section(part=path)

    def _large(self, path: str, depth: int) -> Iterator[Section]:
        if depth == _MAX_DEPTH or self.cursor.peek() not in "[{":
            raise BrokenJson(f"a value at {path} is too large")
        yield from self._members(self._walk(path), path, depth + 1)

    def _records(self, value: Any, path: str, key: str) -> Iterator[Section]:
        if isinstance(value, dict):
            yield self._record(value, path, key)
            return
        for place, item in enumerate(value):
            if self.n_records < MOST_RECORDS and not self.left.is_cut:
                yield self._record(item, f"{path}[{place}]", "")

    def _walk(self, path: str) -> Iterator[_Member]:
        """The members of the container at the cursor."""
        is_object = self.cursor.take("[{") == "{"
        closing = "}" if is_object else "]"
        for place in count():
            if place == 0 and self.cursor.peek() == closing:
                break
            key = self._key() if is_object else ""
            inner = path_of(path, key) if is_object else f"{path}[{place}]"
            try:
                value = self.cursor.value()
            except TooLargeJson:
                value = _TOO_LARGE
            yield key, inner, value
            if self.cursor.take("," + closing) == closing:
                return
        self.cursor.take(closing)

    def _key(self) -> str:
        if self.cursor.peek() != '"':
            raise BrokenJson(f"character {self.cursor.place + 1:,} is wrong")
        key = self.cursor.value()
        self.cursor.take(":")
        return key

    def _record(self, value: Any, path: str, key: str) -> Section:
        self.n_records += 1
        return record(self._lines(), value, path=path, part=path, heading=key)

    def _lines(self) -> Lines:
        return Lines(producer=READER, named=True, left=self.left)


def _pairs(value: Any, path: str) -> Iterator[_Member]:
    """The members of a decoded container."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        yield from ((key, path_of(path, key), inner) for key, inner in members.items())
    else:
        yield from (("", f"{path}[{place}]", inner) for place, inner in enumerate(value))


def _holds_parts(fields: dict[str, Any]) -> bool:
    """Whether an object is not one record but holds several."""
    if any(map(_holds_records, fields.values())):
        return True
    return not is_titled(fields) and any(isinstance(value, dict) for value in fields.values())


def _holds_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in cast("list[Any]", value))
