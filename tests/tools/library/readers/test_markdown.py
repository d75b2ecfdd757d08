"""Markdown: sections by heading that are slices of the file, and the pictures it shows with their captions."""

from pathlib import Path

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import markdown
from sourcehound.tools.library.reading import Reading


def read(tmp_path: Path, text: str) -> Reading:
    path = tmp_path / "field-notes.md"
    path.write_bytes(text.encode())
    return markdown.read(path, Limits())


NOTES = """Before any heading.

# Field notes

Intro words.

## Kites *seen*

A red kite.

| day | kites |
|-----|-------|
| Mon | 3     |

### Young ones

Two.

Herons
======

One heron.

```
# not a heading
```
"""


def test_sections_are_slices_of_the_file_under_their_headings(tmp_path: Path) -> None:
    for text in (NOTES, NOTES.replace("\n", "\r\n")):
        reading = read(tmp_path, text)
        assert "".join(section.text for section in reading.sections) == text
        for section in reading.sections:
            assert text[section.start : section.start + len(section.text)] == section.text
        assert [section.headings for section in reading.sections] == [
            (),
            (),
            ("Field notes",),
            ("Field notes", "Kites seen"),
            (),
        ]
        assert reading.title == "Field notes"
        assert "| Mon | 3     |" in reading.sections[2].text


def test_a_byte_order_mark_shifts_the_offsets(tmp_path: Path) -> None:
    reading = read(tmp_path, "\ufeff# Title\n\nwords\n")
    assert reading.sections[0].start == 1
    assert reading.title == "Title"


def test_the_front_matter_gives_the_title_and_is_no_text(tmp_path: Path) -> None:
    text = '---\ntitle: "Harbour: a diary"\ntags: [x]\n---\n\nFirst words.\n'
    reading = read(tmp_path, text)
    assert reading.title == "Harbour: a diary"
    (section,) = reading.sections
    assert section.text.strip() == "First words."
    assert text[section.start :] == section.text


def test_the_front_matter_gives_the_dates(tmp_path: Path) -> None:
    front = (
        "---\ntitle: Kites\ndate: 2024-05-03T10:00:00Z\nCreated: '2020'\nlastmod: \"2025-01-02\"\nupdated: soon\n---\n"
    )
    assert read(tmp_path, front + "words").dates == {"published": "2024-05-03T10:00:00", "modified": "2025-01-02"}
    assert read(tmp_path, "date: 2024-05-03\n").dates == {}


def test_without_a_title_the_name_serves(tmp_path: Path) -> None:
    assert read(tmp_path, "just words\n").title == "field notes"


def test_pictures_come_with_their_captions(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "We saw it at dawn.\n\n"
        '![a red kite](img/red%20kite.jpg "over the lake")\n'
        "*Photo by Ann, 2023*\n\n"
        "![](heron.png)\n\n"
        "_A heron waits._\n\n"
        "Then ![[walk.jpg|the path home]] and [the film](films/walk.mp4).\n\n"
        "<figure><img src='map.png' alt='map'><figcaption>The <b>way</b> there</figcaption></figure>\n",
    )
    found = {mention.target: mention.caption for mention in reading.mentions}
    assert found == {
        "img/red kite.jpg": "a red kite over the lake Photo by Ann, 2023",
        "heron.png": "A heron waits.",
        "walk.jpg": "the path home",
        "films/walk.mp4": "Then ![[walk.jpg|the path home]] and the film.",
        "map.png": "map The way there",
    }
    assert "at dawn" in reading.mentions[0].around


def test_an_ordinary_link_is_no_picture(tmp_path: Path) -> None:
    assert read(tmp_path, "See [the site](https://example.org/kites).\n").mentions == ()


def test_html_is_left_as_it_stands(tmp_path: Path) -> None:
    text = "<script>alert(1)</script>\n\nwords\n"
    assert read(tmp_path, text).sections[0].text == text
