"""The engines' caches of some encoders' vectors, brought up to the table. Knows nothing of how an engine keeps them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from sourcehound.tools.evidence import UNIT_KINDS
from sourcehound.tools.index import vectors
from sourcehound.tools.index.engine import DenseEngine
from sourcehound.tools.index.written import written_stamp


def refresh(
    connection: sqlite3.Connection,
    engine: DenseEngine,
    stamps: Collection[str],
    *,
    gone: Collection[str] = (),
    anew: bool = False,
) -> None:
    """Bring caches up to the table: of an encoder's vectors, or of the one that stands for each unit's many.

    Args:
        connection: the library's.
        engine: keeps the caches.
        stamps: of the encoders in use.
        gone: stamps whose vectors were removed.
        anew: whether they are built from nothing.

    Raises:
        BusyError: another process is writing a cache still after the wait, or the disk is full.
    """
    known = {stamp for (stamp,) in connection.execute("SELECT DISTINCT stamp FROM generations")}
    searched = {mean if (mean := vectors.mean_stamp(stamp)) in known else stamp for stamp in stamps}
    others = {other for stamp in gone for other in (vectors.mean_stamp(stamp), written_stamp(stamp))}
    searched |= {of_writings for stamp in stamps if (of_writings := written_stamp(stamp)) in known}
    for stamp in sorted({*searched, *gone, *others}):
        for kind in UNIT_KINDS:
            engine.refresh(kind, stamp, anew=anew)
