"""The console: data to stdout, progress and warnings to stderr; JSON and nothing else where it is asked for.

Whoever reads may leave (`| head`): then nothing is written any more and nothing is said about it. Knows nothing of
commands.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TextIO

from sourcehound.tools.show.printable import one_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID
    from rich.text import Text

_LINE_EVERY_S = 10.0
_STAGES = {
    "reading": "reading files",
    "encoding": "encoding text",
    "ocr": "reading lettering",
    "hear": "listening",
    "watch": "watching films",
    "see": "looking at pictures",
    "page": "looking at pages",
    "jobs": "slow jobs",
    "removing": "removing old vectors",
    "describing": "describing",
}


@dataclass(slots=True, kw_only=True)
class Console:
    """Where a command's output goes.

    Attributes:
        json: whether stdout gets one JSON document and nothing else.
        quiet: whether stderr gets errors only.
        closed: whether whoever read stdout has left; work for more output is wasted then.
    """

    json: bool = False
    quiet: bool = False
    closed: bool = False

    def data(self, document: Any) -> None:
        """Write one JSON document on a line of its own."""
        self._put(sys.stdout, json.dumps(document) + "\n")

    def text(self, text: Text) -> None:
        """Write styled text, plain where no terminal reads it or NO_COLOR is set."""
        from sourcehound.agent.doors.terminal import as_string

        terminal = sys.stdout.isatty()
        colour = terminal and "NO_COLOR" not in os.environ
        width = os.get_terminal_size().columns if terminal else 100
        self.write(as_string(text, terminal=terminal, colour=colour, width=width))

    def write(self, words: str) -> None:
        """Write plain words as they are."""
        self._put(sys.stdout, words.encode("utf-8", "replace").decode("utf-8"))

    def note(self, words: str) -> None:
        """Say something on stderr, one line with the blanks before it, unless quiet."""
        if not self.quiet:
            indent = " " * (len(words) - len(words.lstrip(" ")))
            self._put(sys.stderr, f"{indent}{one_line(words)}\n")

    def error(self, words: str) -> None:
        """Say on stderr what went wrong, one line, always."""
        self._put(sys.stderr, f"sourcehound: {one_line(words)}\n")

    def _put(self, stream: TextIO, words: str) -> None:
        try:
            stream.write(words)
            stream.flush()
        except BrokenPipeError:
            self.closed |= stream is sys.stdout
            # what is still in the buffer must go somewhere, or the interpreter complains when it ends
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


@dataclass(slots=True)
class ProgressBar:
    """A bar with rate and estimate on stderr; without a terminal, a line now and then.

    Use as a context manager; call it as tools/library/sync.py's `Progress`.
    """

    console: Console
    _bar: RichProgress | None = None
    _task: TaskID | None = None
    _begun: dict[str, tuple[float, int]] = field(default_factory=dict[str, tuple[float, int]])
    """For each stage when it began here and how much was done then: stages may take turns."""
    _said: float = field(default=0.0)

    def __enter__(self) -> Self:
        if not self.console.quiet and sys.stderr.isatty():
            from rich.console import Console as RichConsole
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[label]}"),
                console=RichConsole(stderr=True, no_color="NO_COLOR" in os.environ),
                transient=True,
            )
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int, label: str) -> None:
        """`done` of `total` steps of a stage."""
        now = time.monotonic()
        begun, before = self._begun.setdefault(stage, (now, done))
        per_s = (done - before) / max(now - begun, 1e-6)
        rate = f"{per_s:.1f}/s" if done > before else ""
        name = _STAGES.get(stage, stage)
        if self._bar is not None:
            from rich.markup import escape

            shown = escape(one_line(label)[:40])
            if self._task is None:
                self._task = self._bar.add_task(name, total=total, rate=rate, label=shown)
            self._bar.update(self._task, description=name, completed=done, total=total, rate=rate, label=shown)
        elif now - self._said >= _LINE_EVERY_S:
            self._said = now
            left = f", about {(total - done) / per_s:.0f} s left" if done > before else ""
            self.console.note(f"{name}: {done} of {total} {rate}{left} {label}".rstrip())
