"""The sample's report: a PDF with headings, a table, a chart, a figure, page labels, and one scanned page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from sourcehound.tools.sample import photos, story
from sourcehound.tools.sample.pdf_writer import BLACK, Ink, PdfPage, PdfWriter, width_of, wrapped

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

_LEFT, _RIGHT = 72.0, 523.0
_BLUE: Ink = (0.15, 0.32, 0.5)
_ORANGE: Ink = (0.82, 0.5, 0.2)
_GREY: Ink = (0.55, 0.57, 0.6)
_PALE: Ink = (0.91, 0.93, 0.95)
_SCAN_PIXELS_A_POINT = 2


def write_report(path: Path, rng: np.random.Generator) -> None:
    """Write the report, seven pages labelled i, ii, 1 to 5; page 5 is a scanned letter without a text layer."""
    pdf = PdfWriter(
        title=f"{story.STATION}: report for 2023 to 2024", author="Samuel Crane", created="D:20240422090000Z"
    )
    _title_page(pdf.page("i"))
    _contents(pdf.page("ii"))
    _station(pdf.page("1"))
    _boats(pdf.page("2"))
    _levels(pdf.page("3"))
    _island(pdf.page("4"), rng)
    scan = scanned_letter(rng)
    pdf.page("5").picture(_jpeg(scan, quality=55), scan.size, (0, 0, 595, 842))
    for page in pdf.pages[:-1]:
        page.words((595 - width_of(page.label, 9)) / 2, 806, page.label, size=9, ink=_GREY)
    path.write_bytes(pdf.to_bytes())


def scanned_letter(rng: np.random.Generator) -> Image.Image:
    """The typed letter of 1961 as an old scanner gives it: a little turned, yellowed, noisy."""
    import numpy as np
    import pypdfium2
    from PIL import Image

    typed = PdfWriter(title="", author="", created="D:19610206000000Z")
    page = typed.page("1")
    for row, line in enumerate(story.LETTER):
        page.words(84, 120 + 27 * row, line, size=14, font="Courier")
    document = pypdfium2.PdfDocument(typed.to_bytes())
    ink = document[0].render(scale=_SCAN_PIXELS_A_POINT, grayscale=True).to_pil()
    document.close()
    turned = ink.rotate(1.3, resample=Image.Resampling.BICUBIC, fillcolor=255)
    share = np.asarray(turned, dtype=np.float64)[..., None] / 255  # (height, width, 1)
    paper = np.array([236.0, 226.0, 198.0]) + rng.normal(0, 5, (*turned.size[::-1], 1))
    ageing = np.linspace(6, -14, turned.width)[None, :, None]
    pixels = share * (paper + ageing) + (1 - share) * (np.array([58.0, 52.0, 60.0]) + rng.normal(0, 10, share.shape))
    for _ in range(40):
        x, y = int(rng.integers(0, turned.width - 3)), int(rng.integers(0, turned.height - 3))
        pixels[y : y + 2, x : x + 2] -= 70
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _title_page(page: PdfPage) -> None:
    page.box(0, 0, 595, 180, ink=_BLUE)
    page.words(_LEFT, 120, story.STATION, size=28, font="Helvetica-Bold", ink=(1, 1, 1))
    page.words(_LEFT, 240, "Report for the year to 31 March 2024", size=18, font="Helvetica-Bold")
    _paragraph(page, 275, "Water levels in Amber Sound, the station's boats, and the new gauge on Needle Island.")
    _paragraph(page, 330, "Written by Samuel Crane, keeper, and Ruth Calloway, hydrographer. 22 April 2024.")


def _contents(page: PdfPage) -> None:
    _heading(page, 100, "Contents")
    entries = (("The station and its people", "1"), ("Boats and skippers", "2"), ("Highest water", "3"))
    entries += (("The gauge hut on Needle Island", "4"), ("Appendix: the keeper's letter of 1961", "5"))
    for row, (title, label) in enumerate(entries):
        y = 140 + 24 * row
        page.words(_LEFT, y, title)
        page.line(((_LEFT + width_of(title, 11) + 8, y), (500, y)), width=0.4, ink=_GREY)
        page.words(508, y, label)


def _station(page: PdfPage) -> None:
    _heading(page, 100, "The station and its people")
    y = _paragraph(
        page,
        132,
        "Lantern Rock Tide Station has watched the water of Amber Sound since 1871. It keeps gauges at Copper Bay, at "
        "Lantern Rock and on Needle Island, and lights the lamp on the rock. Samuel Crane is the keeper. Ruth Calloway "
        "works up the levels, Martin Finch looks after batteries and wiring, and Oscar Teale keeps the books.",
    )
    y = _paragraph(
        page,
        y + 14,
        "The year was quiet until November, when three gales in nine days drove the water higher than in any autumn of "
        "the last ten years. No one was hurt. The old gauge on Needle Island stuck twice and was taken down in March.",
    )
    _paragraph(
        page,
        y + 14,
        "Visitors came on 61 days, 1,340 people in all, most of them by the boat from Falcon Landing. The steps to the "
        "light were closed for eleven days because of ice.",
    )


def _boats(page: PdfPage) -> None:
    _heading(page, 100, "Boats and skippers")
    y = _paragraph(
        page,
        132,
        "The station works with three boats. The table gives the skipper who answers for each of them, the length and "
        "the place where it lies.",
    )
    _table(page, y + 20, ("Registration", "Skipper", "Length (m)", "Berth"), story.FLEET)
    page.words(
        _LEFT, y + 134, "Table 1. Boats of the station, April 2023 to March 2024.", size=10, font="Helvetica-Oblique"
    )
    _paragraph(
        page,
        y + 170,
        "All three passed their survey in June. AS-590 was out of the water for five weeks to have her shaft "
        "straightened, and AS-283 did her rounds meanwhile.",
    )


def _table(page: PdfPage, top: float, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    columns = (_LEFT + 8, 190.0, 330.0, 420.0)
    page.box(_LEFT, top, _RIGHT, top + 24, ink=_PALE)
    for column, title in zip(columns, head, strict=True):
        page.words(column, top + 16, title, font="Helvetica-Bold", size=10.5)
    for row, cells in enumerate(rows, start=1):
        for column, cell in zip(columns, cells, strict=True):
            page.words(column, top + 24 * row + 16, cell, size=10.5)
    for row in range(len(rows) + 2):
        page.line(((_LEFT, top + 24 * row), (_RIGHT, top + 24 * row)), width=0.6, ink=_GREY)


def _levels(page: PdfPage) -> None:
    _heading(page, 100, "Highest water")
    y = _paragraph(
        page,
        132,
        "Figure 1 shows the highest water of each month at Needle Island and at Copper Bay, in metres above chart "
        "zero. Levels of three metres are common in spring; the gales of autumn bring more.",
    )
    left, top, bottom, high = 110.0, y + 30, y + 290, 4.5
    for level in range(5):
        row = bottom - (bottom - top) * level / high
        page.line(((left, row), (_RIGHT, row)), width=0.4, ink=_GREY)
        page.words(left - 22, row + 4, f"{level} m", size=9)
    step = (_RIGHT - left) / len(story.HIGHEST_WATER)
    for number, (month, island, bay) in enumerate(story.HIGHEST_WATER):
        x = left + step * number + 5
        for shift, value, ink in ((0.0, island, _BLUE), (11.0, bay, _ORANGE)):
            page.box(x + shift, bottom - (bottom - top) * value / high, x + shift + 10, bottom, ink=ink)
        page.words(x + 1, bottom + 13, month[:3], size=8.5)
        page.words(x - 1, bottom - (bottom - top) * island / high - 4, f"{island:.2f}", size=7)
    page.box(left, bottom + 28, left + 10, bottom + 38, ink=_BLUE)
    page.words(left + 16, bottom + 37, "Needle Island", size=9)
    page.box(left + 100, bottom + 28, left + 110, bottom + 38, ink=_ORANGE)
    page.words(left + 116, bottom + 37, "Copper Bay", size=9)
    caption = "Figure 1. Highest water of each month, April 2023 to March 2024."
    page.words(_LEFT, bottom + 66, caption, size=10, font="Helvetica-Oblique")


def _island(page: PdfPage, rng: np.random.Generator) -> None:
    _heading(page, 100, "The gauge hut on Needle Island")
    y = _paragraph(
        page,
        132,
        "The hut stands above the landing steps, out of reach of all but the highest water. It holds the battery, the "
        "radio and the data logger; the gauge itself hangs on the rock below. The old gauge was of 1994.",
    )
    view = photos.landing(rng).image
    page.picture(_jpeg(view, quality=82), view.size, (_LEFT, y + 16, _RIGHT, y + 16 + (_RIGHT - _LEFT) * 2 / 3))
    caption = "Figure 2. The gauge hut on Needle Island, seen from the landing steps."
    page.words(_LEFT, y + 340, caption, size=10, font="Helvetica-Oblique")
    _paragraph(page, y + 372, "The landing steps are cleaned of weed on the first Monday of each month.")


def _heading(page: PdfPage, y: float, text: str) -> None:
    page.words(_LEFT, y, text, size=18, font="Helvetica-Bold", ink=_BLUE)
    page.line(((_LEFT, y + 8), (_RIGHT, y + 8)), width=0.8, ink=_BLUE)


def _paragraph(page: PdfPage, y: float, text: str, *, size: float = 11) -> float:
    for line in wrapped(text, size, _RIGHT - _LEFT):
        page.words(_LEFT, y, line, size=size, ink=BLACK)
        y += size * 1.45
    return y


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()
