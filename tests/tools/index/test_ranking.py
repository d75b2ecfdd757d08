"""How the lists of one kind become one."""

from __future__ import annotations

from functools import partial

import pytest

from sourcehound.tools.index import ranking
from sourcehound.tools.index.recipe import FUSIONS, Fusion, Recipe

fuse = partial(ranking.fuse, n_units=100, recipe=Recipe())

LISTS = {"words": {1: 9.0, 2: 3.0}, "dense": {2: 0.6, 3: 0.5, 1: 0.1}, "seen": {3: 0.3, 2: 0.2, 4: 0.1}}


def test_a_picture_with_every_word_of_the_question_goes_first():
    assert [scored.unit for scored in fuse("image", LISTS, {1: 1.0, 2: 0.4})][:2] == [1, 2]
    by_rank = partial(ranking.fuse, n_units=100, recipe=Recipe(seen_fusion="rrf"))
    assert [scored.unit for scored in by_rank("image", LISTS, {1: 1.0, 2: 0.4})][:2] == [1, 2]
    assert [scored.unit for scored in by_rank("image", LISTS, {1: 0.8, 2: 0.4})] == [2, 3, 1, 4]


def test_what_every_picture_says_adds_nothing_to_what_is_seen():
    seen = {1: 0.20, 2: 0.25, 3: 0.30}
    names = {1: 0.14, 2: 0.10, 3: 0.02}
    assert [scored.unit for scored in fuse("image", {"dense": names, "seen": seen}, {})] == [3, 2, 1]
    caption = {1: 0.7, 2: 0.10, 3: 0.02}
    assert next(iter(fuse("image", {"dense": caption, "seen": seen}, {}))).unit == 1


def test_a_picture_weighs_against_words_as_the_recipe_says():
    lists = {"like": {1: 0.9, 2: 0.2}, "seen": {1: 0.1, 2: 0.7}}
    orders = [
        [scored.unit for scored in ranking.fuse("image", lists, {}, n_units=9, recipe=Recipe(picture_share=share))]
        for share in (0.9, 0.1)
    ]
    assert orders == [[1, 2], [2, 1]]


def test_passages_go_by_score_alone():
    lists = {part: LISTS[part] for part in ("words", "dense")}
    assert fuse("passage", lists, {1: 1.0}) == fuse("passage", lists, {})


def test_nothing_found_is_no_list():
    assert fuse("image", {"words": {}}, {}) == ()


@pytest.mark.parametrize("fusion", FUSIONS)
def test_every_fusion_orders_passages_and_pictures(fusion: Fusion):
    chosen = Recipe(fusion=fusion, seen_fusion=fusion)
    lists = {part: LISTS[part] for part in ("words", "dense")}
    found = {scored.unit for scored in ranking.fuse("passage", lists, {}, n_units=100, recipe=chosen)}
    assert found == ({1, 2} if fusion == "words" else {1, 2, 3})
    assert ranking.fuse("image", LISTS, {}, n_units=100, recipe=chosen)


def test_words_decide_where_they_are_rare_and_meaning_where_they_are_common():
    dense = {1: 0.60, 2: 0.55}
    rare, common = {2: 20.0, 3: 1.0}, {2: 1.2, 3: 1.0}
    assert next(iter(fuse("passage", {"dense": dense, "words": rare}, {}))).unit == 2
    assert next(iter(fuse("passage", {"dense": dense, "words": common}, {}))).unit == 1


def test_what_an_encoder_sees_in_a_page_joins_what_its_words_say():
    text = {"words": {1: 5.0, 2: 4.0}, "dense": {1: 0.5, 2: 0.49, 3: 0.2}}
    assert [scored.unit for scored in fuse("page", text | {"seen": {2: 0.9, 1: 0.1, 3: 0.1}}, {})] == [2, 1, 3]
