"""The slow jobs: words read in pixels, words heard, films watched, pictures and pages looked at; one by one, each resumable.

A job's results and its mark `done` are committed together, so a killed job is simply done again. A job whose sense lacks
its weights waits as `lacking` and is taken up when they are there. Knows nothing of search.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sourcehound.tools.errors import ConfigError, MediaError, SourceUnavailable, ToolError
from sourcehound.tools.library import films, lettering, pages, recordings, sights
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.subjects import is_as_read, subject_of
from sourcehound.tools.library.sync import installed_program
from sourcehound.tools.library.taking import Progress, no_progress
from sourcehound.tools.library.workshop import Subject, Workshop, Write

Job = Callable[[Workshop, Subject, int], Write]
"""Does the slow part outside any transaction; returns what writes its results inside one."""

JOBS: dict[str, Job] = {
    "ocr": lettering.read_lettering,
    "hear": recordings.hear,
    "watch": films.watch,
    "see": sights.see,
    "page": pages.look,
}
"""Every job by name, in the order in which they are done: cheap and telling ones first."""


MOST_ATTEMPTS = 3
"""How often a job is tried that failed for a reason which may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job to do; `detail` is the page for `ocr` and `page`, else 0."""

    source: int
    job: str
    detail: int


def waiting(catalogue: Catalogue) -> tuple[Waiting, ...]:
    """The jobs still to do, by kind in the order of `JOBS`, newest files first.

    What was begun before and did not end comes last: if it is what ends the program, the others are done all the same.
    """
    rows = catalogue.connection.execute(
        "SELECT j.source, j.job, j.detail, j.attempts, MAX(f.mtime_ns) FROM jobs j JOIN files f ON f.source = j.source"
        " WHERE j.state IN ('todo', 'lacking') OR (j.state = 'failed' AND j.retry)"
        " GROUP BY j.source, j.job, j.detail"
    ).fetchall()
    order = {job: place for place, job in enumerate(JOBS)}
    rows.sort(key=lambda row: (row[3] > 0, order[row[1]], -row[4], row[0], row[2]))
    return tuple(Waiting(source=row[0], job=row[1], detail=row[2]) for row in rows)


def work(
    workshop: Workshop,
    *,
    progress: Progress = no_progress,
    after: Callable[[], None] = lambda: None,
    program: str | None = None,
    only: Collection[str] = JOBS,
) -> None:
    """Do every waiting job, and those that arise from them.

    Args:
        workshop: the library, the readers and the senses.
        progress: told of each job.
        after: called after each job (the encoder fills in what the job found).
        program: version of this program, the installed one by default: what another version failed at is tried again.
        only: the jobs to do, by name.

    Raises:
        BusyError: the disk is full or the library locked; what was done stays done.
    """
    catalogue, program = workshop.catalogue, program or installed_program()
    with catalogue.transaction() as connection:
        connection.execute(
            "UPDATE jobs SET state = 'todo', attempts = 0 WHERE state = 'failed' AND program <> ?", (program,)
        )
    seen: set[Waiting] = set()
    lacking: set[str] = set()
    while todo := [item for item in waiting(catalogue) if item not in seen and item.job in only]:
        seen.update(todo)
        for done, item in enumerate(todo):
            subject = subject_of(catalogue, item.source)
            if subject is not None and item.job not in lacking:
                progress(item.job, done, len(todo), os.path.basename(subject.path))
                if _do(workshop, item, subject, program) == "lacking":
                    lacking.add(item.job)
                after()
        progress("jobs", len(todo), len(todo), "")


def _do(workshop: Workshop, item: Waiting, subject: Subject, program: str) -> str:
    """Do a job and write down what came of it; returns its state."""
    with workshop.catalogue.transaction() as connection:
        connection.execute(
            "UPDATE jobs SET attempts = attempts + 1 WHERE source = ? AND job = ? AND detail = ?", _key(item)
        )
    state, reason, retry, write = "done", "", False, _nothing
    try:
        write = JOBS[item.job](workshop, subject, item.detail)
    except ConfigError as error:
        state, reason = "lacking", str(error)
    except ToolError as error:
        state, reason = "failed", error.message
        retry = isinstance(error, SourceUnavailable) or (isinstance(error, MediaError) and error.retry)
    if not is_as_read(workshop.catalogue, subject):
        # the next sync reads it anew; these results may be those of other bytes
        state, reason, write = "todo", "the file changed meanwhile", _nothing
    with workshop.catalogue.transaction() as connection:
        write(connection)
        connection.execute(
            "UPDATE jobs SET state = ?, reason = ?, retry = ? AND attempts < ?, program = ?"
            " WHERE source = ? AND job = ? AND detail = ?",
            (state, reason, retry, MOST_ATTEMPTS, program, *_key(item)),
        )
        if state == "lacking":
            # every other job of its kind lacks the same: no file needs to be opened to find that out
            connection.execute(
                "UPDATE jobs SET state = 'lacking', reason = ?, attempts = 0"
                " WHERE job = ? AND state IN ('todo', 'lacking')",
                (reason, item.job),
            )
    return state


def _key(item: Waiting) -> tuple[int, str, int]:
    return (item.source, item.job, item.detail)


def _nothing(_: object) -> None:
    return None
