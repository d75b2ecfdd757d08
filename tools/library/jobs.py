"""The slow jobs: words read in pixels, words heard, films watched, pictures recognised; one by one, each resumable.

A job's results and its mark `done` are committed together, so a killed job is simply done again. A job whose sense lacks
its weights waits as `lacking` and is taken up when they are there. Knows nothing of search.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass

from sourcehound.tools.errors import ConfigError, MediaError
from sourcehound.tools.library import films, lettering, recordings, sights
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.sync import Progress, no_progress
from sourcehound.tools.library.workshop import Subject, Workshop, Write

Job = Callable[[Workshop, Subject, int], Write]
"""Does the slow part outside any transaction; returns what writes its results inside one."""

JOBS: dict[str, Job] = {
    "ocr": lettering.read_lettering,
    "hear": recordings.hear,
    "watch": films.watch,
    "see": sights.see,
}
"""Every job by name, in the order in which they are done: cheap and telling ones first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job to do; `detail` is the page for `ocr`, else 0."""

    source: int
    job: str
    detail: int


def waiting(catalogue: Catalogue) -> tuple[Waiting, ...]:
    """The jobs still to do, by kind in the order of `JOBS`, newest files first."""
    rows = catalogue.connection.execute(
        "SELECT j.source, j.job, j.detail, MAX(f.mtime_ns) FROM jobs j JOIN files f ON f.source = j.source"
        " WHERE j.state IN ('todo', 'lacking') GROUP BY j.source, j.job, j.detail"
    ).fetchall()
    order = {job: place for place, job in enumerate(JOBS)}
    rows.sort(key=lambda row: (order[row[1]], -row[3], row[0], row[2]))
    return tuple(Waiting(source=row[0], job=row[1], detail=row[2]) for row in rows)


def work(workshop: Workshop, *, progress: Progress = no_progress, after: Callable[[], None] = lambda: None) -> None:
    """Do every waiting job.

    Args:
        workshop: the library, the readers and the senses.
        progress: told of each job.
        after: called after each job (the encoder fills in what the job found).

    Raises:
        BusyError: the disk is full or the library locked; what was done stays done.
    """
    todo = waiting(workshop.catalogue)
    for done, item in enumerate(todo):
        subject = _subject(workshop.catalogue, item.source)
        if subject is not None:
            progress(item.job, done, len(todo), os.path.basename(subject.path))
            _do(workshop, item, subject)
            after()
    if todo:
        progress("jobs", len(todo), len(todo), "")


def _do(workshop: Workshop, item: Waiting, subject: Subject) -> None:
    try:
        write = JOBS[item.job](workshop, subject, item.detail)
        state, reason = "done", ""
    except ConfigError as error:
        write, state, reason = _nothing, "lacking", str(error)
    except MediaError as error:
        write, state, reason = _nothing, "failed", error.message
    with workshop.catalogue.transaction() as connection:
        write(connection)
        connection.execute(
            "UPDATE jobs SET state = ?, reason = ?, attempts = attempts + 1 WHERE source = ? AND job = ? AND detail = ?",
            (state, reason, item.source, item.job, item.detail),
        )


def _nothing(_: object) -> None:
    return None


def _subject(catalogue: Catalogue, source: int) -> Subject | None:
    row = catalogue.connection.execute(
        "SELECT s.sha256, s.title, s.reader, s.meta, s.media_type, f.path FROM sources s JOIN files f ON f.source = s.id"
        " WHERE s.id = ? ORDER BY f.path LIMIT 1",
        (source,),
    ).fetchone()
    if row is None:
        return None
    return Subject(
        source=source,
        sha256=row[0],
        title=row[1],
        reader=row[2],
        meta=json.loads(row[3]),
        media_type=row[4],
        path=os.fsdecode(row[5]),
    )
