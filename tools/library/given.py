"""Texts that are given rather than read from files of their own: the lines of a corpus, each a source with its units.

They are cut, indexed and found like any document's. Knows nothing of where they come from.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from sourcehound.tools.library import files, intake
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.reading import Reading, Section
from sourcehound.tools.library.scan import Found
from sourcehound.tools.library.sync import installed_program
from sourcehound.tools.library.taking import Progress, no_progress

MEDIA_TYPE = "application/x-ndjson"
READER = "given 1"
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A text with its title.

    Attributes:
        name: unique below its origin; never searched.
    """

    name: str
    title: str
    text: str


def put_texts(
    catalogue: Catalogue,
    texts: Iterable[Given],
    *,
    origin: str,
    n_texts: int,
    now: Callable[[], str],
    progress: Progress = no_progress,
) -> int:
    """Take texts in, each as a source at the path `ORIGIN/NAME`; those that are there already are passed over.

    Each few hundred are committed together: a kill loses at most those in hand, and the same call goes on.

    Args:
        catalogue: the library; its writer's lock is held by the caller. It is not for files: a sync of `origin` would
            take the texts for deleted ones.
        texts: what to take in.
        origin: absolute path of what holds them.
        n_texts: how many there are, for the progress.
        now: the time, ISO 8601 in UTC.
        progress: told after each batch.

    Returns:
        How many were new.

    Raises:
        BusyError: the disk is full or the library locked.
    """
    program = installed_program()
    new = seen = 0
    waiting = iter(texts)
    while batch := list(islice(waiting, _BATCH)):
        at = now()
        with catalogue.transaction() as connection:
            new += sum(_put(connection, text, origin=origin, at=at, program=program) for text in batch)
        seen += len(batch)
        progress("reading", seen, max(n_texts, seen), "")
    return new


def _put(connection: sqlite3.Connection, text: Given, *, origin: str, at: str, program: str) -> bool:
    path = f"{origin}/{text.name}"
    data = json.dumps([path, text.title, text.text]).encode("ascii")
    sha256 = hashlib.sha256(data).hexdigest()
    if connection.execute("SELECT 1 FROM sources WHERE sha256 = ?", (sha256,)).fetchone():
        return False
    cursor = connection.execute(
        "INSERT INTO sources (sha256, size, media_type, title, reader, meta, indexed_at, named) VALUES (?,?,?,?,?,?,?,?)",
        (sha256, len(data), MEDIA_TYPE, text.title, READER, "{}", at, os.fsencode(path)),
    )
    source = int(cursor.lastrowid or 0)
    files.put(connection, Found(path=path, size=len(data)), "read", program=program, source=source)
    section = Section(text=text.text, producer=READER)
    reading = Reading(title=text.title, media_type=MEDIA_TYPE, reader=READER, sections=(section,))
    # no path: its name is a number of the collection, which is nothing said about the text
    intake.write_reading(connection, source, sha256, "", reading)
    return True
