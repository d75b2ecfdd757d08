"""The batch `ask -`: a question a line, each a thread of its own; killed and run again, it goes on where it was.

Knows nothing of how a question is answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcehound.agent.doors.batch_lines import Line, parse
from sourcehound.agent.doors.console import Console
from sourcehound.agent.doors.written import check_place, writing
from sourcehound.tools.errors import BusyError, InputError, SourcehoundError
from sourcehound.tools.evidence import digest

if TYPE_CHECKING:
    from sourcehound.agent.hound import Sourcehound

SOME_FAILED = 3
STOPPED = 75


def run_batch(
    hound: Sourcehound, lines: Iterable[bytes], console: Console, *, options: dict[str, Any], output: Path | None
) -> int:
    """Answer a batch.

    Args:
        hound: the library.
        lines: text, or `{"id", "question", any option of ask}`, in UTF-8.
        console: gets an answer document a line with --json, else the answers as text.
        options: of every question.
        output: JSON lines to append to; ids that are there are skipped.

    Returns:
        0 all answered or abstained, 3 some failed, 75 whoever read the answers left before the last question.

    Raises:
        InputError: a line is malformed; nothing has been asked then.
        BusyError: a model is down or the disk is full; the same command goes on.
    """
    if output is not None:
        if output.suffix != ".jsonl":
            raise InputError(f"{output}: a batch is written as .jsonl", remedy="name a file that ends with .jsonl")
        check_place(output)
    questions = list(parse(lines))
    done = already_there(output) if output is not None else set[str]()
    failed = 0
    for place, line in enumerate(questions):
        if line.key in done:
            continue
        if console.closed:
            return STOPPED
        console.note(f"{place + 1} of {len(questions)}: {line.question}")
        document = _one(hound, line, options, goes_on=output is not None)
        failed += document["status"] == "failed"
        if output is not None:
            _append(output, document)
        if console.json:
            console.data(document)
        elif output is None:
            from sourcehound.agent.doors.terminal import answer_text

            console.text(answer_text(document))
    return SOME_FAILED if failed else 0


def already_there(output: Path) -> set[str]:
    """The ids that a results file holds, as `Line.key`; a last line cut off by a kill is taken away, to be asked again."""
    if not output.exists():
        return set()
    whole = output.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end < len(whole):
        with output.open("r+b") as file:
            file.truncate(end)
    found: set[str] = set()
    for number, raw in enumerate(whole[:end].splitlines(), 1):
        try:
            found.add(json.dumps(json.loads(raw)["id"]))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{output}, line {number}: not an answer of a batch", remedy="name another file"
            ) from error
    return found


def _one(hound: Sourcehound, line: Line, options: dict[str, Any], *, goes_on: bool) -> dict[str, Any]:
    """Ask one question. With a results file its thread has a fixed name, so that a killed one is resumed."""
    thread = "b" + digest(line.key, line.question)[:15] if goes_on else None
    try:
        if line.fault:
            raise InputError(line.fault, remedy="write it in UTF-8")
        given = {**options, **line.options}
        answer = hound.ask(line.question, **given, thread=thread, resume_if_there=goes_on).to_json()
    except SourcehoundError as error:
        if error.exit_code == BusyError.exit_code:
            raise
        return {
            "schema": "sourcehound.answer/1", "id": line.id, "question": line.question, "status": "failed",
            "error": {"code": error.exit_code, "message": error.message, "remedy": error.remedy},
        }  # fmt: skip
    return answer | {"id": line.id}


def _append(output: Path, document: dict[str, Any]) -> None:
    import os

    with writing(output), output.open("ab") as file:
        file.write(json.dumps(document).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())
