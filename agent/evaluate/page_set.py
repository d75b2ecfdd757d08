"""Page sets: questions with the pages, and where they are known the boxes, that hold their evidence.

As MMLongBench-Doc has them: `questions.jsonl` beside `pdf/`. The files that lie there are told from each other by
`page_tasks`; those of MMDocIR and ViDoRe are read by files of their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sourcehound.agent.evaluate import labels, layouts
from sourcehound.agent.evaluate.collection import OWN_DOCUMENT, WHOLE, Collection, Files, Question, Scope
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Box, Evidence

MEASURES = ("Success@5", "Success@1", "R@1", "R@3", "R@5", "R@10", "nDCG@5", "nDCG@10", "RR")
LAYOUT_MEASURES = ("LayoutR@5", "LayoutR@1", "LayoutR@10")
LAYOUT = "layout"
PDF_FOLDER = "pdf"
QUESTIONS = "questions.jsonl"
BOXES = "mmdocir_boxes.jsonl"


def load(path: Path, split: str = "") -> Collection:
    """Read `questions.jsonl`: each line has `question`, `file`, `evidence_pages_1based` and maybe `evidence_sources`.

    Boxes are read from `mmdocir_boxes.jsonl` where it lies there too.

    Args:
        path: its folder.
        split: must be empty, the layout has none.

    Raises:
        InputError: a file is missing or a line is wrong.

    Source:
        Ma et al., "MMLongBench-Doc: Benchmarking Long-context Document Understanding with Visualizations", NeurIPS 2024,
        whose labels these are.
    """
    if split:
        raise InputError(f"{path} has no splits", remedy="leave out --split")
    file, beside = path / QUESTIONS, path / BOXES
    boxes = _boxes(path, beside) if beside.is_file() else {}
    return Collection(
        task="pages",
        path=path,
        labels_sha256=labels.sha256_of(file, *([beside] if boxes else [])),
        material=Files(paths=(str(path / PDF_FOLDER),), include=("*.pdf", "*.PDF"), counted="page"),
        questions=tuple(_question(path, where, row, boxes) for where, row in labels.rows(file)),
        scopes=scopes(path, has_boxes=bool(boxes)),
    )


def scopes(root: Path, *, has_boxes: bool) -> tuple[Scope, ...]:
    """Pages of the question's own document, and of all; and boxes of its own document where some are labelled."""
    pages = partial(page_of, root)
    found = [
        Scope(name=OWN_DOCUMENT, own_document=True, kinds=("page",), item_of=pages, measures=MEASURES),
        Scope(name=WHOLE, kinds=("page",), item_of=pages, measures=MEASURES),
    ]
    if has_boxes:
        found.append(
            Scope(
                name=LAYOUT,
                own_document=True,
                kinds=("passage", "image"),
                item_of=partial(layout_of, root),
                measures=LAYOUT_MEASURES,
                asks=lambda question: bool(question.layouts),
            )
        )
    return tuple(found)


def page_of(root: Path, evidence: Evidence) -> str | None:
    """The name of the page that a hit lies on: its file below the collection's folder, and its physical page."""
    page = evidence.locator.page
    if page is None or evidence.source.path is None:
        return None
    return page_name(root, evidence.source.path, page)


def layout_of(root: Path, evidence: Evidence) -> str | None:
    """The boxes of a hit on its page."""
    page = page_of(root, evidence)
    boxes = layouts.boxes_of(evidence.locator)
    return layouts.item(page, boxes) if page is not None and boxes else None


def page_name(root: Path, file: str, page: int) -> str:
    """The name of a page, from 1, of an absolute path below the collection's folder."""
    return f"{file.removeprefix(f'{root}/')}#page={page}"


def box_of(value: object, where: str) -> Box:
    """A labelled box: left, top, right, bottom in points.

    Raises:
        InputError: it is something else.
    """
    if isinstance(value, list) and len(value) == len(("left", "top", "right", "bottom")):
        sides = [side for side in value if isinstance(side, int | float)]
        if len(sides) == len(value):
            return (float(sides[0]), float(sides[1]), float(sides[2]), float(sides[3]))
    raise InputError(f"{where}: a box must be four numbers, not {value!r}", remedy="mend the line")


def _boxes(root: Path, file: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """Labelled boxes as items, by the document's name and the question's words."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for where, row in labels.rows(file):
        document = labels.text_of(row, where, "doc")
        place = str(root / PDF_FOLDER / document)
        items = tuple(
            layouts.item(page_name(root, place, page + 1), [box_of(one.get("bbox"), where)])
            for one in labels.objects_of(row, where, "boxes")
            for page in labels.numbers_of({"page": [one.get("page_0based")]}, where, "page")
        )
        found[document, labels.text_of(row, where, "question")] = items
    return found


def _question(
    root: Path, where: str, row: Mapping[str, Any], boxes: Mapping[tuple[str, str], Sequence[str]]
) -> Question:
    file = str(root / labels.text_of(row, where, "file"))
    if not Path(file).is_file():
        raise InputError(f"{where} names a file that is not there: {file}", remedy="put the PDFs below pdf/")
    words = labels.text_of(row, where, "question")
    pages = labels.numbers_of(row, where, "evidence_pages_1based")
    return Question(
        id=labels.text_of(row, where, "qid", "id"),
        text=words,
        relevant={page_name(root, file, page): 1 for page in pages},
        layouts=tuple(boxes.get((Path(file).name, words), ())),
        file=file,
        groups=tuple(map(str, row.get("evidence_sources") or ())),
    )
