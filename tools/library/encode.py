"""Fills in text vectors: every unit whose words are not yet encoded by the encoder in use, in small committed batches.

A page's rows are those of its passages (a page scores as its best passage), so nothing is encoded twice. Knows nothing of
how vectors are searched.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, Item
from sourcehound.tools.index.vectors import get, put
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.taking import Progress, no_progress

_BATCH = 64
# ranges instead of `<>` or `NOT IN`: those an index has, so that a large library that is all encoded costs nothing
_WAITING = "(encoded < ?1 OR (encoded > ?1 AND encoded < ?2) OR encoded > ?2)"
ENCODED_KINDS = "kind IN ('passage', 'image', 'moment', 'speech')"
"""The units whose words are encoded, as a condition; a page takes the rows of its passages."""


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


def is_done(catalogue: Catalogue, encoder: Encoder) -> bool:
    """Whether nothing waits for the encoder, pages included."""
    query = f"SELECT 1 FROM units WHERE {_WAITING} AND ({ENCODED_KINDS} OR kind = 'page') LIMIT 1"  # noqa: S608  constants
    return catalogue.connection.execute(query, _names(encoder, "")).fetchone() is None


def _names(encoder: Encoder, successor: str) -> tuple[str, str]:
    """The stamps that a unit may have been encoded by, in order."""
    stamp = str(encoder.stamp)
    return (min(stamp, successor), max(stamp, successor)) if successor else (stamp, stamp)


def encode_pending(
    catalogue: Catalogue,
    encoder: Encoder,
    *,
    successor: str = "",
    progress: Progress = no_progress,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Encode all units that wait; returns how many were encoded.

    Args:
        catalogue: the library; its writer's lock is held by the caller.
        encoder: the text encoder in use.
        successor: as `pending` has it.
        progress: told after each batch.
        stop: asked between batches.

    Raises:
        ConfigError: the encoder's weights are missing or differ.
        BusyError: the disk is full or the library locked; committed batches stay.
    """
    stamp = str(encoder.stamp)
    names = _names(encoder, successor)
    total = pending(catalogue, encoder, successor=successor)
    query = f"SELECT id, kind, text, about FROM units WHERE {_WAITING} AND {ENCODED_KINDS} LIMIT {_BATCH}"  # noqa: S608  constants
    done = 0
    while not stop():
        batch = catalogue.connection.execute(query, names).fetchall()
        if not batch:
            break
        vectors = encoder.encode([Item(text=words_of(kind, text, about)) for _, kind, text, about in batch], as_="item")
        with catalogue.transaction() as connection:
            for place, (row, *_) in enumerate(batch):
                put(connection, row, stamp, vectors.rows[vectors.owner == place])
                connection.execute("UPDATE units SET encoded = ? WHERE id = ?", (stamp, row))
        done += len(batch)
        progress("encoding", done, max(total, done), "")
    if done or _pages_wait(catalogue, names):
        _fill_pages(catalogue, stamp, names)
    return done


def words_of(kind: str, text: str, about: str) -> str:
    """What of a unit is encoded: its title and headings before its words; for what is seen, what is said of it first."""
    return f"{about}. {text}" if kind != "speech" else text or about


def _pages_wait(catalogue: Catalogue, names: tuple[str, str]) -> bool:
    query = f"SELECT 1 FROM units WHERE {_WAITING} AND kind = 'page' LIMIT 1"  # noqa: S608  constants of this file
    return catalogue.connection.execute(query, names).fetchone() is not None


def _fill_pages(catalogue: Catalogue, stamp: str, names: tuple[str, str]) -> None:
    query = f"SELECT id, source_id, page FROM units WHERE {_WAITING} AND kind = 'page'"  # noqa: S608  constants
    pages = catalogue.connection.execute(query, names).fetchall()
    with catalogue.transaction() as connection:
        for row, source, page in pages:
            passages = connection.execute(
                "SELECT id FROM units WHERE source_id = ? AND page = ? AND kind = 'passage'", (source, page)
            ).fetchall()
            rows = [found for (passage,) in passages if (found := get(connection, passage, stamp)) is not None]
            if rows:
                put(connection, row, stamp, np.concatenate(rows))
            connection.execute("UPDATE units SET encoded = ? WHERE id = ?", (stamp, row))
