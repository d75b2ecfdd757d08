"""Page sets: questions with the pages that hold their evidence, beside a folder of PDFs, as MMLongBench-Doc has them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sourcehound.agent.evaluate import labels
from sourcehound.agent.evaluate.collection import OWN_DOCUMENT, WHOLE, Collection, Files, Question
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence

MEASURES = ("Success@5", "Success@1", "R@1", "R@3", "R@5", "R@10", "nDCG@5", "nDCG@10", "RR")
SCOPES = (OWN_DOCUMENT, WHOLE)
PDF_FOLDER = "pdf"


def load(path: Path, split: str = "") -> Collection:
    """Read `questions.jsonl` beside `pdf/`: each line has `question`, `file`, `evidence_pages_1based`, `evidence_sources`.

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
    file = path / "questions.jsonl"
    questions = tuple(_question(path, where, row) for where, row in labels.rows(file))
    return Collection(
        task="pages",
        path=path,
        split="",
        labels_sha256=labels.sha256_of(file),
        material=Files(paths=(str(path / PDF_FOLDER),), include=("*.pdf", "*.PDF"), counted="page"),
        kinds=("page",),
        questions=questions,
        item_of=partial(page_of, path),
        measures=MEASURES,
        scopes=SCOPES,
    )


def page_of(root: Path, evidence: Evidence) -> str | None:
    """The name of the page that a hit lies on: its file below the collection's folder, and its physical page."""
    page = evidence.locator.page
    if page is None or evidence.source.path is None:
        return None
    return page_name(root, evidence.source.path, page)


def page_name(root: Path, file: str, page: int) -> str:
    """The name of a page, from 1, of an absolute path below the collection's folder."""
    return f"{file.removeprefix(f'{root}/')}#page={page}"


def _question(root: Path, where: str, row: Mapping[str, Any]) -> Question:
    file = str(root / labels.text_of(row, where, "file"))
    if not Path(file).is_file():
        raise InputError(f"{where} names a file that is not there: {file}", remedy="put the PDFs below pdf/")
    pages = labels.numbers_of(row, where, "evidence_pages_1based")
    sources = row.get("evidence_sources") or ()
    return Question(
        id=labels.text_of(row, where, "qid", "id"),
        text=labels.text_of(row, where, "question"),
        relevant={page_name(root, file, page): 1 for page in pages},
        file=file,
        groups=tuple(map(str, sources)),
    )
