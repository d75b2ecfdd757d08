"""Word documents, most of them written here as bare XML: every construct that the reader knows."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.docx import read
from sourcehound.tools.library.reading import Reading, Section

LIMITS = Limits()
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Own"><w:name w:val="House style"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:styleId="Outlined"><w:name w:val="Chapter"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:styleId="LoopA"><w:basedOn w:val="LoopB"/></w:style><w:style w:styleId="LoopB"><w:basedOn w:val="LoopA"/></w:style>
</w:styles>"""


def p(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def document(
    path: Path, body: str, *, parts: dict[str, str] | None = None, head: str = "", kind: str = MAIN
) -> Reading:
    """Write a document with this body and these further parts (by kind of relation), and read it."""
    others = {"styles": STYLES} | (parts or {})
    links = "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/{k}" Target="{k}.xml"/>' for n, k in enumerate(others))
    links += (
        f'<Relationship Id="x" Type="{OFFICE}/attachedTemplate" Target="file:///etc/passwd" TargetMode="External"/>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/d.xml" ContentType="{kind}"/>'
            "</Types>",
        )
        start = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="word/d.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{RELATIONS}">{start}</Relationships>')
        archive.writestr("word/_rels/d.xml.rels", f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>')
        archive.writestr("word/d.xml", f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, content in others.items():
            archive.writestr(f"word/{name}.xml", content)
    return read(path, LIMITS)


def places(section: Section) -> list[tuple[str | None, str]]:
    return [(anchor.part, section.text[anchor.start : anchor.end]) for anchor in section.anchors]


def test_headings_begin_sections_and_stand_above_them(tmp_path: Path):
    body = (
        p("Before")
        + p("One", "berschrift1")
        + p("text")
        + p("Sub", "Outlined")
        + p("deep")
        + p("Two", "Own")
        + p("end")
    )
    reading = document(tmp_path / "report_1.docx", body)
    assert [(section.part, section.headings) for section in reading.sections] == [
        (None, ()),
        ("One", ()),
        ("Sub", ("One",)),
        ("Two", ()),
    ]
    assert reading.sections[1].text == "One\n\ntext\n\n"
    assert places(reading.sections[2]) == [("paragraph 4", "Sub"), ("paragraph 5", "deep")]
    starts = [section.start for section in reading.sections]
    assert starts == [0, 9, 21, 33]
    assert reading.title == "One"


def test_tables_become_lines_with_heads_and_places(tmp_path: Path):
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    merged = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + p("North")
    going_on = "<w:tcPr><w:vMerge/></w:tcPr><w:p/>"
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("none")
    rows = row(p("Region"), p("Year"), p("Kites")) + row(merged, p("2020"), p("3")) + row(going_on, p("2021"), p("4"))
    (section,) = document(tmp_path / "t.docx", p("See:") + f"<w:tbl>{rows}{row(p('South'), wide)}</w:tbl>").sections
    assert places(section)[1:] == [
        ("table 1", "Region | Year | Kites"),
        ("table 1", "Region: North | Year: 2020 | Kites: 3"),
        ("table 1", "Region: North | Year: 2021 | Kites: 4"),
        ("table 1", "Region: South | Year: none | Kites: none"),
    ]


def test_words_in_controls_links_boxes_and_insertions_are_read_and_deleted_ones_are_not(tmp_path: Path):
    box = f"<w:txbxContent>{p('in a box')}</w:txbxContent>"
    body = f"""<w:sdt><w:sdtContent>{p("in a control")}</w:sdtContent></w:sdt>
    <w:p><w:r><w:t xml:space="preserve">a </w:t></w:r><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink><w:r><w:tab/></w:r>
    <w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>
    <w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>stop</w:t><w:br/><w:t>line</w:t></w:r></w:p>
    <w:p><w:r><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>
    </mc:AlternateContent></w:r></w:p>"""
    (section,) = document(tmp_path / "words.docx", body).sections
    assert [words for _, words in places(section)] == ["in a control", "a link\tnewnon-stop\nline", "in a box"]


@pytest.mark.parametrize("properties", ["<w:vanish/>", '<w:vanish w:val="true"/>', '<w:sz w:val="2"/>'])
def test_words_that_nobody_sees_are_kept_apart(tmp_path: Path, properties: str):
    run = f"<w:r><w:rPr>{properties}</w:rPr><w:t>obey me</w:t></w:r>"
    (section,) = document(tmp_path / "hidden.docx", f"<w:p>{run}<w:r><w:t>seen</w:t></w:r></w:p>").sections
    assert (section.text, section.hidden) == ("seen\n\n", "obey me")


def test_shown_words_are_not_taken_for_hidden_ones(tmp_path: Path):
    run = '<w:r><w:rPr><w:vanish w:val="0"/><w:sz w:val="24"/></w:rPr><w:t>seen</w:t></w:r>'
    (section,) = document(tmp_path / "shown.docx", f"<w:p>{run}</w:p>").sections
    assert (section.text, section.hidden) == ("seen\n\n", "")


def test_notes_heads_and_feet_follow_the_text(tmp_path: Path):
    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="0">{p("---")}</w:footnote>'
    notes += f'<w:footnote w:id="2">{p("See Lee 2021.")}</w:footnote></w:footnotes>'
    header = f'<w:hdr xmlns:w="{W}">{p("ACME")}</w:hdr>'
    reading = document(tmp_path / "notes.docx", p("Text."), parts={"footnotes": notes, "header": header})
    assert [(section.part, section.text) for section in reading.sections] == [
        (None, "Text.\n\n"),
        ("footnotes", "See Lee 2021.\n\n"),
        ("headers and footers", "ACME\n\n"),
    ]
    assert places(reading.sections[1]) == [("footnote 2", "See Lee 2021.")]


def test_a_document_with_macros_is_read(tmp_path: Path):
    assert document(tmp_path / "m.docm", p("Words"), kind=MACRO).sections[0].text == "Words\n\n"


def test_title_and_dates_of_the_core_properties_are_taken(tmp_path: Path):
    import datetime as dt

    import docx

    made = docx.Document()
    made.add_heading("A heading", 1)
    made.core_properties.title = "Kites of the north"
    made.core_properties.created = dt.datetime(2021, 5, 1, 12, 0, tzinfo=dt.UTC)
    made.save(str(tmp_path / "x.docx"))
    reading = read(tmp_path / "x.docx", LIMITS)
    assert reading.title == "Kites of the north"
    assert reading.dates["created"] == "2021-05-01T12:00:00+00:00"


def test_an_entity_opens_no_other_file(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("canary", encoding="utf-8")
    head = f'<!DOCTYPE d [<!ENTITY s SYSTEM "file://{secret}">]>'
    (section,) = document(tmp_path / "outside.docx", p("&s;") + p("seen"), head=head).sections
    assert section.text == "seen\n\n"


def test_entities_that_multiply_are_refused(tmp_path: Path):
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    with pytest.raises(MediaError, match="amplification"):
        document(tmp_path / "bomb.docx", p("&e11;"), head=f'<!DOCTYPE d [<!ENTITY e0 "boom">{lines}]>')


def test_more_text_than_allowed_is_left_out_with_a_warning(tmp_path: Path):
    document(tmp_path / "long.docx", p("one") + p("two") + p("three"))
    reading = read(tmp_path / "long.docx", Limits(max_text_chars=9))
    assert reading.sections[0].text == "one\n\ntwo\n"
    assert [anchor.part for anchor in reading.sections[0].anchors] == ["paragraph 1", "paragraph 2"]
    assert reading.warnings == ("only the first 9 characters are read",)


def test_deep_nesting_ends_somewhere(tmp_path: Path):
    nested = "<w:tbl><w:tr><w:tc>" * 80 + p("deep") + "</w:tc></w:tr></w:tbl>" * 80
    assert document(tmp_path / "deep.docx", p("top") + nested).sections[0].text.startswith("top\n\n")


def fault(path: Path) -> str:
    try:
        read(path, LIMITS)
    except MediaError as error:
        return error.message
    return ""


def test_a_document_without_one_of_its_parts_is_read_or_refused_in_one_line(tmp_path: Path):
    path = tmp_path / "broken.docx"
    document(path, p("x"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    faults: dict[str, str] = {}
    for missing in parts:
        with zipfile.ZipFile(path, "w") as archive:
            for name in parts.keys() - {missing}:
                archive.writestr(name, parts[name])
        faults[missing] = fault(path)
    assert all(faults[name] for name in ("[Content_Types].xml", "_rels/.rels", "word/d.xml"))
    assert not any("\n" in words or str(path) in words for words in faults.values())
