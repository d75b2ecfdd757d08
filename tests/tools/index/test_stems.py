from __future__ import annotations

import sqlite3

from sourcehound.tools.index.stems import count_stems, split_stems


def test_stems_are_counted_for_the_text_and_for_what_is_said_about_it(library: sqlite3.Connection):
    assert count_stems(library, "Kites circled; a KITE circles.", "Kites") == {
        "kite": (2, 1),
        "circl": (2, 0),
        "a": (1, 0),
    }


def test_each_text_is_counted_by_itself(library: sqlite3.Connection):
    count_stems(library, "heron", "")

    assert count_stems(library, "grebe", "") == {"grebe": (1, 0)}
    assert count_stems(library, "", "") == {}


def test_texts_are_split_into_stems_in_order(library: sqlite3.Connection):
    assert split_stems(library, ["operating systems", "Café", "KX-204", "...", "東京"]) == (
        ("oper", "system"),
        ("cafe",),
        ("kx", "204"),
        (),
        ("東京",),
    )


def test_nothing_is_written_to_the_library(library: sqlite3.Connection):
    before = library.execute("SELECT count(*) FROM main.sqlite_schema").fetchone()
    count_stems(library, "heron", "grebe")

    assert library.execute("SELECT count(*) FROM main.sqlite_schema").fetchone() == before
    assert not library.in_transaction
