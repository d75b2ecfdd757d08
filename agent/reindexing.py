"""Reindexing in a process of its own, which goes on when the one that started it ends.

Knows nothing of how a library is reindexed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcehound.agent.settings import Settings
from sourcehound.tools.errors import BusyError, ConfigError, InputError, SourcehoundError
from sourcehound.tools.library.lock import WAIT_S, holder

LOG = "reindex.log"
_POLL_S = 0.05
_START_S = 60.0
"""How long a process may take to start on a busy machine, beside the wait for the lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A process that reindexes.

    Attributes:
        pid: its number.
        log: where its progress goes.
    """

    pid: int
    log: Path

    def to_json(self) -> dict[str, Any]:
        """As `reindex --background --json` prints it beside the status."""
        return {"pid": self.pid, "log": str(self.log)}


def start(
    home: Path,
    library: str,
    settings: Settings,
    *,
    text: str = "",
    picture: str = "",
    page: str = "",
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Started:
    """Start `sourcehound reindex` in a session of its own, and wait until it writes the library or has ended.

    Args:
        home: Sourcehound's home folder.
        library: name of the library.
        settings: what it is to work by.
        text: spec of the text encoder, empty for what the settings name.
        picture: spec of the picture encoder, likewise.
        page: spec of the page encoder, likewise.
        monotonic: clock in seconds.
        sleep: waits that many seconds.

    Raises:
        BusyError, ConfigError, InputError: what ended it at once.
    """
    folder = home / "libraries" / library
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = folder / LOG
    command = [sys.executable, "-m", "sourcehound.agent", "reindex"]
    command += [f"--{role}={spec}" for role, spec in (("text", text), ("picture", picture), ("page", page)) if spec]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--home", str(home), "--library", library, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **settings.to_environ()},
        )
    deadline = monotonic() + WAIT_S + _START_S
    while holder(folder / "library.lock") != process.pid and process.poll() is None:
        if monotonic() >= deadline:
            break
        sleep(_POLL_S)
    if process.poll() not in {None, 0}:
        raise _failure(log)
    # whoever starts a process has to take note of its end, whenever that is
    threading.Thread(target=process.wait, daemon=True).start()
    return Started(pid=process.pid, log=log)


def _failure(log: Path) -> SourcehoundError:
    """What a process said of its own end."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in reversed(lines):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and said.get("schema") == "sourcehound.error/1":
            kinds = {
                BusyError.exit_code: BusyError,
                ConfigError.exit_code: ConfigError,
                InputError.exit_code: InputError,
            }
            return kinds.get(said["code"], SourcehoundError)(said["message"], remedy=said["remedy"])
    last = next((line for line in reversed(lines) if line.strip()), "without a word")
    return SourcehoundError(f"the process ended: {last[:200]}", remedy=f"see {log}")
