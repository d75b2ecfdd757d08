"""Reads Markdown: one section for each heading, the pictures it shows, and the file's own characters as its text.

Nothing is rendered: a section's text is a slice of the file, so that every quote is found in it letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise, takewhile
from typing import TYPE_CHECKING

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.called import kind_called, label_in
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.text import Decoded, load
from sourcehound.tools.library.readers.written_parts import heading_part
from sourcehound.tools.library.reading import Mention, Part, Reading, Section

if TYPE_CHECKING:
    from markdown_it.token import Token

READER = "markdown 1"
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE)
_FRONT_DATE = re.compile(
    r"^(date|published|created|updated|modified|lastmod):[ \t]*[\"']?"
    r"(\d{4}(?:-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)?)?)(?!\d)",
    re.MULTILINE | re.IGNORECASE,
)
_MODIFIED = frozenset({"updated", "modified", "lastmod"})
_WIKI_PICTURE = re.compile(r"!\[\[([^\]|#\n]+)(?:[^\]|\n]*\|([^\]\n]*))?[^\]\n]*\]\]")
_HTML_PICTURE = re.compile(r"<(?:img|video|source|audio)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_FIGURE_CAPTION = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]{0,500}>")
_MEDIA_SUFFIX = re.compile(r"\.(mp4|m4v|mov|mkv|webm|avi|ogv|wav|mp3|flac|ogg|opus|m4a)$", re.IGNORECASE)
_MAX_AROUND = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    line: int
    level: int
    title: str


def read(path: Readable, limits: Limits) -> Reading:
    """Read a Markdown file.

    Raises:
        MediaError: it is no text.
    """
    from markdown_it import MarkdownIt

    decoded = load(path, limits)
    # the parser counts lines as Markdown does: \r\n and \r are one line end each
    starts = _line_starts(decoded.text)
    front = _FRONT_MATTER.match(decoded.text)
    body_from = decoded.text.count("\n", 0, front.end()) if front else 0
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(_without(decoded.text, front))
    headings = list(_headings(tokens))
    named = _FRONT_TITLE.search(front.group(1)) if front else None
    first = next((h.title for h in headings if h.level == 1), "")
    return Reading(
        title=one_line(named.group(1) if named else first) or title_from_name(path),
        media_type="text/markdown",
        reader=READER,
        sections=tuple(_sections(decoded, headings, starts, first_line=body_from)),
        parts=(*_heading_parts(decoded, headings, starts), *_table_parts(decoded, tokens, starts)),
        mentions=tuple(dict.fromkeys(_mentions(tokens))),
        dates=_dates(front.group(1)) if front else {},
        warnings=decoded.warnings,
    )


def _dates(front: str) -> dict[str, str]:
    """ISO dates of the front matter, under `published` and `modified`."""
    found: dict[str, str] = {}
    for key, date in _FRONT_DATE.findall(front):
        found.setdefault("modified" if key.lower() in _MODIFIED else "published", date)
    return found


def _without(text: str, front: re.Match[str] | None) -> str:
    # same lines, no front matter: its closing line would make a heading of the last key
    return text if front is None else re.sub(r"[^\r\n]+", "", front.group(0)) + text[front.end() :]


def _line_starts(text: str) -> list[int]:
    return [0, *accumulate(len(line) for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text))]


def _headings(tokens: list[Token]) -> Iterator[_Heading]:
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            yield _Heading(line=token.map[0], level=int(token.tag[1:]), title=one_line(_shown(inline)))


def _sections(decoded: Decoded, headings: list[_Heading], starts: list[int], *, first_line: int) -> Iterator[Section]:
    above: list[_Heading] = []
    cuts = [first_line, *(h.line for h in headings), len(starts)]
    for at, heading in enumerate([None, *headings]):
        if heading is not None:
            above = [h for h in above if h.level < heading.level]
        begin, end = (_offset(starts, cuts[at + step], decoded.text) for step in (0, 1))
        if decoded.text[begin:end].strip():
            yield Section(
                text=decoded.text[begin:end],
                start=decoded.start + begin,
                headings=tuple(h.title for h in above),
                producer=READER,
            )
        if heading is not None:
            above.append(heading)


def _heading_parts(decoded: Decoded, headings: list[_Heading], starts: list[int]) -> Iterator[Part]:
    for number, one in enumerate(headings, start=1):
        begin, end = (_offset(starts, line, decoded.text) for line in (one.line, one.line + 1))
        length = len(decoded.text[begin:end].rstrip())
        yield heading_part(number, one.title, start=decoded.start + begin, length=length, level=one.level)


def _table_parts(decoded: Decoded, tokens: list[Token], starts: list[int]) -> Iterator[Part]:
    """The tables, as the lines of the file that they are written in; the line before may name one."""
    number = 0
    for at, token in enumerate(tokens):
        if token.type != "table_open" or token.map is None:
            continue
        number += 1
        begin, end = (_offset(starts, line, decoded.text) for line in token.map)
        rows = decoded.text[begin:end].rstrip()
        before = tokens[at - 2] if at > 1 and tokens[at - 2].type == "inline" else None
        named = one_line(_shown(before)) if before is not None else ""
        label = label_in(named) if kind_called(named) == "table" else ""
        in_head = takewhile(lambda one: one.type != "thead_close", tokens[at:])
        yield Part(
            kind="table",
            number=number,
            label=label,
            caption=named if label else "",
            chars=(decoded.start + begin, decoded.start + begin + len(rows)),
            heads=tuple(_shown(one) for one in in_head if one.type == "inline"),
        )


def _offset(starts: list[int], line: int, text: str) -> int:
    return starts[line] if line < len(starts) else len(text)


def _mentions(tokens: list[Token]) -> Iterator[Mention]:
    blocks = [token for token in tokens if token.type in {"inline", "html_block"}]
    for at, block in enumerate(blocks):
        after = _emphasised(blocks[at + 1]) if at + 1 < len(blocks) else ""
        around = " ".join(filter(None, (_near(blocks, at - 1), _shown(block), _near(blocks, at + 1))))[:_MAX_AROUND]
        for target, words in _shows(block):
            caption = " ".join(dict.fromkeys(filter(None, (*words, _caption_line(block), after))))
            yield Mention(target=target, caption=one_line(caption), around=around)


def _shows(block: Token) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The pictures and films that a block shows: target and the words given with it."""
    from urllib.parse import unquote

    for child in block.children or ():
        if child.type == "image":
            yield unquote(str(child.attrs.get("src", ""))), (child.content, str(child.attrs.get("title", "")))
        elif child.type == "link_open" and _MEDIA_SUFFIX.search(target := unquote(str(child.attrs.get("href", "")))):
            yield target, (_shown(block),)
    for found in _WIKI_PICTURE.finditer(block.content):
        yield found.group(1).strip(), (found.group(2) or "",)
    for found in _HTML_PICTURE.finditer(block.content):
        given = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(found.group(1))}
        caption = _FIGURE_CAPTION.search(block.content)
        if given.get("src"):
            words = (given.get("alt", ""), given.get("title", ""), _TAG.sub(" ", caption.group(1)) if caption else "")
            yield unquote(given["src"]), words


def _caption_line(block: Token) -> str:
    """Words in italics on the line after a picture, in the same paragraph."""
    children = block.children or []
    for at, child in enumerate(children[:-2]):
        if (
            child.type == "image"
            and children[at + 1].type in {"softbreak", "hardbreak"}
            and children[at + 2].type == "em_open"
        ):
            return _text_of(children[at + 3 :], until="em_close")
    return ""


def _emphasised(block: Token) -> str:
    """The words of a paragraph that is in italics as a whole: how captions are written under pictures."""
    children = [child for child in block.children or () if child.content or child.type not in {"text", "softbreak"}]
    if len(children) > 1 and children[0].type == "em_open" and children[-1].type == "em_close":
        return _shown(block)
    return ""


def _near(blocks: list[Token], at: int) -> str:
    return _shown(blocks[at]) if 0 <= at < len(blocks) else ""


def _shown(block: Token) -> str:
    if block.type == "html_block":
        return one_line(_TAG.sub(" ", block.content))
    return _text_of(block.children or [])


def _text_of(children: list[Token], *, until: str = "") -> str:
    words: list[str] = []
    for child in children:
        if child.type == until:
            break
        if child.type in {"text", "code_inline", "image"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
    return " ".join("".join(words).split())
