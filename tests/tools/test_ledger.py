from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sourcehound.tools.errors import BusyError, ConfigError
from sourcehound.tools.evidence import Evidence, Locator, Source, unit_id
from sourcehound.tools.ledger import SCHEMA_VERSION, Ledger, Record, call_key

AT = "2026-01-01T00:00:00Z"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "threads.db", lambda: AT)
    begin(ledger, "t1")
    yield ledger
    ledger.close()


def begin(ledger: Ledger, thread: str) -> None:
    ledger.connection.execute(
        "INSERT INTO threads (id, seq, question, request, state, created, updated) VALUES (?, 1, '', '{}', 'running', '', '')",
        (thread,),
    )


def passage(start: int, *, quote: str = "One lamp.", sha256: str = "ab" * 32, score: float | None = None) -> Evidence:
    where = Locator(chars=(start, start + 9))
    return Evidence(
        kind="text",
        unit_id=unit_id(sha256, "passage", where, "text 1"),
        source=Source(path="/a.txt", uri="file:///a.txt", sha256=sha256, media_type="text/plain", title="a"),
        locator=where,
        quote=quote,
        producer="text 1",
        score=score,
    )


def call(step: int = 0, query: str = "lamp", *, turn: int = 0) -> Record:
    return Record(step=step, turn=turn, tool="search_text", args={"query": query}, note="2 found", images=1)


def test_ids_are_minted_in_call_order(ledger: Ledger):
    first = ledger.record("t1", "k1", call(), [passage(30), passage(10)])
    second = ledger.record("t1", "k2", call(query="oar"), [passage(20)])
    assert (first.evidence, first.fresh) == (("E1", "E2"), 2)
    assert (second.evidence, second.fresh) == (("E3",), 1)
    assert [found.locator.chars for found in ledger.all_evidence("t1")] == [(30, 39), (10, 19), (20, 29)]
    assert {found.at for found in ledger.all_evidence("t1")} == {AT}


def test_the_same_place_keeps_its_id_and_learns_what_a_later_look_read(ledger: Ledger):
    ledger.record("t1", "k1", call(), [replace(passage(10, score=0.3), detail={"found_by": "words"})])
    again = ledger.record(
        "t1", "k2", call(query="oar"), [replace(passage(10, quote="One oar.", score=0.2), detail={"looked": "yes"})]
    )
    assert (again.evidence, again.fresh) == (("E1",), 0)
    found = ledger.evidence("t1", "E1")
    assert found is not None
    assert (found.quote, found.score, found.detail) == ("One oar.", 0.3, {"found_by": "words", "looked": "yes"})


def test_a_look_that_reads_nothing_takes_no_quote_away(ledger: Ledger):
    ledger.mint("t1", [passage(10)])
    ledger.mint("t1", [replace(passage(10), quote=None, producer="effnet")])
    found = ledger.evidence("t1", "E1")
    assert found is not None
    assert (found.quote, found.producer) == ("One lamp.", "text 1")


def test_what_was_read_before_is_read_anew_where_another_process_wrote(ledger: Ledger):
    ledger.record("t1", "k1", call(), [passage(10), passage(20)])
    first, second = ledger.all_evidence("t1")
    other = Ledger(ledger.path, lambda: AT)
    moved = replace(first.source, path="/b.txt", uri="file:///b.txt")
    document = json.dumps(replace(first, source=moved, quote=None).to_json())
    other.connection.execute("UPDATE evidence SET document = ? WHERE thread = 't1' AND n = 1", (document,))
    other.connection.execute("DELETE FROM calls")
    other.close()
    again = ledger.evidence("t1", "E1")
    assert again is not None
    assert (again.source.path, again.quote) == ("/b.txt", None)
    assert ledger.all_evidence("t1") == (again, second)
    assert ledger.records("t1") == ()


def test_a_row_that_did_not_change_is_taken_apart_once(ledger: Ledger):
    ledger.record("t1", "k1", call(), [passage(10)])
    before, records = ledger.all_evidence("t1"), ledger.records("t1")
    ledger.record("t1", "k2", call(query="oar"), [passage(20)])
    assert ledger.all_evidence("t1")[0] is before[0]
    assert ledger.records("t1")[0] is records[0]


def test_another_thread_counts_for_itself(ledger: Ledger):
    begin(ledger, "t2")
    ledger.record("t1", "k1", call(), [passage(10), passage(20)])
    other = ledger.record("t2", "k1", call(), [passage(20)])
    assert other.evidence == ("E1",)
    assert ledger.evidence("t2", "E2") is None


def test_a_call_done_twice_costs_nothing_and_changes_nothing(ledger: Ledger):
    first = ledger.record("t1", "k1", call(), [passage(10)])
    again = ledger.record("t1", "k1", replace(call(), note="another"), [passage(50), passage(60)])
    assert again == first == ledger.recorded("t1", "k1")
    assert len(ledger.all_evidence("t1")) == 1
    assert ledger.records("t1") == (first,)


