"""Reads EPUB books: what the book says of itself, then its chapters in reading order through the HTML reader.

Nothing outside the book is opened and no entity is resolved. Books with copy protection are refused by name. Pictures are
counted, not looked at. Knows nothing of pages: a book has none of its own.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import html
from sourcehound.tools.library.readers.archive import check_archive
from sourcehound.tools.library.readers.epub_package import Book, Chapter, open_book
from sourcehound.tools.library.readers.held import Held, Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.reader import BROKEN
from sourcehound.tools.library.reading import Reading, Section

READER = "epub 1"
_MEDIA_TYPE = "application/epub+zip"
_MAX_CHAPTERS = 5_000
_MAX_CHAPTER_BYTES = 32 << 20


def read(path: Readable, limits: Limits) -> Reading:
    """Read a book.

    Raises:
        MediaError: it is damaged, has copy protection, or is a decompression bomb.
    """
    check_archive(path, limits, what="EPUB book")
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        book = open_book(archive, str(path))
        walk = _Walk(archive=archive, book=book, limits=limits)
        sections, cut = joined(walk.sections(), limits)
    if not sections:
        raise MediaError("a book without words", path=str(path))
    return Reading(
        title=book.title or title_from_name(path),
        media_type=_MEDIA_TYPE,
        reader=READER,
        sections=sections,
        dates=book.dates,
        warnings=(*walk.told(), *cut),
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Goes through a book's chapters."""

    archive: zipfile.ZipFile
    book: Book
    limits: Limits
    warnings: dict[str, None] = field(default_factory=dict[str, None])

    def sections(self) -> Iterator[Section]:
        """The book's own particulars, then each chapter."""
        yield Section(text="\n\n".join(self.book.particulars()), part="about the book", producer=READER)
        for number, chapter in enumerate(self.book.chapters[:_MAX_CHAPTERS], 1):
            yield from self._chapter(chapter, number)

    def told(self) -> Iterator[str]:
        """What was left out."""
        yield from self.warnings
        if len(self.book.chapters) > _MAX_CHAPTERS:
            yield f"only the first {_MAX_CHAPTERS:,} of {len(self.book.chapters):,} chapters are read"
        if self.book.n_pictures:
            yield f"pictures in it are not looked at ({self.book.n_pictures:,})"

    def _chapter(self, chapter: Chapter, number: int) -> Iterator[Section]:
        name = f"part {number}"
        try:
            page = html.read(Held(chapter.member, self._unpack(chapter.member)), self.limits)
        except MediaError as error:
            self.warnings[f"{chapter.label or name}: {error.message}"] = None
            return
        self.warnings.update(dict.fromkeys(page.warnings))
        first = next((section.headings for section in page.sections if section.headings), ())
        for section in page.sections:
            opening = one_line(section.text.split("\n", 1)[0])
            is_named = not chapter.label or chapter.label in {*first, opening}
            above = section.headings if is_named else (chapter.label, *section.headings)
            part = chapter.label or next(iter(section.headings), "") or name
            yield replace(section, part=part, headings=above, producer=READER)

    def _unpack(self, member: str) -> bytes:
        """A member's bytes, never more than the archive's list says.

        Raises:
            MediaError: it is missing, damaged, too large, or packed in an unknown way.
        """
        try:
            info = self.archive.getinfo(member)
        except KeyError as error:
            raise MediaError("is missing from the book", path=member) from error
        if info.file_size > _MAX_CHAPTER_BYTES:
            raise MediaError(f"larger than {_MAX_CHAPTER_BYTES >> 20} MiB", path=member)
        try:
            return self.archive.read(info)
        except (*BROKEN, NotImplementedError, RuntimeError) as error:
            raise MediaError("is damaged", path=member) from error
