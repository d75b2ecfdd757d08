"""The sample's photographs and drawings: what is in each picture, and where its lettering stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sourcehound.tools.evidence import Box
from sourcehound.tools.sample import paint, story
from sourcehound.tools.sample.canvas import Canvas, Colour, Point, mix, union

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

_BRASS: Colour = (206, 176, 104)
_LAND: Colour = (226, 216, 178)


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """A finished picture and the boxes of its lettering, original pixels as displayed."""

    image: Image.Image
    boxes: dict[str, Box]


def quay(rng: np.random.Generator) -> Painting:
    """The boat that carried the gauge, at the pier: her name large, her registration small."""
    canvas = Canvas(1600, 1066)
    canvas.gradient(0, 430, paint.DAY_SKY)
    paint.clouds(canvas, rng, 330, count=7, colour=(240, 243, 243))
    paint.ridge(canvas, rng, 432, 190, (134, 152, 158))
    paint.ridge(canvas, rng, 432, 110, (98, 124, 104))
    paint.lighthouse(canvas, (1385, 436), 170)
    paint.sea(canvas, rng, 430, paint.DAY_SEA)
    boxes = paint.boat(canvas, (260, 760), 960, paint.HERON, crate=True)
    paint.pier(canvas, rng, (0, 880, 1600, 1066))
    for rope in (((280, 640), (480, 850)), ((1246, 532), (1280, 850))):
        canvas.line(rope, (214, 200, 160), 4)
    return Painting(image=canvas.finish(grain=rng), boxes=boxes)


def otter(rng: np.random.Generator) -> Painting:
    """The other boat, off Copper Bay."""
    canvas = Canvas(1280, 853)
    canvas.gradient(0, 380, ((152, 160, 170), (214, 214, 208)))
    paint.clouds(canvas, rng, 330, count=9, colour=(186, 190, 194))
    paint.ridge(canvas, rng, 382, 210, (120, 128, 120))
    paint.hut(canvas, (150, 372), 90)
    paint.sea(canvas, rng, 380, ((132, 146, 148), (58, 76, 84)))
    boxes = paint.boat(canvas, (210, 640), 820, paint.OTTER)
    return Painting(image=canvas.finish(grain=rng, strength=5.0), boxes=boxes)


def plate(rng: np.random.Generator) -> Painting:
    """The new gauge on its rock wall, with a small brass plate."""
    canvas = Canvas(1400, 1050, (112, 108, 102))
    for _ in range(160):
        x, y = float(rng.uniform(0, 1400)), float(rng.uniform(0, 1050))
        size, turn = float(rng.uniform(30, 130)), float(rng.uniform(0, math.tau))
        grey = round(float(rng.uniform(84, 132)))
        corners = [
            (x + size * math.cos(turn + a), y + 0.7 * size * math.sin(turn + a)) for a in (0, 1.3, 2.5, 3.6, 5.0)
        ]
        canvas.polygon(corners, (grey, grey - 3, grey - 9))
    canvas.rectangle((420, 150, 980, 900), (46, 52, 58), radius=26)
    canvas.rectangle((412, 140, 968, 888), (150, 162, 168), radius=26)
    canvas.rectangle((440, 168, 940, 860), (166, 178, 184), radius=18, outline=(128, 140, 148))
    for bolt in ((464, 192), (916, 192), (464, 836), (916, 836)):
        canvas.disc(bolt, 13, (96, 104, 110))
        canvas.line([(bolt[0] - 8, bolt[1] + 5), (bolt[0] + 8, bolt[1] - 5)], (58, 64, 68), 3)
    _dial(canvas, (690, 390), 165)
    canvas.line([(690, 888), (690, 1050)], (36, 38, 42), 22)
    boxes = _brass_plate(canvas, (560, 640, 820, 790))
    return Painting(image=canvas.finish(grain=rng, strength=4.0), boxes=boxes)


def _dial(canvas: Canvas, centre: Point, radius: float) -> None:
    x, y = centre
    canvas.disc(centre, radius + 16, (88, 96, 102))
    canvas.disc(centre, radius, paint.WHITE)
    for mark in range(9):
        angle = math.radians(135 + mark * 33.75)
        outer, inner = radius * 0.95, radius * 0.84
        ends = [(x + r * math.cos(angle), y + r * math.sin(angle)) for r in (inner, outer)]
        canvas.line(ends, paint.INK, 4)
        place = (x + radius * 0.68 * math.cos(angle), y + radius * 0.68 * math.sin(angle))
        canvas.words(place, str(mark), 26, paint.INK, anchor="mm")
    canvas.words((x, y + radius * 0.45), "metres", 22, paint.INK, anchor="mm")
    angle = math.radians(135 + 3.45 * 33.75)
    tip = (x + radius * 0.8 * math.cos(angle), y + radius * 0.8 * math.sin(angle))
    canvas.line([centre, tip], (178, 42, 36), 7)
    canvas.disc(centre, 13, paint.INK)


def _brass_plate(canvas: Canvas, box: Box) -> dict[str, Box]:
    left, top, right, bottom = box
    canvas.rectangle((left + 3, top + 4, right + 3, bottom + 4), (98, 108, 114), radius=8)
    canvas.rectangle(box, _BRASS, radius=8, outline=(160, 130, 66))
    for screw in ((left + 14, top + 14), (right - 14, top + 14), (left + 14, bottom - 14), (right - 14, bottom - 14)):
        canvas.disc(screw, 6, (150, 122, 60))
    middle = (left + right) / 2
    ink: Colour = (44, 36, 18)
    canvas.words((middle, top + 32), "BRIGHTWATER WORKS", 18, ink, anchor="mm")
    canvas.words((middle, top + 62), f"TIDE GAUGE MODEL {story.GAUGE_MODEL}", 16, ink, anchor="mm")
    serial = canvas.words((middle, top + 92), f"SERIAL No. {story.GAUGE_SERIAL}", 16, ink, anchor="mm")
    canvas.words((middle, top + 120), "RANGE 0 TO 8 M   12 V", 16, ink, anchor="mm")
    return {"serial": serial, "plate": box}


def noticeboard(rng: np.random.Generator) -> Painting:
    """The board at the foot of the pier, upright; it is stored lying on its side."""
    canvas = Canvas(1000, 1333, (122, 100, 84))
    for row in range(0, 1333, 74):
        canvas.rectangle((0, row, 1000, row + 70), mix((146, 122, 100), (116, 94, 78), float(rng.uniform(0, 1))))
    canvas.rectangle((70, 110, 930, 1250), (84, 58, 38))
    canvas.rectangle((100, 140, 900, 1220), (178, 142, 98))
    canvas.rectangle((280, 60, 720, 170), (40, 70, 66), radius=10)
    canvas.words((500, 115), "FALCON LANDING", 44, paint.WHITE, anchor="mm", bold=True)
    boats = _note(
        canvas, (150, 220, 850, 620), ("BOATS TO NEEDLE ISLAND", "Tuesday 07:40", "Friday 09:15", "No boat in fog.")
    )
    bay = _note(canvas, (150, 670, 560, 930), ("COPPER BAY", "every day 08:30", "back at 17:10"), size=34)
    _note(canvas, (600, 690, 850, 960), ("QUIZ", "Saturday", "20 April", "19:00"), size=34)
    lost = _note(canvas, (150, 990, 800, 1170), ("LOST: brass telescope.", "Ask for Oscar Teale."), size=36)
    boxes = {"friday": boats[2], "tuesday": boats[1], "bay": union(bay), "lost": union(lost)}
    return Painting(image=canvas.finish(grain=rng, strength=4.0), boxes=boxes)


def _note(canvas: Canvas, box: Box, lines: tuple[str, ...], *, size: float = 44) -> tuple[Box, ...]:
    left, top, right, bottom = box
    canvas.rectangle((left + 5, top + 6, right + 5, bottom + 6), (138, 106, 70))
    canvas.rectangle(box, paint.PAPER)
    canvas.disc(((left + right) / 2, top + 16), 9, (190, 52, 44))
    step = (bottom - top - 50) / len(lines)
    return tuple(
        canvas.words((left + 32, top + 42 + step * (row + 0.5)), line, size, paint.INK, anchor="lm", bold=row == 0)
        for row, line in enumerate(lines)
    )


def steps(rng: np.random.Generator) -> Painting:
    """Hills, the steps to the light, and a signpost."""
    canvas = Canvas(1500, 1000)
    canvas.gradient(0, 560, ((96, 146, 196), (236, 226, 206)))
    paint.clouds(canvas, rng, 360, count=6, colour=(246, 243, 236))
    for height, colour in ((300, (148, 164, 172)), (210, (120, 146, 130)), (140, (98, 130, 92))):
        paint.ridge(canvas, rng, 600, height, colour)
    paint.lighthouse(canvas, (1060, 470), 300)
    canvas.rectangle((0, 598, 500, 720), (92, 138, 160))
    canvas.polygon([(0, 640), (420, 560), (1060, 440), (1500, 520), (1500, 1000), (0, 1000)], (104, 132, 74))
    canvas.polygon([(0, 780), (600, 700), (1500, 760), (1500, 1000), (0, 1000)], (88, 116, 62))
    for _ in range(240):
        x, y = float(rng.uniform(0, 1500)), float(rng.uniform(780, 1000))
        canvas.line([(x, y), (x + float(rng.uniform(-6, 6)), y - float(rng.uniform(8, 26)))], (70, 98, 48), 2)
    for step in range(34):
        share = 1 - (1 - step / 34) ** 1.5
        x, y, half = 700 + 340 * share, 990 - 520 * share, 170 * (1 - share) + 16
        canvas.rectangle((x - half, y, x + half, y + 24 * (1 - share) + 3), (178, 172, 160))
        canvas.line([(x - half, y), (x + half, y)], (110, 104, 96), 2)
    canvas.rectangle((262, 420, 290, 960), (98, 70, 46))
    first = _arm(canvas, (170, 450, 560, 560), ("PILGRIM STEPS", "214 steps to the light"))
    _arm(canvas, (150, 590, 520, 670), ("COPPER BAY 3 km",))
    return Painting(image=canvas.finish(grain=rng), boxes={"steps": first[1]})


def _arm(canvas: Canvas, box: Box, lines: tuple[str, ...]) -> tuple[Box, ...]:
    left, top, right, bottom = box
    canvas.polygon(
        [(left, top), (right, top), (right + 46, (top + bottom) / 2), (right, bottom), (left, bottom)], paint.WHITE
    )
    step = (bottom - top) / (len(lines) + 0.3)
    return tuple(
        canvas.words((left + 26, top + step * (row + 0.65)), line, 40 - 8 * row, paint.INK, anchor="lm", bold=row == 0)
        for row, line in enumerate(lines)
    )


def chart(rng: np.random.Generator) -> Painting:
    """The map of Amber Sound, with depths in metres."""
    canvas = Canvas(1400, 1000, (214, 230, 238))
    for depth in range(4):
        inset = depth * 46
        canvas.ellipse(
            (330 + inset, 170 + inset, 1210 - inset, 850 - inset * 0.8),
            mix((198, 220, 232), (150, 190, 214), depth / 3),
        )
    _coast(canvas, rng)
    ink = paint.INK
    canvas.words((700, 60), "AMBER SOUND", 52, ink, anchor="mm", bold=True)
    canvas.words((700, 104), "depths in metres at low water", 24, ink, anchor="mm")
    names = {
        "Copper Bay": (150, 330),
        "Falcon Landing": (140, 650),
        "Lantern Rock": (1010, 250),
        "Needle Island": (880, 660),
        "Pilgrim Steps": (1060, 880),
    }
    boxes = {name: canvas.words(place, name, 34, ink, anchor="mm", bold=True) for name, place in names.items()}
    for place, depth in (
        ((430, 300), 6),
        ((540, 430), 14),
        ((690, 300), 22),
        ((760, 480), 31),
        ((520, 640), 11),
        ((660, 780), 9),
    ):
        canvas.words(place, str(depth), 24, (60, 84, 110), anchor="mm")
    for angle in (0.5, 2.1, 3.7, 5.3):
        canvas.line([(600, 556), (600 + 18 * math.cos(angle), 556 + 18 * math.sin(angle))], (170, 40, 40), 3)
    wreck = canvas.words((630, 546), "Wreck of the Juniper, 1923", 20, (150, 34, 34), anchor="lm")
    deep = canvas.words((630, 572), "17 metres", 20, (150, 34, 34), anchor="lm")
    canvas.line([(1110, 690), (1350, 690)], ink, 5)
    canvas.words((1230, 665), "2 kilometres", 24, ink, anchor="mm")
    canvas.polygon([(1330, 60), (1312, 130), (1330, 116), (1348, 130)], ink)
    canvas.words((1330, 152), "N", 30, ink, anchor="mm", bold=True)
    return Painting(image=canvas.finish(), boxes=boxes | {"wreck": union((wreck, deep))})


def _coast(canvas: Canvas, rng: np.random.Generator) -> None:
    west = [(310 + 70 * math.sin(row / 3.1) + float(rng.uniform(-16, 16)), row * 34.0) for row in range(31)]
    canvas.polygon([(0, 0), *west, (0, 1000)], _LAND)
    canvas.line(west, (120, 104, 70), 3)
    south = [(column * 42.0, 930 - 130 * max(0.0, math.sin((column - 14) / 6.4))) for column in range(14, 35)]
    canvas.polygon([*south, (1428, 1000), (300, 1000)], _LAND)
    canvas.line([(300, 1000), *south], (120, 104, 70), 3)
    for centre, wide, tall in (((880, 610), 96, 30), ((1010, 310), 44, 34)):
        x, y = centre
        shore = [(x + wide * math.cos(a / 3) * (1 + 0.15 * math.sin(a)), y + tall * math.sin(a / 3)) for a in range(19)]
        canvas.polygon(shore, _LAND)
        canvas.line([*shore, shore[0]], (120, 104, 70), 3)
    canvas.rectangle((250, 596, 420, 612), (110, 106, 100))


def wiring(_rng: np.random.Generator) -> Painting:
    """The wiring of the gauge hut, drawn by hand tools on white."""
    canvas = Canvas(1200, 800)
    ink = paint.INK
    canvas.rectangle((20, 20, 1180, 780), paint.WHITE, outline=ink)
    canvas.words((600, 70), f"GAUGE HUT {story.HUT_NUMBER}: WIRING", 38, ink, anchor="mm", bold=True)
    parts: dict[str, Box] = {
        "BATTERY 12 V": (80, 150, 320, 290),
        "FUSE F3  5 A": (470, 150, 710, 290),
        "RADIO": (860, 150, 1100, 290),
        "FLOAT SENSOR": (80, 540, 320, 680),
        "TERMINAL BLOCK": (470, 440, 710, 720),
        "DATA LOGGER": (860, 540, 1100, 680),
    }
    wires: tuple[tuple[tuple[Point, ...], Colour], ...] = (
        (((320, 220), (470, 220)), (190, 40, 40)),
        (((710, 220), (860, 220)), (190, 40, 40)),
        (((320, 570), (400, 570), (400, 550), (470, 550)), (40, 40, 44)),
        (((320, 650), (400, 650), (400, 670), (470, 670)), (36, 84, 180)),
        (((710, 610), (860, 610)), (60, 140, 70)),
        (((590, 290), (590, 440)), (190, 40, 40)),
    )
    for points, colour in wires:
        canvas.line(points, colour, 5)
    for name, box in parts.items():
        canvas.rectangle(box, (236, 240, 238), outline=ink)
        top = box[1] + 30 if name == "TERMINAL BLOCK" else (box[1] + box[3]) / 2
        canvas.words(((box[0] + box[2]) / 2, top), name, 26, ink, anchor="mm")
    for number, row in enumerate((510, 550, 590, 630, 670), start=1):
        canvas.disc((500, row), 9, (170, 150, 70))
        canvas.words((524, row), str(number), 22, ink, anchor="lm")
    black = canvas.words((345, 530), "BLACK to 2", 20, ink, anchor="lm")
    blue = canvas.words((345, 694), "BLUE to 5", 20, ink, anchor="lm")
    canvas.words((785, 590), "GREEN", 20, ink, anchor="mm")
    canvas.words((395, 198), "RED", 20, ink, anchor="mm")
    canvas.words((600, 752), "Drawn by Martin Finch, 8 March 2024", 22, ink, anchor="mm")
    return Painting(image=canvas.finish(), boxes={"blue": blue, "black": black})


def landing(rng: np.random.Generator) -> Painting:
    """The gauge hut on Needle Island, for the report."""
    canvas = Canvas(900, 600)
    canvas.gradient(0, 300, paint.DAY_SKY)
    paint.clouds(canvas, rng, 250, count=4, colour=(242, 244, 244))
    paint.ridge(canvas, rng, 302, 80, (136, 156, 160))
    paint.sea(canvas, rng, 300, paint.DAY_SEA)
    canvas.polygon([(140, 600), (230, 380), (420, 300), (720, 310), (860, 420), (900, 600)], (116, 108, 98))
    canvas.polygon([(230, 380), (420, 300), (720, 310), (860, 420), (600, 370)], (132, 142, 92))
    paint.hut(canvas, (480, 322), 170)
    number = paint.hut_number(canvas, (480, 322), 170, story.HUT_NUMBER)
    for step in range(9):
        row = 378 + step * 25
        canvas.rectangle((330 - step * 6, row, 430 + step * 10, row + 16), (184, 178, 168))
        canvas.rectangle((330 - step * 6, row + 16, 430 + step * 10, row + 25), (96, 90, 84))
    canvas.line([(690, 320), (690, 180)], paint.INK, 4)
    canvas.ellipse((676, 168, 704, 192), (120, 128, 134))
    return Painting(image=canvas.finish(grain=rng), boxes={"number": number})
