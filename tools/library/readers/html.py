"""Reads HTML: the words that a person sees, one section for each heading, and the pictures it shows.

Nothing is fetched, no entity is resolved, no script runs. Scripts, styles, comments and hidden elements are left out,
and hidden words are reported. Characters are counted in the reader's own text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.html_table import rows_may_be_read, table_of
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.rows import heads_of, lines_of
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.readers.written_parts import TableSpan, headings_of, tables_at
from sourcehound.tools.library.reading import Mention, Reading, Section

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DROPPED = re.compile(
    r"script|style|noscript|template|head|title|meta|link|iframe|object|embed|applet|canvas|svg|math"
    r"|datalist|dialog"
)
_BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|h1|h2|h3|h4|h5|h6|header|hr|html|li|main|menu|nav|ol|option|p|pre|section|select|summary"
    r"|table|tbody|tfoot|thead|tr|ul"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset({"td", "th"})
_SHOWN_MEDIA = frozenset({"img", "video", "audio", "source"})
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0*\.?0+\s*(;|$|!)|font-size\s*:\s*0*\.?[0-2]?(px|pt|em|%|;|$)"
    r"|(left|top|text-indent|margin-left)\s*:\s*-\d{4,}|clip\s*:\s*rect\(\s*0|(max-)?(height|width)\s*:\s*0(px)?\s*(;|$)",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w\-:.]{2,40})""", re.IGNORECASE)
_CHARSET_WITHIN = 4096
_PUBLISHED = re.compile(
    r"(article:|og:)?published_time|date(published)?|dc(terms)?\.(date(\.issued)?|issued|created)|pubdate"
)
_MODIFIED = re.compile(r"(article:)?modified_time|og:updated_time|datemodified|dc(terms)?\.modified|last-modified")
_ISO_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ][\d:.]+(Z|[+-][\d:]+)?)?)?)?")
_MAX_DEPTH = 500
_AROUND = 400


def read(path: Readable, limits: Limits) -> Reading:
    """Read an HTML file.

    Raises:
        MediaError: there is no HTML in it.
    """
    import lxml.etree
    import lxml.html

    reader = f"lxml {'.'.join(map(str, lxml.etree.LXML_VERSION[:3]))}"
    data = path.read_bytes()
    parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding=_encoding(data))
    try:
        root: Any = lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.ParserError, ValueError) as error:
        raise MediaError("holds no HTML", path=str(path)) from error
    page = _Page(reader=reader)
    page.walk(root, 0)
    page.close_section()
    named = one_line(" ".join(root.findtext(".//title", default="").split()))
    first = next((title for level, title in page.titles if level == 1), "")
    sections, told = _bounded(page.sections, limits)
    return Reading(
        title=named or first or title_from_name(path),
        media_type="text/html",
        reader=reader,
        sections=sections,
        mentions=tuple(dict.fromkeys(page.mentions)),
        parts=(
            *headings_of(sections, page.headings[: len(sections)]),
            *tables_at(sections, page.tables[: len(sections)]),
        ),
        dates=_dates(root),
        warnings=(*told, *(("words that are not shown are left out",) if page.hides else ())),
    )


