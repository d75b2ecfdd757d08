from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcehound.tools.errors import SourcehoundError, ToolInputError
from sourcehound.tools.index import words
from sourcehound.tools.index.words import search_words

AddUnit = Callable[..., int]
SENTENCES = [
    "The red kite circled above the lake all morning.",
    "A kite made of red paper lay beside the pond.",
    "Operating systems share memory between processes.",
    "She operates the system of locks on the canal.",
    "Valve KX-204 was replaced in March.",
    "Spare part kx204, box 7.",
    "The track x204 is closed.",
    "私は東京に住む。今日の天気は晴れ。",
    "京都の天気予報",
    "Offshorewindkraftanlage vor Borkum",
    "Plate B-AB 1234 was seen twice.",
]


@pytest.fixture
def units(add_unit: AddUnit):
    return [add_unit(text, f"Chapter {n}") for n, text in enumerate(SENTENCES)]


@pytest.fixture
def find(library: sqlite3.Connection, units: list[int]):
    def run(query: str, **options: Any):
        return [SENTENCES[units.index(hit.unit)] for hit in search_words(library, query, k=10, **options)]

    return run


def test_words_match_in_any_form_and_the_rarest_counts_most(find: Callable[..., list[str]]):
    assert find("who saw kites circling?")[:2] == [SENTENCES[0], SENTENCES[1]]


def test_accents_and_case_do_not_matter(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("Café Zürich")

    assert [hit.unit for hit in search_words(library, "CAFE zurich", k=3)] == [unit]


def test_words_said_about_a_unit_find_it_too(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("", "photographs of a heron")

    assert [hit.unit for hit in search_words(library, "heron", k=3)] == [unit]


def test_scores_are_positive_and_fall(library: sqlite3.Connection, units: list[int]):
    hits = search_words(library, "red kite lake operating", k=10)

    assert all(hit.score > 0 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_phrase_must_be_there_word_for_word(find: Callable[..., list[str]]):
    assert find('"operating systems"') == [SENTENCES[2]]
    assert find('"operate systems"') == []
    assert find('"red kite" pond') == [SENTENCES[0]]
    assert find('"red kite" "the lake"') == [SENTENCES[0]]


def test_a_phrase_that_is_only_preferred_leaves_the_rest_in(find: Callable[..., list[str]]):
    assert find('"red kite" pond', phrases="preferred") == [SENTENCES[0], SENTENCES[1]]


@pytest.mark.parametrize("query", ["KX-204", "kx204", "KX204", "kx_204", "Kx.204"])
def test_a_code_is_found_however_its_separators_are_written(find: Callable[..., list[str]], query: str):
    assert sorted(find(query)) == sorted([SENTENCES[4], SENTENCES[5]])


def test_the_code_as_it_was_typed_comes_first(find: Callable[..., list[str]]):
    assert find("KX-204")[0] == SENTENCES[4]
    assert find("kx204")[0] == SENTENCES[5]


@pytest.mark.parametrize("query", ["BAB1234", "b-ab-1234", "AB-1234", "ab1234"])
def test_a_plate_and_its_end_are_found(find: Callable[..., list[str]], query: str):
    assert find(query) == [SENTENCES[10]]


def test_a_code_with_words_ranks_what_has_both_first(find: Callable[..., list[str]]):
    assert find("spare KX-204")[0] == SENTENCES[5]


def test_two_characters_of_a_script_without_spaces_are_found_anywhere(find: Callable[..., list[str]]):
    assert find("東京") == [SENTENCES[7]]
    assert find("京") == [SENTENCES[7], SENTENCES[8]]
    assert find("予報") == [SENTENCES[8]]
    assert find("東京の天気")[:2] == [SENTENCES[7], SENTENCES[8]]


def test_a_phrase_of_a_script_without_spaces_must_be_there(find: Callable[..., list[str]]):
    assert find('"の天気予報"') == [SENTENCES[8]]
    assert find('"東京の天気"') == []


def test_a_part_of_a_word_is_found_where_no_word_is(find: Callable[..., list[str]]):
    assert find("windkraft") == [SENTENCES[9]]
    assert find("indkraftanl zzz") == [SENTENCES[9]]
    assert find("zzzz") == []


def test_coverage_is_one_with_all_words_and_weighs_rare_words_more(library: sqlite3.Connection, units: list[int]):
    hits = {hit.unit: hit.coverage for hit in search_words(library, "red kite circled", k=10)}

    assert hits[units[0]] == pytest.approx(1)
    assert 0.4 < hits[units[1]] < 0.67


def test_a_word_that_nothing_has_lowers_coverage(library: sqlite3.Connection, units: list[int]):
    [hit] = search_words(library, "borkum unicorn", k=10)

    assert 0.3 < hit.coverage < 0.5


def test_a_code_counts_for_coverage_however_it_is_written(library: sqlite3.Connection, units: list[int]):
    assert {hit.coverage for hit in search_words(library, "kx204", k=10)} == {1}


def test_kinds_and_allowed_rows_limit_the_search(library: sqlite3.Connection, add_unit: AddUnit):
    page, passage, other = add_unit("heron KX-1", kind="page"), add_unit("heron kx1"), add_unit("heron")

    def found(**options: Any):
        return sorted(hit.unit for hit in search_words(library, "heron KX-1", k=9, **options))

    assert found() == [page, passage, other]
    assert found(kinds=("page",)) == [page]
    assert found(kinds=("page", "passage"), allowed=[other, page]) == [page, other]
    assert found(allowed=[]) == []


def test_k_is_kept(library: sqlite3.Connection, units: list[int]):
    assert len(search_words(library, "the kite", k=1)) == 1
    with pytest.raises(ToolInputError):
        search_words(library, "kite", k=0)


def test_removed_words_are_not_found_and_can_be_indexed_anew(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("heron KX-204 東京")
    words.remove_words(library, unit)
    words.remove_words(library, unit)
    for query in ("heron", "kx204", "東京", "ero"):
        assert search_words(library, query, k=3) == ()

    words.index_words(library, unit, "grebe KX-305", "new")
    library.execute("UPDATE units SET text = 'grebe KX-305', about = 'new' WHERE id = ?", (unit,))

    assert [hit.unit for hit in search_words(library, "kx305", k=3)] == [unit]
    assert [hit.unit for hit in search_words(library, "new", k=3)] == [unit]
    library.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")


def test_a_unit_deleted_by_a_cascade_takes_its_words(library: sqlite3.Connection, add_unit: AddUnit):
    add_unit("heron KX-204 東京")

    library.execute("DELETE FROM sources")

    assert library.execute("SELECT count(*) FROM words_docsize").fetchone() == (0,)
    assert library.execute("SELECT count(*) FROM letter_vocabulary").fetchone() == (0,)
    library.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")


def test_indexing_a_unit_twice_is_refused(library: sqlite3.Connection, add_unit: AddUnit):
    unit = add_unit("heron")

    with pytest.raises(SourcehoundError, match="removed first"):
        words.index_words(library, unit, "heron", "")


def test_an_empty_library_finds_nothing(library: sqlite3.Connection):
    assert search_words(library, 'heron KX-204 東京 "a b"', k=3) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.text(st.sampled_from("abkx204 \"-*^:(){}+'.,京東NEARORAND\\%_"), max_size=25))
def test_no_query_is_syntax(library: sqlite3.Connection, units: list[int], query: str):
    for hit in search_words(library, query, k=5):
        assert 0 <= hit.coverage <= 1 + 1e-9
        assert hit.score >= 0
