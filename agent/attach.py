"""Attached files: indexed like any other, and laid before the planner as the thread's first evidence.

Knows nothing of the graph.
"""

from __future__ import annotations

from collections.abc import Sequence

from sourcehound.tools.errors import InputError
from sourcehound.tools.ledger import Ledger, Record, call_key
from sourcehound.tools.library.catalogue import fold
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.units import load_units, to_evidence

TOOL = "attached"
MOST_UNITS = 4
_FIRST_UNITS = """
SELECT u.id FROM units u JOIN files f ON f.source = u.source_id WHERE f.path = ?
ORDER BY CASE u.kind WHEN 'image' THEN 0 WHEN 'passage' THEN 1 WHEN 'moment' THEN 2 WHEN 'speech' THEN 3 ELSE 4 END, u.id
LIMIT ?
"""


def attach(library: Library, ledger: Ledger, thread: str, turn: int, paths: Sequence[str]) -> None:
    """Index the files and write their first units to the ledger.

    Raises:
        InputError: a file cannot be read; names it and says why.
        BusyError: another process writes the library.
    """
    if not paths:
        return
    library.add(paths)
    connection = library.catalogue.connection
    for path in paths:
        rows = [row for (row,) in connection.execute(_FIRST_UNITS, (fold(path), MOST_UNITS))]
        if not rows:
            state = connection.execute("SELECT reason FROM files WHERE path = ?", (fold(path),)).fetchone()
            raise InputError(f"{path} cannot be asked about: {state[0] if state else 'nothing was found in it'}")
        units = load_units(connection, rows)
        found = [evidence for row in rows if (evidence := to_evidence(connection, units[row])) is not None]
        args = {"file": path.encode("utf-8", "replace").decode()}
        record = Record(step=0, turn=turn, tool=TOOL, args=args, note="attached by the person")
        ledger.record(thread, call_key(0, turn, TOOL, args), record, found)
