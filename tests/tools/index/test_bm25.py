"""Our BM25 over counted words is that of FTS5, number for number."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable

import numpy as np
import pytest

from sourcehound.tools.index import bm25, forward
from sourcehound.tools.index.forward import stem_key
from sourcehound.tools.index.words import search_words
from sourcehound.tools.index.wordsearch import ABOUT_WEIGHT, TEXT_WEIGHT

AddUnit = Callable[..., int]
WORDS = "heron grebe kite pond lake river boat stone island harbour".split()


@pytest.fixture
def units(add_unit: AddUnit) -> list[int]:
    chance = random.Random(4)
    texts = [" ".join(chance.choices(WORDS, weights=range(1, 11), k=chance.randint(1, 30))) for _ in range(60)]
    return [add_unit(text, chance.choice([*WORDS, "", "the lake"])) for text in texts]


def test_totals_are_those_of_the_library(library: sqlite3.Connection, units: list[int]):
    totals = bm25.read_totals(library)
    counts = forward.count(library, units, [], about=1)

    assert totals.n_units == 60
    assert totals.mean_length == pytest.approx(counts.lengths.mean())
    library.execute("DELETE FROM units")
    assert bm25.read_totals(library).n_units == 0


def test_an_empty_library_has_no_units(library: sqlite3.Connection):
    assert bm25.read_totals(library) == bm25.Totals(n_units=0, mean_length=0.0)


def test_scores_are_those_of_fts5(library: sqlite3.Connection, units: list[int]):
    asked = ["heron", "harbour", "lake"]
    expected = dict(
        library.execute(
            f"SELECT rowid, -bm25(words, {TEXT_WEIGHT}, {ABOUT_WEIGHT}) FROM words WHERE words MATCH ?",  # noqa: S608  numbers of our own
            (" OR ".join(asked),),
        ).fetchall()
    )
    counts = forward.count(library, units, [stem_key(word) for word in asked], about=ABOUT_WEIGHT)
    totals = bm25.read_totals(library)
    n_found = [library.execute("SELECT count(*) FROM words WHERE words MATCH ?", (w,)).fetchone()[0] for w in asked]
    inverse = [bm25.inverse_frequency(totals, n) for n in n_found]
    scores = bm25.parts(counts.often, counts.lengths, inverse, [True] * 3, totals).sum(axis=1)

    assert len(expected) > 30
    for unit, score in zip(counts.units.tolist(), scores.tolist(), strict=True):
        assert score == pytest.approx(expected.get(unit, 0.0), rel=1e-5)


def test_a_word_worked_by_hand():
    totals = bm25.Totals(n_units=10, mean_length=4.0)
    inverse = bm25.inverse_frequency(totals, 2)
    score = bm25.parts(np.array([[2.0]], np.float32), np.array([8.0], np.float32), [inverse], [True], totals)

    assert inverse == pytest.approx(np.log(8.5 / 2.5))
    assert score[0, 0] == pytest.approx(inverse * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 2)), rel=1e-6)


def test_a_word_that_most_units_have_says_next_to_nothing():
    totals = bm25.Totals(n_units=10, mean_length=4.0)

    assert bm25.inverse_frequency(totals, 6) == bm25.inverse_frequency(totals, 10) == 1e-6


@pytest.mark.parametrize(("blob", "numbers"), [(b"\x05\x81\x00", (5, 128)), (b"\xff" * 9, (2**64 - 1,)), (b"", ())])
def test_varints_are_read_as_sqlite_writes_them(blob: bytes, numbers: tuple[int, ...]):
    assert bm25.varints(blob) == numbers


def test_a_search_scores_words_and_phrases_as_fts5_does(library: sqlite3.Connection, units: list[int]):
    query = f"SELECT rowid, -bm25(words, {TEXT_WEIGHT}, {ABOUT_WEIGHT}) FROM words WHERE words MATCH ?"  # noqa: S608
    expected = dict(library.execute(query, ('"river boat" OR heron OR island',)).fetchall())
    found = search_words(library, '"river boat" heron, island', k=60, phrases="preferred")

    assert {hit.unit: hit.score for hit in found} == pytest.approx(expected, rel=1e-5)
