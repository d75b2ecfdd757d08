from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Item, Stamp, Takes, Vectors
from sourcehound.tools.errors import BusyError
from sourcehound.tools.evidence import Locator
from sourcehound.tools.index.compact import Compact
from sourcehound.tools.index.vectors import get, mean_stamp
from sourcehound.tools.library.encode import encode_pending, pending, words_of
from sourcehound.tools.library.units import Unit, set_about, write_units
from tests.tools.library.conftest import Shelf


@dataclass
class Reader:
    """A text encoder that notes what it is given; a row tells how long the text is."""

    name: str = "reader"
    given: list[list[str]] = field(default_factory=list[list[str]])
    fails_at: int = 0

    @property
    def stamp(self) -> Stamp:
        return Stamp(encoder=self.name, weights="0" * 16, dimension=3, preprocessing="1")

    @property
    def takes(self) -> Takes:
        return frozenset({"text"})

    @property
    def gives(self) -> Literal["single", "multi"]:
        return "single"

    def is_here(self) -> bool:
        return True

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        assert (as_, instruction) == ("item", None)
        self.given.append([item.text for item in items])
        if len(self.given) == self.fails_at:
            raise KeyboardInterrupt
        rows = np.array([[len(item.text), 1, 0] for item in items], np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Vectors(rows=rows, owner=np.arange(len(items), dtype=np.int64))


def fill(
    shelf: Shelf, n: int, *, kind: Literal["passage", "page", "speech"] = "passage", page: int | None = None
) -> None:
    """Units of one source, each with words of its own."""
    units = [
        Unit(
            kind=kind,
            text=f"{kind} {i}",
            about="lamps",
            locator=Locator(page=page, chars=(10 * i, 10 * i + 9)),
            producer="x",
        )
        for i in range(n)
    ]
    with shelf.catalogue.transaction() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
            " VALUES (1, 'ab', 1, 'text/plain', 'a', 'x', '{}', '')"
        )
        write_units(connection, 1, "ab", "x", units)


def test_units_are_encoded_once_in_batches(shelf: Shelf):
    fill(shelf, 150)
    reader = Reader()
    told: list[tuple[str, int, int]] = []
    n_units = encode_pending(
        shelf.catalogue, reader, progress=lambda stage, done, total, label: told.append((stage + label, done, total))
    )
    assert n_units == 150
    assert [len(batch) for batch in reader.given] == [64, 64, 22]
    assert told == [("encoding", 64, 150), ("encoding", 128, 150), ("encoding", 150, 150)]
    assert pending(shelf.catalogue, reader) == 0
    assert encode_pending(shelf.catalogue, reader) == 0
    assert len(reader.given) == 3


def test_a_kill_loses_at_most_the_batch_in_hand(shelf: Shelf):
    fill(shelf, 150)
    with pytest.raises(KeyboardInterrupt):
        encode_pending(shelf.catalogue, Reader(fails_at=2))
    assert shelf.rows("SELECT COUNT(*) FROM vectors") == [(64,)]
    reader = Reader()
    assert encode_pending(shelf.catalogue, reader) == 86
    assert shelf.rows("SELECT COUNT(*) FROM vectors") == [(150,)]


def test_a_full_disk_keeps_committed_batches_and_the_next_run_goes_on(shelf: Shelf):
    fill(shelf, 640)
    [(pages,)] = shelf.rows("PRAGMA page_count")
    n_failures = 0
    while True:
        shelf.rows(f"PRAGMA max_page_count={pages}")
        before = shelf.rows("SELECT COUNT(*) FROM vectors")
        try:
            encode_pending(shelf.catalogue, Reader())
        except BusyError:
            assert shelf.rows("SELECT COUNT(*) FROM vectors") >= before
            n_failures += 1
            pages += 4
        else:
            break
    assert n_failures >= 3
    assert shelf.rows("SELECT COUNT(*) FROM vectors") == [(640,)]


def test_another_encoder_encodes_everything_anew_and_keeps_the_old_rows(shelf: Shelf):
    fill(shelf, 3)
    encode_pending(shelf.catalogue, Reader())
    other = Reader(name="another")
    assert pending(shelf.catalogue, other) == 3
    assert encode_pending(shelf.catalogue, other) == 3
    assert shelf.rows("SELECT COUNT(*) FROM vectors") == [(6,)]


def test_a_unit_whose_words_change_is_encoded_again_and_a_new_name_is_not(shelf: Shelf):
    fill(shelf, 2)
    reader = Reader()
    encode_pending(shelf.catalogue, reader)
    with shelf.catalogue.transaction() as connection:
        set_about(connection, 1, "oars")
        set_about(connection, 2, "masts", encode=False)
    encode_pending(shelf.catalogue, reader)
    assert reader.given[1:] == [["oars. passage 0"]]


