"""PDF: words with boxes where the ink is, words that are not shown kept apart, figures, order, labels, pictures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Box
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import pdf
from sourcehound.tools.library.readers.reader import Place

LIMITS = Limits()
FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A page to be written: its content stream and what stands in its dictionary."""

    content: bytes
    boxes: bytes = b"/MediaBox [0 0 612 792]"
    resources: bytes = b""


def words(text: str, x: float, y: float, *, size: float = 12, before: bytes = b"") -> bytes:
    return b"BT %s /F %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (before, size, x, y, text.encode("latin-1"))


def write(path: Path, *leaves: Leaf, catalog: bytes = b"", trailer: bytes = b"", more: tuple[bytes, ...] = ()) -> Path:
    """Write a PDF: object 1 the catalogue, 2 the page tree, then `more` from 3 on, then the pages."""
    first = 3 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * at) for at in range(len(leaves)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(leaves)),
        *more,
    ]
    for at, leaf in enumerate(leaves):
        resources = b"<< %s %s >>" % (FONT, leaf.resources)
        head = b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R %s /Resources %s >>"
        bodies += [
            head % (first + 2 * at + 1, leaf.boxes, resources),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(leaf.content), leaf.content),
        ]
    out, places = b"%PDF-1.7\n", list[int]()
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    start = out.rindex(b"xref\n0 ")
    path.write_bytes(
        out + b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, trailer, start)
    )
    return path


def stream(entries: bytes, body: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(body), body)


def ink(path: Path, *, page: int = 1) -> Box:
    """The box around everything dark on a rendered page, in points."""
    shown = pdf.picture(path, Place(page=page, scale=4.0), LIMITS)
    rows, columns = np.nonzero(shown.pixels.min(axis=2) < 128)
    return (columns.min() / 4, rows.min() / 4, (columns.max() + 1) / 4, (rows.max() + 1) / 4)


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("crop", [b"", b"/CropBox [50 100 450 700]", b"/CropBox [-100 -50 5000 700]"])
@pytest.mark.parametrize("media", [b"/MediaBox [0 0 612 792]", b"/MediaBox [20 60 500 760]"])
def test_a_line_has_its_box_where_its_ink_is(tmp_path: Path, turn: int, crop: bytes, media: bytes) -> None:
    leaf = Leaf(content=words("Quick brown fox", 120, 300, size=20), boxes=b"%s %s /Rotate %d" % (media, crop, turn))
    path = write(tmp_path / "turned.pdf", leaf)
    reading = pdf.read(path, LIMITS)
    (section,) = reading.sections
    (anchor,) = section.anchors
    assert section.text == "Quick brown fox"
    assert anchor.box is not None
    assert anchor.box == pytest.approx(ink(path), abs=0.6)
    shown = pdf.picture(path, Place(scale=1.0), LIMITS)
    assert shown.space == section.space == reading.page_spaces[0]
    assert shown.pixels.shape[:2] == (round(shown.space.height), round(shown.space.width))


def test_a_cut_is_the_same_part_of_the_whole_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pdf", Leaf(content=words("Some words to cut", 100, 500, size=30)))
    whole = pdf.picture(path, Place(scale=2.0), LIMITS)
    part = pdf.picture(path, Place(scale=2.0, box=(90, 250, 300, 310)), LIMITS)
    assert part.box == (90.0, 250.0, 300.0, 310.0)
    assert part.space == whole.space
    assert np.abs(whole.pixels[500:620, 180:600].astype(int) - part.pixels).max() <= 1


def test_a_picture_keeps_to_its_number_of_pixels_and_says_what_it_shows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pdf", Leaf(content=words("x", 100, 500)))
    small = pdf.picture(path, Place(scale=50.0, max_pixels=10_000), LIMITS)
    assert 9_000 < small.pixels.shape[0] * small.pixels.shape[1] <= 10_000
    assert small.box == pytest.approx((0, 0, 612, 792), abs=1e-6)


