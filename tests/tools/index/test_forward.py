from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np

from sourcehound.tools.index import forward, words
from sourcehound.tools.index.forward import pair_key, stem_key

AddUnit = Callable[..., int]


def test_words_are_counted_and_those_of_the_title_weighted(library: sqlite3.Connection, add_unit: AddUnit):
    first, second = add_unit("kite kites lake", "a kite"), add_unit("pond")
    counts = forward.count(library, [second, first], [stem_key("kite"), stem_key("pond")], about=2.0)

    assert counts.units.tolist() == [first, second]
    assert counts.often.tolist() == [[4, 0], [0, 1]]
    assert counts.lengths.tolist() == [5, 1]


def test_neighbouring_characters_count_where_words_are_not_spaced(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("東京の東京 tower", "京")
    keys = [pair_key("東京"), pair_key("京の"), pair_key("京"), stem_key("tower"), stem_key("東京")]
    counts = forward.count(library, [unit], keys, about=2.0)

    assert counts.often.tolist() == [[2, 1, 2, 1, 0]]
    assert counts.lengths.tolist() == [3]


def test_units_without_words_or_gone_are_left_out(library: sqlite3.Connection, add_unit: AddUnit):
    empty, gone, kept = add_unit(""), add_unit("heron"), add_unit("heron")
    library.execute("DELETE FROM units WHERE id = ?", (gone,))

    assert forward.count(library, [empty, gone, kept, 99], [stem_key("heron")], about=1).units.tolist() == [kept]
    nothing = forward.count(library, [empty], [stem_key("heron")], about=1)
    assert nothing.often.shape == (0, 1)
    assert nothing.lengths.shape == nothing.units.shape == (0,)


def test_a_word_that_stands_there_a_thousand_times_is_counted_to_255(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("heron " * 1000)

    assert np.all(forward.count(library, [unit], [stem_key("heron")], about=1).often == 255)


def test_an_older_library_gets_the_words_of_its_units(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("heron")
    library.execute("DROP TABLE forward")
    words.upgrade(library)
    words.upgrade(library)

    assert forward.count(library, [unit], [stem_key("heron")], about=1).often.tolist() == [[1]]


def test_another_spelling_counts_half_and_makes_a_unit_no_longer(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("Straße strasse weg", "Straße")
    counts = forward.count(library, [unit], [stem_key("strass")], about=2.0)

    assert counts.often.tolist() == [[1 + 0.5 + 2 * 0.5]]
    assert counts.lengths.tolist() == [4]