def test_calls_come_back_in_order_whole_and_by_turn(ledger: Ledger):
    calls = [replace(call(n, f"lamp {n}", turn=n // 2), error="" if n else "down") for n in range(4)]
    for n, made in enumerate(calls):
        ledger.record("t1", f"key {9 - n}", made, [])
    assert list(ledger.records("t1")) == calls
    assert [record.step for record in ledger.records("t1", turn=1)] == [2, 3]
    assert ledger.records("t2") == ()
    assert ledger.recorded("t1", "unknown") is None


def test_the_key_of_a_call_is_its_place_and_its_words():
    key = call_key(1, 0, "read", {"a": 1, "b": 2})
    assert key == call_key(1, 0, "read", {"b": 2, "a": 1})
    assert len({key, call_key(2, 0, "read", {"a": 1, "b": 2}), call_key(1, 1, "read", {"a": 1, "b": 2})}) == 3
    assert key != call_key(1, 0, "crop", {"a": 1, "b": 2})
    assert key != call_key(1, 0, "read", {"a": 1, "b": 3})


@pytest.mark.parametrize("name", ["", "E", "E0", "E-1", "E9999999999", "e²", "7; DROP TABLE evidence", "E1x"])
def test_an_id_that_is_none_finds_nothing(ledger: Ledger, name: str):
    ledger.mint("t1", [passage(10)])
    assert ledger.evidence("t1", name) is None


@pytest.mark.parametrize("name", ["E1", "e1", " E1 ", "1"])
def test_an_id_is_found_as_people_write_it(ledger: Ledger, name: str):
    [kept], _ = ledger.mint("t1", [passage(10)])
    assert ledger.evidence("t1", name) == kept


def test_evidence_and_call_are_written_together_or_not_at_all(ledger: Ledger):
    ledger.connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON calls BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record("t1", "k1", call(), [passage(10)])
    assert ledger.all_evidence("t1") == ()
    ledger.connection.execute("DROP TRIGGER full")
    assert ledger.record("t1", "k1", call(), [passage(10)]).evidence == ("E1",)


def test_a_full_disk_undoes_a_call_and_says_so(ledger: Ledger):
    (pages,) = ledger.connection.execute("PRAGMA page_count").fetchone()
    ledger.connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(BusyError, match="no space left"):
        ledger.record("t1", "k1", call(), [passage(10, quote="lamp " * 5000)])
    assert ledger.all_evidence("t1") == ledger.records("t1") == ()
    assert not ledger.connection.in_transaction


def test_a_lock_held_too_long_by_another_process_is_told(ledger: Ledger):
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ledger.connection.execute("PRAGMA busy_timeout=0")
    with pytest.raises(BusyError, match="locked by another process"):
        ledger.record("t1", "k1", call(), [])
    assert ledger.records("t1") == ()
    other.close()


def test_opening_waits_for_no_writer(ledger: Ledger):
    with ledger.transaction():
        second = Ledger(ledger.path, lambda: AT)
        assert second.records("t1") == ()
        second.close()


def test_a_change_of_one_thread_of_the_program_does_not_end_up_in_anothers(ledger: Ledger):
    begin(ledger, "t2")
    inside, go_on = threading.Event(), threading.Event()

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM threads WHERE id = 't2'")
        inside.set()
        go_on.wait(10)
        raise KeyError

    def fails() -> None:
        with pytest.raises(KeyError), ledger.transaction() as connection:
            change(connection)

    first = threading.Thread(target=fails)
    second = threading.Thread(target=lambda: ledger.record("t1", "k1", call(), [passage(10)]))
    first.start()
    inside.wait(10)
    second.start()
    go_on.set()
    first.join()
    second.join()
    assert len(ledger.records("t1")) == 1
    assert ledger.rows("SELECT COUNT(*) FROM threads") == [(2,)]


def test_many_threads_mint_each_id_once(ledger: Ledger):
    def work(n: int) -> None:
        for step in range(5):
            ledger.record("t1", f"{n} {step}", call(step), [passage(100 * n + step), passage(7)])

    workers = [threading.Thread(target=work, args=(n,)) for n in range(1, 5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = ledger.all_evidence("t1")
    assert [evidence.id for evidence in found] == [f"E{n}" for n in range(1, 22)]
    assert len({evidence.place_key for evidence in found}) == 21


def test_a_database_of_a_newer_program_is_refused(ledger: Ledger):
    ledger.connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(ConfigError, match="newer Sourcehound"):
        Ledger(ledger.path, lambda: AT)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "threads.db").write_bytes(b"a letter to nobody" * 500)
    with pytest.raises(ConfigError, match="no database of ours"):
        Ledger(tmp_path / "threads.db", lambda: AT)