@pytest.mark.parametrize("place", [Place(page=2), Place(page=0), Place(box=(700, 0, 800, 5)), Place(scale=0.0)])
def test_a_place_that_is_not_there_is_an_error(tmp_path: Path, place: Place) -> None:
    path = write(tmp_path / "a.pdf", Leaf(content=words("x", 100, 500)))
    with pytest.raises(MediaError):
        pdf.picture(path, place, LIMITS)


def test_anchors_cover_the_lines_and_offsets_run_over_pages(tmp_path: Path) -> None:
    leaves = [
        Leaf(content=words("First line here", 72, 700) + words("Second line here", 72, 680)),
        Leaf(content=words("On another page", 72, 700)),
    ]
    first, second = pdf.read(write(tmp_path / "a.pdf", *leaves), LIMITS).sections
    assert first.text == "First line here\nSecond line here"
    assert [first.text[a.start : a.end] for a in first.anchors] == ["First line here", "Second line here"]
    assert (first.page, second.page) == (1, 2)
    assert second.start == len(first.text) + 1


def test_a_word_cut_by_a_hyphen_is_whole_again_and_both_lines_keep_their_boxes(tmp_path: Path) -> None:
    content = (
        b"BT /F 12 Tf 14 TL 72 700 Td (a reader that re-) Tj T* (quires patience and a well-) Tj T* (known way) Tj ET"
    )
    more = words("it is a well-known way", 72, 600)
    (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=content + b"\n" + more)), LIMITS).sections
    assert section.text.split("\n")[0] == "a reader that requires patience and a well-known way"
    assert [section.text[a.start : a.end] for a in section.anchors][:3] == [
        "a reader that re",
        "quires patience and a well-",
        "known way",
    ]
    tops = [anchor.box[1] for anchor in section.anchors if anchor.box]
    assert tops == sorted(tops)
    assert tops[1] - tops[0] == pytest.approx(14, abs=4)


LEFT = [f"Left column line number {n} of prose" for n in range(1, 9)]
RIGHT = [f"Right column line number {n} of prose" for n in range(1, 9)]


def test_columns_that_the_file_mixes_are_read_one_after_the_other(tmp_path: Path) -> None:
    rows = b"".join(
        words(left, 60, 700 - 16 * at, size=11) + words(right, 330, 700 - 16 * at, size=11)
        for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True))
    )
    title = words("A title that stands across both of the columns of the page", 60, 740, size=16)
    (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=title + rows)), LIMITS).sections
    assert section.text.split("\n")[1:] == LEFT + RIGHT
    assert section.text.startswith("A title")
    for anchor in section.anchors[1:9]:
        assert anchor.box is not None
        assert anchor.box[2] < 330


@pytest.mark.parametrize(("turn", "matrix"), [(90, b"0 1 -1 0 612 0"), (180, b"-1 0 0 -1 612 792")])
def test_mixed_columns_are_told_apart_on_turned_pages_too(tmp_path: Path, turn: int, matrix: bytes) -> None:
    rows = b"".join(
        words(left, 60, 500 - 16 * at, size=11) + words(right, 330, 500 - 16 * at, size=11)
        for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True))
    )
    leaf = Leaf(content=b"%s cm\n%s" % (matrix, rows), boxes=b"/MediaBox [0 0 612 792] /Rotate %d" % turn)
    (section,) = pdf.read(write(tmp_path / "a.pdf", leaf), LIMITS).sections
    assert section.text.split("\n") == LEFT + RIGHT


def test_the_rows_of_a_table_stay_rows(tmp_path: Path) -> None:
    rows = b"".join(
        words(f"Item {n} of the list", 60, 700 - 16 * n)
        + words(f"{n}00", 330, 700 - 16 * n)
        + words(f"{n}", 500, 700 - 16 * n)
        for n in range(1, 10)
    )
    (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=rows)), LIMITS).sections
    assert section.text.split("\n")[0] == "Item 1 of the list 100 1"


