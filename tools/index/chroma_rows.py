"""An open Chroma collection of vectors and their ids, in a folder of ours or on a server: nothing else of Chroma is used.

No documents, no metadata, no embedding function: Chroma would otherwise load a model of its own. Knows nothing of
generations, kinds or the library.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import BusyError, ConfigError, SourcehoundError

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client

FLUSHED_FROM = 500
"""Rows added in one call from which Chroma writes its index files at once, so that nothing is replayed at each opening."""
MOST_ROWS = 5000
"""Rows added in one call; Chroma refuses more than 5461."""
_TIMEOUT_S = 60.0
# Of 100,000 rows of 384 numbers, recall@10 by ef: passages by MiniLM 1.00 at 100, clusters 1.00 at 100, random rows .60 at
# 400, .87 at 1000, .98 at 2000. So little is asked of every search, and as much more as each index needs (recall.py).
_HNSW = {
    "space": "cosine",
    "ef_construction": 200,
    "max_neighbors": 32,
    "ef_search": 200,
    "sync_threshold": FLUSHED_FROM,
}


class ChromaFailure(SourcehoundError):
    """Chroma cannot work with a collection of its own: it is thrown away and built again from the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a collection is.

    Attributes:
        collection: its name, 3 to 512 of `[a-zA-Z0-9._-]`.
        folder: Chroma's own folder, empty for a server.
        url: `http(s)://host:port` of a server, empty for a folder.
    """

    collection: str
    folder: str = ""
    url: str = ""

    def to_json(self) -> str:
        """The place as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Place:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


class ChromaRows:
    """The rows of a collection. Not safe to use from several threads at once.

    Args:
        place: where it is.
        create: whether to make it if it is missing.

    Raises:
        BusyError: the server cannot be reached.
        ConfigError: the server's address cannot be one.
        ChromaFailure: Chroma cannot use its files, or the collection is not there.
    """

    def __init__(self, place: Place, *, create: bool = False) -> None:
        self._place = place
        # where it cannot open a folder, its own cleaning up fails with an AttributeError
        with _translated(place, AttributeError):
            self._client = _connect(place)
            if create:
                self._collection = self._client.get_or_create_collection(
                    place.collection,
                    embedding_function=None,
                    configuration={"hnsw": _HNSW},  # pyright: ignore[reportArgumentType]  a TypedDict in its signature
                )
            else:
                self._collection = self._client.get_collection(place.collection, embedding_function=None)

    def close(self) -> None:
        """Let go of the files or the connection."""
        sessions = _sessions(self._client)
        self._client.close()
        for session in sessions:
            session.close()

    def count(self) -> int:
        """How many rows there are."""
        with _translated(self._place):
            return self._collection.count()

    def ids(self) -> list[str]:
        """The ids of all rows."""
        with _translated(self._place):
            return self._collection.get(include=[])["ids"]

    def add(self, ids: Sequence[str], rows: FloatArray) -> None:
        """Add rows; those whose id is known already are left as they are.

        Args:
            ids: at most `MOST_ROWS`.
            rows: float32, shape (len(ids), dimension).
        """
        with _translated(self._place):
            self._collection.add(ids=list(ids), embeddings=rows)

    def nearest(self, query: FloatArray, n: int) -> list[str]:
        """The ids of the `n` rows nearest to a query by cosine, nearest first; approximate."""
        with _translated(self._place):
            found = self._collection.query(query_embeddings=[query], n_results=n, include=[])
            return found["ids"][0]

    def sample(self, n: int, offset: int) -> tuple[list[str], FloatArray]:
        """`n` rows from `offset` on, in order of their addition."""
        with _translated(self._place):
            found = self._collection.get(limit=n, offset=offset, include=["embeddings"])
            return found["ids"], np.asarray(found["embeddings"], dtype=np.float32)

    def drop(self) -> None:
        """Delete the collection."""
        with _translated(self._place):
            self._client.delete_collection(self._place.collection)


def check_url(url: str) -> tuple[str, int, bool]:
    """Host, port and whether TLS is used.

    Raises:
        ConfigError: the address is not `http(s)://host[:port]`.
    """
    parts = urlsplit(url)
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise ConfigError(f"{url!r} is no address of a Chroma server", remedy="write it as http://host:port")
    tls = parts.scheme == "https"
    return parts.hostname, parts.port or (443 if tls else 8000), tls


def _connect(place: Place) -> Client:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if not place.url:
        client = chromadb.PersistentClient(place.folder, settings=settings)
    else:
        host, port, tls = check_url(place.url)
        client = chromadb.HttpClient(host=host, port=port, ssl=tls, settings=settings)
    known = cast("Client", client)  # its own annotation names an interface without `close`
    for session in _sessions(known):
        session.timeout = _TIMEOUT_S
    return known


def _sessions(client: Client) -> list[httpx.Client]:
    """The HTTP sessions of a server's client, which Chroma opens without a time limit and never closes."""
    servers = (getattr(owner, "_server", None) for owner in (client, getattr(client, "_admin_client", None)))
    return [session for server in servers if (session := getattr(server, "_session", None)) is not None]


@contextmanager
def _translated(place: Place, *also: type[Exception]) -> Generator[None]:
    import httpx
    from chromadb.errors import ChromaError, InternalError, NotFoundError

    try:
        yield
    # ValueError is what its client raises where it finds no server, or no database in a folder
    except (ChromaError, httpx.HTTPError, ValueError, *also) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        if place.url and not isinstance(error, (InternalError, NotFoundError)):
            raise BusyError(
                f"the Chroma server {place.url} does not work: {reason}",
                remedy="start it, or set index.engine to exact",
            ) from error
        raise ChromaFailure(f"Chroma cannot use {place.folder or place.url}: {reason}") from error
