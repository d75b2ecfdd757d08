from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcehound.tools.evidence import Space
from sourcehound.tools.library.passages import (
    MOST_WORDS,
    SPEECH_SECONDS,
    TARGET_WORDS,
    Span,
    locate,
    passages,
    sentences,
)
from sourcehound.tools.library.reading import Anchor, Section


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def cut_passages(section: Section) -> list[str]:
    return [section.text[span.start : span.end] for span in passages(section)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One lamp. Two oars.", ["One lamp.", "Two oars."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("Dr. Calloway met J. Sims. They left.", ["Dr. Calloway met J. Sims.", "They left."]),
        ("It cost 3.5 pounds. Cheap!", ["It cost 3.5 pounds.", "Cheap!"]),
        ("Stop?! Why… Because.", ["Stop?!", "Why…", "Because."]),
        ("A title\n\nA body", ["A title", "A body"]),
        ("Lamps, oars, etc.\n\nThe next part", ["Lamps, oars, etc.", "The next part"]),
        ("Bring:\n- a lamp\n- an oar\n2) a mast", ["Bring:", "- a lamp", "- an oar", "2) a mast"]),
        ("灯が点いた。船が出た。", ["灯が点いた。", "船が出た。"]),
        ("一盏灯。两支桨！三根桅？", ["一盏灯。", "两支桨！", "三根桅？"]),
        (" \n\n \t ", []),
        ("", []),
        ("no end", ["no end"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]):
    assert cut(text) == expected


def test_passages_take_whole_sentences_up_to_about_their_size():
    sentence = "The lamp on the quay was lit at nine. "  # 9 words
    found = cut_passages(Section(text=sentence * 40))
    assert [len(passage.split()) for passage in found] == [108, 108, 108, 36]
    assert all(passage.endswith("nine.") for passage in found)


def test_a_passage_rather_ends_with_its_paragraph():
    paragraph = "The lamp on the quay was lit at nine. " * 7  # 63 words
    found = cut_passages(Section(text=f"{paragraph.strip()}\n\n{paragraph}"))
    assert [len(passage.split()) for passage in found] == [63, 63]


def test_a_sentence_without_an_end_is_cut_at_word_ends():
    found = cut_passages(Section(text="lamp " * 400))
    assert [len(passage.split()) for passage in found] == [MOST_WORDS, MOST_WORDS, 80]


def test_text_without_spaces_is_cut_to_what_the_encoder_reads():
    found = cut_passages(Section(text="灯塔在夜里发光。" * 100))
    assert max(map(len, found)) <= TARGET_WORDS
    assert all(passage.endswith("。") for passage in found)
    endless = cut_passages(Section(text="灯" * 500))
    assert [len(passage) for passage in endless] == [160, 160, 160, 20]


def test_boxes_of_a_passage_are_those_of_its_lines_narrowed_at_both_ends():
    text = "aaaaaaaaaa\nbbbbbbbbbb\ncccccccccc"
    page = Space(unit="pt", width=100, height=100)
    lines = [(0, 10), (11, 21), (22, 32)]
    section = Section(
        text=text,
        start=1000,
        page=3,
        page_label="iii",
        space=page,
        anchors=tuple(
            Anchor(start=a, end=b, box=(0.0, 10.0 * n, 100.0, 10.0 * n + 8)) for n, (a, b) in enumerate(lines)
        ),
    )
    where = locate(section, Span(5, 27))
    assert where.chars == (1005, 1027)
    assert where.boxes == ((50.0, 0.0, 100.0, 8.0), (0.0, 10.0, 100.0, 18.0), (0.0, 20.0, 50.0, 28.0))
    assert (where.page, where.page_label, where.space) == (3, "iii", page)
    assert locate(section, Span(10, 11)).boxes == ()
    assert locate(section, Span(10, 11)).space is None


def test_cells_join_to_one_range_and_other_parts_keep_the_first():
    rows = tuple(Anchor(start=10 * n, end=10 * n + 9, part=f"Sheet1!A{n + 2}:D{n + 2}") for n in range(3))
    section = Section(text="x" * 30, part="Sheet1", anchors=rows)
    assert locate(section, Span(0, 30)).part == "Sheet1!A2:D4"
    assert locate(section, Span(12, 14)).part == "Sheet1!A3:D3"
    assert locate(Section(text="x" * 9, part="slide 4"), Span(0, 5)).part == "slide 4"


def spoken(words: list[tuple[str, float]], *, lasting_s: float = 0.4) -> Section:
    """A transcript: words with the second at which each begins; a word that begins with a hyphen joins the one before."""
    text, anchors = "", list[Anchor]()
    for word, start_s in words:
        text += "" if not text or word.startswith("-") else " "
        anchors.append(Anchor(start=len(text), end=len(text) + len(word), start_s=start_s, end_s=start_s + lasting_s))
        text += word
    return Section(text=text, role="speech", anchors=tuple(anchors))


def test_speech_is_cut_at_the_end_of_a_sentence_once_it_is_long_enough():
    words = [("lamp." if n % 5 == 4 else "lamp", float(n)) for n in range(40)]
    section = spoken(words)
    found = [locate(section, span) for span in passages(section)]
    assert [(where.start_s, where.end_s) for where in found] == [(0, 14.4), (15, 29.4), (30, 39.4)]
    assert SPEECH_SECONDS == 12.0


def test_speech_without_sentences_is_cut_at_twice_the_length_and_at_long_pauses():
    section = spoken([("lamp", float(n)) for n in range(60)])
    assert [len(words.split()) for words in cut_passages(section)] == [24, 24, 12]
    with_pause = spoken([("lamp", 0.0), ("lamp", 1.0), ("oar", 6.0), ("oar", 7.0)])
    assert cut_passages(with_pause) == ["lamp lamp", "oar oar"]


def test_speech_is_never_cut_inside_a_word_that_was_timed_in_parts():
    section = spoken([("well", 0.0), ("-known", 30.0), ("lamp", 31.0)])
    assert cut_passages(section) == ["well-known", "lamp"]


def test_speech_without_times_is_cut_as_text():
    section = Section(text="One lamp. " * 60, role="subtitle")
    assert len(cut_passages(section)) > 1


texts = st.text(st.sampled_from("ab .!?\n\t-1…é灯。"), max_size=400) | st.lists(
    st.sampled_from(["lamp", "lamp.", "e.g.", "Dr.", "3.5", "oar!\n\n", "- item\n", "x" * 30, "灯。"]), max_size=300
).map(" ".join)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(texts)
def test_passages_are_ordered_cover_every_word_and_cut_none(text: str):
    section = Section(text=text)
    spans = passages(section)
    assert all(span.start < span.end for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    # outside of them there is nothing but space
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    assert not "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)).strip()
    for span in spans:
        assert not text[span.start].isspace()
        assert not text[span.end - 1].isspace()
        for edge in (span.start, span.end):
            assert not re.match(r"[^\s灯。]{2}", text[max(0, edge - 1) : edge + 1]) or edge == 0


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from(["lamp", "oar.", "-known", "mast!", "灯"]), st.sampled_from([0.1, 0.5, 2.0, 7.0])),
        max_size=120,
    )
)
def test_speech_units_are_ordered_in_time_cover_every_word_and_cut_none(words: list[tuple[str, float]]):
    at_s, timed = 0.0, list[tuple[str, float]]()
    for word, gap_s in words:
        at_s += gap_s
        timed.append((word, at_s))
    section = spoken(timed, lasting_s=0.05)
    spans = passages(section)
    cuts = [section.text[before.end : after.start] for before, after in pairwise(spans)]
    assert all(not gap.strip() for gap in cuts)
    assert [gap for span, gap in zip(spans, cuts, strict=False) if not gap and section.text[span.end - 1] != "灯"] == []
    assert sum(span.end - span.start for span in spans) + len("".join(cuts)) == len(section.text)
    found = [locate(section, span) for span in spans]
    for before, after in pairwise(found):
        assert before.end_s is not None
        assert after.start_s is not None
        assert before.end_s <= after.start_s
    assert sum(len([a for a in section.anchors if s.start <= a.start < s.end]) for s in spans) == len(timed)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (["$.items[3].name", "$.items[3].text"], "$.items[3]"),
        (["$.items[3].name", "$.items[4].name"], "$.items"),
        (["$.name", "$.names"], "$"),
        (["$['a. b'].x", "$['a. c'].x"], "$"),
        (["$['a[ b'].x", "$['a[ b'].y"], "$['a[ b']"),
        (["data.json, $.a.x", "data.json, $.a.y"], "data.json, $.a"),
        (["US$!A1:B1", "US$!A9:B9"], "US$!A1:B9"),
        (["price in $", "price in $ 2"], "price in $"),
    ],
)
def test_a_passage_of_several_values_is_at_the_path_that_leads_to_all_of_them(parts: list[str], shown: str):
    anchors = tuple(Anchor(start=at * 5, end=at * 5 + 4, part=part) for at, part in enumerate(parts))
    section = Section(text="lamp oars", anchors=anchors)
    assert locate(section, Span(0, 9)).part == shown