def test_columns_in_their_own_order_keep_it(tmp_path: Path) -> None:
    left = b"".join(words(line, 60, 700 - 16 * at, size=11) for at, line in enumerate(LEFT))
    right = b"".join(words(line, 330, 700 - 16 * at, size=11) for at, line in enumerate(RIGHT))
    (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=left + right)), LIMITS).sections
    assert section.text.split("\n") == LEFT + RIGHT


SEEN = words("Everybody sees these words", 72, 700)
FORM = b"<< /X 3 0 R >>"


@pytest.mark.parametrize(
    ("content", "case"),
    [
        (words("secret orders", 72, 500, before=b"3 Tr"), "invisible mode"),
        (words("secret orders", 72, 500, before=b"1 1 1 rg"), "white on white"),
        (words("secret orders", 72, -300), "off the page"),
        (words("secret orders", 900, 500), "beside the page"),
        (words("secret orders", 72, 500, size=0.8), "too small to read"),
    ],
)
def test_words_that_nobody_sees_are_kept_apart_and_reported(tmp_path: Path, content: bytes, case: str) -> None:
    reading = pdf.read(write(tmp_path / "a.pdf", Leaf(content=SEEN + content)), LIMITS)
    (section,) = reading.sections
    assert section.text == "Everybody sees these words", case
    assert section.hidden == "secret orders", case
    assert any("not shown" in line and "page 1" in line for line in reading.warnings)


def test_invisible_words_inside_a_form_are_kept_apart(tmp_path: Path) -> None:
    inner = words("secret orders", 10, 10, before=b"3 Tr")
    form = stream(b"/Type /XObject /Subtype /Form /BBox [0 0 200 50] /Resources << %s >>" % FONT, inner)
    leaf = Leaf(content=SEEN + b"q 1 0 0 1 72 400 cm /X Do Q", resources=b"/XObject " + FORM)
    (section,) = pdf.read(write(tmp_path / "a.pdf", leaf, more=(form,)), LIMITS).sections
    assert section.text == "Everybody sees these words"
    assert section.hidden == "secret orders"


def test_transparent_words_are_kept_apart(tmp_path: Path) -> None:
    clear = b"/ExtGState << /G << /ca 0 >> >>"
    content = SEEN + b"q /G gs\n" + words("secret orders", 72, 500) + b"Q"
    (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=content, resources=clear)), LIMITS).sections
    assert section.text == "Everybody sees these words"
    assert section.hidden == "secret orders"


def test_one_invisible_word_among_many_is_found_wherever_it_stands(tmp_path: Path) -> None:
    for hidden_at in (0, 777, 1499):
        content = b"".join(
            words("seen", 40 + 50 * (at % 10), 780 - 5 * (at // 10), size=4)
            if at != hidden_at
            else words("secret", 40 + 50 * (at % 10), 780 - 5 * (at // 10), size=4, before=b"3 Tr") + b"0 Tr\n"
            for at in range(1500)
        )
        (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=content)), LIMITS).sections
        assert section.hidden == "secret"
        assert section.text.split() == ["seen"] * 1499


def test_invisible_words_in_the_middle_of_a_line_are_cut_out(tmp_path: Path) -> None:
    content = b"BT /F 12 Tf 72 700 Td (Pay) Tj 3 Tr ( attacker) Tj 0 Tr ( the bill) Tj ET"
    (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=content)), LIMITS).sections
    assert "attacker" not in section.text
    assert section.hidden == "attacker"
    assert section.text.split() == ["Pay", "the", "bill"]


def test_white_words_on_dark_ground_are_seen(tmp_path: Path) -> None:
    content = b"0 0 0 rg 60 480 300 60 re f\n" + words("White on black", 72, 500, before=b"1 1 1 rg")
    (section,) = pdf.read(write(tmp_path / "a.pdf", Leaf(content=content)), LIMITS).sections
    assert section.text == "White on black"
    assert section.hidden == ""


