from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.index.asked import MOST_TERMS, STOP_WORDS, parse, squeeze


def kinds(query: str):
    return [(term.kind, term.text) for term in parse(query).terms]


def test_function_words_are_dropped_and_each_word_is_kept_once():
    assert kinds("What is the height of the Tower, tower?") == [("word", "height"), ("word", "tower")]


def test_a_question_of_function_words_only_keeps_them():
    assert kinds("the who") == [("word", "the"), ("word", "who")]


@pytest.mark.parametrize("query", ['"red kite" lake', "“red kite” lake", "„red kite“ lake", "«red kite» lake"])
def test_quotes_make_a_phrase(query: str):
    assert kinds(query) == [("phrase", "red kite"), ("word", "lake")]


def test_an_unclosed_quote_is_no_phrase():
    assert kinds('12" pipe') == [("word", "12"), ("word", "pipe")]


@pytest.mark.parametrize("code", ["KX-204", "kx204", "B-AB-1234", "2024-11-23", "IMG_2041.jpg", "10.1000/x5"])
def test_letters_with_digits_or_separators_are_a_code(code: str):
    assert kinds(f"({code}),") == [("code", code)]


@pytest.mark.parametrize("word", ["204", "A4", "kestrel"])
def test_numbers_short_names_and_words_are_no_codes(word: str):
    assert kinds(word) == [("word", word)]


def test_hyphens_and_apostrophes_part_words():
    assert kinds("Newton's well-known law") == [(("word"), w) for w in ("Newton", "well", "known", "law")]


def test_scripts_without_spaces_become_pairs_of_characters():
    assert kinds("東京都のtower") == [
        ("unspaced", "東京"),
        ("unspaced", "京都"),
        ("unspaced", "都の"),
        ("word", "tower"),
    ]


def test_vowel_signs_stay_with_their_word():
    assert kinds("हिन्दी भाषा") == [("word", "हिन्दी"), ("word", "भाषा")]


@pytest.mark.parametrize("query", ["", "   ", '""', "?!*()^:{}", "\0", "\ud800", "🎉"])
def test_nothing_to_look_for_asks_for_nothing(query: str):
    assert kinds(query) == []


def test_a_pasted_page_keeps_its_first_terms():
    terms = parse(" ".join(f"w{'x' * i}" for i in range(500))).terms

    assert len(terms) == MOST_TERMS
    assert terms[0].text == "w"


def test_a_quoted_term_cannot_end_its_string():
    [term] = parse("''ab''").terms
    assert term.quoted == '"ab"'


@given(st.text())
def test_any_text_can_be_asked_and_no_term_is_empty(text: str):
    for term in parse(text).terms:
        assert term.text.strip()
        assert term.quoted.startswith('"')
        assert term.text.encode()


def test_squeezing_removes_separators_only():
    assert squeeze("KX-2 0/4_b.c") == "KX204bc"


def test_the_stop_list_is_about_as_long_as_promised():
    assert 85 <= len(STOP_WORDS) <= 110
