"""Tables of pages that OCR read: rows and columns by the boxes of lines alone."""

from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.library.reading import Anchor, Section
from sourcehound.tools.library.scanned_tables import scanned_tables

PAGE = Space(unit="pt", width=612, height=792)


def page(*lines: tuple[str, float, float]) -> Section:
    """A page of lines: words, left and top, each letter 5 points wide."""
    text, anchors = "", list[Anchor]()
    for words, left, top in lines:
        box: Box = (left, top, left + 5 * len(words), top + 10)
        anchors.append(Anchor(start=len(text), end=len(text) + len(words), box=box))
        text += words + "\n"
    return Section(text=text.rstrip("\n"), page=4, space=PAGE, anchors=tuple(anchors), producer="ocr 1")


TABLE = (
    *(("Table 5: Boats", 72, 80), ("Name", 72, 100), ("Length", 200, 100), ("Built", 300, 100)),
    *(("Tern", 72, 114), ("12", 200, 114), ("1890", 300, 114)),
    *(("Skua", 72, 128), ("17", 200, 128), ("1902", 300, 128)),
    *(("Gull", 72, 142), ("9", 200, 142), ("1911", 300, 142)),
)
PROSE = tuple(
    (f"The lamp of the old pier is lit every evening at nine, line {n} of many", 72.0, 200.0 + 14 * n) for n in range(8)
)


def test_the_rows_of_a_scanned_table_keep_their_heads() -> None:
    ((section, part),) = scanned_tables(page(*TABLE, *PROSE))
    assert section.text == (
        "Table 5: Boats\n\nName: Tern | Length: 12 | Built: 1890\n\nName: Skua | Length: 17 | Built: 1902\n\n"
        "Name: Gull | Length: 9 | Built: 1911\n\n"
    )
    assert (part.label, part.page, part.number) == ("Table 5", 4, 1)
    assert (section.role, section.page, section.producer) == ("table", 4, "ocr 1")


def test_a_scanned_cell_keeps_its_box() -> None:
    ((section, _),) = scanned_tables(page(*TABLE))
    (anchor,) = [anchor for anchor in section.anchors if section.text[anchor.start : anchor.end] == "17"]
    assert anchor.box == (200, 128, 210, 138)


def test_its_words_begin_behind_those_of_the_page() -> None:
    read = page(*TABLE)
    ((section, part),) = scanned_tables(read)
    assert section.start == len(read.text) + 1
    assert part.chars == (section.start, section.start + len(section.text))


def test_a_page_of_prose_has_no_tables() -> None:
    assert scanned_tables(page(*PROSE)) == ()


def test_a_page_without_words_has_no_tables() -> None:
    assert scanned_tables(page()) == ()
