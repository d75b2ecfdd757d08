"""What a status document or an index report says, in words that a page and a terminal share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sourcehound.agent.doors.card import counted, items, number, record, records, whole, words_of

_STATES = ("indexed", "skipped", "failed", "pending")
_CHANGES = ("new", "changed", "moved", "deleted", "unchanged")
_WRITINGS = {"caption": "caption", "scene": "scene description", "question": "question"}
_KIBI = 1024.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A library's files, accounted for.

    Attributes:
        counts: (name, number, `bad` where a number above 0 wants attention, else ``).
        sum_line: the counts as the sum they must make, and what changed.
        problems: (path, state, reason, whether it will be tried again).
        in_part: (path, what is left out of it) of files that are read but for that.
        rest: units, encoders and sizes as (name, value).
    """

    title: str
    counts: tuple[tuple[str, int, str], ...]
    sum_line: str
    problems: tuple[tuple[str, str, str, bool], ...]
    in_part: tuple[tuple[str, tuple[str, ...]], ...]
    rest: list[tuple[str, str]]


def report_of(document: Mapping[str, Any]) -> Report:
    """Read a status document, with its changes if it has any."""
    files = record(document.get("files"))
    counts = [(name, whole(files.get(name))) for name in ("found", *_STATES)]
    total = sum(value for name, value in counts if name != "found")
    parts = " + ".join(f"{value:,} {name}" for name, value in counts[1:])
    # the sum is printed as it is: if it does not come out, a person sees so
    sum_line = f"{counts[0][1]:,} found = {parts}" + ("" if total == counts[0][1] else f" (they add up to {total:,})")
    changes = record(document.get("changes"))
    if changes:
        sum_line += " · " + ", ".join(f"{whole(changes.get(name)):,} {name}" for name in _CHANGES)
    return Report(
        title=f"Library {words_of(document.get('library'), 80) or 'default'}",
        counts=tuple((n, v, "bad" if n == "failed" and v else "") for n, v in counts),
        sum_line=sum_line,
        problems=tuple(
            (
                words_of(p.get("path"), 600),
                words_of(p.get("state"), 20),
                words_of(p.get("reason")),
                bool(p.get("retry")),
            )
            for p in records(document.get("problems"))
        ),
        in_part=tuple(
            (words_of(one.get("path"), 600), tuple(words_of(line) for line in items(one.get("what"))))
            for one in records(document.get("left_out"))
        ),
        rest=_rest(document),
    )


def size_words(n_bytes: float) -> str:
    """A number of bytes in the largest unit that leaves at least one before the point.

    Example:
        >>> size_words(512), size_words(3_400_000)
        ('512 B', '3.2 MiB')
    """
    units = ("B", "KiB", "MiB", "GiB", "TiB")
    step = 0
    while n_bytes >= _KIBI and step < len(units) - 1:
        n_bytes /= _KIBI
        step += 1
    return f"{n_bytes:.1f} {units[step]}" if step else f"{n_bytes:.0f} B"


def _share(making: Mapping[str, Any]) -> str:
    return f"{whole(making.get('encoded')):,} of {whole(making.get('of')):,} units encoded"


def _rest(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    units = record(document.get("units"))
    rows = [(f"{words_of(kind, 30)} units", f"{whole(count):,}") for kind, count in units.items()]
    written = [
        counted(n, noun) for role, noun in _WRITINGS.items() if (n := whole(record(document.get("written")).get(role)))
    ]
    if written:
        rows.append(("written by models", ", ".join(written)))
    languages = record(document.get("languages"))
    if languages:
        rows.append(("sources by language", ", ".join(f"{words_of(k, 8)} {whole(n):,}" for k, n in languages.items())))
    unreliable = [words_of(language, 8) for language in items(document.get("unreliable"))]
    if unreliable:
        rows.append(("not the text encoder's", f"{', '.join(unreliable)}: found by words, hardly by meaning"))
    rows += [
        (f"{words_of(kind, 30)} encoder", words_of(stamp)) for kind, stamp in record(document.get("encoders")).items()
    ]
    rows += [
        (f"{words_of(m.get('role'), 30)} encoder to come", f"{words_of(m.get('encoder'))}: {_share(m)}")
        for m in records(document.get("making"))
    ]
    if document.get("writer"):
        rows.append(("being written by", f"process {whole(document.get('writer'))}"))
    sizes = record(document.get("bytes"))
    rows += [
        (f"{words_of(name, 30)} on disk", size_words(size))
        for name, v in sizes.items()
        if (size := number(v)) is not None
    ]
    return rows
