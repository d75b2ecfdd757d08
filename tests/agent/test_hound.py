"""One Sourcehound serves many callers: threads, tasks, and those who stop listening."""

from __future__ import annotations

import asyncio
import errno
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sourcehound.agent.documents import Answer
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import ToolCall
from sourcehound.tools.errors import BusyError, ConfigError, InputError

LAMP = "Who lit the lamp on Needle Island?"
MASTER = "Who is the harbour master?"
PATIENCE_S = 60


def test_four_threads_ask_and_find_over_one_library(hound: Sourcehound, scripted: Any):
    begin = threading.Barrier(4)

    def work(place: int) -> tuple[list[Answer], list[int]]:
        begin.wait(PATIENCE_S)
        question = (LAMP, MASTER)[place % 2]
        rounds = range(3)
        return [hound.ask(question) for _ in rounds], [len(hound.find(question, n=1)) for _ in rounds]

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(4)))
    for place, (answers, found) in enumerate(done):
        assert [answer.status for answer in answers] == ["answered"] * 3
        assert all(("Ruth Calloway", "Ann Sims")[place % 2] in answer.text for answer in answers)
        assert all(answer.citations[0].evidence.id == "E1" for answer in answers)
        assert found == [1, 1, 1]
    threads = {answer.thread for answers, _ in done for answer in answers}
    assert len(threads) == 12
    saved = {thread.id: thread.state for thread in hound.runner.threads.all()}
    assert {saved[thread] for thread in threads} == {"done"}
    del scripted


def test_four_threads_open_one_library_at_once(notes_folder: Path, tmp_path: Path):
    with Sourcehound(home=tmp_path / "home") as own:
        own.add(notes_folder)
    begin = threading.Barrier(4)
    with Sourcehound(home=tmp_path / "home") as fresh, ThreadPoolExecutor(4) as pool:

        def first_use(_: int) -> tuple[Any, int]:
            begin.wait(PATIENCE_S)
            return fresh.runner, len(fresh.find("lamp Needle Island", n=1))

        runners, found = zip(*pool.map(first_use, range(4)), strict=True)
        assert len({id(runner) for runner in runners}) == 1
        assert found == (1, 1, 1, 1)


def test_an_unknown_option_is_refused_by_name(hound: Sourcehound):
    wrong: dict[str, Any] = {"timeot": 3}
    with pytest.raises(TypeError, match="'timeot', did you mean timeout"):
        hound.ask(LAMP, **wrong)
    with pytest.raises(TypeError, match="unexpected option"):
        hound.stream(LAMP, **wrong)