def test_the_word_layer_of_a_scan_is_text_and_says_so(tmp_path: Path) -> None:
    scan = stream(
        b"/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\xc0" * 4
    )
    content = b"q 612 0 0 792 0 0 cm /X Do Q\n" + words("Words that a scanner read", 72, 700, before=b"3 Tr")
    leaf = Leaf(content=content, resources=b"/XObject " + FORM)
    reading = pdf.read(write(tmp_path / "a.pdf", leaf, more=(scan,)), LIMITS)
    assert reading.sections[0].text == "Words that a scanner read"
    assert "layer of a scan" in reading.sections[0].producer
    assert reading.figures == ()
    assert any("invisible layer over a scan" in line for line in reading.warnings)


def test_a_picture_gets_the_caption_below_it(tmp_path: Path) -> None:
    image = stream(
        b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\x40"
    )
    content = (
        b"q 200 0 0 150 100 450 cm /X Do Q\n"
        + words("Figure 3: A kite over the lake, seen from", 100, 430)
        + words("the northern shore.", 100, 416)
        + words("This paragraph goes on about something else.", 100, 350)
    )
    leaf = Leaf(content=content, resources=b"/XObject " + FORM)
    (figure,) = pdf.read(write(tmp_path / "a.pdf", leaf, more=(image,)), LIMITS).figures
    assert figure.caption == "Figure 3: A kite over the lake, seen from the northern shore."
    assert figure.box == pytest.approx((100, 792 - 600, 300, 792 - 450), abs=0.1)
    assert figure.page == 1


def test_a_drawn_chart_is_a_figure_with_its_labels_and_a_ruled_text_is_none(tmp_path: Path) -> None:
    bars = b"".join(b"0.2 0.4 0.8 rg %d 400 20 %d re f\n" % (120 + 25 * n, 30 + 20 * n) for n in range(8))
    axis = words("1990", 120, 388, size=8) + words("1997", 290, 388, size=8)
    chart = write(tmp_path / "chart.pdf", Leaf(content=bars + axis + words("Chart 2. Rain by year", 120, 370)))
    (figure,) = pdf.read(chart, LIMITS).figures
    assert figure.caption == "Chart 2. Rain by year"
    assert figure.box[3] > 792 - 390
    frames = b"".join(b"0.9 g 60 %d 480 16 re f 0 g\n" % (700 - 16 * n) for n in range(10))
    lines = b"".join(
        words("A shaded row with many words in it, so that it is text" * 2, 62, 704 - 16 * n, size=9) for n in range(10)
    )
    assert pdf.read(write(tmp_path / "rows.pdf", Leaf(content=frames + lines)), LIMITS).figures == ()


def test_pages_without_words_are_blank_and_pages_are_counted(tmp_path: Path) -> None:
    leaves = [
        Leaf(content=words("Enough words on this page", 72, 700)),
        Leaf(content=b""),
        Leaf(content=words("short", 9, 9)),
    ]
    reading = pdf.read(write(tmp_path / "a.pdf", *leaves), LIMITS)
    assert reading.n_pages == 3
    assert reading.blank_pages == (2, 3)
    assert len(reading.page_spaces) == 3
    assert [section.page for section in reading.sections] == [1, 3]


def test_only_so_many_pages_are_read_and_that_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pdf", *[Leaf(content=words(f"page {n}", 72, 700)) for n in range(4)])
    reading = pdf.read(path, Limits(max_pages=2))
    assert reading.n_pages == 2
    assert "only the first 2 of 4 pages are read" in reading.warnings


def test_too_many_characters_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pdf", Leaf(content=words("a line that is longer than ten", 72, 700)))
    with pytest.raises(MediaError, match="more than 10 characters"):
        pdf.read(path, Limits(max_text_chars=10))


