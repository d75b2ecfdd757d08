"""Word's XML as blocks of text in reading order: paragraphs with their outline level, tables with their rows.

Inserted text counts, deleted text does not; text boxes follow the paragraph that they hang on; hidden text is kept apart.
Knows nothing of files or sections.

Source:
    ECMA-376 part 1, section 17 (WordprocessingML). Differs: drop caps, frames and numbers of lists are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_MAX_DEPTH = 200
_SMALLEST_HALF_POINTS = 8
"""Letters below 4 points are not read by people."""
_OFF = frozenset({"0", "false", "off", "none"})
_SPACES = {"tab": "\t", "br": "\n", "cr": "\n", "ptab": "\t", "noBreakHyphen": "-"}
_PASSED_OVER = frozenset(
    {
        *("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "sdtEndPr", "Fallback"),
        *("footnoteReference", "endnoteReference", "annotationRef", "commentReference", "rubyPr", "rt"),
    }
)
_TRANSPARENT = frozenset(
    {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body", "AlternateContent", "Choice"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Words of a paragraph; `level` is 1 for a top heading, 0 for the title, None for text; `hidden` is not shown."""

    text: str
    level: int | None = None
    hidden: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Cells in rows, merged cells repeated in each place they cover; `marked_head` if Word knows the first row as head."""

    rows: Sequence[Sequence[str]]
    marked_head: bool = False
    hidden: str = ""


@dataclass(slots=True)
class _Words:
    shown: list[str] = field(default_factory=list[str])
    hidden: list[str] = field(default_factory=list[str])
    boxes: list[Any] = field(default_factory=list[Any])


def blocks(parent: Any, levels: dict[str, int], depth: int = 0) -> Iterator[Paragraph | Table]:
    """The blocks inside an element, in order.

    Args:
        parent: body, cell, note or text box.
        levels: outline level by style id (`outline_levels`).
        depth: how deep the element is nested.
    """
    if depth > _MAX_DEPTH:
        return
    for child in parent:
        name = local(child)
        if name == "p":
            yield from _paragraph(child, levels, depth)
        elif name == "tbl":
            yield _table(child, levels, depth)
        elif name in _TRANSPARENT:
            yield from blocks(child, levels, depth + 1)


def outline_levels(styles: Any) -> dict[str, int]:
    """Outline level by style id: what its name says (`heading 2`, `Title`), or its outline level, or its parent's."""
    own: dict[str, int] = {}
    parents: dict[str, str] = {}
    for style in styles.iter():
        if local(style) != "style":
            continue
        style_id, name = attribute(style, "styleId"), ""
        for child in style:
            if local(child) == "name":
                name = attribute(child, "val").casefold()
            elif local(child) == "basedOn":
                parents[style_id] = attribute(child, "val")
            elif local(child) == "pPr":
                own |= {style_id: level} if (level := next(_stated_level(child), None)) is not None else {}
        words = name.split()
        if len(words) == 2 and words[0] == "heading" and words[1].isdecimal():
            own[style_id] = int(words[1])
        elif name == "title":
            own[style_id] = 0
    return {
        style_id: level for style_id in {*own, *parents} if (level := _inherited(style_id, own, parents)) is not None
    }


def local(element: Any) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """An attribute by its name without namespace; empty if it is not there."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _inherited(style_id: str, own: dict[str, int], parents: dict[str, str]) -> int | None:
    seen: set[str] = set()
    while style_id and style_id not in seen:
        if style_id in own:
            return own[style_id]
        seen.add(style_id)
        style_id = parents.get(style_id, "")
    return None


def _stated_level(properties: Any) -> Iterator[int]:
    for child in properties:
        value = attribute(child, "val")
        if local(child) == "outlineLvl" and value.isdecimal() and int(value) < 9:  # 9 is body text
            yield int(value) + 1


def _paragraph(element: Any, levels: dict[str, int], depth: int) -> Iterator[Paragraph | Table]:
    level: int | None = None
    words = _Words()
    for child in element:
        if local(child) == "pPr":
            style = next((attribute(one, "val") for one in child if local(one) == "pStyle"), "")
            level = next(_stated_level(child), levels.get(style))
    _gather(element, words, hidden=False, depth=depth)
    shown, hidden = "".join(words.shown).strip(), " ".join("".join(words.hidden).split())
    if shown or hidden:
        yield Paragraph(text=shown, level=level, hidden=hidden)
    for box in words.boxes:
        yield from blocks(box, levels, depth + 1)


def _gather(element: Any, words: _Words, *, hidden: bool, depth: int) -> None:
    if depth > _MAX_DEPTH:
        return
    for child in element:
        name = local(child)
        if not name or name in _PASSED_OVER:
            continue
        if name == "txbxContent":
            words.boxes.append(child)
        elif name == "t":
            (words.hidden if hidden else words.shown).append(child.text or "")
        elif name in _SPACES:
            words.shown.append(_SPACES[name])
        else:
            _gather(child, words, hidden=hidden or (name == "r" and _is_hidden(child)), depth=depth + 1)


def _is_hidden(run: Any) -> bool:
    for properties in run:
        if local(properties) != "rPr":
            continue
        for one in properties:
            name, value = local(one), attribute(one, "val")
            if name in {"vanish", "webHidden"} and value.casefold() not in _OFF:
                return True
            if name == "sz" and value.isdecimal() and int(value) < _SMALLEST_HALF_POINTS:
                return True
    return False


def _table(element: Any, levels: dict[str, int], depth: int) -> Table:
    rows: list[list[str]] = []
    hidden: list[str] = []
    marked = False
    for row in _named(element, "tr"):
        cells: list[str] = []
        for cell in _named(row, "tc"):
            span, continues = _cell_properties(cell)
            inside = list(blocks(cell, levels, depth + 1))
            hidden.extend(block.hidden for block in inside if block.hidden)
            text = "\n".join(_text_of(block) for block in inside)
            if continues and rows and len(cells) < len(rows[-1]):
                text = rows[-1][len(cells)]
            cells.extend([text] * span)
        if not rows:
            marked = any(local(one) == "tblHeader" for properties in _named(row, "trPr") for one in properties)
        rows.append(cells)
    return Table(rows=rows, marked_head=marked and len(rows) > 1, hidden=" ".join(hidden))


def _named(element: Any, name: str) -> Iterator[Any]:
    for child in element:
        if local(child) == name:
            yield child
        elif local(child) in _TRANSPARENT:
            yield from _named(child, name)


def _cell_properties(cell: Any) -> tuple[int, bool]:
    span, continues = 1, False
    for properties in _named(cell, "tcPr"):
        for one in properties:
            value = attribute(one, "val")
            if local(one) == "gridSpan" and value.isdecimal():
                span = max(1, min(int(value), 63))  # Word's own limit of columns
            elif local(one) == "vMerge":
                continues = value in {"", "continue"}
    return span, continues


def _text_of(block: Paragraph | Table) -> str:
    if isinstance(block, Paragraph):
        return block.text
    return "\n".join(" | ".join(cell for cell in row if cell) for row in block.rows)
