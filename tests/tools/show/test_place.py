"""Places and times read alike everywhere."""

import doctest
from types import ModuleType

import pytest

from sourcehound.tools.evidence import Locator, Space
from sourcehound.tools.show import place as module
from sourcehound.tools.show import strip as strip_module
from sourcehound.tools.show.place import clock, page_name, place

PIXELS = Space(unit="px", width=640, height=480)
POINTS = Space(unit="pt", width=612, height=792)


@pytest.mark.parametrize("documented", [module, strip_module])
def test_examples_in_the_documentation_hold(documented: ModuleType):
    done = doctest.testmod(documented)
    assert done.attempted > 0
    assert done.failed == 0


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00.00"), (59.996, "1:00.00"), (61.005, "1:01.00"), (3599.999, "1:00:00.00"), (-0.2, "0:00.00")],
)
def test_a_clock_carries_into_minutes_and_hours(seconds: float, shown: str):
    assert clock(seconds) == shown


@pytest.mark.parametrize(
    ("page", "ordinal"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (23, "23rd")]
)
def test_a_label_that_differs_is_shown_with_the_physical_page(page: int, ordinal: str):
    assert page_name(page, "A-1") == f"page A-1, {ordinal} of the file"


def test_each_kind_of_place_has_its_words():
    assert place(Locator(page=3, boxes=((1, 2, 3, 4),), space=POINTS)) == "page 3"
    assert place(Locator(part="Sheet1!B2:D9")) == "Sheet1!B2:D9"
    assert place(Locator(start_s=12.5, end_s=18, frames_s=(13.0,))) == "0:12.50–0:18.00, frame at 0:13.00"
    assert place(Locator(boxes=((10, 20, 110, 70),), space=PIXELS)) == "100 × 50 px at 10, 20"
    assert place(Locator(boxes=((10, 20, 110, 70),), space=PIXELS), box=False) == ""
    assert place(Locator(chars=(1200, 1210))) == "characters 1,200–1,210"
    assert place(Locator()) == ""
