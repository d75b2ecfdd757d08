from __future__ import annotations

from pathlib import Path

import pytest

from sourcehound.tools.errors import BusyError
from sourcehound.tools.index.words import search_words
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.given import Given, put_texts
from sourcehound.tools.library.units import load_units, to_evidence

NOW = "2026-01-01T00:00:00Z"
TEXTS = [
    Given(name="a/1", title="Kites", text="Red kites soar."),
    Given(name="b 2", title="", text="Boats leave the harbour. " * 60),
    Given(name="c3", title="Kites", text="Red kites soar."),
]


def put(catalogue: Catalogue, texts: list[Given]) -> int:
    return put_texts(catalogue, texts, origin="/data/corpus.jsonl", n_texts=len(texts), now=lambda: NOW)


@pytest.fixture
def catalogue(tmp_path: Path):
    opened = Catalogue(tmp_path / "library")
    yield opened
    opened.close()


def test_each_text_is_a_source_that_is_found_by_its_words(catalogue: Catalogue):
    assert put(catalogue, TEXTS) == 3
    hits = search_words(catalogue.connection, "kites", kinds=("passage",), k=10)
    units = load_units(catalogue.connection, [hit.unit for hit in hits])
    found = [to_evidence(catalogue.connection, unit) for unit in units.values()]
    assert sorted(evidence.source.path for evidence in found if evidence and evidence.source.path) == [
        "/data/corpus.jsonl/a/1",
        "/data/corpus.jsonl/c3",
    ]
    assert {evidence.source.title for evidence in found if evidence} == {"Kites"}


def test_a_long_text_is_cut_into_passages(catalogue: Catalogue):
    put(catalogue, TEXTS)
    hits = search_words(catalogue.connection, "harbour", kinds=("passage",), k=10)
    assert len(hits) > 1


def test_its_name_is_not_searched(catalogue: Catalogue):
    put(catalogue, TEXTS)
    assert not search_words(catalogue.connection, "c3 corpus jsonl", kinds=("passage",), k=10)


def test_texts_that_are_there_are_passed_over(catalogue: Catalogue):
    assert put(catalogue, TEXTS[:2]) == 2
    assert put(catalogue, TEXTS) == 1


def test_what_was_committed_before_a_kill_stays(catalogue: Catalogue):
    def killed():
        for number in range(600):
            yield Given(name=str(number), title="", text=f"note {number}")
        raise BusyError("killed")

    with pytest.raises(BusyError):
        put_texts(catalogue, killed(), origin="/data/corpus.jsonl", n_texts=700, now=lambda: NOW)
    assert catalogue.connection.execute("SELECT COUNT(*) FROM sources").fetchone() == (500,)
