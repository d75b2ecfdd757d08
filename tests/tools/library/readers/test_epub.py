"""EPUB: particulars, chapters in reading order under their titles; copy protection and bombs are refused by name."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import epub
from sourcehound.tools.library.reading import Reading

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)
METADATA = (
    "<dc:title>The Kite Book</dc:title><dc:creator>Jane Doe</dc:creator><dc:language>en</dc:language>"
    "<dc:date>2019-04-02</dc:date><meta property='dcterms:modified'>2020-01-01T00:00:00Z</meta>"
)
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc">'
    '<a href="one.xhtml#top">Of wings</a><a href="two%20b.xhtml">Of lakes</a></nav></body></html>'
)
ONE = (
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
    "<body><h1>Of wings</h1><p>A red kite&nbsp;spans 175 cm.</p></body></html>"
)
TWO = "<html><body><p>The ferry leaves at noon.</p></body></html>"


def opf(metadata: str = METADATA, manifest: str = "", spine: str = "") -> str:
    xhtml = "application/xhtml+xml"
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{metadata}</metadata><manifest>"
        f'<item id="n" href="nav.xhtml" properties="nav" media-type="{xhtml}"/>'
        f'<item id="b" href="two%20b.xhtml" media-type="{xhtml}"/><item id="a" href="one.xhtml" media-type="{xhtml}"/>'
        f'<item id="i" href="k.png" media-type="image/png"/>{manifest}</manifest>'
        f'<spine><itemref idref="a"/><itemref idref="b"/>{spine}</spine></package>'
    )


def read(tmp_path: Path, **changed: str | None) -> Reading:
    """A good book with some members changed, by their names with `_` for `/`; None leaves one out."""
    members: dict[str, str | None] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": opf(),
        "OPS/nav.xhtml": NAV,
        "OPS/one.xhtml": ONE,
        "OPS/two b.xhtml": TWO,
    }
    members |= {name.replace("_", "/").replace("~", "-"): content for name, content in changed.items()}
    path = tmp_path / "kite-book.epub"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
    return epub.read(path, Limits())


def test_chapters_come_in_reading_order_under_their_titles(tmp_path: Path):
    reading = read(tmp_path)
    assert [(section.part, section.headings, section.text) for section in reading.sections[1:]] == [
        ("Of wings", (), "Of wings\nA red kite\xa0spans 175 cm."),
        ("Of lakes", ("Of lakes",), "The ferry leaves at noon."),
    ]


def test_a_book_says_of_itself_who_wrote_it_and_when(tmp_path: Path):
    reading = read(tmp_path)
    assert reading.title == "The Kite Book"
    assert reading.dates == {"published": "2019-04-02", "modified": "2020-01-01T00:00:00Z"}
    assert reading.sections[0].text.startswith("Title: The Kite Book\n\nAuthor: Jane Doe\n\nLanguage: en\n\n")
    assert reading.warnings == ("pictures in it are not looked at (1)",)


def test_the_contents_of_an_older_book_are_read(tmp_path: Path):
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Lakes</text></navLabel>'
        '<content src="two%20b.xhtml"/></navPoint></navMap></ncx>'
    )
    manifest = '<item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    reading = read(tmp_path, **{"OPS_nav.xhtml": None, "OPS_toc.ncx": ncx, "OPS_book.opf": opf(manifest=manifest)})
    assert reading.sections[2].part == "Lakes"


def test_a_book_without_contents_names_its_chapters_by_their_headings_or_numbers(tmp_path: Path):
    reading = read(tmp_path, **{"OPS_nav.xhtml": "<no xml", "OPS_one.xhtml": ONE.replace("<p>", "<h2>x</h2><p>")})
    assert [section.part for section in reading.sections] == ["about the book", "part 1", "Of wings", "part 2"]


def encryption(algorithm: str, member: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
        f'<enc:EncryptedData><enc:EncryptionMethod Algorithm="{algorithm}"/><enc:CipherData>'
        f'<enc:CipherReference URI="{member}"/></enc:CipherData></enc:EncryptedData></encryption>'
    )


def test_copy_protection_is_refused_by_name(tmp_path: Path):
    locked = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OPS/one.xhtml")
    with pytest.raises(MediaError, match=r"copy protection \(DRM\)"):
        read(tmp_path, **{"META~INF_encryption.xml": locked})


def test_fonts_made_unusable_elsewhere_are_no_copy_protection(tmp_path: Path):
    fonts = encryption("http://www.idpf.org/2008/embedding", "OPS/one.xhtml")
    assert len(read(tmp_path, **{"META~INF_encryption.xml": fonts}).sections) == 3


def test_entities_are_not_resolved_and_nothing_outside_is_opened(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY", encoding="utf-8")
    outside = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    hostile = outside + opf(METADATA.replace("Jane Doe", "&x;Jane"))
    page = f"{outside}<html><body><p>&x; words</p></body></html>"
    reading = read(tmp_path, **{"OPS_book.opf": hostile, "OPS_one.xhtml": page})
    assert len(reading.sections) == 3
    assert "CANARY" not in "".join(section.text for section in reading.sections)


def test_entities_of_entities_come_to_nothing(tmp_path: Path):
    laughs = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};&l{n - 1};&l{n - 1};">' for n in range(1, 40))
    hostile = f'<!DOCTYPE package [<!ENTITY l0 "ha">{laughs}]>' + opf(METADATA.replace("Jane Doe", "&l39;"))
    with pytest.raises(MediaError, match="damaged"):
        read(tmp_path, **{"OPS_book.opf": hostile})
    page = hostile.replace("package", "html", 1) + "<html><body><p>&l39; words</p></body></html>"
    assert sum(len(section.text) for section in read(tmp_path, **{"OPS_one.xhtml": page}).sections) < 1000


@pytest.mark.parametrize("href", ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "https://example.org/x"])
def test_references_that_lead_out_of_the_book_are_not_followed(tmp_path: Path, href: str):
    manifest = f'<item id="e" href="{href}" media-type="application/xhtml+xml"/>'
    reading = read(tmp_path, **{"OPS_book.opf": opf(manifest=manifest, spine='<itemref idref="e"/>')})
    assert len(reading.sections) == 3
    assert "is missing from the book" in reading.warnings[0]


def test_chapters_that_repeat_are_read_once(tmp_path: Path):
    reading = read(tmp_path, **{"OPS_book.opf": opf(spine='<itemref idref="a"/>' * 500)})
    assert len(reading.sections) == 3


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"META~INF_container.xml": None}, "package cannot be read"),
        ({"META~INF_container.xml": "<container/>"}, "names no package"),
        ({"OPS_book.opf": None}, "package cannot be read"),
        ({"OPS_book.opf": "<package/>"}, "no reading order"),
        ({"OPS_book.opf": "no xml at all"}, "package"),
    ],
)
def test_a_book_without_a_package_is_damaged(tmp_path: Path, changed: dict[str, str | None], why: str):
    with pytest.raises(MediaError, match=why):
        read(tmp_path, **changed)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    with pytest.raises(MediaError, match="decompression bomb"):
        read(tmp_path, **{"OPS_one.xhtml": "<p>" + " " * (40 << 20)})


def test_what_is_no_archive_raises_media_error(tmp_path: Path):
    path = tmp_path / "a.epub"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(MediaError, match="a damaged EPUB book"):
        epub.read(path, Limits())
