"""The forward index: for each unit its words with their counts, so that candidates are scored without a scan of postings.

`words` says which units have a word; for a common word that list is as long as the library. Here a unit is one small blob
of (hash of a stem, count in the text, count in what is said about it), and pairs of neighbouring characters where a
script is written without spaces between words. Knows nothing of ranking.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.asked import pairs_of
from sourcehound.tools.index.stems import count_stems

_ENTRY = struct.Struct("<IBB")
_ENTRIES = np.dtype([("key", "<u4"), ("text", "u1"), ("about", "u1")])
_MOST = 255
_PAIR = 1 << 31
"""Set in the key of a pair of characters, never in that of a stem."""
_OTHER = 1 << 30
"""Set in what is stored for another spelling of a stem."""
_OTHER_COUNTS = 0.5
"""Occurrences that another spelling counts: as it was typed comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often some words stand in some units.

    Attributes:
        units: int64, shape (n_units,), rising; those that have no words are left out.
        often: float32, shape (n_units, n_words), occurrences, those in what is said about a unit weighted.
        lengths: float32, shape (n_units,), words of each unit.
    """

    units: NDArray[np.int64]
    often: FloatArray
    lengths: FloatArray


def create_table(connection: sqlite3.Connection) -> None:
    """Create `forward`; the table `units` must be there."""
    connection.execute(
        "CREATE TABLE forward (unit INTEGER PRIMARY KEY REFERENCES units(id) ON DELETE CASCADE, entries BLOB NOT NULL)"
    )


def write(
    connection: sqlite3.Connection, unit: int, text: str, about: str, *, others: tuple[str, str] = ("", "")
) -> None:
    """Write the words of a unit that has none here. Must run inside a transaction.

    Args:
        connection: the library's.
        unit: its row.
        text: its words.
        about: words said about it.
        others: other spellings of words of both; they are found too, but make it no longer.
    """
    packed = _packed(count_stems(connection, text, about), 0)
    if any(others):
        packed += _packed(count_stems(connection, *others), _OTHER)
    in_text, in_about = Counter(pairs_of(f"{text}\n{others[0]}")), Counter(pairs_of(f"{about}\n{others[1]}"))
    packed += [_entry(pair_key(pair), in_text[pair], in_about[pair]) for pair in in_text | in_about]
    # never OR REPLACE: that takes a savepoint, at which FTS5 writes out what it has gathered of every unit so far
    connection.execute("INSERT INTO forward (unit, entries) VALUES (?, ?)", (unit, b"".join(packed)))


def _packed(stems: Mapping[str, tuple[int, int]], mark: int) -> list[bytes]:
    return [_entry(stem_key(stem) | mark, *n) for stem, n in stems.items()]


def _entry(key: int, n_text: int, n_about: int) -> bytes:
    return _ENTRY.pack(key, min(n_text, _MOST), min(n_about, _MOST))


def remove(connection: sqlite3.Connection, unit: int) -> None:
    """Forget the words of a unit. Deleting the unit does the same by itself."""
    connection.execute("DELETE FROM forward WHERE unit = ?", (unit,))


def stem_key(stem: str) -> int:
    """What stands for a stem; two stems share one by a chance of 1 in 2 ** 30."""
    return zlib.crc32(stem.encode("utf-8", "surrogatepass")) & ~(_PAIR | _OTHER)


def pair_key(pair: str) -> int:
    """What stands for two neighbouring characters of a script without spaces."""
    return zlib.crc32(pair.encode("utf-8", "surrogatepass")) & ~_OTHER | _PAIR


def count(connection: sqlite3.Connection, units: Collection[int], keys: Sequence[int], *, about: float) -> Counts:
    """Count words in units.

    Args:
        connection: the library's.
        units: rows.
        keys: what stands for the words.
        about: what an occurrence in what is said about a unit counts, one in its text counting 1.
    """
    found = connection.execute(
        "SELECT f.unit, f.entries FROM json_each(?) j CROSS JOIN forward f ON f.unit = j.value WHERE f.entries <> x''",
        (json.dumps(sorted(units)),),
    ).fetchall()
    if not found:
        nothing = np.zeros(0, np.float32)
        return Counts(units=np.zeros(0, np.int64), often=np.zeros((0, len(keys)), np.float32), lengths=nothing)
    entries = np.frombuffer(b"".join(blob for _, blob in found), dtype=_ENTRIES)
    sizes = np.array([len(blob) // _ENTRY.size for _, blob in found])
    owner = np.repeat(np.arange(len(found)), sizes)
    stored = np.ascontiguousarray(entries["key"])
    other = np.uint32(_OTHER)
    key = stored & ~other
    often = np.zeros((len(found), len(keys)), np.float32)
    for place, wanted in enumerate(keys):
        at = np.flatnonzero(key == wanted)
        here = (entries["text"][at] + about * entries["about"][at]) * np.where(stored[at] & other, _OTHER_COUNTS, 1.0)
        np.add.at(often[:, place], owner[at], here)
    # pairs are no words: a text of a script without spaces is one word a run, as the word index counts it
    words = np.where(stored & np.uint32(_PAIR | _OTHER), 0, entries["text"].astype(np.int64) + entries["about"])
    lengths = np.add.reduceat(words, np.concatenate([[0], np.cumsum(sizes)[:-1]]))
    return Counts(
        units=np.array([unit for unit, _ in found], np.int64), often=often, lengths=lengths.astype(np.float32)
    )
