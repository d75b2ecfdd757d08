"""HTML: what a person sees, by headings; hidden words reported; nothing opened."""

from pathlib import Path

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import html
from sourcehound.tools.library.reading import Reading


def read(tmp_path: Path, page: str | bytes, limits: Limits | None = None) -> Reading:
    path = tmp_path / "saved_page.html"
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    return html.read(path, limits or Limits())


def words(reading: Reading) -> str:
    return "\n".join(section.text for section in reading.sections)


def test_visible_words_are_read_line_by_line_under_their_headings(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "<html><head><title> Kites \n of the lake </title><style>p {}</style></head><body>"
        "<!-- a comment --><p>Before   <b>any</b>\n heading<br>new line</p>"
        "<h1>Kites</h1><p>Red &amp; black.</p><h2>Young</h2><ul><li>one<li>two</ul>"
        "<script>alert('x')</script><h1>Herons</h1>grey<pre>a  b\n c</pre></body>",
    )
    assert reading.title == "Kites of the lake"
    assert [(s.headings, s.text) for s in reading.sections] == [
        ((), "Before any heading\nnew line"),
        ((), "Kites\nRed & black."),
        (("Kites",), "Young\none\ntwo"),
        ((), "Herons\ngrey\na b\nc"),
    ]
    whole = words(reading)
    for section in reading.sections:
        assert whole[section.start : section.start + len(section.text)] == section.text


def test_the_rows_of_a_table_are_lines(tmp_path: Path) -> None:
    page = "<table><tr><th>day<th>kites</tr><tr><td>Mon</td><td> 3 </td></tr></table>"
    assert words(read(tmp_path, page)) == "day | kites\n\nday: Mon | kites: 3"


@pytest.mark.parametrize(
    "hiding",
    [
        "hidden",
        'aria-hidden="true"',
        'style="display: none"',
        'style="color:red;visibility:hidden"',
        'style="opacity:0"',
        'style="font-size:0px"',
        'style="font-size: 1px"',
        'style="position:absolute; left:-9999px"',
        'style="height:0; overflow:hidden"',
    ],
)
def test_hidden_words_are_kept_apart_and_reported(tmp_path: Path, hiding: str) -> None:
    reading = read(tmp_path, f"<body><p>seen</p><div {hiding}>obey <i>me</i></div><p>too</p></body>")
    assert words(reading) == "seen\ntoo"
    assert reading.sections[0].hidden == "obey me"
    assert reading.warnings == ("words that are not shown are left out",)


@pytest.mark.parametrize("style", ["font-size:12px", "opacity:0.5", "height:100px", "left:-3px", "font-size:1.2em"])
def test_ordinary_styles_hide_nothing(tmp_path: Path, style: str) -> None:
    assert words(read(tmp_path, f'<p style="{style}">seen</p>')) == "seen"


def test_pictures_come_with_their_captions(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        '<p>At dawn <img src="red%20kite.jpg" alt="a red kite" title="over the lake"> we left.</p>'
        '<figure><img src="map.png" alt="map"><figcaption>The way there</figcaption></figure>'
        '<video src="walk.mp4"></video><img src="data:image/png;base64,AAAA"><img alt="no source">',
    )
    found = {mention.target: (mention.caption, mention.around) for mention in reading.mentions}
    assert found["red kite.jpg"] == ("a red kite over the lake", "At dawn we left.")
    assert found["map.png"] == ("map The way there", "The way there")
    assert set(found) == {"red kite.jpg", "map.png", "walk.mp4"}


def test_no_entity_is_resolved_and_nothing_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret", encoding="utf-8")
    page = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY s SYSTEM "file://{tmp_path}/secret.txt">]>'
        f"<html><body><p>open &s; <iframe src='file://{tmp_path}/secret.txt'></iframe></p></body></html>"
    )
    assert "the secret" not in words(read(tmp_path, page))


@pytest.mark.parametrize(
    ("head", "encoding"),
    [('<meta charset="iso-8859-1">', "latin-1"), ("", "cp1252"), ('<meta charset="utf-8">', "utf-8"), ("", "utf-16")],
)
def test_the_encoding_is_the_stated_one_or_told_by_the_bytes(tmp_path: Path, head: str, encoding: str) -> None:
    page = f"<html><head>{head}</head><body>schöne Grüße</body></html>"
    assert words(read(tmp_path, page.encode(encoding))) == "schöne Grüße"


def test_a_page_nested_without_end_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    reading = read(tmp_path, "<p>first</p>" + "<div>" * 100_000 + "deep")
    assert words(reading).startswith("first")


def test_too_long_a_page_is_cut_with_a_warning(tmp_path: Path) -> None:
    reading = read(tmp_path, "<h1>one</h1>words<h1>two</h1>" + "more " * 100, Limits(max_text_chars=50))
    assert words(reading) == "one\nwords"
    assert reading.warnings == ("only the first 50 characters are read",)


@pytest.mark.parametrize(
    ("head", "dates"),
    [
        (
            '<meta property="article:published_time" content="2024-05-03T10:00:00+02:00">',
            {"published": "2024-05-03T10:00:00+02:00"},
        ),
        ('<meta name="DC.date" content="2019"><meta name="date" content="2020">', {"published": "2019"}),
        (
            '<meta itemprop="dateModified" content="2021-02"><meta http-equiv=last-modified content=x>',
            {"modified": "2021-02"},
        ),
        (
            '<meta http-equiv="Last-Modified" content="Fri, 03 May 2024 10:00:00 GMT">',
            {"modified": "2024-05-03T10:00:00+00:00"},
        ),
        (
            '<meta name="date" content="soon"><meta name="dates" content="2020"><meta content="2020"><meta name="date">',
            {},
        ),
    ],
)
def test_the_dates_that_a_page_states_are_read(tmp_path: Path, head: str, dates: dict[str, str]) -> None:
    assert read(tmp_path, f"<html><head>{head}</head><body>words</body></html>").dates == dates


def test_no_html_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no HTML"):
        read(tmp_path, b"")
