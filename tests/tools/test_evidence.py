"""Evidence: documents that survive the journey, links that open at the place, one id for one place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sourcehound.tools.evidence import Evidence, Kind, Locator, Source, Space, file_uri, text_fragment, unit_id

SOURCE = Source(
    path="/a/b.pdf", uri="file:///a/b.pdf", sha256="ab" * 32, media_type="application/pdf", title="b", also=("/c",)
)
WHERE = Locator(
    page=3, page_label="iii", chars=(1, 5), boxes=((1.0, 2.0, 3.0, 4.0),), space=Space(unit="pt", width=9, height=9)
)
EVIDENCE = Evidence(kind="text", unit_id="u", source=SOURCE, locator=WHERE, quote="word", producer="p 1", score=0.5)


def test_a_document_reads_back_as_it_was():
    assert Evidence.from_json(EVIDENCE.to_json()) == EVIDENCE


def test_unset_fields_of_a_place_are_left_out():
    assert set(Locator(start_s=0.0, end_s=2.0).to_json()) == {"start_s", "end_s"}


@pytest.mark.parametrize(
    ("where", "kind", "fragment"),
    [
        (WHERE, "text", "#page=3"),
        (Locator(start_s=12.5, end_s=18.0), "moment", "#t=12.5,18"),
        (Locator(boxes=((1, 2, 11, 22),), space=Space(unit="px", width=99, height=99)), "crop", "#xywh=1,2,10,20"),
        (Locator(chars=(0, 4)), "web", "#:~:text=word"),
        (Locator(), "image", ""),
    ],
)
def test_a_link_opens_at_the_place(where: Locator, kind: str, fragment: str):
    evidence = replace(EVIDENCE, locator=where, kind=kind)
    assert evidence.uri == SOURCE.uri + fragment


@pytest.mark.parametrize(
    ("media_type", "kind", "fragment"),
    [
        ("text/plain", "text", "#:~:text=word"),
        ("text/html", "text", "#:~:text=word"),
        ("application/json", "text", "#:~:text=word"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text", ""),
        ("text/plain", "page", ""),
    ],
)
def test_a_text_file_opens_at_its_words(media_type: str, kind: Kind, fragment: str):
    source = replace(SOURCE, path="/a/b", uri="file:///a/b", media_type=media_type)
    evidence = replace(EVIDENCE, source=source, locator=Locator(chars=(0, 4)), kind=kind)
    assert evidence.uri == f"file:///a/b{fragment}"
    assert replace(evidence, quote=None).uri == "file:///a/b"


@pytest.mark.parametrize(
    ("quote", "fragment"),
    [
        ("", ""),
        (" \n ", ""),
        ("A  red\tkite.", ":~:text=A%20red%20kite."),
        ("well-known, 5 & 6", ":~:text=well%2Dknown%2C%205%20%26%206"),
        ("caf\u00e9", ":~:text=caf%C3%A9"),
        ("One line.\n\nAnd another one", ":~:text=One%20line.,And%20another%20one"),
        (" ".join("abcdefghijklmno"), ":~:text=a%20b%20c%20d%20e%20f,j%20k%20l%20m%20n%20o"),
        ("\udcff", ":~:text=%3F"),
    ],
)
def test_a_text_fragment_names_whole_words_and_escapes_its_own_marks(quote: str, fragment: str):
    assert text_fragment(quote) == fragment


def test_the_same_place_has_one_key_whatever_was_read_there():
    assert replace(EVIDENCE, quote="other", score=None).place_key == EVIDENCE.place_key
    assert replace(EVIDENCE, kind="page").place_key != EVIDENCE.place_key


def test_a_unit_id_depends_on_bytes_place_and_reader():
    first = unit_id("ab", "text", WHERE, "pdf 1")
    assert first == unit_id("ab", "text", WHERE, "pdf 1")
    assert len({first, unit_id("ac", "text", WHERE, "pdf 1"), unit_id("ab", "text", WHERE, "pdf 2")}) == 3


def test_odd_names_are_kept_byte_for_byte_in_links():
    assert file_uri("/a b/\udcff#.txt") == "file:///a%20b/%FF%23.txt"
