"""Evaluations in words: the tables that `eval` and `ablate` print. Knows nothing of how anything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def eval_text(document: dict[str, Any]) -> str:
    """An evaluation as a table: what was searched and asked, each measure with its interval, and groups if there are."""
    data, system = document["data"], document["system"]
    lines = [
        f"{document['task']}: {data['queries']} queries over {data['items']} items of {data['path']}",
        "encoders: " + ", ".join(f"{role} {stamp}" for role, stamp in system["models"].items() if stamp),
        "",
        *table(
            ("measure", "mean", "95 % interval"),
            [
                (name, f"{one['mean']:.3f}", f"[{one['low']:.3f}, {one['high']:.3f}]")
                for name, one in document["measures"].items()
            ],
        ),
    ]
    groups = document["groups"]
    if groups:
        names = document["main"]
        rows = [
            (group, str(one["queries"]), *(f"{one[name]:.3f}" if name in one else "" for name in names))
            for group, one in groups.items()
        ]
        lines += ["", *table(("group", "queries", *names), rows)]
    lines += ["", f"{document['seconds']:.1f} s, of which indexing {document['seconds_indexing']:.1f} s"]
    return "\n".join(lines) + "\n"


def ablation_text(document: dict[str, Any]) -> str:
    """An ablation as one table: a row for each variant, its means and how far they are from the system as it is set."""
    data = document["data"]
    # the first of each scope: more would not fit on a line
    names = list({name.rpartition(":")[0]: name for name in reversed(document["main"])}.values())[::-1]
    head = ["variant", *(part for name in names for part in (name, "difference", "95 % interval")), "ms"]
    rows: list[list[str]] = []
    for row in document["rows"]:
        cells = [" ".join(f"{key}={value}" for key, value in row["set"].items()) or "as it is set"]
        for name in names:
            cells += [f"{row['measures'][name]['mean']:.3f}", *_difference(row, name)]
        slowest_s = max(row["seconds_query"].values())
        rows.append([*cells, f"{1000 * slowest_s:.0f}"])
    lines = [
        f"{document['task']}: {data['queries']} queries over {data['items']} items of {data['path']}",
        "",
        *table(head, rows),
        "",
        "* the paired interval leaves out 0",
    ]
    return "\n".join(lines) + "\n"


def _difference(row: dict[str, Any], name: str) -> tuple[str, str]:
    if not row["set"]:
        return "", ""
    one = row["differences"][name]
    mark = "*" if one["low"] > 0 or one["high"] < 0 else " "
    return f"{one['mean']:+.3f}{mark}", f"[{one['low']:+.3f}, {one['high']:+.3f}]"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of aligned columns; all but the first are set to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
