"""The options that several commands have, said once, and the library they open. Knows nothing of any one command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sourcehound.agent.doors.console import Console
from sourcehound.agent.errors import Interrupted
from sourcehound.tools.errors import BusyError

if TYPE_CHECKING:
    from sourcehound.agent.hound import Sourcehound

Home = Annotated[str | None, typer.Option("--home", help="folder of everything Sourcehound keeps", show_default=False)]
Library = Annotated[str, typer.Option("--library", help="name of the library")]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout and nothing else")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="errors only on stderr")]

Within = Annotated[str | None, typer.Option("--in", metavar="GLOB", help="only these files", show_default=False)]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="from this year, month or day on", show_default=False)
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="up to this year, month or day", show_default=False)
]
Kinds = Annotated[str, typer.Option("--type", help="passage,page,image,moment,speech", show_default=False)]

Model = Annotated[str | None, typer.Option("--model", help="planner, as openai:NAME[@URL]", show_default=False)]
Seer = Annotated[str | None, typer.Option("--seer", help="vision model", show_default=False)]
Judge = Annotated[str | None, typer.Option("--judge", help="model that checks sentences", show_default=False)]
Web = Annotated[bool | None, typer.Option("--web/--no-web", help="use the web too", show_default=False)]
MaxSteps = Annotated[int | None, typer.Option("--max-steps", min=1, help="rounds of tool calls", show_default=False)]
MaxToolCalls = Annotated[int | None, typer.Option("--max-tool-calls", min=1, help="tool calls", show_default=False)]
MaxTokens = Annotated[int | None, typer.Option("--max-tokens", min=1, help="tokens in and out", show_default=False)]
Timeout = Annotated[float | None, typer.Option("--timeout", min=0, help="seconds of a question", show_default=False)]
Attach = Annotated[
    list[str] | None, typer.Option("--attach", metavar="FILE", help="a file to ask about", show_default=False)
]
Continue = Annotated[bool, typer.Option("-c", "--continue", help="continue the last thread")]
ThreadId = Annotated[
    str | None, typer.Option("--thread", metavar="ID", help="continue this thread", show_default=False)
]


@contextmanager
def opened(
    home: str | None, library: str, console: Console, settings: dict[str, Any] | None = None
) -> Generator[Sourcehound]:
    """Open a library for one command.

    Raises:
        Interrupted: Ctrl-C; Typer would end without a word.
        BusyError: another program hung up on us; Typer would take that for the end of our own output.
    """
    from sourcehound.agent.hound import Sourcehound

    with Sourcehound(home=home, library=library, settings=settings, warn=console.note) as hound:
        try:
            yield hound
        except KeyboardInterrupt as error:
            raise Interrupted("interrupted", remedy="the same command goes on where it was") from error
        except BrokenPipeError as error:
            raise BusyError("a program that was spoken to hung up", remedy="try again") from error