def test_a_home_that_cannot_be_made_is_told_before_any_work(tmp_path: Path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot make the home folder"):
        Sourcehound(home=tmp_path / "file")


def test_a_full_disk_is_no_wrong_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(BusyError, match="no space left"):
        Sourcehound(home=tmp_path / "home")


def test_nothing_in_the_scope_is_told_apart_from_nothing_near_enough(hound: Sourcehound, tmp_path: Path):
    assert (
        hound.find("lamp", within="nowhere/**").document["nothing_because"] == "no indexed file is within 'nowhere/**'"
    )
    with Sourcehound(home=tmp_path / "empty") as empty:
        assert empty.find("lamp").document["nothing_because"] == "the library is empty"


def test_where_nothing_was_asked_there_is_nothing_to_continue(tmp_path: Path):
    with Sourcehound(home=tmp_path) as own, pytest.raises(InputError, match="no thread to continue yet"):
        own.ask(LAMP, continue_=True)


def test_one_file_can_be_attached_by_its_name_alone(hound: Sourcehound, scripted: Any, tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text("x", encoding="utf-8")
    hound.ask(LAMP, attach=file)
    assert scripted.views[-1].request.attached == (str(file),)
    with pytest.raises(InputError, match="no such file"):
        hound.ask(LAMP, attach=str(tmp_path / "b.txt"))


def test_who_stops_listening_stops_the_question_and_can_resume_it(hound: Sourcehound, scripted: Any):
    events = hound.stream(LAMP)
    started = next(events)
    while next(events).type != "plan":
        pass
    events.close()
    assert hound.runner.threads.get(started.thread).state == "stopped"
    assert "Ruth Calloway" in hound.ask("", resume=True, thread=started.thread).text
    del scripted


def test_a_stopped_question_goes_on_with_the_budgets_that_are_given_then(hound: Sourcehound, scripted: Any):
    events = hound.stream(LAMP, max_steps=5, timeout=50)
    started = next(events)
    while next(events).type != "plan":
        pass
    events.close()
    hound.ask("", resume=True, thread=started.thread, max_steps=7, max_tool_calls=9)
    request = scripted.views[-1].request
    assert (request.max_steps, request.max_tool_calls, request.timeout_s) == (7, 9, 50)


def test_async_twins_answer_and_stream(hound: Sourcehound, scripted: Any):
    async def both() -> tuple[Answer, Answer, list[str]]:
        first, second = await asyncio.gather(hound.aask(LAMP), hound.aask(MASTER))
        return first, second, [event.type async for event in hound.astream(LAMP)]

    first, second, types = asyncio.run(both())
    assert "Ruth Calloway" in first.text
    assert "Ann Sims" in second.text
    assert (types[0], types[-1]) == ("start", "done")
    del scripted


def test_an_async_stream_that_is_left_stops_the_question(hound: Sourcehound, scripted: Any):
    async def leave() -> str:
        async with aclosing(hound.astream(LAMP)) as events:
            async for event in events:
                if event.type == "plan":
                    return event.thread
        raise AssertionError

    thread = asyncio.run(leave())
    assert hound.runner.threads.get(thread).state == "stopped"
    assert hound.ask("", resume=True, thread=thread).status == "answered"
    del scripted


def test_a_cancelled_task_ends_its_step_and_leaves_a_question_that_resumes(hound: Sourcehound, scripted: Any):
    inside, leave = threading.Event(), threading.Event()

    def hold(step: str, _view: Any) -> None:
        if step == "assess" and not leave.is_set():
            inside.set()
            assert leave.wait(PATIENCE_S)

    scripted.before = hold

    async def cancelled() -> None:
        task = asyncio.create_task(hound.aask(LAMP, thread="cancelled"))
        assert await asyncio.to_thread(inside.wait, PATIENCE_S)
        task.cancel()
        asyncio.get_running_loop().call_soon(leave.set)
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert hound.runner.threads.get("cancelled").state == "stopped"
    assert hound.ask("", resume=True, thread="cancelled").status == "answered"


def test_a_wrong_model_is_known_before_a_question_is_asked(tmp_path: Path):
    with Sourcehound(home=tmp_path) as own:
        own.check_models()
        with pytest.raises(ConfigError):
            own.check_models(model="nobody:nothing")


def test_pandas_is_asked_for_by_name_where_it_is_missing(hound: Sourcehound, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match="pip install pandas"):
        hound.find("lamp").to_pandas()


def test_hits_become_a_table_of_equal_columns(hound: Sourcehound, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=dict))
    hits = hound.find("lamp Needle Island", n=1)
    table = hits.to_pandas()
    assert table["uri"] == [hits[0].evidence.uri]
    assert {len(column) for column in table.values()} == {1}


def test_what_comes_back_says_what_it_is(hound: Sourcehound, scripted: Any, notes_folder: Path, tmp_path: Path):
    assert repr(hound.ask(LAMP)).startswith("<Answer answered: 'The lamp")
    assert repr(hound.find("lamp", n=1)) == "<Hits 1 for 'lamp'>"
    with Sourcehound(home=tmp_path / "home") as own:
        assert repr(own.add(notes_folder)).startswith("<IndexReport 2 found = 2 indexed")
    del scripted


def test_calls_that_failed_are_told_where_nothing_was_found(hound: Sourcehound, scripted: Any):
    scripted.calls = (ToolCall(tool="read", args={"evidence": "E99"}), ToolCall(tool="no_such_tool", args={}))
    answer = hound.ask(LAMP)
    assert answer.status == "abstained"
    assert "2 of 2 calls failed: " in answer.text
    assert "E99" in answer.text
