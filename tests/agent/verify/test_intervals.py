"""The check `interval`: spans that are shifted, outside, turned round, or stated wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sourcehound.tools.evidence import Evidence, Locator
from sourcehound.tools.narrow import narrow
from tests.agent.verify.conftest import FakeOcr, Shelf, cite, result_of, timed

SPOKEN = (
    ("The lamp is lit at dusk.", 10.0, 12.5),
    ("Seals rest on the sand.", 14.0, 17.0),
    ("The boat ties up.", 24.0, 26.0),
)
LETTERED = (("Night watch", 0.0, 5.0), ("Battery room", 5.0, 11.5), ("Falcon Landing", 11.5, 24.0))


@pytest.fixture
def heard(shelf: Shelf) -> Evidence:
    section = timed(SPOKEN, "speech")
    source = shelf.write_section("film.mp4", section, 200_000)
    start = section.text.index("Seals")
    quote = "Seals rest on the sand."
    where = Locator(chars=(start, start + len(quote)), start_s=14.0, end_s=17.0)
    return cite(source, "speech", where, quote)


@pytest.fixture
def shown(shelf: Shelf) -> Evidence:
    source = shelf.write_section("film.mp4", timed(LETTERED, "screen"), 300_000)
    return cite(source, "moment", Locator(start_s=5.0, end_s=11.5, frames_s=(6.0, 8.0)), "Battery room")


def at(evidence: Evidence, start_s: float, end_s: float, frames_s: tuple[float, ...] | None = None) -> Evidence:
    frames = evidence.locator.frames_s if frames_s is None else frames_s
    return replace(evidence, locator=replace(evidence.locator, start_s=start_s, end_s=end_s, frames_s=frames))


def test_speech_at_its_time_is_supported(shelf: Shelf, heard: Evidence) -> None:
    checked = shelf.check("film.mp4 says from 14.0 s to 17.0 s: “Seals rest on the sand.”", heard)
    assert checked.verdict == "supported", checked.results


def test_lettering_at_its_time_is_supported(shelf: Shelf, shown: Evidence) -> None:
    checked = shelf.check("film.mp4 shows “Battery room” from 5.0 s to 11.5 s.", shown)
    assert checked.verdict == "supported", checked.results


def test_lettering_narrowed_to_its_seconds_is_supported_there_and_nowhere_else(shelf: Shelf, shown: Evidence) -> None:
    whole = replace(shown, locator=Locator(start_s=0.0, end_s=24.0, frames_s=(2.0, 6.0, 12.0)))
    found = narrow(shelf.library.catalogue.connection, whole, "Battery room")
    assert found is not None
    exact = replace(found, id="E2")
    assert shelf.check("film.mp4 shows “Battery room” from 5.0 s to 11.5 s.", exact).verdict == "supported"
    wrong = at(exact, 0.0, 5.0, (2.0,))
    assert shelf.check("film.mp4 shows “Battery room” from 0.0 s to 5.0 s.", wrong).verdict == "not_supported"


@pytest.mark.parametrize("by", [10.0, -10.0, 3.0])
def test_a_shifted_span_of_speech_is_not_supported(shelf: Shelf, heard: Evidence, by: float) -> None:
    wrong = at(heard, 14.0 + by, 17.0 + by)
    text = f"film.mp4 says from {14 + by:.1f} s to {17 + by:.1f} s: “Seals rest on the sand.”"
    checked = shelf.check(text, wrong)
    assert result_of(checked, "interval").result == "failed"
    assert checked.verdict == "not_supported"


def test_a_shifted_moment_with_its_frames_left_behind_is_not_supported(
    shelf: Shelf, shown: Evidence, ocr: FakeOcr
) -> None:
    ocr.lines = ("Battery room",)
    wrong = at(shown, 15.0, 21.5)
    assert shelf.check("film.mp4 shows “Battery room” from 15.0 s to 21.5 s.", wrong).verdict == "not_supported"


@pytest.mark.parametrize(("start_s", "end_s"), [(17.0, 14.0), (14.0, 14.0), (-1.0, 17.0), (14.0, 400.0)])
def test_a_span_that_is_none_or_leaves_the_film_fails(
    shelf: Shelf, heard: Evidence, start_s: float, end_s: float
) -> None:
    checked = shelf.check("Seals rest on the sand.", at(heard, start_s, end_s))
    assert result_of(checked, "interval").result == "failed"


def test_lettering_that_only_the_cited_frames_showed_is_read_again(shelf: Shelf, shown: Evidence, ocr: FakeOcr) -> None:
    ocr.lines = ("Mind the step",)
    seen = replace(shown, quote="Mind the step")
    assert shelf.check("film.mp4 shows “Mind the step” from 5.0 s to 11.5 s.", seen).verdict == "supported"
    ocr.lines = ()
    assert shelf.check("film.mp4 shows “Mind the step” from 5.0 s to 11.5 s.", seen).verdict == "not_supported"


@pytest.mark.parametrize(
    "text",
    [
        "From 14 s to 17 s the seals are named.",
        "At 0:15 the seals are named.",
        "The seals are named for 3 seconds.",
        "The seals are named at 16.9 s.",
    ],
)
def test_times_that_agree_with_the_span_pass(shelf: Shelf, heard: Evidence, text: str) -> None:
    assert result_of(shelf.check(text, heard), "interval").result == "passed"


@pytest.mark.parametrize(
    "text", ["At 7.5 s the seals are named.", "From 14 s to 21 s the seals are named.", "At 1:02 seals are named."]
)
def test_a_stated_time_that_is_not_the_cited_one_fails(shelf: Shelf, heard: Evidence, text: str) -> None:
    checked = shelf.check(text, heard)
    assert result_of(checked, "interval").result == "failed"
    assert checked.verdict == "not_supported"


def test_frames_outside_their_span_fail(shelf: Shelf, shown: Evidence) -> None:
    assert "frames" in result_of(shelf.check("Battery room", at(shown, 5.0, 11.5, (20.0,))), "interval").detail
