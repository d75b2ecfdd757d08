from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.status import count_files, count_units, searched, status
from sourcehound.tools.library.within import Within
from sourcehound.tools.library.writings import put_writings
from sourcehound.tools.senses.writer import Writing
from tests.tools.library.conftest import Shelf

STAMP = "minilm@0:1:1"


def one_job(shelf: Shelf, name: str, state: str, reason: str = "", *, retry: bool = False) -> None:
    """Give the file's source one slow job, in a state."""
    with shelf.catalogue.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO jobs (source, job, detail, state, reason, retry)"
            " SELECT source, 'ocr', 0, ?, ?, ? FROM files WHERE path = ?",
            (state, reason, retry, os.fsencode(shelf.folder / name)),
        )


@pytest.fixture
def full(shelf: Shelf, png: Callable[[int], bytes]) -> Shelf:
    """One file of each fate."""
    shelf.put("read.txt", "One lamp.")
    shelf.put("empty.txt", "")
    shelf.put("bad.txt", "Two lamps.")
    shelf.put("picture.png", png(1))
    shelf.looker.broken.add("bad.txt")
    shelf.add()
    return shelf


def test_every_file_is_accounted_for_with_its_reason(full: Shelf):
    document = full.status()
    assert document["schema"] == "sourcehound.status/1"
    assert document["files"] == {"found": 4, "indexed": 1, "skipped": 1, "failed": 1, "pending": 1}
    assert document["units"] == {"passage": 1, "page": 0, "image": 1, "moment": 0, "speech": 0}
    assert document["problems"] == [
        {"path": str(full.folder / "bad.txt"), "state": "failed", "reason": "broken on purpose", "retry": False},
        {"path": str(full.folder / "empty.txt"), "state": "skipped", "reason": "an empty file", "retry": False},
    ]
    assert document["waiting"] == {"ocr": 1, "see": 1}
    assert document["bytes"]["sources"] > 0
    assert document["bytes"]["index"] >= full.catalogue.path.stat().st_size


@pytest.mark.parametrize(
    ("state", "fate"), [("todo", "pending"), ("done", "indexed"), ("failed", "failed"), ("lacking", "indexed")]
)
def test_a_file_is_what_its_slow_jobs_make_it(full: Shelf, state: str, fate: str):
    before = count_files(full.catalogue)
    one_job(full, "read.txt", state, "why")
    after = count_files(full.catalogue)
    expected = dict(before)
    expected["indexed"] -= 1
    expected[fate] += 1
    assert after == expected


def test_a_failed_job_is_a_problem_with_its_reason(full: Shelf):
    one_job(full, "read.txt", "failed", "took too long", retry=True)
    problem = next(p for p in full.status()["problems"] if p["path"].endswith("read.txt"))
    assert problem == {
        "path": str(full.folder / "read.txt"),
        "state": "failed",
        "reason": "ocr: took too long",
        "retry": True,
    }


def test_what_lacks_weights_is_said_with_the_remedy(full: Shelf):
    one_job(full, "read.txt", "lacking", "weights are missing (pip install them)")
    assert full.status()["lacking"] == [{"job": "ocr", "reason": "weights are missing (pip install them)", "files": 1}]


def test_a_file_waits_for_the_encoder_only_if_there_is_one(full: Shelf):
    assert count_files(full.catalogue, stamp=None)["pending"] == 1
    assert count_files(full.catalogue, stamp=STAMP)["pending"] == 2
    with full.catalogue.transaction() as connection:
        connection.execute("UPDATE units SET encoded = ?", (STAMP,))
    assert count_files(full.catalogue, stamp=STAMP)["pending"] == 1
    for other in (f"{STAMP}~", STAMP[:-1]):
        assert count_files(full.catalogue, stamp=other)["pending"] == 2


def test_a_changed_file_that_was_not_looked_at_yet_is_pending(full: Shelf):
    (full.folder / "read.txt").write_text("Another lamp.", encoding="utf-8")

    def die(_: str) -> None:
        raise KeyboardInterrupt

    full.looker.before_read = die
    with pytest.raises(KeyboardInterrupt):
        full.add()
    counts = count_files(full.catalogue)
    assert counts == {"found": 4, "indexed": 0, "skipped": 1, "failed": 1, "pending": 2}
    assert full.texts() == {"One lamp."}


def test_a_search_says_what_it_covered(full: Shelf):
    assert searched(full.catalogue, Within(), stamp=None) == {
        "files": 2,
        "units": {"passage": 1, "page": 0, "image": 1, "moment": 0, "speech": 0},
        "pending": 1,
    }
    scoped: dict[str, Any] = searched(full.catalogue, Within(globs=("*.txt",)), stamp=None)
    assert (scoped["files"], scoped["units"]["passage"], scoped["units"]["image"]) == (1, 1, 0)
    nowhere = searched(full.catalogue, Within(globs=("nowhere/**",)), stamp=None)
    assert nowhere["units"] == count_units(Catalogue(full.folder / "other"))


def test_status_reads_what_is_committed_while_a_writer_is_at_work(full: Shelf):
    before = full.status()
    writer = sqlite3.connect(full.catalogue.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM files")
    reader = Catalogue(full.catalogue.folder)
    assert status(reader, "test", {"text": None})["files"] == before["files"]
    reader.close()
    writer.close()


@pytest.mark.parametrize("what", ["folder", "file"])
def test_caches_that_vanish_meanwhile_do_not_matter(full: Shelf, monkeypatch: pytest.MonkeyPatch, what: str):
    cache = full.catalogue.folder / "vectors"
    cache.mkdir()
    (cache / "old.npy").write_bytes(b"x" * 100)
    scandir = os.scandir

    def vanishing(path: str) -> Any:
        if Path(path) != cache:
            return scandir(path)
        if what == "folder":
            raise FileNotFoundError(2, "No such file or directory", path)
        with scandir(path) as entries:
            listed = list(entries)
        (cache / "old.npy").unlink()
        return nullcontext(listed)

    monkeypatch.setattr(os, "scandir", vanishing)
    assert full.status()["bytes"]["index"] >= full.catalogue.path.stat().st_size


def test_names_that_are_no_text_come_out_as_they_are(shelf: Shelf):
    name = os.fsdecode(b"bad-\xff.txt")
    (shelf.folder / name).touch()
    shelf.add()
    [problem] = shelf.status()["problems"]
    assert problem["path"] == str(shelf.folder / name)


def test_what_models_wrote_is_counted_and_only_if_there_is_any(full: Shelf):
    assert "written" not in full.status()
    with full.catalogue.transaction() as connection:
        [(unit,)] = connection.execute("SELECT id FROM units WHERE kind = 'image'").fetchall()
        asked = [Writing(role="question", text=text) for text in ("How dark is it?", "What is grey?")]
        put_writings(connection, unit, "tiny", ["caption"], [Writing(role="caption", text="A grey patch.")])
        put_writings(connection, unit, "tiny", ["question"], asked)
    assert full.status()["written"] == {"caption": 1, "question": 2}
