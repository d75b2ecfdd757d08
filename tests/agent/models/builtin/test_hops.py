"""From hop to hop."""

from __future__ import annotations

from collections.abc import Mapping

from sourcehound.agent.models.builtin.hops import shown_calls
from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.models.builtin.support import Ranker, candidates_of
from sourcehound.agent.models.planner import ToolCall, View
from sourcehound.agent.state import Request
from sourcehound.tools.evidence import Evidence, Kind, Locator, Source

RANKER = Ranker(lambda _text, _others: None, lambda _word: 1.0)
QUOTE = (
    "The hull is steel.\n\n![The bow.](media/Heron_02-bow.jpg)\n*The bow of the Heron has a gilded crest.*\n\n"
    + "Tar. " * 90
)


def _item(name: str, path: str, quote: str | None, kind: Kind = "text") -> Evidence:
    source = Source(path=path, uri=f"file://{path}", sha256="0" * 64, media_type="text/markdown", title="log")
    return Evidence(id=name, kind=kind, unit_id=name, source=source, locator=Locator(), quote=quote, producer="test")


def _calls(evidence: Mapping[str, Evidence], *, n_images: int = 3) -> list[ToolCall]:
    question = "What crest has the bow of the Heron?"
    view = View(
        request=Request(question=question),
        plan=(),
        records=(),
        evidence=evidence,
        tools=("search_images",),
        left={},
        kinds_here={"image": n_images},
    )
    return shown_calls([RANKER.rank(parts_of(question)[0], (), candidates_of(evidence))], view)


def test_the_picture_that_the_best_words_stand_beside_is_sought_by_its_name():
    (call,) = _calls({"E1": _item("E1", "/a/log.md", QUOTE)})
    assert call == ToolCall(tool="search_images", args={"query": "Heron 02 bow"})


def test_a_picture_that_is_found_already_is_not_sought_again():
    found = _item("E2", "/a/media/Heron_02-bow.jpg", None, "image")
    assert _calls({"E1": _item("E1", "/a/log.md", QUOTE), "E2": found}) == []


def test_no_picture_is_sought_where_none_is_near_or_none_is_here():
    assert _calls({"E1": _item("E1", "/a/log.md", "The bow of the Heron has a gilded crest. " + QUOTE[-300:])}) == []
    assert _calls({"E1": _item("E1", "/a/log.md", QUOTE)}, n_images=0) == []