@dataclass(slots=True, kw_only=True)
class _Page:
    """Walks through a document and gathers what a person sees, line by line."""

    reader: str
    sections: list[Section] = field(default_factory=list[Section])
    mentions: list[Mention] = field(default_factory=list[Mention])
    titles: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    headings: list[str] = field(default_factory=list[str])
    tables: list[tuple[TableSpan, ...]] = field(default_factory=list[tuple[TableSpan, ...]])
    hides: bool = False
    _lines: list[str] = field(default_factory=list[str])
    _line: list[str] = field(default_factory=list[str])
    _hidden: list[str] = field(default_factory=list[str])
    _above: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _tables: list[TableSpan] = field(default_factory=list[TableSpan])
    _length: int = 0

    def walk(self, element: HtmlElement, depth: int) -> None:
        """Take an element with all that is in it; its tail belongs to the caller."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or _DROPPED.fullmatch(tag) or depth > _MAX_DEPTH:
            return
        if _is_hidden(element):
            words = one_line(element.text_content())
            if words:
                self.hides = True
                self._hidden.append(words)
            return
        if tag in _HEADINGS:
            self._open_section(_HEADINGS[tag], one_line(element.text_content()))
        if tag in _SHOWN_MEDIA:
            self._mention(element)
        if tag == "table" and rows_may_be_read(element):
            self._table(element, depth)
            return
        self._inside(element, tag, depth)

    def close_section(self) -> None:
        """End the section that is being read."""
        self._end_line()
        text = "\n".join(self._lines).rstrip("\n")
        if text:
            headings = tuple(title for _, title in self._above[: -1 if self._starts_with_heading() else None])
            self.sections.append(
                Section(
                    text=text,
                    start=self._length,
                    headings=headings,
                    producer=self.reader,
                    hidden="\n".join(self._hidden),
                )
            )
            self.tables.append(tuple(self._tables))
            self.headings.append(self._lines[0] if self._starts_with_heading() else "")
            self._length += len(text) + 1
        self._lines, self._hidden, self._tables = [], [], []

    def _inside(self, element: HtmlElement, tag: str, depth: int) -> None:
        is_block = _BLOCKS.fullmatch(tag) is not None
        if is_block or tag == "br":
            self._end_line()
        elif tag in _CELLS and self._line:
            self._line.append(" | ")
        self._words(element.text, keep_lines=tag == "pre")
        for child in element:
            self.walk(child, depth + 1)
            self._words(child.tail, keep_lines=tag == "pre")
        if is_block:
            self._end_line()

    def _table(self, element: HtmlElement, depth: int) -> None:
        """Take a table row by row, each cell with its column's head, a blank line behind each."""
        table = table_of(element, lambda cell: self._apart(cell, depth + 1))
        lines = lines_of(table.rows, marked_head=table.marked_head)
        self._end_line()
        if table.caption:
            self._lines += [table.caption, ""]
        start = sum(len(line) + 1 for line in self._lines)
        self._lines += [line for row in lines for line in (row, "")]
        if lines:
            heads = heads_of(table.rows, marked_head=table.marked_head)
            length = sum(len(line) + 2 for line in lines) - 2
            self._tables.append(TableSpan(start=start, end=start + length, heads=heads, caption=table.caption))

    def _apart(self, cell: HtmlElement, depth: int) -> str:
        """A cell's words on one line; what it shows and hides is the page's."""
        inside = _Page(reader=self.reader)
        inside.walk(cell, depth)
        inside.close_section()
        self.mentions += inside.mentions
        self.hides |= inside.hides
        self._hidden += [section.hidden for section in inside.sections if section.hidden]
        return one_line(" ".join(section.text for section in inside.sections))

    def _open_section(self, level: int, title: str) -> None:
        self.close_section()
        self._above = [(above, words) for above, words in self._above if above < level]
        if title:
            self._above.append((level, title))
            self.titles.append((level, title))

    def _starts_with_heading(self) -> bool:
        return bool(self._above and self._lines and self._lines[0] == self._above[-1][1])

    def _words(self, text: str | None, *, keep_lines: bool) -> None:
        if not text:
            return
        if not keep_lines:
            self._line.append(re.sub(r"[ \t\r\n\f\v]+", " ", text))
            return
        first, *rest = text.split("\n")
        self._line.append(first)
        for line in rest:
            self._end_line()
            self._line.append(line)

    def _end_line(self) -> None:
        line = re.sub(r" {2,}", " ", "".join(self._line)).strip(" |")
        self._line = []
        if line:
            self._lines.append(line)

    def _mention(self, element: HtmlElement) -> None:
        target = element.get("src") or element.get("data-src") or ""
        if element.tag != "source" and not target:
            target = (element.get("srcset") or "").split(",")[0].split()[0] if element.get("srcset") else ""
        if not target or target.startswith("data:"):
            return
        figure = next(element.iterancestors("figure"), None)
        words = [element.get("alt") or "", element.get("title") or ""]
        if figure is not None:
            words += [caption.text_content() for caption in figure.iter("figcaption")]
        around = figure if figure is not None else element.getparent()
        caption = " ".join(dict.fromkeys(filter(None, map(one_line, words))))
        shown = " ".join(around.text_content().split())[:_AROUND] if around is not None else ""
        self.mentions.append(Mention(target=unquote(target), caption=caption, around=shown))


def _dates(root: HtmlElement) -> dict[str, str]:
    """ISO dates that the page states of itself, under `published` and `modified`."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        keys = [(meta.get(name) or "").strip().lower() for name in ("name", "property", "itemprop", "http-equiv")]
        date = _iso((meta.get("content") or "").strip())
        for what, named in (("published", _PUBLISHED), ("modified", _MODIFIED)):
            if date and any(map(named.fullmatch, keys)):
                found.setdefault(what, date)
    return found


def _iso(date: str) -> str:
    """A date as ISO 8601 if it is one, or one of a mail's or server's; else empty."""
    if _ISO_DATE.fullmatch(date):
        return date
    try:
        return parsedate_to_datetime(date[:100]).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true" or element.tag == "input":
        return True
    return bool(_HIDING_STYLE.search(element.get("style") or ""))


def _encoding(data: bytes) -> str | None:
    """UTF-8 where the bytes are that, else what the page says; None leaves it to the parser."""
    import codecs

    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    stated = _CHARSET.search(data[:_CHARSET_WITHIN])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if stated is None:
            return "cp1252"
        try:
            return codecs.lookup(stated.group(1).decode("ascii")).name
        except LookupError:
            return "cp1252"
    return "utf-8"


def _bounded(sections: list[Section], limits: Limits) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    kept = [section for section in sections if section.start + len(section.text) <= limits.max_text_chars]
    warned = dict.fromkeys(line for section in kept for line in unseen_warnings(section.text))
    if len(kept) < len(sections):
        warned[f"only the first {limits.max_text_chars} characters are read"] = None
    return tuple(kept), tuple(warned)
