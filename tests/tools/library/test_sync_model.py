"""A library that followed a random history of changes is the library that a first look at the files would make."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcehound.tools.library.catalogue import Catalogue
from tests.tools.library.conftest import LONG_AFTER, Looker, Shelf

NAMES = ["a.txt", "b.txt", "deep/c.txt", "deep/er/d.txt", "notes.md", "deep/notes.md", "photo.png", "deep/photo.png"]
FOLDERS = ["deep", "deep/er", "other"]
TEXTS = ["", "One lamp.", "Two oars.", "Three lamps stand here.", "Four masts lie on the quay."]
NOTES = ["# Trip\n\n![A kite](photo.png)", "# Trip\n\n![A heron](deep/photo.png)\n\nMore words.", "# Quay"]
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)
JUST_NOW = "2001-01-01T00:00:00Z"

name = st.sampled_from(NAMES)
operation = st.one_of(
    st.tuples(st.just("write"), name, st.integers(0, 4)),
    st.tuples(st.just("write"), name, st.integers(0, 4)),
    st.tuples(st.just("rewrite keeping its time"), name, st.integers(0, 4)),
    st.tuples(st.just("touch"), name, st.integers(1, 9)),
    st.tuples(st.just("delete"), name, st.just(0)),
    st.tuples(st.just("move"), name, st.integers(0, len(NAMES) - 1)),
    st.tuples(st.just("copy"), name, st.integers(0, len(NAMES) - 1)),
    st.tuples(st.just("move folder"), st.sampled_from(FOLDERS), st.integers(0, len(FOLDERS) - 1)),
    st.tuples(st.just("break"), name, st.just(0)),
    st.tuples(st.just("mend"), name, st.just(0)),
    st.tuples(st.just("link"), name, st.just(0)),
    st.tuples(st.just("add"), st.sampled_from(["", "deep"]), st.just(0)),
    st.tuples(st.just("add in a hurry"), st.just(""), st.just(0)),
)


def content(path: Path, n: int) -> bytes:
    if path.suffix == ".png":
        return PICTURE + b" " * n
    return (NOTES[n % len(NOTES)] if path.suffix == ".md" else TEXTS[n]).encode()


def change(shelf: Shelf, kind: str, target: str, n: int) -> None:
    """Do one operation on the files, if it makes sense now."""
    path = shelf.folder / target
    if kind == "write" and not path.is_symlink():
        shelf.put(target, content(path, n))
    elif kind == "delete" and os.path.lexists(path):
        path.unlink()
    elif kind == "link" and not os.path.lexists(path) and path.parent.is_dir():
        path.symlink_to(shelf.folder / "a.txt")
    elif kind == "move folder" and path.is_dir() and not (shelf.folder / FOLDERS[n]).exists():
        if not FOLDERS[n].startswith(target):
            path.rename(shelf.folder / FOLDERS[n])
    elif path.is_file() and not path.is_symlink():
        change_file(shelf, kind, path, n)
    break_or_mend(shelf, kind, path)


def change_file(shelf: Shelf, kind: str, path: Path, n: int) -> None:
    if kind == "rewrite keeping its time":
        before = path.stat()
        path.write_bytes(content(path, n))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif kind == "touch":
        os.utime(path, (n, n))
    elif kind in {"move", "copy"} and Path(NAMES[n]).suffix == path.suffix:
        other = shelf.folder / NAMES[n]
        other.parent.mkdir(parents=True, exist_ok=True)
        if kind == "move":
            path.rename(other)
        elif other != path and not other.is_symlink():
            shutil.copy(path, other)


def break_or_mend(shelf: Shelf, kind: str, path: Path) -> None:
    """From now on a reader cannot read files of this name, or can again: as when the program is another version."""
    if kind == "break" and path.name not in shelf.looker.broken:
        shelf.looker.broken.add(path.name)
    elif kind == "mend":
        shelf.looker.broken.discard(path.name)


@contextmanager
def opened(folder: Path, library: Path, looker: Looker) -> Generator[Shelf]:
    catalogue = Catalogue(library)
    catalogue.connection.execute("PRAGMA synchronous=OFF")
    yield Shelf(folder=folder, catalogue=catalogue, looker=looker)
    catalogue.close()


def library_of(shelf: Shelf) -> dict[str, Any]:
    """All that a person can notice of a library."""
    return {
        "files": shelf.rows("SELECT path, state, reason FROM files WHERE state <> 'failed' ORDER BY path"),
        "sources": shelf.rows(
            "SELECT f.path, s.sha256, s.media_type FROM files f JOIN sources s ON s.id = f.source ORDER BY f.path"
        ),
        "units": shelf.rows("SELECT unit_id, kind, text, locator FROM units ORDER BY unit_id"),
        "said": shelf.rows(
            "SELECT u.unit_id, u.about, s.title FROM units u JOIN sources s ON s.id = u.source_id"
            " WHERE (SELECT COUNT(*) FROM files f WHERE f.source = s.id) = 1 ORDER BY u.unit_id"
        ),
        "jobs": shelf.rows(
            "SELECT s.sha256, j.job, j.detail FROM jobs j JOIN sources s ON s.id = j.source ORDER BY 1, 2, 3"
        ),
    }


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(operation, min_size=1, max_size=14))
def test_after_any_history_the_library_is_that_of_a_first_look(history: list[tuple[str, str, int]]):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        with opened(folder, Path(name) / "library", Looker()) as shelf:
            for n, (kind, target, value) in enumerate(history):
                if not kind.startswith("add"):
                    change(shelf, kind, target, value)
                elif (folder / target).is_dir():
                    shelf.add(folder / target, now=JUST_NOW if "hurry" in kind else LONG_AFTER, program=f"1.{n}")
                    counts = shelf.status()["files"]
                    assert counts["found"] == sum(counts[k] for k in ("indexed", "skipped", "failed", "pending"))
                    assert counts["found"] == shelf.rows("SELECT COUNT(*) FROM files")[0][0]
            shelf.add(program="last")
            with opened(folder, Path(name) / "fresh", Looker(broken=shelf.looker.broken)) as fresh:
                fresh.add(program="last")
                expected = library_of(fresh)
                # what was read before its reader broke is kept: nothing asks for it to be read again
                if not shelf.looker.broken:
                    assert library_of(shelf) == expected
            assert shelf.rows("INSERT INTO words (words) VALUES ('integrity-check')") == []
            assert shelf.rows("PRAGMA integrity_check") == [("ok",)]
            assert shelf.rows("PRAGMA foreign_key_check") == []
            assert shelf.counts(program="last").keys() <= {"unchanged"}
