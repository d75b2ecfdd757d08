"""A search of the agent stays within the globs of the person and of the planner, however much lies outside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sourcehound.tools.library.library import Library
from sourcehound.tools.search_text import SearchText, SearchTextArguments
from sourcehound.tools.tool import Desk

AT = "2026-01-02T03:04:05Z"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Forty notes say it better than the one that is wanted; two notes of one name lie in different folders."""
    words = {f"loud/{n}.txt": "The lamp, the lamp, the lamp.\n" * (n % 3 + 1) for n in range(40)}
    words |= {"quiet/log.txt": "Somebody saw a lamp among other things on the far side of the island that day.\n"}
    words |= {"loud/log.txt": "The lamp was lit.\n"}
    for name, text in words.items():
        (tmp_path / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "files" / name).write_text(text + name, encoding="utf-8")
    library = Library(home=tmp_path / "home", name="notes", now=lambda: AT)
    library.add([str(tmp_path / "files")])
    yield Desk(library=library, question="lamp", recall=lambda _: None, known=tuple, now=lambda: AT)
    library.close()


def test_what_ranks_low_is_found_where_the_planner_looks_for_it(desk: Desk):
    outcome = SearchText().run(SearchTextArguments(query="lamp", within="quiet/*", n=2), desk)
    assert [evidence.source.title for evidence in outcome.evidence] == ["log"]
    assert outcome.note == "1 found"


def test_the_planners_glob_never_leads_out_of_the_persons(desk: Desk):
    found = (
        SearchText()
        .run(SearchTextArguments(query="lamp", within="log.txt", n=20), replace(desk, within="quiet/*"))
        .evidence
    )
    assert [Path(evidence.source.path or "").parent.name for evidence in found] == ["quiet"]
