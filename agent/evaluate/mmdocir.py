"""Page sets as MMDocIR has them: `MMDocIR_annotations.jsonl`, a line for each document, and the documents as PDFs below."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sourcehound.agent.evaluate import labels, layouts
from sourcehound.agent.evaluate.collection import Collection, Files, Question
from sourcehound.agent.evaluate.page_set import box_of, page_name, scopes
from sourcehound.tools.errors import InputError

ANNOTATIONS = "MMDocIR_annotations.jsonl"


def load(path: Path, split: str = "") -> Collection:
    """Read the annotations and find their documents, wherever below the folder they lie.

    Args:
        path: the folder.
        split: must be empty, the layout has none.

    Raises:
        InputError: a file is missing or a line is wrong.

    Source:
        Dong et al., "MMDocIR: Benchmarking Multi-Modal Retrieval for Long Documents", 2025, arXiv 2501.08828.
    """
    if split:
        raise InputError(f"{path} has no splits", remedy="leave out --split")
    file = path / ANNOTATIONS
    documents = {found.name: str(found) for found in sorted(path.rglob("*.[pP][dD][fF]"))}
    questions: list[Question] = []
    used: set[str] = set()
    for where, row in labels.rows(file):
        name = labels.text_of(row, where, "doc_name")
        document = documents.get(name) or documents.get(f"{name}.pdf")
        if document is None:
            raise InputError(
                f"{where} names a document that is not there: {name}", remedy=f"put it below {path} as a PDF"
            )
        used.add(document)
        questions += _questions(path, where, document, row)
    return Collection(
        task="pages",
        path=path,
        labels_sha256=labels.sha256_of(file),
        material=Files(paths=tuple(sorted(used)), counted="page"),
        questions=tuple(questions),
        scopes=scopes(path, has_boxes=any(question.layouts for question in questions)),
    )


def _questions(root: Path, where: str, document: str, row: Mapping[str, Any]) -> Iterator[Question]:
    for number, one in enumerate(labels.objects_of(row, where, "questions")):
        yield Question(
            id=f"{Path(document).stem}#{number}",
            text=labels.text_of(one, where, "Q"),
            # pages count from 0 there
            relevant={page_name(root, document, page + 1): 1 for page in labels.numbers_of(one, where, "page_id")},
            layouts=tuple(
                layouts.item(page_name(root, document, page + 1), [box_of(box.get("bbox"), where)])
                for box in labels.objects_of(one, where, "layout_mapping")
                for page in labels.numbers_of({"page": [box.get("page")]}, where, "page")
            ),
            file=document,
            groups=_groups(one.get("type")),
        )


def _groups(kinds: object) -> tuple[str, ...]:
    """The kinds of evidence, which are written as a Python list in a text."""
    if not isinstance(kinds, str):
        return ()
    try:
        listed = ast.literal_eval(kinds)
    except (ValueError, SyntaxError):
        return (kinds,)
    return tuple(map(str, listed)) if isinstance(listed, list) else (kinds,)