def test_printed_page_labels_are_known(tmp_path: Path) -> None:
    labels = b"/PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 7 >>] >>"
    leaves = [Leaf(content=words(f"page {n}", 72, 700)) for n in range(3)]
    path = write(tmp_path / "a.pdf", *leaves, catalog=labels)
    reading = pdf.read(path, LIMITS)
    assert reading.page_labels == ("i", "ii", "7")
    assert [section.page_label for section in reading.sections] == ["i", "ii", "7"]


def test_chapters_begin_on_the_page_that_their_bookmark_names(tmp_path: Path) -> None:
    outline = (
        b"<< /Type /Outlines /First 4 0 R /Last 4 0 R /Count 1 >>",
        b"<< /Title (Birds of prey) /Parent 3 0 R /Dest [1 /Fit] /First 5 0 R /Last 5 0 R /Count 1 >>",
        b"<< /Title (Kites) /Parent 4 0 R /Dest [2 /Fit] >>",
    )
    leaves = [Leaf(content=words(f"page {n}", 72, 700)) for n in range(3)]
    path = write(tmp_path / "a.pdf", *leaves, catalog=b"/Outlines 3 0 R", more=outline)
    headings = [section.headings for section in pdf.read(path, LIMITS).sections]
    assert headings == [(), ("Birds of prey",), ("Birds of prey", "Kites")]


@pytest.mark.parametrize(
    ("named", "title"),
    [
        (b"A Study of Kites", "A Study of Kites"),
        (b"Microsoft Word - report_final.doc", "Kites over Lakes"),
        (b"untitled", "Kites over Lakes"),
        (b"0001018724-18-000005", "Kites over Lakes"),
        (b"paper.dvi", "Kites over Lakes"),
    ],
)
def test_the_title_is_the_files_own_or_the_largest_words(tmp_path: Path, named: bytes, title: str) -> None:
    content = (
        words("Kites over Lakes", 72, 700, size=24) + words("by somebody", 72, 670) + words("body text " * 5, 72, 640)
    )
    info = b"<< /Title (%s) /CreationDate (D:20210304050607+01'00') >>" % named
    path = write(tmp_path / "a.pdf", Leaf(content=content), trailer=b"/Info 3 0 R", more=(info,))
    reading = pdf.read(path, LIMITS)
    assert reading.title == title
    assert reading.dates == {"created": "2021-03-04T05:06:07"}


def test_letters_beyond_16_bits_are_whole(tmp_path: Path) -> None:
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n1 beginbfchar <41> <D835DC9C> endbfchar\n"
        b"endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    font = b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 3 0 R >> >> >>"
    leaf = Leaf(content=words("set A of B", 72, 700), boxes=b"/MediaBox [0 0 612 792] " + font)
    path = write(tmp_path / "a.pdf", leaf, more=(stream(b"", cmap),))
    path.write_bytes(path.read_bytes().replace(b"/Resources << %s  >>" % FONT, b""))
    (section,) = pdf.read(path, LIMITS).sections
    assert section.text == "set \U0001d49c of B"
    assert (section.anchors[0].start, section.anchors[0].end) == (0, 10)


def test_a_protected_file_says_what_to_do(tmp_path: Path) -> None:
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32)
    path = write(
        tmp_path / "a.pdf",
        Leaf(content=words("x", 1, 1)),
        trailer=b"/Encrypt 3 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]",
        more=(lock,),
    )
    with pytest.raises(MediaError, match="password"):
        pdf.read(path, LIMITS)


def test_a_damaged_file_is_an_error_and_a_cut_one_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(MediaError, match="damaged"):
        pdf.read(path, LIMITS)
    data = write(path, Leaf(content=words("some words of a page", 72, 700))).read_bytes()
    for length in range(0, len(data), 37):
        path.write_bytes(data[:length])
        try:
            n_pages = pdf.read(path, LIMITS).n_pages
        except MediaError:
            continue
        assert n_pages == 1
