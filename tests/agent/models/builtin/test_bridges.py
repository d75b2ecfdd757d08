"""Two sources that share a code."""

from __future__ import annotations

from sourcehound.agent.models.builtin.bridges import bridge
from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.models.builtin.support import Ranker, candidates_of
from sourcehound.tools.evidence import Evidence, Kind, Locator, Source

RANKER = Ranker(lambda _text, _others: None, lambda _word: 1.0)


def _item(name: str, quote: str, kind: Kind) -> Evidence:
    source = Source(path=f"/a/{name}", uri=f"file:///a/{name}", sha256=name * 8, media_type="x/y", title=name)
    return Evidence(id=name, kind=kind, unit_id=name, source=source, locator=Locator(), quote=quote, producer="test")


PHOTO = _item("E1", "BRIGHTWATER WORKS\nSERIAL No. KX-204", "image")
ROW = _item("E2", "Serial number: KX-204 | Place: Needle Island | Offset (mm): 12", "text")
OTHER = _item("E3", "Serial number: KX-187 | Place: Lantern Rock | Offset (mm): 7", "text")


def _bridge(question: str, *items: Evidence) -> tuple[str, str] | None:
    part = parts_of(question)[0]
    pair = bridge(part, RANKER.rank(part, (), candidates_of({item.id: item for item in items})))
    return None if pair is None else (pair[0].candidate.evidence.id, pair[1].candidate.evidence.id)


def test_the_row_with_the_code_of_the_photo_says_what_is_asked():
    assert _bridge("What offset does the workbook give for the gauge in the photo?", OTHER, PHOTO, ROW) == ("E1", "E2")


def test_there_is_no_bridge_without_a_shared_code():
    assert _bridge("What offset does the workbook give for the gauge in the photo?", OTHER, PHOTO) is None


def test_a_part_that_names_no_picture_or_wants_the_code_needs_none():
    assert _bridge("What offset does the workbook give for the gauge?", PHOTO, ROW) is None
    assert _bridge("What serial number has the gauge in the photo?", PHOTO, ROW) is None


def test_of_a_sign_only_the_line_with_the_code_is_shown():
    part = parts_of("What offset does the workbook give for the gauge in the photo?")[0]
    pair = bridge(part, RANKER.rank(part, (), candidates_of({"E1": PHOTO, "E2": ROW})))
    assert pair is not None
    assert pair[0].candidate.text == "SERIAL No. KX-204"
