"""What the sample's pictures and film are painted from: sky, hills, sea, boats, a lighthouse, a pier, seals.

Everything random comes from a generator that is passed in: equal seeds paint equal scenery.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sourcehound.tools.evidence import Box
from sourcehound.tools.sample import story
from sourcehound.tools.sample.canvas import Canvas, Colour, Point, mix

if TYPE_CHECKING:
    import numpy as np

INK: Colour = (34, 38, 48)
PAPER: Colour = (244, 238, 222)
WHITE: Colour = (250, 250, 246)
STONE: Colour = (128, 126, 120)
DAY_SKY: tuple[Colour, Colour] = ((112, 164, 206), (222, 232, 232))
DAWN_SKY: tuple[Colour, Colour] = ((70, 92, 140), (248, 190, 142))
NIGHT_SKY: tuple[Colour, Colour] = ((10, 14, 34), (34, 44, 78))
DAY_SEA: tuple[Colour, Colour] = ((96, 140, 158), (34, 78, 104))
DAWN_SEA: tuple[Colour, Colour] = ((190, 152, 138), (54, 72, 104))
NIGHT_SEA: tuple[Colour, Colour] = ((24, 34, 62), (8, 12, 26))


@dataclass(frozen=True, slots=True, kw_only=True)
class Livery:
    """How a boat is painted and lettered."""

    hull: Colour
    house: Colour
    name: str
    registration: str


HERON = Livery(hull=(38, 82, 128), house=WHITE, name=story.BOAT.upper(), registration=story.BOAT_REGISTRATION)
OTTER = Livery(
    hull=(112, 116, 120), house=(206, 188, 150), name=story.OTHER_BOAT.upper(), registration=story.OTHER_REGISTRATION
)


def ridge(canvas: Canvas, rng: np.random.Generator, base: float, height: float, colour: Colour) -> None:
    """A line of hills: `base` is the row they stand on, `height` the rise of the highest, pixels."""
    waves = [(rng.uniform(0.6, 1.4) / n, rng.uniform(0, math.tau), n * rng.uniform(0.8, 1.2)) for n in range(1, 8)]
    total = sum(weight for weight, _, _ in waves)
    points: list[Point] = [(0.0, base)]
    for step in range(161):
        share = step / 160
        rise = sum(weight * (0.5 + 0.5 * math.sin(phase + turns * share * 5)) for weight, phase, turns in waves)
        points.append((share * canvas.width, base - height * rise / total))
    points.append((float(canvas.width), base))
    canvas.polygon(points, colour)


def clouds(canvas: Canvas, rng: np.random.Generator, below: float, *, count: int, colour: Colour) -> None:
    """Flat-bottomed clouds above the row `below`."""
    for _ in range(count):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0.15, 0.75) * below
        size = rng.uniform(0.03, 0.06) * canvas.width
        for puff in range(5):
            radius = size * (0.5 + 0.35 * math.sin(puff * 2.1 + x))
            centre = x + (puff - 2) * size * 0.75
            canvas.ellipse((centre - radius, y - radius * 0.8, centre + radius, y + radius * 0.3), colour)


def sea(
    canvas: Canvas, rng: np.random.Generator, top: float, colours: tuple[Colour, Colour], *, phase: float = 0.0
) -> None:
    """Water from the row `top` to the lower edge, with crests that drift as `phase` (radians) grows."""
    canvas.gradient(top, canvas.height, colours)
    light = mix(colours[0], WHITE, 0.45)
    depth = canvas.height - top
    for _ in range(150):
        share = float(rng.uniform(0.02, 1.0))
        y = top + depth * share**1.6
        half = (0.004 + 0.03 * share) * canvas.width * float(rng.uniform(0.5, 1.2))
        x = float(rng.uniform(0, canvas.width)) + half * math.sin(phase + share * 9)
        canvas.line([(x - half, y), (x, y - 1 - 2 * share), (x + half, y)], mix(light, colours[1], 0.5 * share), 1.2)


def lighthouse(canvas: Canvas, foot: Point, height: float, *, lit: bool = False) -> Point:
    """A striped tower on a rock; returns the place of its lamp."""
    x, y = foot
    wide, narrow = height * 0.13, height * 0.085
    rock = [(-0.62, 0.0), (-0.5, -0.1), (-0.3, -0.13), (-0.12, -0.2), (0.16, -0.19), (0.34, -0.1), (0.6, 0.0)]
    canvas.polygon([(x + dx * height, y + dy * height) for dx, dy in rock], (92, 86, 82))
    canvas.polygon([(x + dx * height, y + dy * height * 0.6) for dx, dy in rock[2:]] + [(x, y)], (70, 66, 66))
    foot_y = y - 0.17 * height
    for band in range(5):
        low, high = band / 5, (band + 1) / 5
        left, right = wide + (narrow - wide) * low, wide + (narrow - wide) * high
        corners = [(x - left, foot_y - low * height * 0.7), (x + left, foot_y - low * height * 0.7)]
        corners += [(x + right, foot_y - high * height * 0.7), (x - right, foot_y - high * height * 0.7)]
        canvas.polygon(corners, (188, 58, 48) if band % 2 else WHITE)
    deck = foot_y - height * 0.7
    canvas.rectangle((x - narrow * 1.4, deck - height * 0.02, x + narrow * 1.4, deck), INK)
    glass: Colour = (255, 236, 150) if lit else (176, 202, 210)
    canvas.rectangle((x - narrow * 0.8, deck - height * 0.11, x + narrow * 0.8, deck - height * 0.02), glass)
    canvas.polygon(
        [(x - narrow, deck - height * 0.11), (x + narrow, deck - height * 0.11), (x, deck - height * 0.17)], INK
    )
    return (x, deck - height * 0.065)


def boat(canvas: Canvas, stern: Point, length: float, livery: Livery, *, crate: bool = False) -> dict[str, Box]:
    """A work boat, its bow to the right.

    Args:
        canvas: where to draw.
        stern: place of the waterline at the stern.
        length: length of the hull, pixels.
        livery: colours and lettering.
        crate: whether a strapped crate stands on the after deck.

    Returns:
        The boxes of the lettering, by `name` and `registration`.
    """
    x, y = stern
    unit = length / 100

    def at(right: float, up: float) -> Point:
        return (x + right * unit, y - up * unit)

    hull = [at(0, 0), at(-2, 15), at(62, 14), at(80, 17), at(103, 24), at(97, 12), at(90, 0)]
    canvas.polygon(hull, livery.hull)
    canvas.polygon([at(0, 0), at(-0.5, 3), at(91.5, 3), at(90, 0)], (150, 46, 40))
    canvas.line([at(-2, 15), at(62, 14), at(80, 17), at(103, 24)], mix(livery.hull, WHITE, 0.7), unit * 0.9)
    canvas.polygon([at(28, 14.5), at(30, 33), at(56, 33), at(61, 14.2)], livery.house)
    canvas.rectangle((*at(27.5, 35), *at(58.5, 33)), mix(livery.hull, INK, 0.4))
    for left in (32.5, 40.5, 48.5):
        canvas.rectangle((*at(left, 31), *at(left + 6, 25.5)), (74, 104, 122), radius=unit * 0.6)
    canvas.line([at(44, 35), at(44, 56)], INK, unit * 0.6)
    canvas.line([at(44, 54), at(102, 24)], INK, unit * 0.2)
    canvas.line([at(44, 54), at(0, 16)], INK, unit * 0.2)
    canvas.polygon([at(44, 55), at(44, 50.5), at(36, 53)], (206, 60, 50))
    for place in (10, 24, 70):
        canvas.disc(at(place, 6), unit * 2.4, INK)
        canvas.disc(at(place, 6), unit * 1.1, mix(livery.hull, WHITE, 0.25))
    if crate:
        _crate(canvas, (*at(4, 27.5), *at(21, 15)), unit)
    name = canvas.words(at(44, 20), livery.name, unit * 3.2, INK, anchor="mm", bold=True)
    plate = (*at(82.2, 13.6), *at(92.4, 9.9))
    canvas.rectangle(plate, PAPER, radius=unit * 0.4)
    middle = ((plate[0] + plate[2]) / 2, (plate[1] + plate[3]) / 2)
    registration = canvas.words(middle, livery.registration, unit * 2.2, INK, anchor="mm")
    return {"name": name, "registration": registration}


def _crate(canvas: Canvas, box: Box, unit: float) -> None:
    left, top, right, bottom = box
    canvas.rectangle(box, (176, 134, 84))
    for share in (0.33, 0.66):
        row = top + (bottom - top) * share
        canvas.line([(left, row), (right, row)], (132, 96, 56), unit * 0.3)
    for share in (0.25, 0.75):
        column = left + (right - left) * share
        canvas.line([(column, top), (column, bottom)], (60, 70, 80), unit * 0.8)


def pier(canvas: Canvas, rng: np.random.Generator, box: Box) -> None:
    """A granite wall of dressed blocks that fills a box, with two bollards on it."""
    left, top, right, bottom = box
    canvas.rectangle(box, STONE)
    course = (bottom - top) / 5
    for row in range(5):
        column = left - course * float(rng.uniform(0, 2))
        while column < right:
            wide = course * float(rng.uniform(1.4, 2.4))
            grey = round(float(rng.uniform(104, 150)))
            edges = (
                max(left, column) + 1,
                top + row * course + 1,
                min(right, column + wide) - 1,
                top + (row + 1) * course - 1,
            )
            if edges[2] > edges[0] + 1:
                canvas.rectangle(edges, (grey, grey - 2, grey - 8))
            column += wide
    canvas.rectangle((left, top - course * 0.25, right, top), (158, 154, 146))
    for share in (0.3, 0.8):
        x = left + (right - left) * share
        canvas.rectangle((x - course * 0.18, top - course * 0.9, x + course * 0.18, top - course * 0.2), INK)
        canvas.rectangle(
            (x - course * 0.3, top - course, x + course * 0.3, top - course * 0.8), INK, radius=course * 0.08
        )


def seal(canvas: Canvas, at: Point, size: float, colour: Colour, *, facing: int = 1) -> None:
    """A resting seal, `size` pixels long, its head to the right (`facing` 1) or to the left (-1)."""
    x, y = at

    def place(right: float, up: float) -> Point:
        return (x + facing * right * size, y - up * size)

    body = [(-0.5, 0.03), (-0.42, 0.12), (-0.2, 0.2), (0.1, 0.22), (0.26, 0.2), (0.34, 0.0), (-0.4, 0.0)]
    canvas.polygon([place(*point) for point in body], colour)
    canvas.polygon([place(-0.46, 0.06), place(-0.66, 0.18), place(-0.6, 0.04), place(-0.68, 0.0)], colour)
    canvas.polygon([place(0.16, 0.21), place(0.3, 0.4), place(0.44, 0.34), place(0.34, 0.04)], colour)
    canvas.disc(place(0.38, 0.36), size * 0.105, colour)
    canvas.disc(place(0.48, 0.33), size * 0.05, mix(colour, INK, 0.25))
    canvas.disc(place(0.41, 0.39), size * 0.018, INK)
    canvas.polygon([place(0.1, 0.1), place(0.02, -0.04), place(0.22, 0.02)], mix(colour, INK, 0.35))


def hut(canvas: Canvas, foot: Point, size: float) -> None:
    """A boarded hut, `size` pixels wide, its lower left corner at `foot`."""
    x, y = foot
    wall: Colour = (150, 108, 74)
    canvas.rectangle((x, y - size * 0.62, x + size, y), wall)
    for plank in range(1, 7):
        row = y - size * 0.62 * plank / 7
        canvas.line([(x, row), (x + size, row)], mix(wall, INK, 0.3), size * 0.008)
    roof = [(x - size * 0.1, y - size * 0.6), (x + size * 0.5, y - size * 0.98), (x + size * 1.1, y - size * 0.6)]
    canvas.polygon(roof, (74, 70, 76))
    canvas.rectangle((x + size * 0.56, y - size * 0.46, x + size * 0.84, y), (58, 84, 78))
    canvas.rectangle((x + size * 0.12, y - size * 0.46, x + size * 0.4, y - size * 0.22), (178, 206, 214))
    canvas.line([(x + size * 0.26, y - size * 0.46), (x + size * 0.26, y - size * 0.22)], WHITE, size * 0.015)


def hut_number(canvas: Canvas, foot: Point, size: float, number: str) -> Box:
    """Letter the door of a hut that was drawn with the same `foot` and `size`; returns the box of the number."""
    x, y = foot
    return canvas.words((x + size * 0.7, y - size * 0.34), number, size * 0.1, WHITE, anchor="mm", bold=True)
