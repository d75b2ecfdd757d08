"""Words are measured, broken and drawn."""

import numpy as np
import pytest
from PIL import Image

from sourcehound.tools.show.lettering import Lettering


@pytest.fixture(scope="module")
def letters():
    return Lettering()


def drawn(letters: Lettering, words: str):
    image = Image.new("RGB", (80, 60), "white")
    letters.draw(image, (4, 4), words, size=30, ink=(0, 0, 0))
    return np.asarray(image)


@pytest.mark.parametrize("letter", list("éüøßłčőğñ") + list("Ωλ") + list("Жя") + list("日本"))
def test_letters_beyond_ascii_are_drawn_as_themselves(letters: Lettering, letter: str):
    assert (drawn(letters, letter) < 128).any()
    assert not np.array_equal(drawn(letters, letter), drawn(letters, "?"))
    assert not np.array_equal(drawn(letters, letter), drawn(letters, "\uffff"))


def test_lines_hold_all_words_in_order_and_fit(letters: Lettering):
    words = "The telescope carries a mirror made of eighteen segments.\nIt is cold."
    spans = letters.wrap(words, 160, 18)
    lines = [words[start:end] for start, end in spans]
    assert len(lines) > 3
    assert " ".join(line.strip() for line in lines) == words.replace("\n", " ")
    assert all(letters.width(line.strip(), 18) <= 160 for line in lines)


def test_a_word_wider_than_the_line_is_broken_inside(letters: Lettering):
    words = "a " + "x" * 200 + " b"
    spans = letters.wrap(words, 100, 18)
    assert all(letters.width(words[start:end].strip(), 18) <= 100 for start, end in spans)
    assert "".join(words[start:end] for start, end in spans).replace(" ", "") == words.replace(" ", "")


def test_empty_lines_stay(letters: Lettering):
    words = "one\n\ntwo"
    assert [words[start:end] for start, end in letters.wrap(words, 500, 18)] == ["one", "", "two"]


def test_words_are_cut_to_their_room_with_an_ellipsis(letters: Lettering):
    cut = letters.fit("a very long title of a file", 90, 18)
    assert cut.endswith("…")
    assert letters.width(cut, 18) <= 90
    assert letters.fit("short", 900, 18) == "short"
