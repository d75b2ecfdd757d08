"""Times, cuts and pixels of films, read back from the number that every frame carries."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Space
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.film import film, frames, picture
from sourcehound.tools.library.readers.reader import Place
from sourcehound.tools.library.reading import Shot
from sourcehound.tools.library.wire import Picture

LIMITS = Limits()
SIZE = (120, 160)
VP9 = {"deadline": "realtime", "cpu-used": "8", "g": "20"}
OPEN_GOP = {"x264-params": "open-gop=1:bframes=3:keyint=20:scenecut=0:log-level=none"}


def two_scenes(films: Any, n: int = 60, cut: int = 31) -> list[NDArray[np.uint8]]:
    """The camera moves all the time; the scene changes at frame `cut`."""
    return [films.frame(i, scene=int(i >= cut), shift=i, size=SIZE) for i in range(n)]


def uneven(n: int) -> list[Fraction]:
    gaps = np.random.default_rng(5).integers(10, 120, n)
    return [Fraction(int(total), 1000) for total in np.cumsum(gaps) - gaps[0]]


def shots_of(path: Path) -> list[Shot]:
    return [step for step in film(path, LIMITS) if isinstance(step, Shot)]


def at(path: Path, times_s: list[float]) -> list[Picture]:
    return list(frames(path, times_s, max_side=0, limits=LIMITS))


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", OPEN_GOP),
        ("a.mkv", "libx264", OPEN_GOP),
        ("a.ts", "libx264", OPEN_GOP),
        ("a.webm", "libvpx-vp9", VP9),
        ("a.avi", "mpeg4", {"bf": "2", "qscale": "3", "g": "12"}),
        ("a.mpg", "mpeg2video", {"bf": "2", "qscale": "3", "g": "12"}),
    ],
)
def test_the_frame_on_screen_is_found_in_every_container(
    films: Any, tmp_path: Path, name: str, codec: str, options: dict[str, str]
):
    path = films.write(tmp_path / name, two_scenes(films), codec=codec, options=options)
    wanted = [50, 3, 59, 0, 30, 31, 32, 12, 25, 24]
    found = at(path, [(n + 0.5) / 25 for n in wanted])
    assert [films.number(picture.pixels) for picture in found] == wanted
    assert [picture.at_s for picture in found] == pytest.approx([n / 25 for n in wanted], abs=0.0011)


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv"])
def test_uneven_frame_times_are_kept(films: Any, tmp_path: Path, name: str):
    times = uneven(60)
    path = films.write(tmp_path / name, two_scenes(films), times=times, options=OPEN_GOP)
    wanted = [59, 7, 31, 30, 44]
    found = at(path, [float(times[n]) for n in wanted])
    assert [films.number(picture.pixels) for picture in found] == wanted
    assert [shot.start_s for shot in shots_of(path)] == pytest.approx([0.0, float(times[31])], abs=0.0011)


def test_a_film_that_starts_at_seven_seconds_has_media_time_zero_there(films: Any, tmp_path: Path):
    times = [7 + Fraction(n, 25) for n in range(60)]
    path = films.write(tmp_path / "late.mkv", two_scenes(films), times=times)
    assert [(shot.start_s, shot.end_s) for shot in shots_of(path)] == [(0.0, 1.24), (1.24, 2.4)]
    assert films.number(at(path, [1.24])[0].pixels) == 31


def test_sound_before_the_picture_shifts_both_streams_by_one_number(films: Any, tmp_path: Path):
    times = [Fraction(3, 2) + Fraction(n, 25) for n in range(60)]
    sound = (Fraction(0), np.zeros(48_000 * 3, np.float32))
    path = films.write(tmp_path / "sound_first.mp4", two_scenes(films), times=times, sound=sound)
    assert [shot.start_s for shot in shots_of(path)] == pytest.approx([1.5, 2.74])
    early, first, later = at(path, [0.2, 1.51, 2.75])
    assert (early.at_s, films.number(early.pixels)) == (1.5, 0)
    assert (films.number(first.pixels), films.number(later.pixels)) == (0, 31)


def test_a_time_rounded_to_milliseconds_still_means_its_frame(films: Any, tmp_path: Path):
    times = [Fraction(n, 30) for n in range(20)]
    path = films.write(tmp_path / "thirty.mp4", two_scenes(films, 20), times=times)
    assert [films.number(p.pixels) for p in at(path, [round(n / 30, 3) for n in range(20)])] == list(range(20))


def test_cuts_are_exact_and_movement_is_none(films: Any, tmp_path: Path):
    pictures = [films.frame(i, scene=i // 40, shift=3 * i, size=SIZE) for i in range(120)]
    path = films.write(tmp_path / "cuts.mp4", pictures)
    assert [(shot.start_s, shot.end_s) for shot in shots_of(path)] == [(0.0, 1.6), (1.6, 3.2), (3.2, 4.8)]


def test_kept_frames_come_before_their_shot_and_lie_in_it(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "order.mp4", two_scenes(films))
    waiting: list[Picture] = []
    for step in film(path, LIMITS):
        if isinstance(step, Picture):
            waiting.append(step)
            continue
        assert step.frames_s == tuple(picture.at_s for picture in waiting)
        assert waiting
        assert all(step.start_s <= at_s < step.end_s for at_s in step.frames_s)
        assert [films.number(picture.pixels) for picture in waiting] == [round(t * 25) for t in step.frames_s]
        waiting = []
    assert not waiting


def test_a_kept_frame_is_found_again_by_its_time(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "again.webm", two_scenes(films), codec="libvpx-vp9", options=VP9)
    kept = [step for step in film(path, LIMITS) if isinstance(step, Picture)]
    again = at(path, [picture.at_s or 0.0 for picture in kept])
    assert [picture.at_s for picture in again] == [picture.at_s for picture in kept]
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(kept, again, strict=True))


@pytest.mark.parametrize(("rotation", "turns"), [(90, 1), (180, 2), (-90, 3)])
def test_rotation_is_applied(films: Any, tmp_path: Path, rotation: int, turns: int):
    path = films.write(tmp_path / "turned.mp4", two_scenes(films, 5), rotation=rotation)
    (shown,) = at(path, [0.12])
    assert shown.space == Space(unit="px", width=float(shown.pixels.shape[1]), height=float(shown.pixels.shape[0]))
    assert shown.pixels.shape[:2] == (SIZE if turns == 2 else SIZE[::-1])
    assert films.number(np.rot90(shown.pixels, -turns)) == 3


def test_a_crop_is_cut_from_the_frame_at_full_resolution(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "crop.mp4", two_scenes(films))
    whole = picture(path, Place(at_s=1.4), LIMITS)
    part = picture(path, Place(at_s=1.4, box=(10.2, 20.0, 60.0, 500.0)), LIMITS)
    assert part.box == (10.0, 20.0, 60.0, 120.0)
    assert part.space == whole.space
    assert np.array_equal(part.pixels, whole.pixels[20:120, 10:60])


def test_a_crop_outside_the_frame_raises_media_error(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "outside.mp4", two_scenes(films, 5))
    with pytest.raises(MediaError, match="outside"):
        picture(path, Place(box=(500.0, 0.0, 600.0, 50.0)), LIMITS)


def test_pictures_are_scaled_to_what_was_asked(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "small.mp4", two_scenes(films, 5))
    (small,) = frames(path, [0.1], max_side=80, limits=LIMITS)
    assert (small.pixels.shape, small.box) == ((60, 80, 3), (0.0, 0.0, 160.0, 120.0))
    few = picture(path, Place(max_pixels=4000), LIMITS)
    assert few.pixels.shape[0] * few.pixels.shape[1] <= 4000
    assert few.space == small.space


def test_a_time_behind_the_end_raises_media_error(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "end.mp4", two_scenes(films, 25))
    assert films.number(at(path, [1.0])[0].pixels) == 24
    with pytest.raises(MediaError, match=r"asked for 9\.000 s"):
        at(path, [9.0])


def test_a_broken_packet_costs_its_frames_only(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "hurt.mkv", two_scenes(films), options={"g": "10"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = bytes(300)
    path.write_bytes(data)
    last = shots_of(path)[-1]
    assert last.end_s == pytest.approx(2.4, abs=0.5)


def test_a_film_that_breaks_off_is_read_to_there(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "torn.mkv", two_scenes(films), options={"g": "10"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    assert 0.5 < shots_of(path)[-1].end_s < 2.3


def test_sound_alone_is_no_film(tmp_path: Path):
    import av

    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        container.mux([*stream.encode(frame), *stream.encode()])
    with pytest.raises(MediaError, match="no moving pictures"):
        list(film(path, LIMITS))


def test_frames_over_the_limit_are_refused(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "large.mp4", two_scenes(films, 3))
    with pytest.raises(MediaError, match="over the limit"):
        list(film(path, Limits(max_pixels=1000)))


def test_a_film_whose_frames_are_all_broken_raises_media_error(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "broken.mkv", two_scenes(films, 5), codec="libvpx-vp9", options=VP9)
    path.write_bytes(path.read_bytes().replace(b"V_VP9", b"V_VP8"))
    with pytest.raises(MediaError):
        list(film(path, LIMITS))
    with pytest.raises(MediaError):
        at(path, [0.0])


def test_a_film_longer_than_the_limit_is_watched_to_there(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "long.mp4", two_scenes(films))
    (shot,) = [step for step in film(path, Limits(max_media_s=1.0)) if isinstance(step, Shot)]
    assert shot.end_s == pytest.approx(1.04)


def test_a_film_has_no_pages(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "paged.mp4", two_scenes(films, 5))
    with pytest.raises(MediaError, match="no page 2"):
        picture(path, Place(page=2), LIMITS)
