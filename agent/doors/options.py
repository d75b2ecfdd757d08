"""The options that every command has, and what they open. Knows nothing of any one command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sourcehound.agent.doors.console import Console

if TYPE_CHECKING:
    from sourcehound.agent.hound import Sourcehound

Home = Annotated[str | None, typer.Option("--home", help="folder of everything Sourcehound keeps", show_default=False)]
Library = Annotated[str, typer.Option("--library", help="name of the library")]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout and nothing else")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="errors only on stderr")]


@contextmanager
def opened(
    home: str | None, library: str, console: Console, settings: dict[str, Any] | None = None
) -> Generator[Sourcehound]:
    """Open a library for one command."""
    from sourcehound.agent.hound import Sourcehound

    with Sourcehound(home=home, library=library, settings=settings, warn=console.note) as hound:
        yield hound
