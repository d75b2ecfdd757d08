"""Frames stand in the order of their times, over a bar of the moment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.show.canvas import ACCENT
from sourcehound.tools.show.lettering import Lettering
from sourcehound.tools.show.strip import frame_times, strip, timeline


def frame(colour: tuple[int, int, int], width: int = 160, height: int = 90):
    return np.full((height, width, 3), colour, np.uint8)


def test_frames_stand_side_by_side_in_order():
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    image = np.asarray(strip(Lettering(), [(float(k), frame(c)) for k, c in enumerate(colours)]))
    row = image[40]
    seen = [tuple(row[x]) for x in range(0, image.shape[1], 7)]
    assert [c for c in dict.fromkeys(seen) if c in colours] == colours


def test_frames_of_different_shape_are_equally_high():
    image = np.asarray(strip(Lettering(), [(0.0, frame((9, 9, 9))), (1.0, frame((7, 7, 7), 90, 160))]))
    heights = [int((image == c).all(axis=2).any(axis=1).sum()) for c in ((9, 9, 9), (7, 7, 7))]
    assert abs(heights[0] - heights[1]) <= 1


def test_a_single_frame_is_no_wider_than_four_times_itself():
    assert strip(Lettering(), [(3.0, frame((9, 9, 9)))]).width <= 160 * 4 + 2


def test_ticks_stand_where_in_the_moment_the_frames_are():
    bar = np.asarray(timeline(1001, [10.0, 15.0, 20.0], 10.0, 20.0))
    ticks = np.flatnonzero((bar[0] == ACCENT).all(axis=1))
    starts = ticks[np.r_[True, np.diff(ticks) > 1]]
    assert [int(x) for x in starts] == [0, 498, 996]


@pytest.mark.parametrize("end", [None, 5.0, 5.03])
def test_a_moment_of_one_frame_shows_one(end: float | None):
    assert frame_times(5.0, end) == (5.0,)


@given(st.floats(0, 1e4), st.floats(0.2, 600), st.lists(st.floats(0, 1e4), max_size=20))
def test_times_rise_and_stay_inside_the_half_open_moment(start: float, length: float, looked_at: list[float]):
    times = frame_times(start, start + length, looked_at)
    assert times[0] == start
    assert 3 <= len(times) <= 5 or (len(times) >= 2 and length < 0.3)
    assert list(times) == sorted(times)
    assert times[-1] < start + length