def test_a_page_has_the_rows_of_its_passages_and_costs_no_encoding(shelf: Shelf):
    fill(shelf, 3, page=2)
    fill(shelf, 1, kind="page", page=2)
    reader = Reader()
    encode_pending(shelf.catalogue, reader)
    assert len(reader.given[0]) == 3
    [(page,)] = shelf.rows("SELECT id FROM units WHERE kind = 'page'")
    rows = get(shelf.catalogue.connection, page, str(reader.stamp))
    assert rows is not None
    assert rows.shape == (3, 3)
    with shelf.catalogue.transaction() as connection:  # as when it was killed before its pages were filled
        connection.execute("UPDATE units SET encoded = '' WHERE id = ?", (page,))
        connection.execute("DELETE FROM vectors WHERE unit = ?", (page,))
    assert encode_pending(shelf.catalogue, reader) == 0
    rows = get(shelf.catalogue.connection, page, str(reader.stamp))
    assert rows is not None
    assert len(reader.given) == 1


def test_a_page_without_words_waits_for_nothing(shelf: Shelf):
    fill(shelf, 1, kind="page", page=1)
    encode_pending(shelf.catalogue, Reader())
    assert shelf.rows("SELECT encoded <> '' FROM units") == [(1,)]
    assert shelf.rows("SELECT COUNT(*) FROM vectors") == [(0,)]


def test_encoding_stops_between_batches_when_asked(shelf: Shelf):
    fill(shelf, 150)
    reader = Reader()
    assert encode_pending(shelf.catalogue, reader, stop=lambda: len(reader.given) == 1) == 64


def test_a_library_that_is_all_encoded_is_not_read_again(shelf: Shelf):
    plan = shelf.rows(
        "EXPLAIN QUERY PLAN SELECT id FROM units WHERE (encoded < ?1 OR encoded > ?1) AND kind = 'passage' LIMIT 64",
        "x",
    )
    assert not [step for *_, step in plan if "SCAN" in step]


def test_what_is_encoded_says_first_what_the_thing_is():
    assert words_of("passage", "The lamp is lit.", "Lamps · Quay") == "Lamps · Quay. The lamp is lit."
    assert words_of("speech", "the lamp is lit", "Lamps") == "the lamp is lit"
    assert words_of("speech", "", "Lamps") == "Lamps"


@dataclass
class Tokens(Reader):
    """A text encoder of many vectors: one for each letter of a text, all of them different."""

    name: str = "tokens"

    @property
    def gives(self) -> Literal["single", "multi"]:
        return "multi"

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        del as_, instruction
        counts = [len(item.text) for item in items]
        rows = np.random.default_rng(sum(counts)).standard_normal((sum(counts), 3)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Vectors(rows=rows, owner=np.repeat(np.arange(len(items)), counts))


def test_many_vectors_a_passage_are_kept_few_and_its_page_has_those_of_all_its_passages(shelf: Shelf):
    fill(shelf, 3, page=1)
    fill(shelf, 1, kind="page", page=1)
    encoder = Tokens()
    stamp = str(encoder.stamp)

    assert encode_pending(shelf.catalogue, encoder, compact=Compact(vectors=5, scheme="bit")) == 3

    kept = shelf.rows(
        "SELECT u.kind, v.stamp, v.rows, v.scheme FROM vectors v JOIN units u ON u.id = v.unit ORDER BY u.id, v.stamp"
    )
    mean = mean_stamp(stamp)
    assert kept == [
        *[("passage", stamp, 5, "bit"), ("passage", mean, 1, "float16")] * 3,
        ("page", stamp, 15, "bit"),
        ("page", mean, 3, "float16"),
    ]
    assert pending(shelf.catalogue, encoder) == 0


def test_the_vectors_of_new_words_take_the_place_of_all_the_old_ones(shelf: Shelf):
    fill(shelf, 1)
    encoder = Tokens()
    encode_pending(shelf.catalogue, encoder)
    [(row,)] = shelf.rows("SELECT id FROM units")

    with shelf.catalogue.transaction() as connection:
        words = Unit(kind="passage", text="other words", about="lamps", locator=Locator(chars=(0, 9)), producer="x")
        write_units(connection, 1, "ab", "x", [words])

    assert shelf.rows("SELECT * FROM vectors WHERE unit = ?", row) == []
    encode_pending(shelf.catalogue, encoder)
    assert shelf.rows("SELECT COUNT(*) FROM vectors WHERE unit = ?", row) == [(2,)]
