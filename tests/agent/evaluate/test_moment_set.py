from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence, Locator, Source
from tests.agent.evaluate.conftest import write_lines

QV = {
    "qid": 2579,
    "query": "A kite is flown",
    "duration": 150,
    "vid": "NUsG9BgSes0_210.0_360.0",
    "relevant_windows": [[0, 14], [20.5, 30]],
}


def films(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


def hit(path: str, start_s: float | None, end_s: float | None) -> Evidence:
    source = Source(path=path, uri="", sha256="", media_type="video/mp4", title="")
    where = Locator(start_s=start_s, end_s=end_s)
    return Evidence(kind="moment", unit_id="", source=source, locator=where, quote=None, producer="")


def test_qvhighlights_has_several_windows_of_one_film(tmp_path: Path):
    films(tmp_path, f"videos/{QV['vid']}.mp4")
    write_lines(tmp_path / "highlight_val_release.jsonl", [QV])
    collection = load("moments", tmp_path)
    (question,) = collection.questions
    assert (question.id, question.text) == ("2579", "A kite is flown")
    assert question.relevant == {"0#t=0,14": 1, "0#t=20.5,30": 1}
    assert question.file == str(tmp_path / "videos" / f"{QV['vid']}.mp4")
    assert [scope.name for scope in collection.scopes] == ["document"]


def test_charades_has_a_line_for_each_sentence(tmp_path: Path):
    films(tmp_path, "3MSZA.mp4", "AMT7R.mp4")
    lines = "3MSZA 24.3 30.4##person turn a light on.\nAMT7R 0.0 9.1##a person opens a door.\n"
    (tmp_path / "charades_sta_test.txt").write_text(lines)
    collection = load("moments", tmp_path)
    assert [(q.text, q.relevant) for q in collection.questions] == [
        ("person turn a light on.", {"0#t=24.3,30.4": 1}),
        ("a person opens a door.", {"1#t=0,9.1": 1}),
    ]
    assert [scope.name for scope in collection.scopes] == ["document", "all"]


def test_lines_of_video_and_seconds_are_read_and_grouped_by_language(tmp_path: Path):
    films(tmp_path, "gnome/launching.webm")
    row = {"video": "gnome/launching.webm", "lang": "es", "start": 1.0, "end": 5.0, "text": "Lanzar aplicaciones"}
    write_lines(tmp_path / "moments.jsonl", [row])
    (question,) = load("moments", tmp_path).questions
    assert question.groups == ("es",)
    assert question.relevant == {"0#t=1,5": 1}


def test_a_hit_is_the_seconds_it_lasts(tmp_path: Path):
    films(tmp_path, "3MSZA.mp4")
    (tmp_path / "test.txt").write_text("3MSZA 24.3 30.4##person turn a light on.\n")
    collection = load("moments", tmp_path)
    assert isinstance(collection.material, Numbered)
    assert collection.material.mute
    item_of = collection.scopes[0].item_of
    assert item_of(hit("/x/0000000.mp4", 24.25, 30)) == "0#t=24.25,30"
    assert item_of(hit("/x/0000000.mp4", None, None)) is None
    assert item_of(hit("/x/other.mp4", 1, 2)) is None


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "3MSZA 24.3##person turn a light on.\n", r"a\.txt:1 is not FILM START END##SENTENCE"),
        ("a.txt", "3MSZA 30.4 24.3##person turn a light on.\n", "a moment must be two rising seconds"),
        ("a.txt", "3MSZA 1.2.3 4##person turn a light on.\n", r"a\.txt:1"),
        ("a.txt", "other 1 2##person turn a light on.\n", "the film other is not below"),
        ("a.jsonl", '{"video": "3MSZA", "text": "a light", "start": 1}\n', "a moment must be two rising seconds"),
        ("a.jsonl", '{"video": "3MSZA", "start": 1, "end": 2}\n', "has no 'text'"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, name: str, text: Any, said: str):
    films(tmp_path, "3MSZA.mp4")
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=said):
        load("moments", tmp_path)


def test_of_several_files_of_labels_one_is_named_by_its_split(tmp_path: Path):
    films(tmp_path, "3MSZA.mp4")
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"3MSZA 1 2##person {name}.\n")
    assert [q.text for q in load("moments", tmp_path, "two").questions] == ["person two."]
    assert [q.text for q in load("moments", tmp_path / "one.txt").questions] == ["person one."]
    with pytest.raises(InputError, match="has no one file of labels"):
        load("moments", tmp_path)


def test_a_folder_without_labels_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="has no one file of labels"):
        load("moments", tmp_path)
