"""BM25 as FTS5 computes it, over words counted elsewhere; and what the word index knows of the whole library.

Pure arithmetic and one look-up; knows nothing of candidates.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray

K1 = 1.2
B = 0.75
_LEAST = 1e-6
"""What FTS5 gives a word that more than half of all units have."""
_AVERAGES = 1
"""Row of FTS5's own totals among its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The word index as a whole: how many units it has and how many words a unit has on average."""

    n_units: int
    mean_length: float


def read_totals(connection: sqlite3.Connection) -> Totals:
    """Read what FTS5 keeps of the whole index; counting it would take a scan.

    Source:
        SQLite, ext/fts5/fts5_index.c, "averages record": varints of the number of rows and of the words of each column.
    """
    found = connection.execute("SELECT block FROM words_data WHERE id = ?", (_AVERAGES,)).fetchone()
    # the last column has other spellings of words of the first two: a unit is no longer for them
    n_units, *n_words = varints(found[0])[:-1] if found and found[0] else (0,)
    return Totals(n_units=n_units, mean_length=sum(n_words) / n_units if n_units else 0.0)


def inverse_frequency(totals: Totals, n_found: int) -> float:
    """How much one occurrence of a word says, > 0, from the number of units that have it."""
    return max(_LEAST, math.log(max(_LEAST, totals.n_units - n_found + 0.5) / (n_found + 0.5)))


def parts(
    often: FloatArray, lengths: FloatArray, inverse: Sequence[float], has_length: Sequence[bool], totals: Totals
) -> FloatArray:
    """What each word adds to the BM25 of each unit.

    Args:
        often: float32, shape (n_units, n_words), occurrences of each word, weighted.
        lengths: float32, shape (n_units,), words of each unit.
        inverse: inverse document frequency of each word.
        has_length: whether a word's count is damped by the unit's length, which is known in words only.
        totals: of the library.

    Returns:
        float32, shape (n_units, n_words), >= 0.

    Source:
        Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; k1, b and the floor of
        the inverse document frequency as in SQLite's ext/fts5/fts5_aux.c.
    """
    share = lengths / totals.mean_length if totals.mean_length else np.ones_like(lengths)
    damped = np.where(np.array(has_length, bool), (1 - B + B * share)[:, None], 1.0)  # (n_units, n_words)
    return (often * (K1 + 1) / (often + K1 * damped) * np.array(inverse)).astype(np.float32)


def varints(blob: bytes) -> tuple[int, ...]:
    """SQLite's variable-length integers: seven bits a byte, the highest first; a ninth byte has eight."""
    numbers: list[int] = []
    value = n_bytes = 0
    for byte in blob:
        n_bytes += 1
        value = (value << 8) | byte if n_bytes == 9 else (value << 7) | (byte & 0x7F)
        if n_bytes == 9 or byte < 0x80:
            numbers.append(value)
            value = n_bytes = 0
    return tuple(numbers)
