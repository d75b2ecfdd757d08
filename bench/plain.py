"""The plain parts that a retriever is put together of, written anew: words, meaning, and two ways to fuse them.

Words are SQLite's FTS5 with its porter stemmer; meaning is the exact cosine of the same text encoder's vectors. Knows
nothing of the program's own index, cutting or fusion: it is what the program is measured against.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to rows of unit length, shape (n_texts, dimension)."""

DEPTH = 1000
"""Candidates of each list that fusions see."""
RRF_K = 60
PARTS = ("words", "dense", "rrf", "min-max")
FUSIONS = ("rrf", "min-max")

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be been before being between both but by can could did do does doing"
    " during each for from had has have having he her here him his how i if in into is it its itself just me more most my"
    " no nor not of off on once only or other our out over own she should so some such than that the their them then"
    " there these they this those through to too under until up very was we were what when where which while who whom why"
    " will with would you your".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document or page: its whole text for the words, and its pieces for the encoder."""

    name: str
    text: str
    pieces: tuple[str, ...]
    home: str = ""
    """The document that a page belongs to."""


class Plain:
    """The four plain parts over some documents.

    Args:
        documents: what is searched, at least one.
        encode: the text encoder.
    """

    def __init__(self, documents: Sequence[Document], encode: Encode) -> None:
        self._documents = documents
        self._encode = encode
        self._words: dict[str | None, sqlite3.Connection] = {}
        self._owners = np.array([n for n, document in enumerate(documents) for _ in document.pieces], dtype=np.intp)
        self._rows = encode([piece for document in documents for piece in document.pieces])  # (n_pieces, dimension)

    def rank(self, query: str, home: str | None = None) -> dict[str, list[str]]:
        """The names found by each of `PARTS`, best first.

        Args:
            query: the words.
            home: only documents of this home.
        """
        words, dense = self._by_words(query, home), self._by_meaning(query, home)
        lists = {"words": words, "dense": dense, "rrf": fuse_ranks(words, dense), "min-max": fuse_scores(words, dense)}
        return {part: [self._documents[n].name for n, _ in ordered(scores)] for part, scores in lists.items()}

    def close(self) -> None:
        """Close the tables of words."""
        for table in self._words.values():
            table.close()

    def _by_words(self, query: str, home: str | None) -> dict[int, float]:
        match = any_of(query)
        if not match:
            return {}
        found = self._table(home).execute(
            "SELECT rowid, -bm25(t) FROM t WHERE t MATCH ? ORDER BY bm25(t), rowid LIMIT ?", (match, DEPTH)
        )
        return dict(found.fetchall())

    def _table(self, home: str | None) -> sqlite3.Connection:
        """The words of one document's pages, or of everything: what is rare is counted in what is searched."""
        if home not in self._words:
            inside = [(n, one.text) for n, one in enumerate(self._documents) if home is None or one.home == home]
            self._words[home] = table_of(inside)
        return self._words[home]

    def _by_meaning(self, query: str, home: str | None) -> dict[int, float]:
        cosines = self._rows @ self._encode([query])[0]  # (n_pieces,)
        best = np.full(len(self._documents), -np.inf)
        np.maximum.at(best, self._owners, cosines)
        pairs = ((int(n), float(best[n])) for n in np.argsort(-best, kind="stable") if np.isfinite(best[n]))
        inside = (pair for pair in pairs if home is None or self._documents[pair[0]].home == home)
        return dict(islice(inside, DEPTH))


def table_of(texts: Iterable[tuple[int, str]]) -> sqlite3.Connection:
    """A table of words in memory, `t`, of numbered texts."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='porter unicode61')")
    table.executemany("INSERT INTO t (rowid, text) VALUES (?, ?)", texts)
    return table


def any_of(query: str) -> str:
    """FTS5's expression for any word of a query that is no stop word; empty where there is none."""
    terms = [term for term in re.findall(r"\w+", query.casefold()) if term not in STOP_WORDS]
    return " OR ".join(f'"{term}"' for term in terms)


def fuse_ranks(*lists: Mapping[int, float]) -> dict[int, float]:
    """Reciprocal rank fusion with k = 60.

    Source:
        Cormack, Clarke and Buettcher, SIGIR 2009.
    """
    fused: dict[int, float] = {}
    for scores in lists:
        for rank, (n, _) in enumerate(ordered(scores), 1):
            fused[n] = fused.get(n, 0.0) + 1 / (RRF_K + rank)
    return fused


def fuse_scores(*lists: Mapping[int, float]) -> dict[int, float]:
    """The mean of the lists' scores, each list spread over 0..1; what a list lacks counts 0 there.

    Source:
        Fox and Shaw, "Combination of Multiple Searches", TREC-2, 1994 (CombSUM, with min-max normalisation).
    """
    fused: dict[int, float] = {}
    for scores in lists:
        if not scores:
            continue
        low, high = min(scores.values()), max(scores.values())
        for n, score in scores.items():
            fused[n] = fused.get(n, 0.0) + ((score - low) / (high - low) if high > low else 1.0) / len(lists)
    return fused


def ordered(scores: Mapping[int, float]) -> list[tuple[int, float]]:
    """Best first, equal scores in order of number."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def pieces_of(text: str, *, n_words: int = 150, n_shared: int = 20) -> tuple[str, ...]:
    """A text cut into runs of words that overlap."""
    words = text.split()
    starts = range(0, max(1, len(words) - n_shared), n_words - n_shared)
    return tuple(" ".join(words[start : start + n_words]) for start in starts if words)
