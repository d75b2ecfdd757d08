"""Where a session's lines come from: an editor in a terminal, plain lines of stdin otherwise.

Prompts go to stderr, so that stdout holds answers only. Knows nothing of what the lines mean.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from sourcehound.tools.show.printable import one_line

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output


class Lines(Protocol):
    """Gives one line after another."""

    def read(self, prompt: str) -> str:
        """The next line without its end.

        Raises:
            EOFError: there are no more.
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        ...


class PlainLines:
    """Lines of a file or pipe, or of a terminal that cannot be edited in.

    Args:
        source: where they are read.
        prompts: where prompts are written; None for nowhere, as nobody sees them.
    """

    def __init__(self, source: TextIO, prompts: TextIO | None = None) -> None:
        self._source = source
        self._prompts = prompts

    def read(self, prompt: str) -> str:
        """The next line."""
        if self._prompts is not None:
            self._prompts.write(one_line(prompt) + " ")
            self._prompts.flush()
        line = self._source.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")


class EditedLines:
    """Lines typed in a terminal: editing, a history that outlives the session, completion of commands.

    Alt-Enter begins a new line within a question.

    Args:
        history: file of earlier lines; made readable by its owner only.
        words: commands to complete at the start of a line, with what each does.
        keyboard: where keys come from, the terminal if None.
        screen: where the line is drawn, stderr's terminal if None.
    """

    def __init__(
        self, history: Path, words: Mapping[str, str], *, keyboard: Input | None = None, screen: Output | None = None
    ) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory
        from prompt_toolkit.output import create_output

        history.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        history.touch(mode=0o600)
        self._session: PromptSession[str] = PromptSession(
            history=FileHistory(str(history)),
            completer=completer(words),
            key_bindings=_keys(),
            input=keyboard,
            output=screen or create_output(stdout=sys.stderr),
        )

    def read(self, prompt: str) -> str:
        """The next line."""
        return self._session.prompt(one_line(prompt) + " ")


def completer(words: Mapping[str, str]) -> Completer:
    """Completes commands at the start of a line, and tells what each does."""
    from prompt_toolkit.completion import WordCompleter

    return WordCompleter(list(words), meta_dict=dict(words), sentence=True)


def _keys() -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys


def lines_here(history: Path, words: Mapping[str, str]) -> Lines:
    """The lines of this process: edited where a person sits at a terminal, plain otherwise."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        return EditedLines(history, words)
    return PlainLines(sys.stdin, sys.stderr if sys.stdin.isatty() else None)
