"""However common the words, a bounded part of their postings is read, and the best units are among the candidates."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable

import pytest

from sourcehound.tools.index import postings, wordsearch
from sourcehound.tools.index.asked import Term
from sourcehound.tools.index.postings import Known, candidates, n_having, ranked
from sourcehound.tools.index.scope import Scope
from sourcehound.tools.index.words import rarity, search_words
from sourcehound.tools.index.wordsearch import WordSearch

AddUnit = Callable[..., int]
N_UNITS = 400
WEIGHTS = (1.0, 2.0)


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a library of 400 units exceeds."""
    bounds = {"MOST_POSTINGS": 40, "_MOST_COUNTED": 20, "_MOST_PROBED": 8, "_MOST_ALONE": 200, "_MOST_READ": 400}
    for name, value in (bounds | {"_LIFTED": 30, "_MOST_COMMON": 64}).items():
        monkeypatch.setattr(postings, name, value)
    monkeypatch.setattr(wordsearch, "_MOST_SCORED", 10)


@pytest.fixture
def units(library: sqlite3.Connection, add_unit: AddUnit) -> list[int]:
    """`water` in all, `boat` in half, `stone` in a quarter, `heron` in ten."""
    chance = random.Random(2)
    rows: list[int] = []
    library.execute("BEGIN")
    for n in range(N_UNITS):
        words = ["water", *(["boat"] if n % 2 else []), *(["stone"] if n % 4 == 1 else [])]
        rows.append(add_unit(" ".join([*words, *(["heron"] if n % 40 == 5 else []), *chance.choices("pqrst", k=5)])))
    library.execute("COMMIT")
    return rows


@pytest.mark.usefixtures("units", "small_bounds")
def test_rare_words_are_counted_and_common_ones_guessed(library: sqlite3.Connection):
    assert n_having(library, '"unicorn"') == 0
    assert n_having(library, '"heron"') == 10
    assert n_having(library, '"boat"') == pytest.approx(200, rel=0.15)
    assert n_having(library, '"water"') == pytest.approx(400, rel=0.15)


@pytest.mark.usefixtures("small_bounds")
def test_a_word_of_one_subject_is_not_taken_for_a_common_one(library: sqlite3.Connection, add_unit: AddUnit):
    for n in range(N_UNITS):
        add_unit("graphene sheet" if n < 30 else "water")

    assert n_having(library, '"graphene"') <= 60
    assert rarity(library, "graphene") > rarity(library, "water")


@pytest.mark.usefixtures("small_bounds")
def test_candidates_are_the_units_of_the_rarest_word_and_few_others(library: sqlite3.Connection, units: list[int]):
    known = [
        Known(term=Term(text=word, kind="word"), n_found=n_having(library, f'"{word}"'))
        for word in ("water", "boat", "heron", "unicorn")
    ]
    found = candidates(library, known, Scope(), weights=WEIGHTS, enough=5)

    assert {units[n] for n in range(5, N_UNITS, 40)} <= found
    assert len(found) < N_UNITS / 2


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("query", ["heron water boat", "heron stone", "stone boat water", "boat stone heron unicorn"])
def test_the_best_units_are_those_of_a_search_without_bounds(
    library: sqlite3.Connection, units: list[int], query: str, monkeypatch: pytest.MonkeyPatch
):
    bounded = search_words(library, query, k=10)
    monkeypatch.undo()
    exact = {hit.unit: hit for hit in search_words(library, query, k=N_UNITS)}
    best = sorted((hit.score for hit in exact.values()), reverse=True)[:10]

    assert len(bounded) == 10
    for hit, score in zip(bounded, best, strict=True):
        assert exact[hit.unit].score == pytest.approx(score, rel=0.2)
        assert hit.coverage == pytest.approx(exact[hit.unit].coverage, abs=0.1)


@pytest.mark.usefixtures("units", "small_bounds")
def test_a_unit_called_by_a_common_word_is_found_by_it(library: sqlite3.Connection, add_unit: AddUnit):
    named = add_unit("p q r", "Water")

    assert search_words(library, "water", k=5)[0].unit == named


@pytest.mark.usefixtures("small_bounds")
def test_a_common_word_is_taken_from_all_over_the_library(library: sqlite3.Connection, units: list[int]):
    monkeyed = search_words(library, "water", k=60)
    quarters = {(hit.unit - units[0]) * 4 // N_UNITS for hit in monkeyed}

    assert quarters == {0, 1, 2, 3}


@pytest.mark.usefixtures("small_bounds")
def test_a_narrow_scope_is_searched_whole(library: sqlite3.Connection, units: list[int]):
    allowed = units[100:108]

    assert {hit.unit for hit in search_words(library, "water boat", k=20, allowed=allowed)} == set(allowed)


def test_units_within_the_scope_are_found_however_many_better_ones_are_outside(
    library: sqlite3.Connection, add_unit: AddUnit
):
    better = [add_unit("water water water") for _ in range(20)]
    within = [add_unit("water and some other words") for _ in range(4)]
    kept = Scope(allowed=frozenset(within))

    assert ranked(library, '"water"', kept, weights=WEIGHTS, limit=4) == within
    assert ranked(library, '"water"', Scope(), weights=WEIGHTS, limit=4) == better[:4]


@pytest.mark.usefixtures("small_bounds")
def test_few_units_of_a_kind_are_searched_whole(library: sqlite3.Connection, units: list[int], add_unit: AddUnit):
    pictures = [add_unit("water", kind="image") for _ in range(3)]

    assert [hit.unit for hit in search_words(library, "water boat", k=20, kinds=("image",))] == pictures
    assert search_words(library, "water boat", k=20, kinds=("speech",)) == ()


def test_units_that_something_else_found_are_scored_on_the_same_scale(library: sqlite3.Connection, units: list[int]):
    search = WordSearch(library, "heron boat")
    top = search.top(k=N_UNITS)
    some = [top[0].unit, top[20].unit, units[0]]

    assert search.score(some) == (top[0], top[20])
    assert search.score([]) == ()
    assert WordSearch(library, "").score(some) == ()
