"""The two benches that ask questions, over a library of two notes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import abstention, hops
from bench.abstention import QuestionSet, measure, open_set, outcome_of
from bench.asked import Asked, Place
from bench.hops import is_file_cited, is_place_cited
from sourcehound.agent import Sourcehound
from sourcehound.tools.encoders.weights import is_here
from sourcehound.tools.errors import InputError

HERON = "The new tide gauge was carried to the island by the Silver Heron."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers")
    if not is_here("minilm", weights_path=None, cache_dir=folder / "home" / "cache"):
        pytest.skip("the weights minilm are not here: without them the built-in planner is not sure of its answers")
    (folder / "files").mkdir()
    (folder / "files" / "gauge.md").write_text(f"# The gauge\n\n{HERON}\n", encoding="utf-8")
    (folder / "files" / "bell.md").write_text("# The bell\n\nThomas Farrow cast the bell in 1887.\n", encoding="utf-8")
    with Sourcehound(home=folder / "home") as hound:
        hound.add(folder / "files")
    return folder / "home"


@pytest.fixture
def hound(home: Path) -> Iterator[Sourcehound]:
    with Sourcehound(home=home) as opened:
        yield opened


QUESTIONS = (
    Asked(
        id="boat",
        question="Which boat carried the new tide gauge to the island?",
        answerable=True,
        says=("Silver Heron",),
        places=(Place(file="gauge.md", words=HERON),),
    ),
    Asked(id="away", question="What is elsewhere?", answerable=True, within="elsewhere.pdf"),
    Asked(id="engine", question="What horsepower has the engine of the Grey Otter?", answerable=False),
)


def _set(home: Path, *questions: Asked) -> QuestionSet:
    return QuestionSet(name="notes", files=home, questions=questions or QUESTIONS)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_abstention_asks_what_the_library_holds_and_leaves_no_thread(hound: Sourcehound, home: Path):
    report = measure(hound, _set(home), limit=None, tell=lambda _: None)
    assert report["questions"] == {"answerable": 1, "unanswerable": 1}
    assert report["left_out"] == 1
    assert [answer["id"] for answer in report["answers"]] == ["boat", "engine"]
    assert len(report["levels"]) == len(abstention.THRESHOLDS)
    assert hound.runner.threads.all() == ()
    assert abstention.as_text(report).startswith("notes: 1 questions with an answer, 1 without\n")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hops_are_looked_for_among_the_citations(hound: Sourcehound, home: Path):
    report = hops.measure(hound, _set(home), limit=1, tell=lambda _: None)
    assert (report["questions"], report["hops"], report["place_known"]) == (1, 1, 1)
    assert report["file_cited"] == 1.0
    assert report["place_cited"] == 1.0
    assert report["abstained"] == {"answerable": 0.0, "unanswerable": None}
    assert "file cited:  100 % of 1 hops" in hops.as_text(report)


@pytest.mark.parametrize("bench", [measure, hops.measure])
def test_a_library_without_the_files_is_refused(bench: Any, hound: Sourcehound, home: Path):
    with pytest.raises(InputError, match="holds no file"):
        bench(hound, _set(home, QUESTIONS[1]), limit=None, tell=lambda _: None)


def test_a_wrong_command_ends_with_the_contracts_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("SOURCEHOUND_DATA", raising=False)
    assert abstention.main(["--set", "mmlongbench"]) == 2
    assert hops.main([str(tmp_path / "none.jsonl")]) == 2
    assert hops.main([str(tmp_path / "none.jsonl"), "--home", str(tmp_path)]) == 2
    assert "SOURCEHOUND_DATA" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_command_asks_a_file_of_questions(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "sets").mkdir()
    row = {"id": "q", "question": QUESTIONS[0].question, "answerable": True, "hops": [{"file": "gauge.md"}]}
    (tmp_path / "sets" / "q.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert hops.main([str(tmp_path / "sets" / "q.jsonl"), "--home", str(home), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["set"], report["file_cited"], report["place_known"]) == ("q.jsonl", 1.0, 0)


def test_the_sample_is_a_set_of_its_own():
    assert open_set("sample", None).files.is_dir()


def _citation(**locator: Any) -> dict[str, Any]:
    source = {"path": "/data/talk.mp4", "also": ["/copy/film.mp4"]}
    return {"source": source, "locator": locator, "quote": "Stars shine at night."}


def test_a_file_is_cited_under_any_of_its_paths():
    assert is_file_cited(Place(file="film.mp4"), _citation())
    assert not is_file_cited(Place(file="other.mp4"), _citation())


@pytest.mark.parametrize(
    ("place", "locator", "cited"),
    [
        (Place(file="f"), {}, None),
        (Place(file="f", page=3), {"page": 3}, True),
        (Place(file="f", page=3), {"page": 2}, False),
        (Place(file="f", box=(0, 0, 10, 10)), {"boxes": [[5, 0, 15, 10]]}, True),
        (Place(file="f", box=(0, 0, 10, 10)), {"boxes": [[6, 0, 16, 10]]}, False),
        (Place(file="f", box=(0, 0, 10, 10)), {}, False),
        (Place(file="f", start_s=2, end_s=4), {"start_s": 3.5, "end_s": 9.0}, True),
        (Place(file="f", start_s=2, end_s=4), {"start_s": 4.0, "end_s": 9.0}, False),
        (Place(file="f", start_s=2, end_s=4), {}, False),
        (Place(file="f", words="Yes. Stars  shine at night. No."), {}, True),
        (Place(file="f", words="Planets do not."), {}, False),
    ],
)
def test_a_place_is_cited_where_it_overlaps(place: Place, locator: dict[str, Any], cited: bool | None):
    assert is_place_cited(place, _citation(**locator)) is cited


def test_an_answer_whose_words_cannot_be_judged_is_neither_right_nor_wrong():
    document = {"status": "answered", "short": None, "text": "So.", "citations": [{"score": None}, {"score": 0.7}]}
    unclear = Asked(id="q", question="?", answerable=True)
    assert outcome_of(unclear, document).right is None
    assert outcome_of(unclear, document).confidence == 0.7
    assert outcome_of(Asked(id="q", question="?", answerable=False), document).right is False
    assert outcome_of(unclear, document | {"status": "abstained"}).confidence is None
