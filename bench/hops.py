"""`python -m bench.hops [FILE.jsonl] [--home DIR --library NAME] [--limit N] [--json]`: does it cite every hop?

Asks questions that need several places, with the built-in planner and no model, and prints the share of hops whose file
is cited, the share whose place is cited (page, box, seconds or words overlap), and how often it abstains. Without a file
of questions: those of the sample library.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.abstention import QuestionSet, add_library_options, ask, holds, open_library
from bench.asked import Asked, Place, balanced, questions_with_hops, sample_questions
from bench.shares import percent, share
from sourcehound.agent import Sourcehound
from sourcehound.tools.errors import InputError, SourcehoundError
from sourcehound.tools.evidence import Box
from sourcehound.tools.library.scan import in_scope
from sourcehound.tools.sample.library import sample_folder

LEAST_SHARED = 0.5
"""Of the smaller of two boxes, so much must lie in the other."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and print."""
    options = _parse(arguments)
    try:
        if options.questions and not options.home:
            raise InputError("which library holds these questions' files?", remedy="name it with --home and --library")
        asked = _open(options.questions)
        with ExitStack() as opened:
            hound = open_library(opened, options, asked.files)
            report = measure(hound, asked, limit=options.limit, tell=_tell)
    except SourcehoundError as error:
        _tell(str(error))
        return error.exit_code
    print(json.dumps(report) if options.json else as_text(report))
    return 0


def measure(
    hound: Sourcehound, asked: QuestionSet, *, limit: int | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Ask every question whose files the library holds, and look for its hops among the citations.

    Returns:
        `{"set", "questions", "left_out", "hops", "file_cited", "place_known", "place_cited", "abstained", "answers"}`;
        `abstained` has the shares of answerable and unanswerable questions.

    Raises:
        InputError: the library holds the files of none of them.
    """
    here = [question for question in asked.questions if holds(hound, question)]
    if not here:
        raise InputError(
            f"the library holds no file of {asked.name}", remedy="index its files, or name another library"
        )
    answers: list[dict[str, Any]] = []
    for question in balanced(here, limit):
        document = ask(hound, question)
        answers.append(_found(question, document))
        tell(f"{question.id}: {document['status']}, {sum(hop['file'] for hop in answers[-1]['hops'])} files cited")
    hops = [hop for answer in answers if answer["answerable"] for hop in answer["hops"]]
    placed = [hop["place"] for hop in hops if hop["place"] is not None]
    silent = {
        name: share([a["status"] == "abstained" for a in answers if a["answerable"] is wanted])
        for name, wanted in (("answerable", True), ("unanswerable", False))
    }
    return {
        "set": asked.name,
        "questions": len(answers),
        "left_out": len(asked.questions) - len(here),
        "hops": len(hops),
        "file_cited": share([hop["file"] for hop in hops]),
        "place_known": len(placed),
        "place_cited": share(placed),
        "abstained": silent,
        "answers": answers,
    }


def is_file_cited(place: Place, citation: dict[str, Any]) -> bool:
    """Whether a citation names the place's file, under any of its paths."""
    source = citation["source"]
    return any(in_scope(path, place.file) for path in (source["path"], *source["also"]) if path)


def is_place_cited(place: Place, citation: dict[str, Any]) -> bool | None:
    """Whether a citation of the place's file overlaps the place; None where nothing finer than the file is known of it.

    A citation of the whole file, where a page, a box or seconds are known, does not.
    """
    locator = citation["locator"]
    found: list[bool] = []
    if place.page is not None:
        found.append(locator.get("page") == place.page)
    if place.box is not None:
        found.append(any(_overlap(place.box, tuple(box)) for box in locator.get("boxes", ())))
    if place.start_s is not None and place.end_s is not None:
        start_s, end_s = locator.get("start_s"), locator.get("end_s")
        found.append(None not in {start_s, end_s} and start_s < place.end_s and place.start_s < end_s)
    if place.words:
        quote, words = _plain(citation["quote"] or ""), _plain(place.words)
        found.append(bool(quote) and (quote in words or words in quote))
    return all(found) if found else None


def as_text(report: dict[str, Any]) -> str:
    """The report for people."""
    silent = report["abstained"]
    return "\n".join(
        [
            f"{report['set']}: {report['questions']} questions, {report['left_out']} left out, {report['hops']} hops",
            f"file cited:  {percent(report['file_cited'])} of {report['hops']} hops",
            f"place cited: {percent(report['place_cited'])} of {report['place_known']} hops whose place is known",
            f"silent where answerable: {percent(silent['answerable'])}, where unanswerable: {percent(silent['unanswerable'])}",
        ]
    )


def _found(question: Asked, document: dict[str, Any]) -> dict[str, Any]:
    hops: list[dict[str, Any]] = []
    for place in question.places:
        of_file = [citation for citation in document["citations"] if is_file_cited(place, citation)]
        is_known = bool(place.words) or any(known is not None for known in (place.page, place.box, place.start_s))
        cited = any(is_place_cited(place, citation) for citation in of_file)
        hops.append({"name": place.file, "file": bool(of_file), "place": cited if is_known else None})
    return {
        "id": question.id,
        "answerable": question.answerable,
        "status": document["status"],
        "hops": hops,
        "text": document["text"][:300],
    }


def _overlap(one: Box, other: Sequence[float]) -> bool:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return width > 0 and height > 0 and width * height >= LEAST_SHARED * smaller


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _open(path: str | None) -> QuestionSet:
    if path is None:
        return QuestionSet(name="sample", files=sample_folder(), questions=sample_questions())
    file = Path(path).expanduser().absolute()
    if not file.is_file():
        raise InputError(f"no such file: {file}", remedy="name a file of questions")
    return QuestionSet(name=file.name, files=file.parent, questions=questions_with_hops(file))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.hops", description="Does it cite every hop?")
    parser.add_argument("questions", nargs="?", metavar="FILE.jsonl", help="questions; those of the sample if left out")
    add_library_options(parser)
    return parser.parse_args(arguments)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
