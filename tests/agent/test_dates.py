"""`--since` and `--until`: in Python, through the graph and its tools, in answers, and kept by a question that was stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent import Sourcehound
from sourcehound.agent.doors.answer_words import coverage
from sourcehound.agent.doors.terminal import answer_text, hits_text
from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.notes import about
from sourcehound.agent.models.planner import ToolCall, View
from sourcehound.tools.errors import InputError

LAMP = "Who lit the lamp?"
NOTES = {
    "2019.txt": ("2019-05-01", "The lamp was lit by Ruth Calloway in spring."),
    "2021.txt": ("2021-06-02", "The lamp was lit by Ann Sims after the storm."),
    "2023.txt": ("2023-07-03", "The lamp was lit by Owen Hart on the pier."),
}


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcehound]:
    folder = tmp_path_factory.mktemp("diary")
    for name, (day, text) in NOTES.items():
        path = folder / name
        path.write_text(text + "\n", encoding="utf-8")
        noon = datetime.fromisoformat(f"{day}T12:00:00").timestamp()
        os.utime(path, (noon, noon))
    with Sourcehound(home=tmp_path_factory.mktemp("home")) as hound:
        hound.add(folder)
        yield hound


@pytest.fixture
def scripted(diary: Sourcehound, driven: Any) -> Any:
    return driven(diary)


def names(hits: Any) -> set[str]:
    return {Path(hit.evidence.source.path).name for hit in hits}


def test_find_returns_what_is_of_the_period_and_says_when_it_is_from(diary: Sourcehound):
    hits = diary.find("who lit the lamp", since="2021", until="2021-06-02", min_score=0)
    assert names(hits) == {"2021.txt"}
    assert hits[0].evidence.detail["dated"] == "2021-06-02 12:00:00 by its file"
    assert hits.document["searched"]["files"] == 1
    assert (hits.document["searched"]["since"], hits.document["searched"]["until"]) == ("2021", "2021-06-02")
    assert "2021-06-02 12:00:00 by its file" in hits_text(hits.document).plain


def test_without_a_period_no_date_is_shown(diary: Sourcehound):
    hits = diary.find("who lit the lamp", min_score=0)
    assert names(hits) == set(NOTES)
    assert "by its file" not in hits_text(hits.document).plain


def test_nothing_of_the_period_is_said_as_such(diary: Sourcehound):
    hits = diary.find("who lit the lamp", within="*.txt", since="2024")
    assert hits.document["nothing_because"] == "no indexed file is within '*.txt', dated since 2024"


@pytest.mark.parametrize("wrong", [{"since": "May 2021"}, {"until": "2021-02-30"}, {"since": "2022", "until": "2021"}])
def test_a_wrong_date_is_refused_before_anything_is_done(diary: Sourcehound, scripted: Any, wrong: dict[str, str]):
    with pytest.raises(InputError):
        diary.find("lamp", since=wrong.get("since"), until=wrong.get("until"))
    with pytest.raises(InputError):
        diary.ask(LAMP, since=wrong.get("since"), until=wrong.get("until"))
    assert scripted.views == []


def test_an_answer_rests_on_the_period_alone_and_says_so(diary: Sourcehound, scripted: Any):
    answer = diary.ask(LAMP, since="2023")
    assert "Owen Hart" in answer.text
    covered = answer.document["coverage"]
    assert (covered["files"], covered["searched"], covered["since"], covered["until"]) == (3, 1, "2023", None)
    assert coverage(answer.document)[0] == "Searched 1 of 3 files, only those dated since 2023"
    assert "only those dated since 2023" in answer_text(answer.document).plain
    assert "Only files dated since 2023." in about(scripted.views[0])


def test_a_planner_cannot_widen_the_period(diary: Sourcehound, scripted: Any):
    scripted.calls = tuple(
        ToolCall(tool="search_text", args={"query": query, "within": "*.txt", "n": 20})
        for query in ("lamp", "Ruth Calloway")
    )
    answer = diary.ask(LAMP, since="2020", until="2022")
    evidence = diary.runner.ledger.all_evidence(answer.document["thread"])
    found = {Path(one.source.path or "").name for one in evidence}
    assert found == {"2021.txt"}


def test_a_question_that_was_stopped_keeps_its_period(diary: Sourcehound, scripted: Any):
    def down(step: str, _: View) -> None:
        if step == "assess":
            raise ModelError("the model is down")

    scripted.before = down
    with pytest.raises(ModelError):
        diary.ask(LAMP, thread="stopped", until="2019")
    scripted.before = lambda _step, _view: None
    answer = diary.ask("", resume=True, thread="stopped")
    assert "Ruth Calloway" in answer.text
    assert answer.document["coverage"]["until"] == "2019"


def test_the_period_of_a_question_is_not_that_of_the_next(diary: Sourcehound, scripted: Any):
    diary.ask(LAMP, thread="two", until="2019")
    diary.ask(LAMP, thread="two")
    assert [view.request.until for view in scripted.views if view.request.turn in {0, 1}][-1] is None
