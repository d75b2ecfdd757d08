"""When a source is from: the best date that is known of it, and whether that lies in a period that a person named.

A date is a beginning of an ISO 8601 time: `2024`, `2024-05`, `2024-05-03` or `2024-05-03T10:00:00`, as its file or document
has it: of the zone that it was written in. Knows nothing of readers.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Literal

from sourcehound.tools.errors import InputError

DatedBy = Literal["exif", "document", "file", ""]
_STATED = ("sent", "published", "dated", "created", "modified")
"""What a document says of itself, best first."""
_TIME = re.compile(r"\s*(\d{4})(?:[-/:.]?(\d\d)(?:[-/:.]?(\d\d)(?:[T ]+(\d\d):(\d\d)(?::(\d\d))?)?)?)?(?!\d)")
_PERIOD = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_CLOCKS_BEGIN = frozenset({"1904-01-01T00:00:00", "1970-01-01T00:00:00"})
"""What programs write that do not know the time: where the clocks of QuickTime and Unix begin."""
_BY_WORDS = {"exif": "EXIF", "document": "document", "file": "file"}
_AFTER_ALL = "~"
"""Sorts behind every character of a date: a month's end is the month with this behind it."""
_SECOND_NS = 1_000_000_000


def best_date(dates: Mapping[str, str], mtime_ns: int) -> tuple[str, DatedBy]:
    """The best date of a source and where it is from.

    Args:
        dates: what its reader found, as {"taken": …, "created": …}.
        mtime_ns: when its file was changed last; 0 if that is not known.

    Example:
        >>> best_date({"modified": "2024-05-04", "created": "2024-05-03T10:00:00+02:00"}, 0)
        ('2024-05-03T10:00:00', 'document')
        >>> best_date({"created": "1904-01-01T00:00:00Z"}, 0)
        ('', '')
    """
    taken = written(dates.get("taken", ""))
    if taken:
        return taken, "exif"
    for name in _STATED:
        if said := written(dates.get(name, "")):
            return said, "document"
    of_file = file_date(mtime_ns)
    return of_file, "file" if of_file else ""


def file_date(mtime_ns: int) -> str:
    """The date of a file in the zone of this machine, as its own programs show it; empty if there is none."""
    if mtime_ns == 0:
        return ""
    try:
        here = datetime.fromtimestamp(mtime_ns / _SECOND_NS, UTC).astimezone()
    except (OverflowError, OSError, ValueError):
        return ""
    return here.replace(tzinfo=None).isoformat(timespec="seconds")


def written(value: str) -> str:
    """A date as it is kept here, its zone left out; empty where there is none in a text.

    Example:
        >>> written("2024:05:03 10:00:00"), written("20240503"), written("2024-13"), written("May 2024")
        ('2024-05-03T10:00:00', '2024-05-03', '2024', '')
    """
    found = _TIME.match(value)
    if found is None:
        return ""
    year, month, day, *clock = (int(part) if part else None for part in found.groups())
    try:
        shown = date(year or 0, month or 1, day or 1).isoformat()[: 4 if month is None else 7 if day is None else 10]
    except ValueError:  # no such day: what is left of it is the year, if there is one
        return f"{year:04}" if year else ""
    if clock[0] is not None:
        shown += "T" + ":".join(f"{part or 0:02}" for part in clock)
    return "" if shown in _CLOCKS_BEGIN else shown


def period(value: str | None, flag: str) -> str | None:
    """A day, month or year that a person named; None for none.

    Args:
        value: as it was given.
        flag: `--since` or `--until`.

    Raises:
        InputError: it is no date.
    """
    if value is None:
        return None
    named = value.strip()
    if _PERIOD.fullmatch(named) is None or written(named) != named:
        raise InputError(f"{flag} {value!r} is no date", remedy="write 2024, 2024-05 or 2024-05-03")
    return named


def check_order(since: str | None, until: str | None) -> None:
    """Refuse a period that ends before it begins.

    Raises:
        InputError: it does.
    """
    if since is not None and until is not None and since > until + _AFTER_ALL:
        raise InputError(f"--since {since} lies after --until {until}", remedy="exchange the two dates")


def is_from(dated: str, since: str | None, until: str | None) -> bool:
    """Whether a date may lie in a period, whose last day, month or year belongs to it.

    A date that is known less well than the period counts if any of its days lies in it; what has no date never counts.

    Example:
        >>> is_from("2024-05-03T10:00:00", "2024-05", "2024-05-03"), is_from("2024", "2024-06", None)
        (True, True)
    """
    if not dated:
        return since is None and until is None
    return (since is None or dated + _AFTER_ALL >= since) and (until is None or dated <= until + _AFTER_ALL)


def said(since: str | None, until: str | None) -> str:
    """A period in words; empty for all time."""
    if since is not None and since == until:
        return f"dated {since}"
    parts = [f"since {since}" if since else "", f"until {until}" if until else ""]
    return f"dated {' '.join(filter(None, parts))}" if any(parts) else ""


def source_dates(connection: sqlite3.Connection, hashes: Iterable[str]) -> dict[str, str]:
    """For each source of some hashes its date in words, as `2024-05-03 by its EXIF`; those without a date are left out."""
    rows = connection.execute(
        "SELECT sha256, dated, dated_by FROM sources WHERE dated <> '' AND sha256 IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(hashes)),),
    )
    return {sha256: f"{dated.replace('T', ' ')} by its {_BY_WORDS[by]}" for sha256, dated, by in rows}


def refresh_dates(connection: sqlite3.Connection) -> int:
    """Date what has no date yet, and anew what is dated by its file, the earliest of several; returns how many changed.

    Must run inside a transaction.
    """
    rows = connection.execute(
        "SELECT s.id, s.dated, s.dated_by, CASE s.dated_by WHEN '' THEN json_extract(s.meta, '$.dates') END,"
        " MIN(f.mtime_ns) FROM sources s JOIN files f ON f.source = s.id WHERE s.dated_by IN ('', 'file') GROUP BY s.id"
    ).fetchall()
    changes = [
        (dated, by, source)
        for source, old, was_by, stated, mtime_ns in rows
        for dated, by in [best_date(json.loads(stated or "{}"), mtime_ns)]
        if (dated, by) != (old, was_by)
    ]
    connection.executemany("UPDATE sources SET dated = ?, dated_by = ? WHERE id = ?", changes)
    return len(changes)
