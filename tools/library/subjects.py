"""The source that slow work is about, with one path that holds its bytes; and whether that file is still as it was read."""

from __future__ import annotations

import json
import os

from sourcehound.tools.library import files
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.workshop import Subject


def subject_of(catalogue: Catalogue, source: int) -> Subject | None:
    """A source by its row; None if no file holds it."""
    row = catalogue.connection.execute(
        "SELECT s.sha256, s.title, s.reader, s.meta, s.media_type, f.path FROM sources s JOIN files f ON f.source = s.id"
        " WHERE s.id = ? ORDER BY f.state <> 'read', f.path LIMIT 1",
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


def is_as_read(catalogue: Catalogue, subject: Subject) -> bool:
    """Whether the file still has the size and time under which its bytes were hashed; a file that is gone has."""
    row = files.get(catalogue.connection, subject.path)
    try:
        status = os.lstat(subject.path)
    except OSError:
        return True
    return row is not None and (row.size, row.mtime_ns) == (status.st_size, status.st_mtime_ns)
