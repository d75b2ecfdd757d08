"""Reads Jupyter notebooks: each cell a section, its words or code and the text that it printed, under the headings above.

Nothing is run. Pictures and other rich output are left out. Knows nothing of kernels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.encoding import decode, encoding_of
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.reading import Reading, Section

READER = "notebook 1"
_MEDIA_TYPE = "application/x-ipynb+json"
_MAX_OUTPUT = 10_000
"""Characters kept of what one cell printed: training logs go on for pages."""
_STAND_IN = re.compile(r"<[^<>]{1,200}>")
"""What stands for a picture where none can be shown, as `<Figure size 640x480 with 1 Axes>`."""
_MAX_CELLS = 20_000


def read(path: Readable, limits: Limits) -> Reading:
    """Read a notebook of format 3 or later.

    Raises:
        MediaError: it is no notebook.
    """
    data = path.read_bytes()
    encoding = encoding_of(data)
    try:
        document = json.loads(decode(data, encoding or "utf-8").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise MediaError("a damaged notebook: it is no JSON", path=str(path)) from error
    cells = _cells(document)
    if cells is None:
        raise MediaError("a notebook without cells", path=str(path))
    walk = _Walk()
    sections, cut = joined(walk.sections(cells[:_MAX_CELLS]), limits)
    told = (f"only the first {_MAX_CELLS:,} of {len(cells):,} cells are read",) if len(cells) > _MAX_CELLS else ()
    return Reading(
        title=_title(document) or walk.title or title_from_name(path),
        media_type=_MEDIA_TYPE,
        reader=READER,
        sections=sections,
        warnings=(*walk.warnings(), *told, *cut, *unseen_warnings("".join(section.text for section in sections))),
    )


@dataclass(slots=True)
class _Walk:
    """Goes through the cells.

    Attributes:
        title: the first heading of the first level.
    """

    title: str = ""
    n_cut: int = 0
    n_rich: int = 0
    _above: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def sections(self, cells: list[Any]) -> Iterator[Section]:
        """A section for each cell."""
        for number, cell in enumerate(cells, 1):
            if not isinstance(cell, dict):
                continue
            fields = cast("dict[str, Any]", cell)
            words = _text(fields.get("source", fields.get("input"))).strip("\n")
            headings = tuple(title for _, title in self._above)
            kind = fields.get("cell_type")
            if kind == "heading":  # of format 3
                words = f"{'#' * _level(fields)} {words}"
            if kind in {"markdown", "heading"}:
                self._note_headings(words)
            printed = self._printed(fields) if kind == "code" else ""
            text = "\n\n".join(filter(None, (words, printed)))
            yield Section(text=text, part=f"cell {number}", headings=headings, producer=READER)

    def warnings(self) -> Iterator[str]:
        """What of the outputs is left out."""
        if self.n_cut:
            yield f"of the output of {self.n_cut:,} cells only the first {_MAX_OUTPUT:,} characters are read"
        if self.n_rich:
            yield f"pictures among its outputs are not looked at ({self.n_rich:,})"

    def _note_headings(self, words: str) -> None:
        from markdown_it import MarkdownIt

        tokens = MarkdownIt("commonmark").parse(words)
        for opens, inline in pairwise(tokens):
            if opens.type != "heading_open" or opens.level:
                continue
            level, title = int(opens.tag[1:]), one_line(inline.content)
            self._above = [(above, said) for above, said in self._above if above < level]
            if title:
                self._above.append((level, title))
                self.title = self.title or (title if level == 1 else "")

    def _printed(self, cell: dict[str, Any]) -> str:
        outputs = cell.get("outputs")
        given = cast("list[Any]", outputs) if isinstance(outputs, list) else []
        found = [self._output(cast("dict[str, Any]", output)) for output in given if isinstance(output, dict)]
        printed = "\n\n".join(filter(None, found))
        self.n_cut += len(printed) > _MAX_OUTPUT
        return printed[:_MAX_OUTPUT].rstrip()

    def _output(self, output: dict[str, Any]) -> str:
        """The text of an output: what was printed, the plain form of a result, or an error in one line."""
        if output.get("output_type") in {"error", "pyerr"}:
            return f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}"
        data = output.get("data")
        rich = cast("dict[str, Any]", data) if isinstance(data, dict) else output
        is_picture = any(name.startswith("image/") or name in {"png", "jpeg", "svg"} for name in rich)
        self.n_rich += is_picture
        words = _text(rich.get("text/plain", rich.get("text"))).strip("\n")
        return "" if is_picture and _STAND_IN.fullmatch(words) else words


def _cells(document: Any) -> list[Any] | None:
    """The cells of a notebook; format 3 keeps them in worksheets."""
    if not isinstance(document, dict):
        return None
    fields = cast("dict[str, Any]", document)
    sheets = fields.get("worksheets")
    if isinstance(fields.get("cells"), list):
        return fields["cells"]
    if not isinstance(sheets, list):
        return None
    inside = [
        cast("dict[str, Any]", sheet).get("cells") for sheet in cast("list[Any]", sheets) if isinstance(sheet, dict)
    ]
    return [cell for cells in inside if isinstance(cells, list) for cell in cast("list[Any]", cells)]


def _title(document: Any) -> str:
    metadata = document.get("metadata")
    title = cast("dict[str, Any]", metadata).get("title") if isinstance(metadata, dict) else None
    return one_line(title) if isinstance(title, str) else ""


def _level(cell: dict[str, Any]) -> int:
    level = cell.get("level")
    return min(6, max(1, level)) if isinstance(level, int) else 1


def _text(value: Any) -> str:
    """A notebook keeps text whole or as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in cast("list[Any]", value) if isinstance(line, str))
    return value if isinstance(value, str) else ""
