"""Search in what models wrote about units: captions, scene descriptions, and questions that a unit answers.

Each writing is searched like a short unit of its own, and stands for the unit that it is about: by words in an FTS5 table
beside that of the units, scored on the scale of the library's own words; by meaning as rows under a stamp of their own,
so that a search may leave all of it out. Knows nothing of who writes, or when.

Source:
    Questions that a page answers, asked before anybody asks: PREMIR, "Zero-shot Multimodal Document Retrieval via
    Cross-modal Question Generation". Descriptions of scenes that text is matched with: LexiCLIP, "Vision-Free Retrieval".
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import bm25, vectors
from sourcehound.tools.index.asked import Term, has_unspaced, pairs_of, parse, split_words
from sourcehound.tools.index.engine import Scored
from sourcehound.tools.index.folding import folded_words
from sourcehound.tools.index.postings import n_having
from sourcehound.tools.index.stems import TOKENIZE, split_stems
from sourcehound.tools.index.wordsearch import weight

_SUFFIX = "#written"
_TABLES = (
    f"""CREATE VIRTUAL TABLE writing_words USING fts5(text, also, content='writings', content_rowid='id',
         tokenize='{TOKENIZE}')""",
    """CREATE TRIGGER writings_come AFTER INSERT ON writings BEGIN
         INSERT INTO writing_words (rowid, text, also) VALUES (new.id, new.text, new.also);
       END""",
    """CREATE TRIGGER writings_go AFTER DELETE ON writings BEGIN
         INSERT INTO writing_words (writing_words, rowid, text, also) VALUES ('delete', old.id, old.text, old.also);
       END""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenHit(Scored):
    """A unit found by the words of a writing; its score is BM25 on the scale of the library's words, > 0.

    Attributes:
        coverage: the share of the question's terms that the writing has, 0..1, each weighted by its rarity.
        writing: row of the writing.
    """

    coverage: float
    writing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The writing that speaks most for a unit: its role (`caption`, `scene`, `question`), who wrote it, and its words."""

    role: str
    model: str
    text: str


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the word index of writings and its triggers; the table `writings` must be there."""
    for statement in _TABLES:
        connection.execute(statement)


def written_stamp(stamp: str) -> str:
    """The stamp of the rows of writings that the text encoder of a stamp made, one row for each writing in order."""
    return f"{stamp}{_SUFFIX}"


def is_written(stamp: str) -> bool:
    """Whether a stamp is one that `written_stamp` gave."""
    return stamp.endswith(_SUFFIX)


def other_spellings(text: str) -> str:
    """Words that are indexed beside those of a writing: in one spelling, and pairs of scripts without spaces."""
    return " ".join(filter(None, [folded_words(text), *pairs_of(text)]))


def search_written(
    connection: sqlite3.Connection,
    query: str,
    *,
    kind: UnitKind,
    k: int,
    allowed: Collection[int] | None = None,
    is_required: bool = True,
) -> tuple[WrittenHit, ...]:
    """Find units of one kind by the words of what was written about them, best first.

    Args:
        connection: the library's.
        query: what the person typed; nothing in it is syntax but double quotes.
        kind: of the units.
        k: how many writings are looked at, >= 1.
        allowed: rows of units to choose from, None for all.
        is_required: whether a writing without a quoted phrase is left out.

    Returns:
        Each unit once, by its best writing; equal scores in order of unit.

    Raises:
        ToolInputError: `k` < 1.
    """
    if k < 1:
        raise ToolInputError(f"k must be at least 1, not {k}")
    terms = parse(query).terms
    phrases = [term for term in terms if term.kind == "phrase"] if is_required else []
    expression = (" AND " if phrases else " OR ").join(term.quoted for term in phrases or terms)
    found = _matching(connection, expression, kind, k=k, allowed=allowed)
    wanted = [f" {phrase.text.casefold()} " for phrase in phrases if not has_unspaced(phrase.text)]
    found = [row for row in found if all(phrase in _plain(row[2]) for phrase in wanted)]
    if not found:
        return ()
    scores, coverage = _scored(connection, terms, [text for *_, text in found])
    best: dict[int, WrittenHit] = {}
    for (writing, unit, _), score, share in zip(found, scores.tolist(), coverage.tolist(), strict=True):
        if score > (best[unit].score if unit in best else 0.0):
            best[unit] = WrittenHit(unit=unit, score=score, coverage=share, writing=writing)
    return tuple(sorted(best.values(), key=lambda hit: (-hit.score, hit.unit)))


