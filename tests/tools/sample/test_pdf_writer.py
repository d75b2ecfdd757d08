"""The small PDF writer, read back by PDFium."""

from __future__ import annotations

import io

import pypdfium2
import pytest

from sourcehound.tools.sample.pdf_writer import PdfWriter, width_of, wrapped


def opened(pdf: PdfWriter) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(pdf.to_bytes())


def test_width_is_the_sum_of_the_letters_of_helvetica() -> None:
    # H 722, e 556, l 222 twice, o 556 thousandths
    assert width_of("Hello", 10) == pytest.approx(22.78)


def test_words_begin_where_they_were_put() -> None:
    pdf = PdfWriter(title="t", author="a", created="D:20240101000000Z")
    pdf.page("1").words(100, 200, "Hill (north) \\ 5", size=20)
    document = opened(pdf)
    text = document[0].get_textpage()
    left, bottom, _, top = text.get_charbox(0)
    assert text.get_text_bounded() == "Hill (north) \\ 5"
    assert left == pytest.approx(100, abs=3)
    assert bottom == pytest.approx(842 - 200, abs=1)
    assert top == pytest.approx(842 - 200 + 0.72 * 20, abs=1)
    document.close()


def test_labels_and_title_are_the_files_own() -> None:
    pdf = PdfWriter(title="Tides", author="Keeper", created="D:20240101000000Z")
    for label in ("i", "1", "A-2"):
        pdf.page(label).words(72, 72, label)
    document = opened(pdf)
    assert [document.get_page_label(page) for page in range(3)] == ["i", "1", "A-2"]
    assert document.get_metadata_value("Title") == "Tides"
    document.close()


def test_a_picture_fills_the_box_it_was_placed_in() -> None:
    from PIL import Image

    jpeg = io.BytesIO()
    Image.new("RGB", (8, 4), (200, 20, 20)).save(jpeg, format="JPEG")
    pdf = PdfWriter(title="t", author="a", created="D:20240101000000Z")
    pdf.page("1").picture(jpeg.getvalue(), (8, 4), (100, 300, 300, 400))
    document = opened(pdf)
    pixels = document[0].render(scale=1).to_pil().convert("RGB")
    document.close()
    red = [pixels.getpixel(place) for place in ((110, 310), (290, 390))]
    white = [pixels.getpixel(place) for place in ((90, 310), (310, 390), (200, 290), (200, 410))]
    assert all(colour[0] > 180 and colour[1] < 60 for colour in red)
    assert white == [(255, 255, 255)] * 4


def test_wrapped_lines_fit_and_lose_no_word() -> None:
    text = "The hut stands above the landing steps, out of reach of all but the highest water."
    lines = wrapped(text, 11, 150)
    assert " ".join(lines) == text
    assert all(width_of(line, 11) <= 150 for line in lines)
    assert len(lines) > 2
