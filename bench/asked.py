"""Questions whose answers are known, and whether an answer says or cites what it should.

Sets: the questions that come with the sample library; MMLongBench-Doc's, each asked within its own document; and files of
questions with hops. Knows nothing of how a question is answered.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcehound.tools.evidence import Box
from sourcehound.tools.sample.library import QUESTIONS

UNANSWERABLE = "not answerable"
MOST_WORDS = 6
"""A right answer may word a longer one differently, so those are asked but not judged by their words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that an answer should rest on.

    Attributes:
        file: path or name of the file, with forward slashes.
        words: words that stand there, empty where none are known.
        page: physical page, from 1.
        box: pixels of the upright picture, or points of the page.
        start_s: first second, media time.
        end_s: one after the last.
    """

    file: str
    words: str = ""
    page: int | None = None
    box: Box | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question.

    Attributes:
        says: pieces that a right answer holds; empty if its words cannot be judged.
        within: glob of the files to ask within, None for all.
        places: what it rests on, in the order in which one leads to the next.
    """

    id: str
    question: str
    answerable: bool
    says: tuple[str, ...] = ()
    within: str | None = None
    places: tuple[Place, ...] = ()


def sample_questions() -> tuple[Asked, ...]:
    """The questions that come with the sample library."""
    return tuple(
        Asked(
            id=question.id,
            question=question.question,
            answerable=question.answerable,
            says=question.must_say,
            places=tuple(
                Place(
                    file=hop.file,
                    words=hop.quote if hop.kind == "text" else "",
                    page=hop.page,
                    box=hop.box,
                    start_s=hop.start_s,
                    end_s=hop.end_s,
                )
                for hop in question.hops
            ),
        )
        for question in QUESTIONS
    )


def mmlongbench_questions(folder: Path) -> tuple[Asked, ...]:
    """MMLongBench-Doc's questions (`questions.jsonl` beside `pdf/`).

    Source:
        MMLongBench-Doc (Ma et al. 2024, arXiv:2407.01523); "Not answerable" marks the unanswerable.
    """
    return tuple(
        Asked(
            id=row["qid"],
            question=row["question"],
            answerable=row["answer"].casefold() != UNANSWERABLE,
            says=_pieces(row["answer"], is_list=row["answer_format"] == "List"),
            within=row["doc"],
            places=tuple(Place(file=row["doc"], page=page) for page in row["evidence_pages_1based"]),
        )
        for row in _rows(folder / "questions.jsonl")
    )


def questions_with_hops(path: Path) -> tuple[Asked, ...]:
    """A file of questions with hops, a line each: `{"id", "question", "answerable", "hops": [{"kind", "file", …}]}`.

    A hop may name a page, `crop_px`, `start` and `end` in seconds, or the id of a paragraph, whose words are looked up in
    the files of paragraphs and pages beside the folder of `path`.
    """
    words = _paragraphs(path.parent.parent)
    return tuple(
        Asked(
            id=row["id"],
            question=row["question"],
            answerable=row["answerable"],
            places=tuple(_place(hop, words) for hop in row["hops"]),
        )
        for row in _rows(path)
    )


def is_said(text: str, pieces: Sequence[str]) -> bool:
    """Whether every piece stands in a text as words of its own; letter case and commas within numbers aside."""
    plain = _plain(text)
    return all(re.search(rf"(?<![\w.]){re.escape(_plain(piece))}(?!\w|\.\d)", plain) for piece in pieces)


def balanced(questions: Sequence[Asked], limit: int | None) -> tuple[Asked, ...]:
    """At most `limit` questions, answerable and unanswerable in turns while both last, each in their order."""
    if limit is None:
        return tuple(questions)
    sides = [[q for q in questions if q.answerable == answerable] for answerable in (True, False)]
    order = [side[at] for at in range(len(questions)) for side in sides if at < len(side)]
    return tuple(order[:limit])


def _place(hop: dict[str, Any], words: dict[str, str]) -> Place:
    crop = hop.get("crop_px")
    return Place(
        file=hop["file"],
        words=words.get(hop.get("id", ""), ""),
        page=hop.get("page"),
        box=None if crop is None else (float(crop[0]), float(crop[1]), float(crop[2]), float(crop[3])),
        start_s=hop.get("start"),
        end_s=hop.get("end"),
    )


def _paragraphs(data: Path) -> dict[str, str]:
    """The words of labelled paragraphs and help pages, by the ids that hops use."""
    found = {row["id"]: row["text"] for path in data.glob("books/*/paragraphs.jsonl") for row in _rows(path)}
    for path in data.glob("gui_docs/*pages.jsonl"):
        found |= {f"gui_docs:{row['id']}": row["text"] for row in _rows(path)}
    return found


def _pieces(answer: str, *, is_list: bool) -> tuple[str, ...]:
    if answer.casefold() == UNANSWERABLE:
        return ()
    pieces = [answer]
    if is_list:
        try:
            pieces = [str(piece) for piece in ast.literal_eval(answer)]
        except (ValueError, SyntaxError, TypeError):
            return ()
    pieces = [piece.strip() for piece in pieces if piece.strip()]
    return tuple(pieces) if all(len(piece.split()) <= MOST_WORDS for piece in pieces) else ()


def _plain(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", " ".join(text.casefold().split()))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
