"""A quote is shown among its own lines or alone, never among another's."""

import numpy as np

from sourcehound.tools.show.canvas import HIGHLIGHT
from sourcehound.tools.show.card import Passage, card, passage
from sourcehound.tools.show.lettering import Lettering

TEXT = "".join(f"line {k} of the report\n" for k in range(1, 61))
QUOTE = "line 30 of the report"


def highlighted_rows(found: Passage):
    array = np.asarray(card(Lettering(), found))
    return np.flatnonzero((array == HIGHLIGHT).all(axis=2).any(axis=1))


def test_the_quote_keeps_nine_lines_before_and_after_it():
    start = TEXT.index(QUOTE)
    found = passage(TEXT, (start, start + len(QUOTE)), QUOTE, numbered=True)
    assert found.quote == QUOTE
    assert found.first_line == 21
    assert found.before.splitlines()[0] == "line 21 of the report"
    assert found.after.splitlines()[-1].startswith("line 38")
    assert found.before + found.quote + found.after in TEXT


def test_a_quote_that_moved_is_found_again():
    found = passage("new first line\n" + TEXT, (0, 5), QUOTE)
    assert found.before.endswith("line 29 of the report\n")


def test_a_quote_that_is_not_in_the_text_stands_alone():
    found = passage(TEXT, (10, 20), "words from elsewhere")
    assert (found.before, found.quote, found.after) == ("", "words from elsewhere", "")


def test_characters_without_a_quote_are_their_own_quote():
    assert passage(TEXT, (0, 6), "").quote == "line 1"


def test_one_line_of_great_length_is_cut_around_the_quote():
    text = "a" * 5000 + " needle " + "b" * 5000
    found = passage(text, None, "needle")
    assert len(found.before) <= 700
    assert len(found.after) <= 700


def test_the_highlight_covers_the_quoted_line_only():
    start = TEXT.index(QUOTE)
    rows = highlighted_rows(passage(TEXT, (start, start + len(QUOTE)), QUOTE))
    assert 15 < len(rows) < 40
    assert rows[0] > 9 * 25


def test_a_quote_of_several_lines_is_highlighted_on_each():
    quote = "line 2 of the report\nline 3 of the report"
    rows = highlighted_rows(passage(TEXT, None, quote))
    assert len(rows) > 40


def test_hidden_characters_do_not_shift_the_highlight():
    plain = card(Lettering(), passage("before needle after", None, "needle"))
    hidden = card(Lettering(), passage("be\u200bfo\x1b[31mre needle after", None, "needle"))
    assert np.array_equal(np.asarray(plain), np.asarray(hidden))


def test_a_very_long_quote_is_bounded():
    found = passage("word " * 20000, (0, 100000), "")
    assert card(Lettering(), found).height < 2000
