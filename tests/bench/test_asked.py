from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.asked import Asked, Place, balanced, is_said, mmlongbench_questions, questions_with_hops, sample_questions


@pytest.mark.parametrize(
    ("text", "pieces", "said"),
    [
        ("The Silver Heron, AS-417 [1]", ["silver heron", "AS-417"], True),
        ("It weighs 312 pounds.", ["12"], False),
        ("It weighs 12 pounds.", ["12"], True),
        ("a rise of 4.36 m", ["4"], False),
        ("a rise of 4.36 m", ["4.36"], True),
        ("1,200 people", ["1200"], True),
        ("at 22:40.", ["22:40"], True),
        ("only one of them", ["one", "two"], False),
    ],
)
def test_pieces_stand_as_words_of_their_own(text: str, pieces: list[str], said: bool):
    assert is_said(text, pieces) == said


def test_the_sample_has_questions_with_and_without_answer():
    questions = sample_questions()
    assert {question.answerable for question in questions} == {True, False}
    assert all(question.places and question.says for question in questions if question.answerable)


def test_mmlongbench_rows_become_questions_within_their_document(tmp_path: Path):
    rows = [
        _row("a", "Not answerable", "None", []),
        _row("b", "['P-15', 'P-16']", "List", [3, 4]),
        _row("c", "a sentence of more words than can be judged by words", "Str", [1]),
        _row("d", "[not, a list", "List", [1]),
    ]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    none, pieces, long, broken = mmlongbench_questions(tmp_path)
    assert (none.answerable, none.says, none.within) == (False, (), "doc.pdf")
    assert pieces.says == ("P-15", "P-16")
    assert pieces.places == (Place(file="doc.pdf", page=3), Place(file="doc.pdf", page=4))
    assert long.answerable
    assert (long.says, broken.says) == ((), ())


def test_hops_keep_crop_seconds_and_the_words_of_their_paragraph(tmp_path: Path):
    (tmp_path / "e2e").mkdir()
    (tmp_path / "books" / "stars").mkdir(parents=True)
    paragraph = {"id": "stars/p1", "text": "Stars shine."}
    (tmp_path / "books" / "stars" / "paragraphs.jsonl").write_text(json.dumps(paragraph) + "\n", encoding="utf-8")
    hops = [
        {"kind": "text", "id": "stars/p1", "file": "p.md"},
        {"kind": "image", "file": "i.jpg", "crop_px": [1, 2, 3, 4]},
        {"kind": "video", "file": "v.mp4", "start": 1.5, "end": 3},
    ]
    row = {"id": "q", "question": "Why?", "answerable": True, "hops": hops}
    path = tmp_path / "e2e" / "questions.jsonl"
    path.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    (question,) = questions_with_hops(path)
    assert question.places == (
        Place(file="p.md", words="Stars shine."),
        Place(file="i.jpg", box=(1.0, 2.0, 3.0, 4.0)),
        Place(file="v.mp4", start_s=1.5, end_s=3),
    )


def test_a_limit_takes_answerable_and_unanswerable_in_turns_while_both_last():
    questions = [Asked(id=str(n), question="?", answerable=n != 4) for n in range(5)]
    assert [question.id for question in balanced(questions, 4)] == ["0", "4", "1", "2"]
    assert balanced(questions, None) == tuple(questions)


def _row(qid: str, answer: str, answer_format: str, pages: list[int]) -> dict[str, object]:
    return {
        "qid": qid,
        "doc": "doc.pdf",
        "question": "?",
        "answer": answer,
        "answer_format": answer_format,
        "evidence_pages_1based": pages,
    }
