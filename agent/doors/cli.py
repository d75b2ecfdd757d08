"""The command line: `sourcehound COMMAND …`. Assembles the commands and turns every end into the contract's exit code.

Light: nothing heavy is imported before a command needs it. The door is one of the three places where any exception is
caught.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from sourcehound.agent.doors import (
    ablate_command,
    ask_command,
    chat,
    describe_command,
    doctor,
    encoders_command,
    eval_command,
    find_command,
    index_commands,
    reindex_command,
    show_command,
)
from sourcehound.agent.doors.console import Console
from sourcehound.tools.errors import SourcehoundError

INTERRUPTED = 130
FAULT = 70
ERROR_SCHEMA = "sourcehound.error/1"

app = typer.Typer(
    name="sourcehound",
    help="Ask across your documents, photos, videos, recordings and the web; every sentence tied to its exact place.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"sourcehound {version('sourcehound')}\n")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Ask across your documents, photos, videos, recordings and the web."""


for command in (
    show_command.demo,
    index_commands.add,
    index_commands.rm,
    index_commands.status,
    reindex_command.reindex,
    describe_command.describe,
    find_command.find,
    ask_command.ask,
    chat.chat,
    show_command.show,
    doctor.doctor,
    encoders_command.encoders,
):
    app.command()(command)
app.command("eval")(eval_command.evaluate)
app.command()(ablate_command.ablate)
app.add_typer(show_command.threads_app, name="threads")


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: without the program's name.

    Returns:
        The exit code of the contract.
    """
    console = Console(json="--json" in arguments)
    try:
        result = app(list(arguments), standalone_mode=False, prog_name="sourcehound")
    except TyperException as error:
        return _fail(console, _told(error), "see sourcehound --help", 2)
    except SourcehoundError as error:
        return _fail(console, error.message, error.remedy, error.exit_code)
    except (KeyboardInterrupt, Abort):
        return _fail(console, "interrupted; the same command goes on where it was", None, INTERRUPTED)
    except SystemExit:  # Typer's own end when nobody reads the help that it prints; ours never breaks (console.py)
        return 0
    except Exception as error:  # noqa: BLE001  the door: one of the three named places
        return _fault(console, error)
    return result if isinstance(result, int) else 0


def _told(error: TyperException) -> str:
    """What Typer found wrong, with the name of the option, in one line of ours."""
    return " ".join(error.format_message().split()).rstrip(".")


def _fail(console: Console, message: str, remedy: str | None, code: int) -> int:
    if console.json:
        console.data({"schema": ERROR_SCHEMA, "code": code, "message": message, "remedy": remedy})
    console.error(f"{message} ({remedy})" if remedy else message)
    return code


def _fault(console: Console, error: Exception) -> int:
    import sqlite3

    if isinstance(error, OSError | sqlite3.OperationalError) and _is_full(error):
        return _fail(console, "no space left on the disk", "free some space and run the same command again", 75)
    where = _write_traceback(error)
    return _fail(console, f"a fault of ours: {type(error).__name__}: {error}", f"the traceback is in {where}", FAULT)


def _is_full(error: Exception) -> bool:
    import errno

    return getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT} or str(error) == "database or disk is full"


def _write_traceback(error: Exception) -> str:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="sourcehound-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)))
    return file.name
