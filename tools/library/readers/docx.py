"""Reads Word documents: one section for each heading, paragraphs and table rows with their places, notes, heads and feet.

Pictures are left out; nothing outside the file is opened. Knows nothing of layout: a Word file has no pages of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.archive import check_archive
from sourcehound.tools.library.readers.docx_text import Paragraph, Table, attribute, blocks, local, outline_levels
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.office import faults_told, stated_dates, stated_title
from sourcehound.tools.library.readers.rows import heads_of, lines_of
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.readers.written_parts import headings_of, spans_by_anchor, tables_at
from sourcehound.tools.library.reading import Anchor, Reading, Section

READER = "docx 1"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NOTES = {"footnotes": "footnote", "endnotes": "endnote"}


def read(path: Readable, limits: Limits) -> Reading:
    """Read a Word document.

    Raises:
        MediaError: it is damaged, locked by a password, or a decompression bomb.
    """
    import docx.opc.exceptions
    from docx.opc.package import OpcPackage

    check_archive(path, limits)
    with faults_told(path, docx.opc.exceptions.OpcError), path.open("rb") as file:
        package = OpcPackage.open(file)
        main: Any = package.main_document_part
        core = package.core_properties
        levels: dict[str, int] = {}
        for styles in _related(main, "styles"):
            levels = outline_levels(styles)
        builder = _Builder()
        for block in blocks(_tree(main), levels):
            builder.add(block)
        sections = [*builder.sections(), *_notes(main), *_margins(main)]
        title = stated_title(core.title) or builder.title
        dates = stated_dates(core.created, core.modified)
    placed, cut = joined(sections, limits)
    return Reading(
        title=title or title_from_name(path),
        media_type=_MEDIA_TYPE,
        reader=READER,
        sections=placed,
        parts=(
            *headings_of(placed, [section.part or "" for section in placed]),
            *tables_at(placed, [spans_by_anchor(section, builder.heads) for section in placed]),
        ),
        dates=dates,
        warnings=(*cut, *unseen_warnings("".join(section.text for section in placed))),
    )


@dataclass(slots=True)
class _Open:
    """A section being filled."""

    title: str
    above: tuple[str, ...]
    text: str = ""
    anchors: list[Anchor] = field(default_factory=list[Anchor])
    hidden: list[str] = field(default_factory=list[str])

    def add(self, words: str, part: str) -> None:
        """Add a line of words with its place; blank lines stand between, so that each can be quoted alone."""
        if words:
            self.anchors.append(Anchor(start=len(self.text), end=len(self.text) + len(words), part=part))
            self.text += words + "\n\n"

    def section(self) -> Section:
        return Section(
            text=self.text,
            part=self.title or None,
            anchors=tuple(self.anchors),
            headings=self.above,
            producer=READER,
            hidden=" ".join(self.hidden),
        )


class _Builder:
    """Puts blocks into sections that begin at headings, and counts paragraphs and tables as people do: those with words."""

    def __init__(self) -> None:
        self.title = ""
        self.heads: dict[str, tuple[str, ...]] = {}
        self._sections = [_Open(title="", above=())]
        self._headings: list[tuple[int, str]] = []
        self._n_paragraphs = 0
        self._n_tables = 0

    def add(self, block: Paragraph | Table) -> None:
        if isinstance(block, Table):
            self._n_tables += 1
            name = f"table {self._n_tables}"
            self.heads[name] = heads_of(block.rows, marked_head=block.marked_head)
            for line in lines_of(block.rows, marked_head=block.marked_head):
                self._sections[-1].add(line, name)
        elif block.text:
            self._n_paragraphs += 1
            if block.level is not None:
                self._begin(one_line(block.text), block.level)
            self._sections[-1].add(block.text, f"paragraph {self._n_paragraphs}")
        if block.hidden:
            self._sections[-1].hidden.append(block.hidden)

    def sections(self) -> Iterator[Section]:
        return (section.section() for section in self._sections)

    def _begin(self, title: str, level: int) -> None:
        self.title = self.title or title
        self._headings = [(above, words) for above, words in self._headings if above < level]
        self._sections.append(_Open(title=title, above=tuple(words for _, words in self._headings)))
        self._headings.append((level, title))


def _notes(main: Any) -> Iterator[Section]:
    for kind, name in _NOTES.items():
        section = _Open(title=kind, above=())
        for tree in _related(main, kind):
            for note in tree:
                # separators between text and notes are stored as notes with a type
                if local(note) == name and not attribute(note, "type"):
                    section.add(_words(note), f"{name} {attribute(note, 'id')}")
        yield section.section()


def _margins(main: Any) -> Iterator[Section]:
    lines = [_words(tree) for kind in ("header", "footer") for tree in _related(main, kind)]
    section = _Open(title="headers and footers", above=())
    for line in dict.fromkeys(lines):
        section.add(line, "headers and footers")
    yield section.section()


def _words(parent: Any) -> str:
    return "\n".join(_lines(blocks(parent, {})))


def _lines(found: Iterable[Paragraph | Table]) -> Iterator[str]:
    for block in found:
        if isinstance(block, Paragraph):
            yield from filter(None, [block.text])
        else:
            yield from lines_of(block.rows, marked_head=block.marked_head)


def _related(part: Any, kind: str) -> Iterator[Any]:
    """The trees of the parts that a part is related to by this kind; parts outside the file are not opened."""
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}"):
            yield _tree(relation.target_part)


def _tree(part: Any) -> Any:
    from docx.oxml.parser import parse_xml

    # the main part of a document with macros is of no class that the library knows
    return part.element if hasattr(part, "element") else parse_xml(part.blob)
