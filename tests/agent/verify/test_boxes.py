"""The check `box`: boxes that are shifted, outside, too small, or given in another plane."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.verify.boxes import iou
from sourcehound.tools.evidence import Box, Evidence, Locator, Space
from sourcehound.tools.library.reading import Anchor, Section
from tests.agent.verify.conftest import FakeOcr, Shelf, cite, result_of

WORDS = "Samuel Crane is the keeper."
SPACE = Space(unit="px", width=1400, height=1000)
LETTERS: tuple[tuple[str, Box], ...] = (("AMBER SOUND", (500, 40, 900, 90)), ("Copper Bay 16", (100, 700, 400, 740)))


def moved(evidence: Evidence, by: float) -> Evidence:
    boxes = tuple((left, top + by, right, bottom + by) for left, top, right, bottom in evidence.locator.boxes)
    return replace(evidence, locator=replace(evidence.locator, boxes=boxes))


@pytest.fixture
def crop(shelf: Shelf) -> Evidence:
    text = "\n".join(line for line, _ in LETTERS)
    anchors = tuple(Anchor(start=text.index(line), end=text.index(line) + len(line), box=box) for line, box in LETTERS)
    source = shelf.write_section(
        "chart.png", Section(text=text, space=SPACE, anchors=anchors, producer="made"), 100_000
    )
    return cite(source, "crop", Locator(boxes=((490, 30, 910, 100),), space=SPACE), "AMBER SOUND")


def test_the_box_of_the_words_passes(shelf: Shelf) -> None:
    checked = shelf.check(WORDS, shelf.exact(WORDS))
    assert result_of(checked, "box").result == "passed"
    assert checked.verdict == "supported"


@pytest.mark.parametrize("by", [15.0, -40.0, 300.0])
def test_a_shifted_box_fails(shelf: Shelf, by: float) -> None:
    checked = shelf.check(WORDS, moved(shelf.exact(WORDS), by))
    assert result_of(checked, "box").result == "failed"
    assert checked.verdict == "not_supported"


def test_a_box_outside_its_page_fails(shelf: Shelf) -> None:
    assert "not inside" in result_of(shelf.check(WORDS, moved(shelf.exact(WORDS), 2000)), "box").detail


def test_a_box_too_small_to_see_fails(shelf: Shelf) -> None:
    evidence = shelf.exact(WORDS)
    speck = replace(evidence, locator=replace(evidence.locator, boxes=((80, 124, 81, 125),)))
    assert "too small" in result_of(shelf.check(WORDS, speck), "box").detail


def test_a_plane_that_is_not_todays_fails(shelf: Shelf) -> None:
    evidence = shelf.exact(WORDS)
    assert evidence.locator.space is not None
    other = replace(evidence.locator.space, width=evidence.locator.space.width + 50)
    checked = shelf.check(WORDS, replace(evidence, locator=replace(evidence.locator, space=other)))
    assert "today" in result_of(checked, "box").detail


def test_a_box_without_a_plane_fails(shelf: Shelf) -> None:
    evidence = shelf.exact(WORDS)
    checked = shelf.check(WORDS, replace(evidence, locator=replace(evidence.locator, space=None)))
    assert result_of(checked, "box").result == "failed"


def test_a_crop_with_its_lettering_passes(shelf: Shelf, crop: Evidence) -> None:
    checked = shelf.check("chart.png reads: “AMBER SOUND”.", crop)
    assert checked.verdict == "supported", checked.results


def test_a_crop_shifted_off_its_lettering_is_not_supported(shelf: Shelf, crop: Evidence, ocr: FakeOcr) -> None:
    ocr.lines = ("Copper Bay 16",)
    empty = replace(crop, locator=replace(crop.locator, boxes=((100.0, 690.0, 410.0, 750.0),)))
    checked = shelf.check("chart.png reads: “AMBER SOUND”.", empty)
    assert result_of(checked, "quote").result == "failed"
    assert checked.verdict == "not_supported"


def test_lettering_that_only_the_enlarged_crop_showed_is_read_again(shelf: Shelf, crop: Evidence, ocr: FakeOcr) -> None:
    ocr.lines = ("SEAL COVE 7",)
    small = replace(crop, locator=replace(crop.locator, boxes=((1000.0, 500.0, 1200.0, 560.0),)), quote="SEAL COVE 7")
    assert shelf.check("chart.png reads: “SEAL COVE 7”.", small).verdict == "supported"
    assert ocr.n_read > 0
    assert shelf.check("chart.png reads: “SEAL COVE 9”.", small).verdict != "supported"


BOXES = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 50), st.integers(1, 50)).map(
    lambda t: (float(t[0]), float(t[1]), float(t[0] + t[2]), float(t[1] + t[3]))
)


@given(BOXES, BOXES)
def test_iou_is_symmetric_within_0_and_1_and_1_only_for_equal_boxes(one: Box, other: Box) -> None:
    assert iou(one, other) == iou(other, one)
    assert 0.0 <= iou(one, other) <= 1.0
    assert (iou(one, other) == 1.0) == (one == other)
