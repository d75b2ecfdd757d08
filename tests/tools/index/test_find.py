"""How the lists of one kind become one."""

from __future__ import annotations

from sourcehound.tools.index.find import fuse

LISTS = {"words": {1: 9.0, 2: 3.0}, "dense": {2: 0.6, 3: 0.5, 1: 0.1}, "seen": {3: 0.3, 2: 0.2, 4: 0.1}}


def test_a_picture_with_every_word_of_the_question_goes_first():
    assert [scored.unit for scored in fuse("image", LISTS, {1: 1.0, 2: 0.4})][:2] == [1, 2]


def test_pictures_with_some_of_the_words_go_by_rank():
    assert [scored.unit for scored in fuse("image", LISTS, {1: 0.8, 2: 0.4})] == [2, 3, 1, 4]


def test_passages_go_by_score_alone():
    lists = {part: LISTS[part] for part in ("words", "dense")}
    assert fuse("passage", lists, {1: 1.0}) == fuse("passage", lists, {})


def test_nothing_found_is_no_list():
    assert fuse("image", {"words": {}}, {}) == ()
