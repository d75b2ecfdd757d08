"""Progress under a notebook's cell: one line that changes while work goes on, and is gone at the end.

Anywhere else it does nothing. Knows nothing of the work.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sourcehound.tools.show.printable import one_line

if TYPE_CHECKING:
    from sourcehound.agent.events import Event

_EVERY_S = 0.2
_MOST_CHARS = 110
_DOING = {
    "plan": "planning",
    "search": "searching",
    "read": "reading",
    "look": "looking at",
    "crop": "cutting out",
    "moment": "looking at",
    "assess": "weighing what was found",
    "draft": "writing",
    "verify": "checking",
}


def in_notebook() -> bool:
    """Whether this code runs in a notebook's kernel. Imports nothing: a notebook has IPython loaded."""
    shell = sys.modules.get("IPython")
    return shell is not None and getattr(shell.get_ipython(), "kernel", None) is not None


@dataclass(slots=True, kw_only=True)
class CellLine:
    """The line.

    Args:
        update: writes the line; None says nothing at all.
        monotonic: clock in seconds.
    """

    update: Callable[[str], None] | None
    monotonic: Callable[[], float] = time.monotonic
    _said_s: float = float("-inf")

    def progress(self, stage: str, done: int, total: int, label: str) -> None:
        """`done` of `total` steps of indexing, as tools/library/sync.py's `Progress`."""
        self._say(f"{stage}: {done} of {total} {label}")

    def event(self, event: Event) -> None:
        """What a question is doing."""
        if event.type in _DOING:
            args: dict[str, Any] = event.data.get("args", {})
            what = args.get("query") or args.get("question") or args.get("evidence") or args.get("url") or ""
            self._say(f"{_DOING[event.type]} {what}")

    def _say(self, words: str) -> None:
        now = self.monotonic()
        if self.update is not None and now - self._said_s >= _EVERY_S:
            self._said_s = now
            self.update(one_line(words, _MOST_CHARS))


@contextmanager
def cell_line() -> Generator[CellLine]:
    """The line under this cell while inside; outside a notebook one that says nothing."""
    if not in_notebook():
        yield CellLine(update=None)
        return
    # not a dependency, but a notebook has it; no types, as it need not be there
    shown: Any = import_module("IPython.display").display({"text/plain": ""}, raw=True, display_id=True)
    with warnings.catch_warnings():
        # a library below looks for widgets, for bars of its own that are never shown
        warnings.filterwarnings("ignore", message="IProgress not found")
        try:
            yield CellLine(update=lambda words: shown.update({"text/plain": words}, raw=True))
        finally:
            shown.update({"text/plain": ""}, raw=True)
