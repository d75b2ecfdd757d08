"""Fills in text vectors: every unit whose words are not yet encoded by the encoder in use, in small committed batches.

A page's rows are those of its passages (a page scores as its best passage), so nothing is encoded twice. Knows nothing of
how vectors are searched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sourcehound.tools.encoders.encoder import Encoder, Item
from sourcehound.tools.index.clusters import interleaved
from sourcehound.tools.index.compact import Compact
from sourcehound.tools.index.late import compact_for, schemes_of, to_keep, write
from sourcehound.tools.index.schemes import Scheme
from sourcehound.tools.index.vectors import get, put
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.taking import Progress, no_progress
from sourcehound.tools.library.writings import encode_writings, is_waiting

_BATCH = 64
# ranges instead of `<>` or `NOT IN`: those an index has, so that a large library that is all encoded costs nothing
_WAITING = "(encoded < ?1 OR (encoded > ?1 AND encoded < ?2) OR encoded > ?2)"
ENCODED_KINDS = "kind IN ('passage', 'image', 'moment', 'speech')"
"""The units whose words are encoded, as a condition; a page takes the rows of its passages."""

_OF_PAGES = "kind = 'passage' AND (part = '' OR json_extract(detail, '$.label') IS NOT NULL)"
"""The units whose rows a page takes: a table says the page's own words again, and only those that have a name make pages
rank better (MMLongBench-Doc: first page right .342 -> .353, one of five .674; with all tables .364 and .652)."""


def pending(catalogue: Catalogue, encoder: Encoder, *, successor: str = "") -> int:
    """How many units wait for the encoder.

    Args:
        catalogue: the library.
        encoder: the text encoder that answers, or that is being made ready to.
        successor: stamp of the one that is being made ready to take over from it; what has been encoded by that one has
            been encoded by this one before.
    """
    query = f"SELECT COUNT(*) FROM units WHERE {_WAITING} AND {ENCODED_KINDS}"  # noqa: S608  constants of this file
    (n_units,) = catalogue.connection.execute(query, _names(encoder, successor)).fetchone()
    return n_units


def count_encoded(catalogue: Catalogue, stamp: str) -> tuple[int, int]:
    """How many units were last encoded by an encoder, and how many there are."""
    query = f"SELECT COALESCE(SUM(encoded = ?), 0), COUNT(*) FROM units WHERE {ENCODED_KINDS}"  # noqa: S608  a constant
    done, total = catalogue.connection.execute(query, (stamp,)).fetchone()
    return done, total


def is_done(catalogue: Catalogue, encoder: Encoder) -> bool:
    """Whether nothing waits for the encoder, pages and writings included."""
    query = f"SELECT 1 FROM units WHERE {_WAITING} AND ({ENCODED_KINDS} OR kind = 'page') LIMIT 1"  # noqa: S608  constants
    if catalogue.connection.execute(query, _names(encoder, "")).fetchone() is not None:
        return False
    return not is_waiting(catalogue.connection, str(encoder.stamp))


def _names(encoder: Encoder, successor: str) -> tuple[str, str]:
    """The stamps that a unit may have been encoded by, in order."""
    stamp = str(encoder.stamp)
    return (min(stamp, successor), max(stamp, successor)) if successor else (stamp, stamp)


def encode_pending(
    catalogue: Catalogue,
    encoder: Encoder,
    *,
    successor: str = "",
    compact: Compact | None = None,
    progress: Progress = no_progress,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Encode all units that wait; returns how many were encoded.

    Args:
        catalogue: the library; its writer's lock is held by the caller.
        encoder: the text encoder in use.
        successor: as `pending` has it.
        compact: how many vectors of one unit become few, where the encoder gives many.
        progress: told after each batch.
        stop: asked between batches.

    Raises:
        ConfigError: the encoder's weights are missing or differ.
        BusyError: the disk is full or the library locked; committed batches stay.
    """
    stamp = str(encoder.stamp)
    names = _names(encoder, successor)
    compact = compact_for(encoder.stamp.encoder, compact or Compact())
    total = pending(catalogue, encoder, successor=successor)
    query = f"SELECT id, kind, text, about FROM units WHERE {_WAITING} AND {ENCODED_KINDS} LIMIT {_BATCH}"  # noqa: S608  constants
    done = 0
    while not stop():
        batch = catalogue.connection.execute(query, names).fetchall()
        if not batch:
            break
        items = [Item(text=words_of(kind, text, about)) for _, kind, text, about in batch]
        kept = to_keep(stamp, encoder.gives, encoder.encode(items, as_="item"), compact)
        rows = [row for row, *_ in batch]
        with catalogue.transaction() as connection:
            write(connection, rows, kept)
            connection.executemany("UPDATE units SET encoded = ? WHERE id = ?", [(stamp, row) for row in rows])
        done += len(batch)
        progress("encoding", done, max(total, done), "")
    if done or _pages_wait(catalogue, names):
        _fill_pages(catalogue, names, schemes_of(stamp, encoder.gives, compact))
    encode_writings(catalogue, encoder, stop=stop)
    return done


def words_of(kind: str, text: str, about: str) -> str:
    """What of a unit is encoded: its title and headings before its words; for what is seen, what is said of it first."""
    return f"{about}. {text}" if kind != "speech" else text or about


def _pages_wait(catalogue: Catalogue, names: tuple[str, str]) -> bool:
    query = f"SELECT 1 FROM units WHERE {_WAITING} AND kind = 'page' LIMIT 1"  # noqa: S608  constants of this file
    return catalogue.connection.execute(query, names).fetchone() is not None


def _fill_pages(catalogue: Catalogue, names: tuple[str, str], kept: Sequence[tuple[str, Scheme]]) -> None:
    query = f"SELECT id, source_id, page FROM units WHERE {_WAITING} AND kind = 'page'"  # noqa: S608  constants
    pages = catalogue.connection.execute(query, names).fetchall()
    with catalogue.transaction() as connection:
        for row, source, page in pages:
            passages = connection.execute(
                f"SELECT id FROM units WHERE source_id = ? AND page = ? AND {_OF_PAGES}",  # noqa: S608  a constant
                (source, page),
            ).fetchall()
            for stamp, scheme in kept:
                rows = [found for (passage,) in passages if (found := get(connection, passage, stamp)) is not None]
                if rows:
                    put(connection, row, stamp, interleaved(rows), scheme=scheme)
            connection.execute("UPDATE units SET encoded = ? WHERE id = ?", (kept[0][0], row))
