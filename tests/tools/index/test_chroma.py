"""Chroma behind the same interface as the exact engine: both must give the same answers."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import BusyError, ConfigError, SourcehoundError, ToolInputError
from sourcehound.tools.index import vectors
from sourcehound.tools.index.chroma import ChromaEngine
from sourcehound.tools.index.engine import Scored
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.probe import look_here

STAMP = "minilm@0123456789abcdef:24:1"
Cloud = Callable[..., FloatArray]
Fill = Callable[..., list[int]]


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def exact(library: sqlite3.Connection, tmp_path: Path, warnings: list[str]) -> ExactEngine:
    return ExactEngine(lambda: library, tmp_path / "vectors", warn=warnings.append)


@pytest.fixture
def engine(
    library: sqlite3.Connection, tmp_path: Path, exact: ExactEngine, warnings: list[str]
) -> Iterator[ChromaEngine]:
    engine = ChromaEngine(
        lambda: library,
        tmp_path / "vectors",
        exact=exact,
        warn=warnings.append,
        worth_rows=100,
        batch=600,
        look=look_here,
    )
    yield engine
    engine.close()


@pytest.fixture
def fill(library: sqlite3.Connection) -> Fill:
    """Adds a passage for each row, or for each run of `per_unit` rows."""

    def run(rows: FloatArray, *, per_unit: int = 1, kind: str = "passage") -> list[int]:
        units: list[int] = []
        library.execute("BEGIN")
        for first in range(0, len(rows), per_unit):
            cursor = library.execute(
                "INSERT INTO units (unit_id, source_id, kind, text, about, locator)"
                " VALUES (hex(randomblob(8)), 1, ?, '', '', '{}')",
                (kind,),
            )
            units.append(int(cursor.lastrowid or 0))
            vectors.put(library, units[-1], STAMP, rows[first : first + per_unit])
        library.execute("COMMIT")
        return units

    return run


def recall(expected: tuple[Scored, ...], found: tuple[Scored, ...]) -> float:
    return len({s.unit for s in expected} & {s.unit for s in found}) / len(expected)


def same(expected: tuple[Scored, ...], found: tuple[Scored, ...]) -> bool:
    """Equal but for the last digits, which depend on the order of additions."""
    return [scored.unit for scored in found] == [scored.unit for scored in expected] and np.allclose(
        [scored.score for scored in found], [scored.score for scored in expected], atol=1e-5
    )


@pytest.mark.parametrize(("per_cluster", "per_unit"), [(0, 1), (25, 1), (25, 3)], ids=["random", "clustered", "rows"])
def test_exact_and_chroma_agree(
    engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud, per_cluster: int, per_unit: int
):
    fill(cloud(2400, 24, per_cluster=per_cluster), per_unit=per_unit)
    assert engine.refresh("passage", STAMP).how == "built"
    recalls: list[float] = []

    for query in cloud(60, 24, seed=7, per_cluster=per_cluster):
        expected = exact.search("passage", STAMP, query, k=10)
        found = engine.search("passage", STAMP, query, k=10)
        scores = {scored.unit: scored.score for scored in expected}
        recalls.append(recall(expected, found))
        assert len(found) == 10
        assert all(abs(scores.get(scored.unit, scored.score) - scored.score) < 1e-3 for scored in found)

    assert np.mean(recalls) >= 0.99


def test_a_poor_index_is_searched_as_widely_as_it_needs(
    engine: ChromaEngine,
    exact: ExactEngine,
    fill: Fill,
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    poor = {"space": "cosine", "ef_construction": 16, "max_neighbors": 6, "ef_search": 8, "sync_threshold": 500}
    monkeypatch.setattr("sourcehound.tools.index.chroma_rows._HNSW", poor)
    fill(cloud(2400, 48))
    engine.refresh("passage", STAMP)
    [manifest] = (tmp_path / "vectors").rglob("manifest.json")
    assert json.loads(manifest.read_text(encoding="utf-8"))["width"] > 30
    queries = cloud(60, 48, seed=7)
    pairs = [[one.search("passage", STAMP, query, k=10) for one in (exact, engine)] for query in queries]
    # its graph is built by threads that race, so that no two are alike
    assert np.mean([recall(expected, found) for expected, found in pairs]) >= 0.97


def test_an_index_that_finds_too_little_however_widely_it_is_searched_is_not_used(
    engine: ChromaEngine,
    exact: ExactEngine,
    fill: Fill,
    cloud: Cloud,
    warnings: list[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("sourcehound.tools.index.recall.GOAL", 1.1)
    fill(cloud(700, 24))
    engine.refresh("passage", STAMP)
    assert "finds less than 99% of the nearest: they are searched exactly instead" in warnings[-1]
    query = cloud(1, 24, seed=7)[0]
    assert engine.search("passage", STAMP, query, k=10) == exact.search("passage", STAMP, query, k=10)


def test_what_changed_after_the_index_was_built_is_found_as_it_is_now(
    engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud, library: sqlite3.Connection
):
    units = fill(cloud(900, 24))
    engine.refresh("passage", STAMP)
    queries = cloud(4, 24, seed=7)
    [new] = fill(queries[:1])
    vectors.put(library, units[5], STAMP, queries[1][None])
    nearest = exact.search("passage", STAMP, queries[2], k=3)
    library.execute("DELETE FROM units WHERE id = ?", (nearest[0].unit,))

    assert engine.search("passage", STAMP, queries[0], k=1)[0].unit == new
    assert engine.search("passage", STAMP, queries[1], k=1)[0].unit == units[5]
    assert same(exact.search("passage", STAMP, queries[2], k=2), engine.search("passage", STAMP, queries[2], k=2))
    assert engine.refresh("passage", STAMP).how == "kept"


def test_many_new_rows_extend_a_copy_and_many_dead_ones_build_anew(
    engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud, library: sqlite3.Connection
):
    fill(cloud(900, 24))
    assert engine.refresh("passage", STAMP).rows == 900
    fill(cloud(300, 24, seed=1))
    grown = engine.refresh("passage", STAMP)
    library.execute("DELETE FROM units WHERE id % 3 = 0")
    shrunk = engine.refresh("passage", STAMP)

    assert (grown.how, grown.rows) == ("extended", 1200)
    assert (shrunk.how, shrunk.rows) == ("built", 800)
    assert engine.refresh("passage", STAMP).how == "kept"
    query = cloud(1, 24, seed=7)[0]
    assert same(exact.search("passage", STAMP, query, k=10), engine.search("passage", STAMP, query, k=10))


def test_a_search_before_any_index_is_exact(engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud):
    fill(cloud(50, 24))
    query = cloud(1, 24, seed=7)[0]

    assert same(exact.search("passage", STAMP, query, k=5), engine.search("passage", STAMP, query, k=5))
    assert engine.search("page", STAMP, query, k=5) == ()
    assert engine.refresh("page", STAMP).how == "nothing"


@pytest.mark.parametrize("few_allowed", [0, 5000], ids=["through Chroma", "from the table"])
@pytest.mark.parametrize("step", [2, 40, 300])
def test_only_allowed_units_are_found(
    engine: ChromaEngine,
    exact: ExactEngine,
    fill: Fill,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    few_allowed: int,
    step: int,
):
    monkeypatch.setattr("sourcehound.tools.index.chroma.FEW_ALLOWED", few_allowed)
    units = fill(cloud(900, 24))
    engine.refresh("passage", STAMP)
    [late] = fill(cloud(1, 24, seed=3))
    allowed = {*units[::step], late, 10**9}
    query = cloud(1, 24, seed=7)[0]

    found = engine.search("passage", STAMP, query, k=10, allowed=allowed)

    assert same(exact.search("passage", STAMP, query, k=10, allowed=allowed), found)


def test_a_reopened_engine_uses_the_index_that_is_there(
    engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud
):
    fill(cloud(700, 24))
    engine.refresh("passage", STAMP)
    query = cloud(1, 24, seed=7)[0]
    before = engine.search("passage", STAMP, query, k=10)
    engine.close()

    assert engine.refresh("passage", STAMP).how == "kept"
    assert engine.search("passage", STAMP, query, k=10) == before


def test_a_spoilt_index_is_not_opened_but_said_and_built_again(
    engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud, tmp_path: Path, warnings: list[str]
):
    fill(cloud(700, 24))
    engine.refresh("passage", STAMP)
    [data] = (tmp_path / "vectors").rglob("data_level0.bin")
    os.truncate(data, data.stat().st_size // 2)
    query = cloud(1, 24, seed=7)[0]

    assert same(exact.search("passage", STAMP, query, k=10), engine.search("passage", STAMP, query, k=10))
    assert "is not as it was left; searched exactly instead" in warnings[-1]
    assert engine.refresh("passage", STAMP).how == "built"
    assert "could not be trusted" in warnings[-1]
    warnings.clear()
    assert same(exact.search("passage", STAMP, query, k=10), engine.search("passage", STAMP, query, k=10))
    assert warnings == []


def test_a_spoilt_database_of_chroma_is_said_and_built_again(
    engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud, tmp_path: Path, warnings: list[str]
):
    fill(cloud(700, 24))
    engine.refresh("passage", STAMP)
    [database] = (tmp_path / "vectors").rglob("chroma.sqlite3")
    database.write_bytes(b"no database")
    query = cloud(1, 24, seed=7)[0]

    assert same(exact.search("passage", STAMP, query, k=10), engine.search("passage", STAMP, query, k=10))
    assert "Chroma cannot use" in warnings[-1]
    assert engine.refresh("passage", STAMP).how == "built"


def test_an_index_from_the_future_of_a_restored_library_is_not_used(
    engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud, library: sqlite3.Connection
):
    fill(cloud(700, 24))
    engine.refresh("passage", STAMP)
    library.execute("UPDATE generations SET n = n - 1")
    library.execute("UPDATE vectors SET n = n - 1")
    query = cloud(1, 24, seed=7)[0]

    assert same(exact.search("passage", STAMP, query, k=10), engine.search("passage", STAMP, query, k=10))
    assert engine.refresh("passage", STAMP).how == "built"


def test_a_second_writer_waits_five_seconds_and_names_the_first(
    library: sqlite3.Connection, tmp_path: Path, exact: ExactEngine, fill: Fill, cloud: Cloud
):
    fill(cloud(10, 24))
    now = [100.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    engine = ChromaEngine(
        lambda: library, tmp_path / "vectors", exact=exact, warn=print, monotonic=lambda: now[0], sleep=sleep
    )
    with (tmp_path / "vectors.lock").open("w", encoding="ascii") as lock:
        lock.write("4321")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="4321"):
            engine.refresh("passage", STAMP)

        assert now[0] == pytest.approx(105, abs=0.2)
        assert engine.search("passage", STAMP, cloud(1, 24)[0], k=3)


def test_nothing_is_built_inside_a_transaction(engine: ChromaEngine, library: sqlite3.Connection):
    library.execute("BEGIN")

    with pytest.raises(SourcehoundError, match="transaction"):
        engine.refresh("passage", STAMP)


def test_queries_are_checked_as_by_the_exact_engine(engine: ChromaEngine, fill: Fill, cloud: Cloud):
    fill(cloud(600, 24))
    engine.refresh("passage", STAMP)

    with pytest.raises(ConfigError, match="the query has 8 dimensions, the index 24"):
        engine.search("passage", STAMP, cloud(1, 8)[0], k=3)
    with pytest.raises(ToolInputError):
        engine.search("passage", STAMP, cloud(1, 24)[0], k=0)
    with pytest.raises(ToolInputError):
        engine.search("passage", STAMP, np.zeros(24, np.float32), k=3)


def test_several_threads_search_at_once(
    tmp_path: Path, library: sqlite3.Connection, engine: ChromaEngine, exact: ExactEngine, fill: Fill, cloud: Cloud
):
    fill(cloud(900, 24))
    engine.refresh("passage", STAMP)
    local = threading.local()

    def connect() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
        return local.connection

    threaded = ChromaEngine(connect, tmp_path / "vectors", exact=ExactEngine(connect, tmp_path, warn=print), warn=print)
    queries = cloud(40, 24, seed=7)
    expected = [exact.search("passage", STAMP, query, k=5) for query in queries]
    found: dict[int, tuple[Scored, ...]] = {}

    def work(first: int) -> None:
        for i in range(first, len(queries), 4):
            found[i] = threaded.search("passage", STAMP, queries[i], k=5)
        local.connection.close()

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    threaded.close()

    assert np.mean([recall(expected[i], found[i]) for i in range(len(queries))]) >= 0.99


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    program = Path(sys.executable).with_name("chroma")
    if not program.exists():
        pytest.skip("the `chroma` program is not beside this Python")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "run", "--path", tmp_path / "server", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pause = threading.Event()
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        pause.wait(0.05)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.mark.enable_socket
def test_a_server_takes_the_same_path(
    server: str, library: sqlite3.Connection, tmp_path: Path, exact: ExactEngine, fill: Fill, cloud: Cloud
):
    def connect() -> sqlite3.Connection:
        return library

    warnings: list[str] = []
    engine = ChromaEngine(
        connect,
        tmp_path / "vectors",
        exact=exact,
        warn=warnings.append,
        server=server,
        worth_rows=100,
        batch=600,
        look=look_here,
    )
    query = cloud(1, 24, seed=7)[0]
    hows: list[str] = []
    fill(cloud(700, 24))
    hows.append(engine.refresh("passage", STAMP).how)
    fill(cloud(200, 24, seed=1))
    hows.append(engine.refresh("passage", STAMP).how)
    library.execute("DELETE FROM units WHERE id % 2 = 0")
    hows.append(engine.refresh("passage", STAMP).how)
    fill(cloud(200, 24, seed=2))
    hows.append(engine.refresh("passage", STAMP).how)

    assert hows == ["built", "extended", "built", "extended"]
    assert same(exact.search("passage", STAMP, query, k=10), engine.search("passage", STAMP, query, k=10))
    assert warnings == []
    assert not list((tmp_path / "vectors").rglob("chroma.sqlite3"))
    engine.close()


@pytest.mark.enable_socket
def test_a_server_that_is_down_is_said_by_its_address(
    library: sqlite3.Connection, tmp_path: Path, exact: ExactEngine, fill: Fill, cloud: Cloud
):
    fill(cloud(200, 24))
    engine = ChromaEngine(
        lambda: library, tmp_path / "vectors", exact=exact, warn=print, server="http://127.0.0.1:1", worth_rows=1
    )

    with pytest.raises(BusyError, match=r"http://127\.0\.0\.1:1 does not work"):
        engine.refresh("passage", STAMP)
