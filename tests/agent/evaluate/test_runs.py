from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sourcehound.agent.evaluate.collection import Collection
from sourcehound.agent.evaluate.runs import asked
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.errors import InputError


@pytest.fixture
def collection(texts: Path) -> Collection:
    return load("text", texts)


def test_halves_are_counted_from_0_before_any_question_is_left_out(collection: Collection):
    assert [question.id for question in asked(collection, half="even")] == ["q0", "q2"]
    assert [question.id for question in asked(collection, half="odd")] == ["q1"]
    assert [question.id for question in asked(collection, limit=2)] == ["q0", "q1"]


def test_without_any_right_item_there_is_nothing_to_ask(collection: Collection):
    nothing = [replace(question, relevant={}) for question in collection.questions]
    with pytest.raises(InputError, match="has no question with a right item"):
        asked(replace(collection, questions=tuple(nothing)))


def test_two_questions_of_one_id_are_refused(collection: Collection):
    with pytest.raises(InputError, match="has two questions 'q0'"):
        asked(replace(collection, questions=collection.questions[:2] + collection.questions[:1]))
