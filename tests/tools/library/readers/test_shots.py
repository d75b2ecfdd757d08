"""Which frames of a shot are kept, and how shots are closed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sourcehound.tools.library.readers.cuts import look
from sourcehound.tools.library.readers.shots import Kept, ShotMaker
from sourcehound.tools.library.reading import Shot

FPS = 10


def page(*marks: int) -> np.ndarray:
    """A striped page with a dark mark in some of its 16 places."""
    thumb = np.tile(np.array([90, 200], np.uint8), (36, 32))
    for mark in marks:
        row, column = divmod(mark, 4)
        thumb[row * 9 : row * 9 + 6, column * 16 : column * 16 + 10] = 20
    return thumb


def other_page() -> np.ndarray:
    return np.tile(np.array([[200], [60]], np.uint8), (18, 64))


def run(thumbs: list[np.ndarray]) -> list[Kept[int] | Shot]:
    maker = ShotMaker[int]()
    steps: list[Kept[int] | Shot] = []
    for seen in look((n / FPS, n, thumb) for n, thumb in enumerate(thumbs)):
        steps.extend(maker.take(seen))
    steps.extend(maker.end(len(thumbs) / FPS))
    return steps


def shots(steps: list[Kept[int] | Shot]) -> list[Shot]:
    return [step for step in steps if isinstance(step, Shot)]


def kept(steps: list[Kept[int] | Shot]) -> list[int]:
    return [step.frame for step in steps if isinstance(step, Kept)]


def test_a_still_picture_is_kept_once():
    steps = run([page()] * 100)
    assert kept(steps) == [0]
    assert shots(steps) == [Shot(start_s=0.0, end_s=10.0, frames_s=(0.0,))]


def test_a_new_line_of_text_is_kept_once_it_stands():
    steps = run([page()] * 30 + [page(1)] * 30)
    assert len(kept(steps)) == 2
    assert 35 <= kept(steps)[1] <= 38


def test_a_picture_that_comes_back_is_not_kept_again():
    steps = run([page()] * 30 + [page(1)] * 30 + [page()] * 30)
    assert len(kept(steps)) == 2


def test_shots_cover_the_film_without_gap_or_overlap():
    steps = shots(run([page()] * 400 + [other_page()] * 33 + [page(3)] * 277))
    assert steps[0].start_s == 0.0
    assert steps[-1].end_s == 71.0
    assert all(one.end_s == other.start_s for one, other in pairwise(steps))
    assert {40.0, 43.3} <= {shot.start_s for shot in steps}
    assert all(shot.end_s - shot.start_s <= 24.6 for shot in steps)


@pytest.mark.parametrize("n", [240, 241, 244])
def test_a_shot_a_little_too_long_is_not_split_into_a_crumb(n: int):
    assert shots(run([page()] * n)) == [Shot(start_s=0.0, end_s=n / FPS, frames_s=(0.0,))]


def test_a_cut_right_behind_another_is_left_out():
    steps = shots(run([page()] * 20 + [other_page()] * 4 + [page(2)] * 20))
    assert [shot.start_s for shot in steps] == [0.0, 2.0]


def test_every_shot_keeps_a_frame_even_of_black():
    black = np.full((36, 64), 16, np.uint8)
    assert kept(run([black] * 50)) == [0]
    steps = run(([page()] * 7 + [other_page()] * 7) * 10)
    assert len(shots(steps)) == 20
    assert all(shot.frames_s for shot in shots(steps))


def test_the_first_kept_frame_is_not_the_blurred_one_after_the_cut():
    rng = np.random.default_rng(0)
    restless = [np.clip(other_page() + rng.integers(-30, 30, (36, 64)), 0, 255).astype(np.uint8) for _ in range(5)]
    steps = run([page()] * 20 + restless + [other_page()] * 30)
    assert kept(steps)[1] in {26, 27}


def test_constant_movement_is_kept_every_few_seconds_and_not_without_end():
    wide = np.random.default_rng(1).integers(0, 255, (36, 1300)).astype(np.uint8)
    soft = np.apply_along_axis(lambda row: np.convolve(row, np.ones(15) / 15, "same"), 1, wide)
    steps = run([soft[:, n : n + 64].astype(np.uint8) for n in range(1200)])
    gaps = np.diff(kept(steps)) / FPS
    assert gaps.min() >= 1.0
    assert len(kept(steps)) <= 2 * 24 + len(shots(steps))


def test_no_frames_make_no_shot():
    assert run([]) == []


def test_a_picture_that_changes_each_second_is_kept_24_times_a_minute_at_most():
    steps = run([page(second % 15, second // 15) for second in range(60) for _ in range(FPS)])
    assert len(kept(steps)) - len(shots(steps)) <= 24
    assert len(kept(steps)) > 15
