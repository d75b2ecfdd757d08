"""A crop stands enlarged beside its whole, the box drawn where it was cut."""

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.evidence import Space
from sourcehound.tools.show.canvas import ACCENT, GROUND
from sourcehound.tools.show.crop import BRIDGE_PX, crops
from sourcehound.tools.show.lettering import Lettering

PLANE = Space(unit="px", width=300, height=300)
RED, BLUE = (200, 0, 0), (0, 0, 200)


def scene():
    pixels = np.full((300, 300, 3), 60, np.uint8)
    pixels[100:160, 120:200] = RED
    pixels[120:140, 140:160] = BLUE
    return pixels


def cut(pixels: Pixels, box: tuple[int, int, int, int]):
    left, top, right, bottom = box
    return (box, pixels[top:bottom, left:right])


def columns_of(array: Pixels, colour: tuple[int, int, int]):
    return np.flatnonzero((array == colour).all(axis=2).any(axis=0))


def test_the_box_is_bright_and_framed_and_the_rest_pale():
    array = np.asarray(crops(Lettering(), scene(), [cut(scene(), (120, 100, 200, 160))], PLANE))
    top = int(np.flatnonzero((array[:, 5] != GROUND).any(axis=1))[0])
    whole = array[top : top + 600, :600]  # 300 pixels, shown twice as large
    assert tuple(whole[212, 252]) == RED
    assert tuple(whole[198, 300]) == ACCENT
    assert tuple(whole[260, 238]) == ACCENT
    assert whole[10, 10, 0] > 100


def test_the_enlargement_shows_only_what_is_in_the_box():
    image = crops(Lettering(), scene(), [cut(scene(), (120, 100, 200, 160))], PLANE)
    panel = np.asarray(image)[:, 600 + BRIDGE_PX + 3 : -3]
    assert panel.shape[1] == 640  # 80 pixels, eight times
    middle = panel[panel.shape[0] // 2 - 12]
    assert tuple(middle[20]) == RED
    assert tuple(middle[200]) == BLUE


def test_a_crop_of_a_crop_shows_every_step():
    steps = [cut(scene(), (120, 100, 200, 160)), cut(scene(), (140, 120, 160, 140))]
    image = np.asarray(crops(Lettering(), scene(), steps, PLANE))
    last = image[image.shape[0] // 2 - 12, -100]
    assert tuple(last) == BLUE
    assert image.shape[1] > 600 + 640 + 2 * BRIDGE_PX


def test_wide_pictures_stand_below_each_other():
    plane = Space(unit="px", width=900, height=200)
    wide = np.full((200, 900, 3), 80, np.uint8)
    image = crops(Lettering(), wide, [((100, 50, 400, 110), wide[50:110, 100:400])], plane)
    assert image.width < 800
    assert image.height > 300


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (299, 299, 300, 300), (0, 0, 300, 300), (0, 0, 300, 2)])
def test_boxes_at_the_edge_are_drawn(box: tuple[int, int, int, int]):
    image = crops(Lettering(), scene(), [cut(scene(), box)], PLANE)
    assert len(columns_of(np.asarray(image), ACCENT)) > 2
