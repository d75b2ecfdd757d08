"""Files inside a file: a member of an archive or an attachment, read by the reader of its own format into plain sections.

Only words are taken. Pages, pictures, seconds and boxes of a member cannot be shown, because nothing opens it again later:
its page becomes part of its name. Knows nothing of archives or messages.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Protocol, cast

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import formats, text
from sourcehound.tools.library.readers.detect import HEAD_BYTES, detect
from sourcehound.tools.library.readers.formats import Format, Skip
from sourcehound.tools.library.readers.held import Held, Readable
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.reader import BROKEN
from sourcehound.tools.library.reading import Anchor, Reading, Section

READ_INSIDE = (
    *(formats.TEXT, formats.MARKDOWN, formats.HTML, formats.CSV, formats.TSV, formats.SUBTITLES),
    *(formats.PDF, formats.DOCX, formats.PPTX, formats.XLSX, formats.EPUB),
    *(formats.MAIL, formats.JSON, formats.JSON_LINES, formats.NOTEBOOK),
)
"""Formats that have words. Of pictures, films and sound only the name is told, and an archive is not opened in another."""
NOT_SEEN = "a picture, film or recording, which is not looked into inside another file: save it on its own"
NOT_OPENED = "an archive inside another file, which is not opened: unpack it to have it read"
_NO_NAME = re.compile(r"\.{0,2}|[A-Za-z]:")
_LONGEST_NAME = 80


class _Reads(Protocol):
    def read(self, path: Readable, limits: Limits) -> Reading: ...


def read_inside(where: str, data: bytes, limits: Limits, *, but: Container[Format] = ()) -> Reading:
    """Read a file that lies inside another.

    Args:
        where: its name there.
        data: its bytes.
        limits: as for a file.
        but: formats that are not read here, though they have words.

    Raises:
        MediaError: it is of no format that is read inside others, or cannot be read; one line says why.
    """
    kind = detect(where, data[:HEAD_BYTES], held=data)
    if isinstance(kind, Skip):
        raise MediaError(kind.reason, path=where)
    if kind not in READ_INSIDE:
        raise MediaError(NOT_OPENED if kind is formats.ZIP else NOT_SEEN, path=where)
    if kind in but:
        raise MediaError(f"{kind.name} in {kind.name}, which is not opened: save it on its own", path=where)
    module: object = text if kind is formats.SUBTITLES else importlib.import_module(kind.module)
    try:
        return cast("_Reads", module).read(Held(where, data), limits)
    except BROKEN as error:
        said = one_line(str(error))
        raise MediaError(f"cannot be read: {said or type(error).__name__}", path=where) from error


def plain_sections(reading: Reading, name: str) -> Iterator[Section]:
    """The sections of a member as those of the file it lies in: its name before every part, and no place but characters.

    Args:
        reading: of the member.
        name: as people are shown it.
    """
    own = () if reading.title == title_from_name(Held(name, b"")) else (reading.title,)
    for section in reading.sections:
        label = section.page_label or section.page
        place = section.part if section.page is None else f"page {label}"
        part = _named(name, place)
        yield Section(
            text=section.text,
            part=part,
            anchors=tuple(_plain(anchor, name) for anchor in section.anchors if anchor.part),
            headings=tuple(dict.fromkeys((*own, *section.headings))),
            producer=section.producer,
            hidden=section.hidden,
        )


def shown_name(where: str) -> str:
    r"""A member's name fit to be seen: one line, and no way out of the archive in it.

    Example:
        >>> shown_name("../../etc/passwd"), shown_name(r"C:\docs\a.txt")
        ('etc/passwd', 'docs/a.txt')
    """
    parts = [part for part in one_line(where.replace("\\", "/")).split("/") if not _NO_NAME.fullmatch(part)]
    return "/".join(parts)[-_LONGEST_NAME:] or "unnamed"


def is_safe(where: str) -> bool:
    """Whether a member's name leads nowhere but into the archive."""
    parts = where.replace("\\", "/").rstrip("/").split("/")
    return not any(_NO_NAME.fullmatch(part) for part in parts)


def _plain(anchor: Anchor, name: str) -> Anchor:
    return replace(anchor, box=None, start_s=None, end_s=None, part=_named(name, anchor.part))


def _named(name: str, place: str | None) -> str:
    return f"{name}, {place}" if place else name
