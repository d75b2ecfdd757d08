"""Calls with slips of the pen become calls that tools take; what cannot be mended is told in useful words."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.models.mending import mended
from sourcehound.agent.models.protocol import RawCall
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.toolbox import TOOLS

BY_NAME = {tool.name: tool for tool in TOOLS}


def mend(tool: str, args: dict[str, Any]) -> dict[str, Any]:
    return mended(RawCall(tool=tool, args=args), BY_NAME).args


@pytest.mark.parametrize(
    ("tool", "args", "right"),
    [
        ("search_text", {"query": "boat"}, {"query": "boat"}),
        ("search_text", {"": "boat"}, {"query": "boat"}),
        ("search_text", {"q": "boat", "top_k": "50"}, {"query": "boat", "n": 20}),
        ("search_text", {"querry": "boat", "colour": "red"}, {"query": "boat"}),
        ("search_text", {"query": ["tide", "gauge"], "within": None}, {"query": "tide gauge"}),
        ("search_text", {"Query": " boat ", "n": 0, "within": ""}, {"query": "boat", "n": 3}),
        ("search_text", {"query": "boat", "within": "library", "n": 1}, {"query": "boat", "n": 3}),
        ("search_text", {"query": "boat", "within": "notes/**"}, {"query": "boat", "within": "notes/**"}),
        ("search_images", {"like": "[e3]"}, {"like": "E3"}),
        ("read", {"id": "(E2)", "page": "3"}, {"evidence": "E2", "page": "3"}),
        (
            "look",
            {"evidence": "E1, E2", "question": "which boat?"},
            {"evidence": ["E1", "E2"], "question": "which boat?"},
        ),
        ("look", {"evidence": ["e1"], "question": "which boat?"}, {"evidence": ["E1"], "question": "which boat?"}),
        ("crop", {"evidence": "E3", "box": "[1, 2, 30, 40]"}, {"evidence": "E3", "box": ["1", "2", "30", "40"]}),
        ("frames", {"evidence": "E4", "start": 3, "end": 9}, {"evidence": "E4", "start_s": 3, "end_s": 9}),
        ("frames", {"evidence": "E4", "start_s": "inf"}, {"evidence": "E4", "start_s": None}),
        ("search_text", {"query": "half \ud800 pair"}, {"query": "half ? pair"}),
    ],
)
def test_near_misses_are_mended(tool: str, args: dict[str, Any], right: dict[str, Any]):
    assert mend(tool, args) == right


@pytest.mark.parametrize(
    ("tool", "args", "said"),
    [
        ("teleport", {}, "there is no tool 'teleport'; there are search_text"),
        ("search_text", {}, "search_text needs a query"),
        ("read", {}, "read: evidence: Field required. It is called as read(evidence, page?"),
        ("look", {"evidence": "E1"}, "look: question: Field required"),
        ("crop", {"evidence": "E1", "box": [1, "left"]}, "crop: box"),
        ("read", {"evidence": "E1", "before": "three"}, "read: before"),
    ],
)
def test_what_cannot_be_mended_is_told_with_the_right_form(tool: str, args: dict[str, Any], said: str):
    with pytest.raises(ToolInputError, match=said.replace("(", r"\(").replace("?", r"\?")) as caught:
        mend(tool, args)
    assert len(caught.value.message) < 600


@given(
    st.sampled_from(sorted(BY_NAME)),
    st.dictionaries(
        st.sampled_from(["query", "evidence", "n", "box", "page", "like", "question", "url", "zzz"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=20)
        | st.lists(st.integers(), max_size=5),
        max_size=4,
    ),
)
def test_any_arguments_become_a_valid_call_or_are_refused_in_words(tool: str, args: dict[str, Any]):
    with contextlib.suppress(ToolInputError):
        BY_NAME[tool].Args.model_validate(mend(tool, args))
