"""Which pictures, moments and pages an encoder has not looked at yet, and the jobs that do it. Knows nothing of encoders."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from sourcehound.tools.index import made_with
from sourcehound.tools.index.made_with import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How units of a role are looked at.

    Attributes:
        job: the name of the job.
        detail: what of a unit tells its job from others of its source, as SQL.
        units: which units of `u`, whose source is `s`, as SQL.
    """

    job: str
    detail: str
    units: str

    @property
    def unseen(self) -> str:
        """A query for `source_id` and `detail` of every unit that has no row of the stamp `?1`."""
        return (
            f"SELECT DISTINCT u.source_id, {self.detail} detail FROM units u JOIN sources s ON s.id = u.source_id"  # noqa: S608  constants
            f" WHERE {self.units} AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.unit = u.id AND v.stamp = ?1)"
        )


_SEE = Look(job="see", detail="0", units="u.kind IN ('image', 'moment')")
# only pages of PDF files can be drawn
_PAGE = Look(job="page", detail="u.page", units="u.kind = 'page' AND u.page > 0 AND s.media_type = 'application/pdf'")
LOOKS: dict[Role, Look] = {"picture": _SEE, "likeness": _SEE, "page": _PAGE}
"""By role how its units are looked at; words are encoded as they stand in the catalogue."""


def wait_for(connection: sqlite3.Connection, role: Role, stamp: str, *, again: bool) -> None:
    """Have everything looked at that an encoder has not seen. Must run inside a transaction.

    Args:
        connection: the catalogue's.
        role: of the encoder.
        stamp: of the encoder.
        again: whether what could not be opened before is tried again.
    """
    look = LOOKS[role]
    connection.execute(
        f"INSERT INTO jobs (source, job, detail, state) SELECT source_id, ?2, detail, 'todo' FROM ({look.unseen})"  # noqa: S608  constants
        " WHERE true ON CONFLICT (source, job, detail) DO UPDATE"
        " SET state = 'todo', attempts = 0, reason = '', retry = 0 WHERE state = 'done' OR (state = 'failed' AND ?3)",
        (stamp, look.job, again),
    )


def wait_for_regions(connection: sqlite3.Connection, stamps: Collection[str]) -> None:
    """Have the pictures looked at again that encoders saw before there were regions. Must run inside a transaction.

    Args:
        connection: the catalogue's.
        stamps: of encoders of one row a picture.
    """
    units = sorted({unit for unit, _ in seen_whole(connection, stamps)})
    connection.execute(
        "INSERT INTO jobs (source, job, detail, state) SELECT DISTINCT source_id, ?2, 0, 'todo' FROM units"
        " WHERE id IN (SELECT value FROM json_each(?1)) ON CONFLICT (source, job, detail) DO UPDATE"
        " SET state = 'todo', attempts = 0, reason = '', retry = 0 WHERE state IN ('done', 'failed')",
        (json.dumps(units), _SEE.job),
    )


def seen_whole(
    connection: sqlite3.Connection, stamps: Collection[str], *, source: int | None = None
) -> frozenset[tuple[int, str]]:
    """The pictures that encoders have a row of but no box, each with the encoder's stamp.

    Args:
        connection: the catalogue's.
        stamps: of encoders of one row a picture.
        source: only its pictures; None for those of all.
    """
    of_source = "" if source is None else " AND u.source_id = ?2"
    # few pictures of one source, among all the vectors of a stamp: the pictures come first
    query = (
        "SELECT v.unit, v.stamp FROM units u CROSS JOIN vectors v ON v.unit = u.id"  # noqa: S608  constants
        f" WHERE u.kind = 'image'{of_source} AND v.stamp IN (SELECT value FROM json_each(?1))"
        " AND NOT EXISTS (SELECT 1 FROM regions r WHERE r.unit = v.unit AND r.stamp = v.stamp)"
    )
    values = (json.dumps(sorted(stamps)), *(() if source is None else (source,)))
    return frozenset(connection.execute(query, values).fetchall())


def stamps_that_stay(connection: sqlite3.Connection) -> set[str]:
    """The stamps of the encoders of pictures that answer and will go on, or are to take over."""
    roles: tuple[Role, ...] = ("picture", "likeness")
    makers = (made_with.coming(connection, role) or made_with.answers(connection, role) for role in roles)
    return {maker.stamp for maker in makers if maker is not None}


def is_waiting(connection: sqlite3.Connection, role: Role, stamp: str) -> bool:
    """Whether an encoder has still to look at anything, but for what cannot be opened."""
    look = LOOKS[role]
    query = (
        f"SELECT 1 FROM ({look.unseen}) w WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.source = w.source_id"  # noqa: S608  constants
        " AND j.job = ?2 AND j.detail = w.detail AND j.state = 'failed') LIMIT 1"
    )
    return connection.execute(query, (stamp, look.job)).fetchone() is not None


def count(connection: sqlite3.Connection, role: Role, stamp: str) -> tuple[int, int]:
    """How many units an encoder has looked at, and how many there are."""
    query = (
        "SELECT COALESCE(SUM(EXISTS (SELECT 1 FROM vectors v WHERE v.unit = u.id AND v.stamp = ?)), 0), COUNT(*)"  # noqa: S608  constants
        f" FROM units u JOIN sources s ON s.id = u.source_id WHERE {LOOKS[role].units}"
    )
    done, total = connection.execute(query, (stamp,)).fetchone()
    return done, total


def files_unseen(connection: sqlite3.Connection, *roles: Role) -> int:
    """In how many files something could not be opened to be looked at."""
    jobs = {LOOKS[role].job for role in roles}
    marks = ",".join("?" * len(jobs))
    query = f"SELECT COUNT(DISTINCT source) FROM jobs WHERE state = 'failed' AND job IN ({marks})"  # noqa: S608  question marks
    return int(connection.execute(query, tuple(jobs)).fetchone()[0])


def try_again(connection: sqlite3.Connection, role: Role) -> None:
    """Give what could not be opened as many tries as before. Must run inside a transaction."""
    connection.execute("UPDATE jobs SET attempts = 0, retry = 1 WHERE job = ? AND state = 'failed'", (LOOKS[role].job,))
