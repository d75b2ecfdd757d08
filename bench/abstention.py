"""`python -m bench.abstention [--set NAME] [--home DIR --library NAME] [--limit N] [--json]`: when does it say nothing?

Asks questions with and without an answer, with the built-in planner and no model, and prints what is answered, how often
rightly, and how that changes if less sure answers are held back. Without `--home` the set's files are indexed first, in a
folder that is removed; a home that is given is searched as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.asked import Asked, balanced, is_said, mmlongbench_questions, sample_questions
from bench.risk import THRESHOLDS, Outcome, aurc, level
from bench.shares import percent
from sourcehound.agent import Sourcehound
from sourcehound.tools.errors import InputError, SourcehoundError
from sourcehound.tools.library.scan import in_scope
from sourcehound.tools.sample.library import sample_folder

SETS = ("sample", "mmlongbench")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """Questions, and the files that they are about."""

    name: str
    files: Path
    questions: tuple[Asked, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and print."""
    options = _parse(arguments)
    try:
        asked = open_set(options.set, os.environ.get("SOURCEHOUND_DATA"))
        with ExitStack() as opened:
            hound = open_library(opened, options, asked.files)
            report = measure(hound, asked, limit=options.limit, tell=_tell)
    except SourcehoundError as error:
        _tell(str(error))
        return error.exit_code
    print(json.dumps(report) if options.json else as_text(report))
    return 0


def open_set(name: str, data: str | None) -> QuestionSet:
    """A set of questions by its name.

    Raises:
        InputError: it needs real data, and `SOURCEHOUND_DATA` names none.
    """
    if name == "sample":
        return QuestionSet(name=name, files=sample_folder(), questions=sample_questions())
    folder = Path(data or "") / "docs" / "mmlongbench"
    if not data or not folder.is_dir():
        raise InputError("mmlongbench is not here", remedy="name the data's folder in SOURCEHOUND_DATA")
    return QuestionSet(name=name, files=folder / "pdf", questions=mmlongbench_questions(folder))


def open_library(opened: ExitStack, options: argparse.Namespace, files: Path) -> Sourcehound:
    """The library that a person names with `--home`, else one made of the files, which goes when `opened` is closed."""
    home = options.home or opened.enter_context(tempfile.TemporaryDirectory(prefix="sourcehound-bench-"))
    hound = opened.enter_context(Sourcehound(home=home, library=options.library))
    if not options.home:
        _tell(f"indexing {files}")
        hound.add(files)
    return hound


def measure(
    hound: Sourcehound, asked: QuestionSet, *, limit: int | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Ask every question whose files the library holds.

    Args:
        hound: the library.
        asked: the questions.
        limit: most questions, answerable and unanswerable in turns; None for all.
        tell: takes a line for each question.

    Returns:
        `{"set", "questions", "left_out", "unjudged", "levels", "aurc", "answers"}`.

    Raises:
        InputError: the library holds the files of none of them.
    """
    here = [question for question in asked.questions if holds(hound, question)]
    if not here:
        raise InputError(f"the library holds no file of the set {asked.name}", remedy=f"index {asked.files} first")
    outcomes: list[Outcome] = []
    answers: list[dict[str, Any]] = []
    for question in balanced(here, limit):
        document = ask(hound, question)
        outcome = outcome_of(question, document)
        outcomes.append(outcome)
        answers.append({"id": question.id, "answerable": question.answerable, **said(document, outcome)})
        tell(f"{question.id}: {document['status']} {document['short'] or ''}")
    return {
        "set": asked.name,
        "questions": {
            "answerable": sum(outcome.answerable for outcome in outcomes),
            "unanswerable": sum(not outcome.answerable for outcome in outcomes),
        },
        "left_out": len(asked.questions) - len(here),
        "unjudged": sum(outcome.is_answered and outcome.right is None for outcome in outcomes),
        "levels": [level(outcomes, threshold).to_json() for threshold in THRESHOLDS],
        "aurc": aurc(outcomes),
        "answers": answers,
    }


def ask(hound: Sourcehound, question: Asked) -> dict[str, Any]:
    """The answer document of the built-in planner; its thread is removed, so that a person's home is left as it was."""
    document = hound.ask(question.question, within=question.within, web=False, model="built-in").document
    hound.runner.threads.remove(document["thread"])
    return document


def holds(hound: Sourcehound, question: Asked) -> bool:
    """Whether the library holds the files that a question is about; one about no file in particular is always asked."""
    shown = [path for (path,) in hound.library.catalogue.connection.execute("SELECT shown FROM files")]
    wanted = {place.file for place in question.places} | ({question.within} if question.within else set[str]())
    return bool(shown) and all(any(in_scope(path, name) for path in shown) for name in wanted)


def outcome_of(question: Asked, document: dict[str, Any]) -> Outcome:
    """What an answer document comes to. Its confidence is the best score of what it cites."""
    if document["status"] == "abstained":
        return Outcome(answerable=question.answerable, confidence=None, right=None)
    scores = [citation["score"] for citation in document["citations"] if citation["score"] is not None]
    right: bool | None = False
    if question.answerable:
        right = is_said(f"{document['short'] or ''} · {document['text']}", question.says) if question.says else None
    return Outcome(answerable=question.answerable, confidence=max(scores, default=0.0), right=right)


def said(document: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """What is kept of an answer, to be looked through by hand."""
    return {
        "status": document["status"],
        "short": document["short"],
        "confidence": outcome.confidence,
        "right": outcome.right,
        "text": document["text"][:300],
    }


def as_text(report: dict[str, Any]) -> str:
    """The report for people."""
    counts = report["questions"]
    lines = [
        f"{report['set']}: {counts['answerable']} questions with an answer, {counts['unanswerable']} without",
        f"{report['left_out']} left out, whose files are not in the library",
        f"{report['unjudged']} answers given that their words cannot tell right or wrong",
        "held back below  answered  silent where unanswerable  silent where answerable  right of those answered",
    ]
    lines += [
        f"{found['threshold']:>15.2f}  {percent(found['coverage']):>8}  {percent(found['abstained_unanswerable']):>25}"
        f"  {percent(found['abstained_answerable']):>23}  {percent(found['accuracy']):>23}"
        for found in report["levels"]
    ]
    area = report["aurc"]
    lines.append("AURC: nothing to judge" if area is None else f"AURC: {area:.3f} (less is better)")
    return "\n".join(lines)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.abstention", description="When does it say nothing?")
    parser.add_argument("--set", choices=SETS, default=SETS[0], help="the questions to ask")
    add_library_options(parser)
    return parser.parse_args(arguments)


def add_library_options(parser: argparse.ArgumentParser) -> None:
    """The options that both question benches have."""
    parser.add_argument("--home", help="search this home as it is; without it the files are indexed first")
    parser.add_argument("--library", default="default", help="name of the library")
    parser.add_argument("--limit", type=int, help="most questions")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
