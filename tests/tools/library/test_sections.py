"""Of a source of many sections only those that a place names are taken out of their JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcehound.tools.library import sections
from sourcehound.tools.library.reading import Anchor, Section
from sourcehound.tools.library.sections import laid_out, load_sections, write_section
from sourcehound.tools.library.units import load_units, to_evidence
from sourcehound.tools.narrow import narrow
from tests.tools.library.conftest import Shelf, shelf

__all__ = ["shelf"]

N_LINES = 300


@dataclass
class Parsed:
    """Counts the sections that are taken out of their JSON."""

    n: int = 0


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    count, load = Parsed(), json.loads

    class Counting:
        dumps = staticmethod(json.dumps)

        @staticmethod
        def loads(text: str) -> Any:
            count.n += 1
            return load(text)

    monkeypatch.setattr(sections, "json", Counting)
    return count


@pytest.fixture
def lines(shelf: Shelf) -> int:
    """The row of a source of many lines."""
    rows = [json.dumps({"note": f"boat {n} lies at the quay of {n * n}"}) for n in range(N_LINES)]
    shelf.put("lines.jsonl", "\n".join(rows))
    shelf.add()
    [(row,)] = shelf.rows("SELECT id FROM sources")
    return row


def test_a_place_among_many_lines_is_narrowed_out_of_a_few_sections(shelf: Shelf, lines: int, parsed: Parsed):
    connection = shelf.catalogue.connection
    [(row,)] = shelf.rows("SELECT id FROM units WHERE text LIKE '%boat 200 %'")
    evidence = to_evidence(connection, load_units(connection, [row])[row])
    assert evidence is not None

    found = narrow(connection, evidence, "boat 200 lies")

    assert found is not None
    assert found.quote == "boat 200 lies"
    assert found.locator.part == evidence.locator.part
    assert 0 < parsed.n < 20


def test_what_touches_a_span_is_what_it_would_be_among_all(shelf: Shelf, lines: int, parsed: Parsed):
    connection = shelf.catalogue.connection
    every = load_sections(connection, lines)
    assert parsed.n == len(every) == N_LINES
    text = laid_out(every)

    parsed.n = 0
    for start in (0, 1, every[5].start, every[5].start - 1, every[-1].start, len(text) - 1, len(text), len(text) + 9):
        for end in (start + 1, start + 90):
            touched = load_sections(connection, lines, touching=(start, end))
            ends = {one.start: one.start + len(one.text) for one in every}
            assert touched == tuple(one for one in every if one.start < end and start < ends[one.start])
            assert laid_out(touched)[start + 1 : end].rstrip() == text[start + 1 : end].rstrip()
    assert parsed.n < N_LINES


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(st.characters(), max_size=60), st.integers(0, 70))
def test_no_text_hides_what_it_holds(shelf: Shelf, text: str, at: int):
    shelf.put("note.txt", "A note.")
    shelf.add()
    [(row,)] = shelf.rows("SELECT id FROM sources")
    kept = Section(text=text, start=10, role="screen", anchors=(Anchor(start=0, end=len(text)),))
    with shelf.catalogue.transaction() as connection:
        write_section(connection, row, 7, kept)

    found = load_sections(connection, row, role="screen", touching=(10 + at, 11 + at))

    assert found == ((kept,) if at < len(text) else ())


def test_sections_with_headings_are_told_apart_without_taking_out_the_others(shelf: Shelf, lines: int, parsed: Parsed):
    connection = shelf.catalogue.connection
    assert load_sections(connection, lines, headed=True) == ()
    assert parsed.n == 0
    headed = Section(text='says "headings": []', headings=("Tides",))
    plain = Section(text='says "headings": [] too', headings=())
    with shelf.catalogue.transaction() as inside:
        write_section(inside, lines, 1000, headed)
        write_section(inside, lines, 1001, plain)
    assert load_sections(connection, lines, headed=True) == (headed,)
