"""A citation is shown from the bytes it was taken from, or said not to be."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sourcehound.agent import showing
from sourcehound.agent.doors.cli import run
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import ToolCall
from sourcehound.agent.showing import Cited
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence, Locator, Source
from sourcehound.tools.library.reading import Section
from sourcehound.tools.show.card import passage
from sourcehound.tools.show.show import Context, Shown
from tests.agent.conftest import Scripted, use

LAMP = "Who lit the lamp on Needle Island?"
WORDS = "The lamp on Needle Island was lit by Ruth Calloway in 1961."


@pytest.fixture
def hound(tmp_path: Path, notes_folder: Path) -> Iterator[Sourcehound]:
    """A library of two notes and a photograph, and an answer that cites `lamp.txt`."""
    Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(notes_folder / "kite.png")
    with Sourcehound(home=tmp_path / "home") as opened:
        opened.add(notes_folder)
        use(opened, Scripted())
        opened.ask(LAMP)
        yield opened


def change(path: Path) -> None:
    path.write_text("Nobody ever lit a lamp there.\n", encoding="utf-8")


def remove(path: Path) -> None:
    path.unlink()


def test_what_is_as_it_was_is_shown_without_a_remark(hound: Sourcehound):
    shown = hound.show("1")
    assert (shown.is_whole, shown.remark, shown.held.state) == (True, "", "same")
    assert shown.text.splitlines()[-1].startswith("read by ")


def test_records_stand_on_lines_of_their_own_around_the_one_that_is_cited(
    hound: Sourcehound, notes_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    records = [{"name": "Boat"}, {"name": "Lamp", "text": WORDS}, {"name": "Oar"}]
    (notes_folder / "things.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    hound.add(notes_folder)
    (hit,) = (
        hit
        for hit in hound.find("lamp", within="*.jsonl", type="passage", min_score=0)
        if "Ruth" in (hit.evidence.quote or "")
    )
    given: list[Context] = []

    def note(evidence: Evidence, pixels: object, context: Context) -> Shown:
        del evidence, pixels
        given.append(context)
        return Shown(png=b"", text="")

    monkeypatch.setattr("sourcehound.tools.show.show.show", note)
    hound.runner.showing.show(Cited(evidence=hit.evidence, thread="", n=1))
    text, chars = given[0].text, hit.evidence.locator.chars
    assert chars is not None
    assert text[slice(*chars)] == hit.evidence.quote
    assert [line for line in text.split("\n") if line] == ["Boat", "Lamp", WORDS, "Oar"]


@pytest.mark.parametrize(
    ("harm", "why"), [(change, "the file has changed since it was read"), (remove, "the file is gone")]
)
def test_a_file_that_changed_or_is_gone_is_shown_by_the_words_that_were_read(
    hound: Sourcehound, notes_folder: Path, harm: Callable[[Path], None], why: str
):
    harm(notes_folder / "lamp.txt")
    shown = hound.show("1")
    assert not shown.is_whole
    assert WORDS in shown.text
    assert "Nobody" not in shown.text
    assert shown.text.splitlines()[-1] == f"{why}: only the words that were read then can be shown"
    assert Image.open(io.BytesIO(shown.png)).width > 300


def test_the_same_bytes_elsewhere_are_shown_from_there(hound: Sourcehound, notes_folder: Path):
    (notes_folder / "lamp.txt").rename(notes_folder / "moved.txt")
    hound.add(notes_folder)
    shown = hound.show("1")
    assert shown.is_whole
    assert shown.text.splitlines()[-1] == f"the same bytes are now at {notes_folder / 'moved.txt'}"


def test_a_changed_picture_is_never_shown_as_the_one_that_was_cited(hound: Sourcehound, notes_folder: Path):
    picture = notes_folder / "kite.png"
    call = ToolCall(tool="search_images", args={"query": "", "like": str(picture)})
    use(hound, Scripted(calls=(call,)))
    thread = hound.ask("What is this?", attach=[picture]).thread
    found = next(e for e in hound.runner.ledger.all_evidence(thread) if e.source.path == str(picture))
    Image.fromarray(np.full((48, 64, 3), (250, 0, 0), np.uint8)).save(picture)
    shown = hound.show(f"{thread}:{found.id}")
    assert not shown.is_whole
    assert "nothing of it can be shown" in shown.text
    pixels = np.asarray(Image.open(io.BytesIO(shown.png)).convert("RGB"))
    assert not (pixels == (250, 0, 0)).all(axis=2).any()


def test_show_says_with_its_exit_code_that_a_citation_holds_no_longer(
    hound: Sourcehound, notes_folder: Path, capsys: Any
):
    home = ["--home", str(hound.home)]
    assert run(["show", "1", *home]) == 0
    change(notes_folder / "lamp.txt")
    capsys.readouterr()
    assert run(["show", "1", *home]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert Path(lines[0]).is_file()
    assert lines[-1].startswith("the file has changed since it was read")
    assert run(["show", "1", "--json", *home]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["source"]["state"] == "changed"
    assert WORDS in document["text"]


def test_a_picture_that_nobody_would_see_is_said_to_lie_there(
    hound: Sourcehound, monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run(["show", "1", "--open", "--home", str(hound.home)]) == 0
    out, err = capsys.readouterr()
    assert err == f"sourcehound: there is no screen here; open the file yourself: {out.splitlines()[0]}\n"


def test_a_picture_is_written_whole_or_not_at_all(hound: Sourcehound, tmp_path: Path, capsys: Any):
    folder = tmp_path / "out"
    folder.mkdir()
    home = ["--home", str(hound.home), "-q"]
    assert run(["show", "1", "--save", str(folder / "a.png"), *home]) == 0
    assert [path.name for path in folder.iterdir()] == ["a.png"]
    assert run(["show", "1", "--save", str(folder), *home]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_a_threads_name_never_leads_out_of_the_folder_of_pictures():
    evidence = Evidence(
        kind="text",
        unit_id="u",
        source=Source(path="/a", uri="file:///a", sha256="0", media_type="text/plain", title="a"),
        locator=Locator(),
        quote=None,
        producer="",
        id="E3",
    )
    assert Cited(evidence=evidence, thread="../../x/y", n=1).name == "xy-1"
    assert Cited(evidence=evidence, thread="b1", n=None).name == "b1-E3"


@pytest.mark.parametrize("citation", ["9", "E99", "nowhere:1", "²", ""])
def test_what_no_answer_cites_is_wrong_input(hound: Sourcehound, citation: str):
    with pytest.raises(InputError):
        hound.show(citation)


def test_of_a_file_of_many_records_only_those_around_the_cited_one_are_laid_out(
    hound: Sourcehound, notes_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    records = [{"text": f"{WORDS} This is the telling number {n}."} for n in range(200)]
    (notes_folder / "things.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    hound.add(notes_folder)
    hits = hound.find('"number 120"', within="*.jsonl", type="passage", min_score=0)
    evidence = next(hit.evidence for hit in hits if "number 120" in (hit.evidence.quote or ""))
    given: list[Context] = []
    loaded: list[int] = []
    load = showing.load_sections

    def note(evidence: Evidence, pixels: object, context: Context) -> Shown:
        del evidence, pixels
        given.append(context)
        return Shown(png=b"", text="")

    def counting(*args: Any, **asked: Any) -> tuple[Section, ...]:
        found = load(*args, **asked)
        loaded.append(len(found))
        return found

    monkeypatch.setattr("sourcehound.tools.show.show.show", note)
    monkeypatch.setattr(showing, "load_sections", counting)
    chars = evidence.locator.chars
    assert chars is not None
    hound.runner.showing.show(Cited(evidence=evidence, thread="", n=1))
    assert loaded == [loaded[0]]
    assert loaded[0] < 30
    hound.runner.showing.show(Cited(evidence=replace(evidence, quote="Other words."), thread="", n=1))
    near, whole = (passage(one.text, chars, evidence.quote or "") for one in given)
    assert max(loaded[1:]) == 200
    assert near == whole
    assert near.quote == evidence.quote
    assert "number 121" in near.after
