"""Vetting: readings that cannot be are refused before anything relies on them."""

from dataclasses import replace

import pytest

from sourcehound.tools.evidence import Space
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.reading import Anchor, Figure, Media, Reading, Section, Visual
from sourcehound.tools.library.vetting import vet
from sourcehound.tools.library.wire import WireError

SPACE = Space(unit="pt", width=612, height=792)
BOX = (0.0, 0.0, 5.0, 5.0)
SOUND = Reading(
    title="",
    media_type="",
    reader="",
    n_pages=2,
    page_spaces=(SPACE, SPACE),
    blank_pages=(2,),
    sections=(Section(text="four", page=1, space=SPACE, anchors=(Anchor(start=0, end=4, box=BOX),)),),
    figures=(Figure(page=2, box=BOX, space=SPACE),),
)


def test_a_sound_reading_passes() -> None:
    vet(SOUND, Limits())


def section(anchors: tuple[Anchor, ...] = (), start: int = 0, page: int = 1) -> Section:
    return Section(text="four", page=page, start=start, anchors=anchors)


@pytest.mark.parametrize(
    "lie",
    [
        replace(SOUND, sections=(section((Anchor(start=0, end=5),)),)),
        replace(SOUND, sections=(section((Anchor(start=-1, end=2),)),)),
        replace(SOUND, sections=(section((Anchor(start=3, end=2),)),)),
        replace(SOUND, sections=(section((Anchor(start=2, end=3), Anchor(start=0, end=1))),)),
        replace(SOUND, sections=(section((Anchor(start=0, end=1, box=(5.0, 0.0, 1.0, 1.0)),)),)),
        replace(SOUND, sections=(section((Anchor(start=0, end=1, box=(0.0, 0.0, 1e30, 1.0)),)),)),
        replace(SOUND, sections=(section(start=-1),)),
        replace(SOUND, sections=(section(page=3),)),
        replace(SOUND, sections=(Section(text="x" * 100),)),
        replace(SOUND, n_pages=-1, page_spaces=(), blank_pages=(), figures=(), sections=()),
        replace(SOUND, n_pages=3),
        replace(SOUND, n_pages=99, page_spaces=()),
        replace(SOUND, blank_pages=(0,)),
        replace(SOUND, figures=(Figure(page=9, box=BOX, space=SPACE),)),
        replace(SOUND, page_spaces=(SPACE, Space(unit="pt", width=0, height=1))),
        replace(SOUND, visual=Visual(width=0, height=4)),
        replace(SOUND, media=Media(duration_s=-1, origin_s=0, has_video=False, has_audio=True)),
    ],
)
def test_a_reading_that_cannot_be_is_refused(lie: Reading) -> None:
    with pytest.raises(WireError):
        vet(lie, Limits(max_text_chars=50, max_pages=10))
