"""Times of frames that carry no stamp, or one that steps back: shown by stand-ins, as no muxer writes such files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sourcehound.tools.library.readers.timeline import frame_interval, shown


@dataclass
class Stamped:
    pts: int | None


@dataclass
class Packet:
    frame: Stamped
    dts: int | None = None

    def decode(self) -> list[Stamped]:
        return [self.frame]


@dataclass
class Container:
    stamps: list[int | None]
    format: Any

    def demux(self, *_: Any) -> Iterator[Packet]:
        return iter([Packet(Stamped(stamp)) for stamp in self.stamps])


@dataclass
class Format:
    name: str = "flv"


@dataclass
class Stream:
    average_rate: Fraction | None = Fraction(10)
    guessed_rate: Fraction | None = None
    time_base: Fraction = Fraction(1, 100)


def times(stamps: list[int | None], *, from_start: bool = True) -> list[float]:
    container: Any = Container(stamps, Format())
    stream: Any = Stream()
    return [at_s for at_s, _ in shown(container, stream, Fraction(1), from_start=from_start)]


def test_frames_without_stamps_are_counted_from_the_start():
    assert times([None, None, None]) == [0.0, 0.1, 0.2]


def test_a_missing_stamp_follows_the_frame_before():
    assert times([100, 110, None, 150]) == [0.0, 0.1, 0.2, 0.5]


def test_frames_without_a_stamp_behind_a_seek_are_left_out():
    assert times([None, None, 150, None], from_start=False) == [0.5, 0.6]


def test_a_stamp_that_steps_back_is_left_out():
    assert times([100, 120, 110, 130]) == [0.0, 0.2, 0.3]


def test_the_interval_is_that_of_the_rate_or_a_guess():
    streams: list[Any] = [Stream(), Stream(None, Fraction(30)), Stream(None, None), Stream(Fraction(0), None)]
    assert [frame_interval(stream) for stream in streams] == [
        Fraction(1, 10),
        Fraction(1, 30),
        Fraction(1, 25),
        Fraction(1, 25),
    ]