def merged(own: Mapping[int, float], of_writings: Mapping[int, float]) -> tuple[dict[int, float], set[int]]:
    """Scores of units by what is better for each: its own words or rows, or those of a writing.

    Returns:
        The scores, and the units whose writing was better.
    """
    better = {unit for unit, score in of_writings.items() if score > own.get(unit, -np.inf)}
    return {**own, **{unit: of_writings[unit] for unit in better}}, better


def told(connection: sqlite3.Connection, unit: int, query: str, sought: Mapping[str, FloatArray]) -> Told | None:
    """The writing that speaks most for a unit; None if nothing is written about it.

    Args:
        connection: the library's.
        unit: its row.
        query: the words of the question.
        sought: for the stamps of the text encoders in use, the question's row.
    """
    rows = connection.execute("SELECT role, model, text FROM writings WHERE unit = ? ORDER BY id", (unit,)).fetchall()
    if not rows:
        return None
    terms = parse(query).terms
    score = _scored(connection, terms, [text for *_, text in rows])[1] if terms else np.zeros(len(rows), np.float32)
    for stamp, row in sought.items():
        kept = vectors.get(connection, unit, written_stamp(stamp))
        if kept is not None and len(kept) == len(rows):
            score = score + kept @ (row / np.linalg.norm(row))
    role, model, text = rows[int(np.argmax(score))]
    return Told(role=role, model=model, text=text)


def _matching(
    connection: sqlite3.Connection,
    expression: str,
    kind: UnitKind,
    *,
    k: int,
    allowed: Collection[int] | None,
) -> list[tuple[int, int, str]]:
    """Row, unit and words of the writings that FTS5 finds best."""
    if not expression or (allowed is not None and not allowed):
        return []
    query = (
        "SELECT w.id, w.unit, w.text FROM writing_words f JOIN writings w ON w.id = f.rowid JOIN units u ON u.id = w.unit"
        " WHERE writing_words MATCH ? AND u.kind = ?"
        " AND (? IS NULL OR w.unit IN (SELECT value FROM json_each(?))) ORDER BY bm25(writing_words) LIMIT ?"
    )
    narrowed = None if allowed is None else json.dumps(sorted(int(unit) for unit in allowed))
    values = (expression, kind, narrowed, narrowed, k)
    return connection.execute(query, values).fetchall()


def _scored(
    connection: sqlite3.Connection, terms: Sequence[Term], texts: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """BM25 of each text and the share of the question that it covers, with the rarities of the library's words."""
    totals = bm25.read_totals(connection)
    stems = split_stems(connection, [*(f"{text} {other_spellings(text)}" for text in texts), *(t.text for t in terms)])
    of_texts, of_terms = stems[: len(texts)], stems[len(texts) :]
    often = np.array([[_often(of_text, term) for term in of_terms] for of_text in of_texts], np.float32)
    n_found = [n_having(connection, term.quoted) for term in terms]
    inverse = [bm25.inverse_frequency(totals, n) for n in n_found]
    lengths = np.array([len(split_words(text)) for text in texts], np.float32)
    parts = bm25.parts(often, lengths, inverse, [term.kind != "unspaced" for term in terms], totals)
    rarity = np.array([weight(totals.n_units, n) for n in n_found], np.float32)
    return parts.sum(axis=1), ((often > 0) @ rarity / rarity.sum()).astype(np.float32)


def _often(stems: Sequence[str], term: Sequence[str]) -> int:
    """How often the stems of a term follow one another."""
    n = len(term)
    return sum(tuple(stems[at : at + n]) == tuple(term) for at in range(len(stems) - n + 1)) if n else 0


def _plain(text: str) -> str:
    return f" {' '.join(split_words(text)).casefold()} "
