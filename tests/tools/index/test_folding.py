from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable

import pytest

from sourcehound.tools.index.folding import fold, folded_words
from sourcehound.tools.index.words import index_words, remove_words, search_words

AddUnit = Callable[..., int]

PAIRS = [
    ("Straße", "STRASSE"),
    ("Αθήνα", "ΑΘΗΝΑ"),
    ("οδός", "ΟΔΟΣ"),
    ("ёлка", "ЕЛКА"),
    ("كِتَابٌ", "كتاب"),
    ("الكتاب", "كتاب"),
    ("أحمد", "احمد"),
    ("مدرســة", "مدرسه"),
    ("שָׁלוֹם", "שלום"),
    ("eﬃcient", "efficient"),
    ("co\u00adoperation", "cooperation"),
    ("ＡＢＣ", "abc"),
    ("œuvre", "oeuvre"),
    ("Łódź", "lodz"),
    ("Ørsted", "orsted"),
    ("Müller", "MULLER"),
    ("İstanbul", "istanbul"),
    (unicodedata.normalize("NFD", "한국어"), "한국어"),
    (unicodedata.normalize("NFD", "café"), "Café"),
    ("ｶﾞｲﾄﾞ", "ガイド"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[other for _, other in PAIRS])
def test_a_word_is_found_by_its_other_spelling(library: sqlite3.Connection, add_unit: AddUnit, one: str, other: str):
    units = [add_unit(f"xx {one} yy"), add_unit(f"xx {other} yy")]

    for query in (one, other):
        hits = search_words(library, query, k=5)
        assert sorted(hit.unit for hit in hits) == units
        assert [hit.coverage for hit in hits] == [1, 1]


def test_english_and_accents_of_latin_letters_need_no_second_spelling():
    assert folded_words("The café’s naïve façade – 12 % of €3.50 “quoted”") == ""
    assert folded_words("straße und haus, Maß.") == "strasse mass"


def test_folding_twice_is_folding_once():
    for pair in PAIRS:
        for word in pair:
            assert fold(fold(word)) == fold(word)


@pytest.mark.parametrize("word", ["हिन्दी", "தமிழ்", "বাংলা", "తెలుగు"])
def test_a_word_of_an_indian_script_is_one_word(library: sqlite3.Connection, add_unit: AddUnit, word: str):
    unit = add_unit(f"aa {word} bb")
    add_unit(" ".join(word))

    assert [hit.unit for hit in search_words(library, word, k=5)] == [unit]


def test_the_other_spelling_goes_with_the_unit(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("Straße")
    remove_words(library, unit)

    assert search_words(library, "strasse", k=5) == ()
    assert library.execute("SELECT folded FROM units").fetchone() == ("",)
    index_words(library, unit, "Straße", "")
    library.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    assert len(search_words(library, "strasse", k=5)) == 1
    library.execute("DELETE FROM units")
    library.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    assert library.execute("SELECT count(*) FROM letter_vocabulary").fetchone() == (0,)
