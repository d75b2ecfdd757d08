"""Describing: told before, resumable item by item, found by words and by meaning, never quoted, forgotten with its source."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.calling import Caller, Policy
from sourcehound.agent.models.writer import PromptedWriter
from sourcehound.agent.testing import FakeClock, ScriptedModel
from sourcehound.tools.errors import ConfigError, InputError, SourceUnavailable

SCENE = "CAPTION: A zeppelin above a vineyard.\nOBJECTS: one silver zeppelin\nPEOPLE: none"
QUESTIONS = "1. Which airship drifts over the grapes?\n2. What colour has the dirigible?"


class BadRequestError(Exception):
    """As a server says it that takes no pictures."""

    status_code = 400


def says(messages: list[Any]) -> str:
    """A caption for who asks for one, else questions."""
    return SCENE if "CAPTION:" in str(messages[0].text) else QUESTIONS


def writer(script: Any) -> tuple[PromptedWriter, ScriptedModel]:
    clock, model = FakeClock(), ScriptedModel(script=script)
    caller = Caller(model, "scripted:w", policy=Policy(tries=1), sleep=clock.sleep, monotonic=clock.monotonic)
    return PromptedWriter(caller), model


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `files` (a photo, a one-page PDF that is a picture of nothing, a note) and a `home` that holds them."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("made")
    files = folder / "files"
    files.mkdir()
    Image.new("RGB", (96, 64), (30, 90, 200)).save(files / "IMG_0007.png")
    Image.new("RGB", (120, 160), (250, 250, 250)).save(files / "scan.pdf")
    (files / "lamp.txt").write_text("The lamp on Needle Island was lit by Ruth Calloway in 1961.\n", encoding="utf-8")
    with Sourcehound(home=folder / "home") as hound:
        hound.add(files)
    return folder


@pytest.fixture
def files(made: Path) -> Path:
    return made / "files"


@pytest.fixture
def hound(tmp_path: Path, made: Path) -> Iterator[Sourcehound]:
    """A library of those files that each test has for itself."""
    shutil.copytree(made / "home", tmp_path / "home")
    with Sourcehound(home=tmp_path / "home") as opened:
        yield opened


def rows(hound: Sourcehound, query: str) -> list[Any]:
    return hound.library.catalogue.connection.execute(query).fetchall()


def test_the_cost_is_told_without_a_call(hound: Sourcehound):
    asked, model = writer(says)
    cost = hound.describe(writer=asked, dry_run=True).cost
    assert (cost.calls, cost.pictures) == (5, 4)
    assert cost.kinds == {"image": 2, "page": 2, "passage": 1}
    assert cost.tokens_in > 4 * 1600
    limited = hound.describe(writer=asked, dry_run=True, limit=2).cost
    assert (limited.calls, limited.left) == (2, 3)
    assert model.told == []


def test_each_writing_resolves_to_its_unit_and_is_found_by_words_and_by_meaning(hound: Sourcehound):
    done = hound.describe(writer=writer(says)[0], within="*IMG*").described
    assert done is not None
    assert done.written == {"caption": 1, "scene": 1, "question": 2}
    for query in ("zeppelin", "blimp in the sky over a winery"):
        [hit] = hound.find(query, type="image", n=1, min_score=0)
        assert hit.evidence.source.path is not None
        assert hit.evidence.source.path.endswith("IMG_0007.png")
        assert hit.scores["written"] > 0
        assert hit.evidence.detail["found_by"].endswith("written by scripted:w")
        assert (hit.evidence.detail["written"],) in rows(hound, "SELECT text FROM writings")
        assert hit.evidence.quote is None
        assert "scripted" not in hit.evidence.producer


def test_writings_can_be_left_out_of_the_ranking(tmp_path: Path, hound: Sourcehound):
    hound.describe(writer=writer(says)[0])
    assert "written" in hound.find("zeppelin vineyard", min_score=0)[0].scores
    with Sourcehound(home=tmp_path / "home", settings={"find.written": False}) as plain:
        assert not [hit for hit in plain.find("zeppelin vineyard", min_score=0) if "written" in hit.scores]


def test_a_run_that_is_killed_goes_on_and_asks_for_nothing_twice(tmp_path: Path, hound: Sourcehound):
    class Killed(BaseException):
        pass

    def killing(messages: list[Any]) -> str:
        if len(model.told) == 3:
            raise Killed
        return says(messages)

    asked, model = writer(killing)
    with pytest.raises(Killed):
        hound.describe(writer=asked)
    hound.close()
    with Sourcehound(home=tmp_path / "home") as again:
        assert rows(again, "SELECT COUNT(*) FROM described WHERE state = 'done'") == [(3,)]
        asked, model = writer(says)
        again.describe(writer=asked)
        assert len(model.told) == 2
        assert rows(again, "SELECT COUNT(*), SUM(state = 'done') FROM described") == [(5, 5)]
        assert again.describe(writer=asked).cost.calls == 0


def test_a_model_that_is_down_stops_the_run_which_can_be_resumed(hound: Sourcehound):
    def falls(messages: list[Any]) -> Any:
        return ConnectionError("refused") if model.told else says(messages)

    asked, model = writer(falls)
    with pytest.raises(SourceUnavailable) as caught:
        hound.describe(writer=asked)
    assert caught.value.exit_code == 75
    assert hound.describe(writer=writer(says)[0], dry_run=True).cost.calls == 4


def test_a_reply_that_cannot_be_read_fails_with_its_reason_and_is_tried_again_a_few_times(hound: Sourcehound):
    for _ in range(3):
        report = hound.describe(writer=writer(["I cannot see it."])[0], captions=True, within="*IMG*")
        assert report.n_failed == 1
        assert report.described is not None
        assert report.described.failed == {"the reply holds no caption": 1}
    assert hound.describe(writer=writer([])[0], captions=True, within="*IMG*").cost.calls == 0


def test_a_model_of_words_only_writes_questions_about_words_and_leaves_the_rest(hound: Sourcehound):
    def blind(messages: list[Any]) -> Any:
        return BadRequestError("image input is not supported") if isinstance(messages[0].content, list) else QUESTIONS

    report = hound.describe(writer=writer(blind)[0])
    assert report.described is not None
    assert report.described.without_pictures
    assert report.described.written == {"question": 2}
    assert rows(hound, "SELECT DISTINCT u.kind FROM writings w JOIN units u ON u.id = w.unit") == [("passage",)]
    assert hound.describe(writer=writer(says)[0], dry_run=True).cost.calls == 4


def test_what_another_model_wrote_is_written_again_only_if_asked(hound: Sourcehound):
    hound.describe(writer=writer(says)[0], within="*.txt")
    other, _ = writer(["1. Who lit the lamp of Needle Island?"])
    other.name = "scripted:other"
    assert hound.describe(writer=other, within="*.txt").cost.calls == 0
    hound.describe(writer=other, within="*.txt", anew=True)
    assert rows(hound, "SELECT model, text FROM writings") == [("scripted:other", "Who lit the lamp of Needle Island?")]
    assert hound.find("lamp Needle Island", type="passage")[0].evidence.detail["found_by"].endswith("scripted:other")


def test_forgetting_a_file_forgets_what_was_written_about_it(hound: Sourcehound, files: Path):
    hound.describe(writer=writer(says)[0])
    hound.forget(files)
    assert rows(hound, "SELECT (SELECT COUNT(*) FROM writings) + (SELECT COUNT(*) FROM described)") == [(0,)]
    assert rows(hound, "SELECT COUNT(*) FROM vectors") == [(0,)]
    data = (hound.library.folder / "library.db").read_bytes()
    assert b"eppelin" not in data
    assert b"dirigibl" not in data


def test_another_add_keeps_what_was_written(hound: Sourcehound, files: Path, tmp_path: Path):
    hound.describe(writer=writer(says)[0])
    before = rows(hound, "SELECT unit, role, text FROM writings ORDER BY id")
    (tmp_path / "more.txt").write_text("A ledger of boats.\n", encoding="utf-8")
    hound.add(files, tmp_path / "more.txt")
    assert rows(hound, "SELECT unit, role, text FROM writings ORDER BY id") == before
    assert hound.find("zeppelin", type="image")[0].scores["written"] > 0


def test_without_a_model_it_says_what_to_do(hound: Sourcehound):
    with pytest.raises(ConfigError, match="needs a model"):
        hound.describe()
    with pytest.raises(InputError):
        hound.describe(writer=writer(says)[0], n=0)
    wrong: dict[str, Any] = {"modle": "x"}
    with pytest.raises(TypeError, match="model"):
        hound.describe(**wrong)


def test_a_page_is_shown_as_it_looks(hound: Sourcehound):
    asked, model = writer(says)
    hound.describe(writer=asked, captions=True, within="*scan.pdf")
    content: Any = model.told[0].messages[0].content
    assert [block["type"] for block in content] == ["image", "text"]
    assert rows(hound, "SELECT DISTINCT u.kind FROM writings w JOIN units u ON u.id = w.unit") == [("page",)]


def test_rows_of_writings_that_are_lost_are_made_again(hound: Sourcehound, files: Path):
    hound.describe(writer=writer(says)[0], within="*IMG*")
    connection = hound.library.catalogue.connection
    connection.execute("DELETE FROM vectors")
    hound.add(files)
    assert [n for (n,) in rows(hound, "SELECT rows FROM vectors WHERE stamp LIKE '%#written'")] == [4]
