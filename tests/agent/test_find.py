"""Queries of several parts, as a person asks them of the real library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sourcehound.agent import Sourcehound
from sourcehound.agent.models.calling import ASIDE, Caller
from sourcehound.agent.models.ranker import PromptedRanker
from sourcehound.agent.testing import FakeClock, ScriptedModel
from sourcehound.tools.errors import InputError

NOTES = {
    "kites": "A red kite hunted over the meadow all morning and took a vole beside the lake.",
    "toys": "The toy kite has a red tail of paper and flies on a string at the beach.",
    "lake": "The lake froze in January and people skated to the island and back.",
}


@pytest.fixture(scope="module")
def meadow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcehound]:
    folder = tmp_path_factory.mktemp("notes")
    for name, text in NOTES.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Sourcehound(home=tmp_path_factory.mktemp("home")) as hound:
        hound.add(folder)
        yield hound


def names(hound: Sourcehound, query: str = "", *, more: Sequence[str] = (), less: Sequence[str] = ()) -> list[str]:
    found = hound.find(query, more=more, less=less, type="passage", min_score=0)
    return [Path(hit["evidence"]["source"]["path"]).stem for hit in found.document["hits"]]


def test_more_pulls_and_less_pushes(meadow: Sourcehound):
    assert names(meadow, "kite", more=["bird of prey that eats voles"])[0] == "kites"
    assert names(meadow, "kite", less=["bird hunting in a meadow"])[0] == "toys"


def test_more_alone_is_a_query(meadow: Sourcehound):
    assert names(meadow, more=["people on ice skates"])[0] == "lake"


def test_a_weight_decides_between_two_parts(meadow: Sourcehound):
    assert names(meadow, "skating", more=["kite on a string:5"])[0] == "toys"
    assert names(meadow, "skating", more=["kite on a string:0.1"])[0] == "lake"


def test_less_alone_asks_for_nothing(meadow: Sourcehound):
    with pytest.raises(InputError, match="nothing to look for"):
        meadow.find(less=["kite"])


@pytest.mark.parametrize("fusion", ["rrf", "min-max", "z", "words", "dense"])
def test_every_fusion_answers(meadow: Sourcehound, fusion: str):
    with Sourcehound(home=meadow.home, settings={"find.fusion": fusion, "find.seen_fusion": fusion}) as hound:
        assert names(hound, "red kite over a meadow")[0] == "kites"


def test_a_refined_query_answers(meadow: Sourcehound):
    with Sourcehound(home=meadow.home, settings={"find.refine": "gqr"}) as hound:
        assert names(hound, "red kite over a meadow")[0] == "kites"


def test_a_share_of_the_best_chance_leaves_the_weak_hits_out(meadow: Sourcehound):
    whole = meadow.find("people skated on the frozen lake", type="passage", min_score=0).document["hits"]
    with Sourcehound(home=meadow.home, settings={"find.drop": 0.5}) as hound:
        few = hound.find("people skated on the frozen lake", type="passage", min_score=0).document["hits"]
    assert len(whole) == len(NOTES)
    assert [Path(hit["evidence"]["source"]["path"]).stem for hit in few] == ["lake"]


def test_what_nothing_answers_is_no_hit(meadow: Sourcehound):
    assert meadow.find("quarterly revenue of the bank").document["hits"] == []


def test_hits_are_judged_once_more_by_a_model_up_to_n_and_possibly_none(meadow: Sourcehound):
    def judged(reply: str) -> list[str]:
        model, said = ScriptedModel(script=[reply]), list[str]()
        caller = Caller(model, "scripted:r", policy=ASIDE, sleep=FakeClock().sleep, monotonic=FakeClock().monotonic)
        with Sourcehound(home=meadow.home, settings={"find.rerank": "scripted:r", "find.rerank_how": "list"}) as hound:
            hound.library.open_ranker = lambda _: PromptedRanker(caller, how="list", sees=False, warn=said.append)
            return names(hound, "kite")

    assert judged('{"judged": {"2": [2]}, "order": [{"n": 2, "why": "it is"}]}') == [names(meadow, "kite")[1]]
    assert judged('{"order": []}') == []
