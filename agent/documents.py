"""What Python callers get: answers, hits and reports around their documents; each shows itself in a notebook.

The documents themselves are plain values as the contract has them. Knows nothing of how they came about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, overload

from sourcehound.agent.doors.clip import Clips, no_clips
from sourcehound.agent.doors.embed import Pictures, no_pictures
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.library.within import EVERYTHING, Within

FIND_SCHEMA = "sourcehound.find/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A numbered citation: its evidence, and a link that opens at its place."""

    n: int
    evidence: Evidence

    @property
    def uri(self) -> str:
        """The link."""
        return self.evidence.uri

    @property
    def quote(self) -> str | None:
        """The words in the source."""
        return self.evidence.quote


class Answer:
    """An answer: `text` with its marks, `citations` in their order, and the whole `document`.

    Args:
        document: the answer document.
        pictures: PNG bytes of a citation's picture by its number, for notebooks.
        clips: a citation's seconds of film or sound by its number, for notebooks.
    """

    def __init__(self, document: Mapping[str, Any], pictures: Pictures = no_pictures, clips: Clips = no_clips) -> None:
        self.document = dict(document)
        self._pictures = pictures
        self._clips = clips

    @property
    def text(self) -> str:
        """The sentences with their citation marks, or why there is no answer."""
        return str(self.document["text"])

    @property
    def short(self) -> str | None:
        """The bare value, where there is one."""
        return self.document["short"]

    @property
    def status(self) -> str:
        """`answered`, `partial`, `abstained`, `cancelled` or `failed`."""
        return str(self.document["status"])

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The evidence the answer rests on, in the order of its numbers."""
        return tuple(
            Citation(n=c["n"], evidence=Evidence.from_json({k: v for k, v in c.items() if k != "n"}))
            for c in self.document["citations"]
        )

    @property
    def thread(self) -> str:
        """The thread, for `continue` and `show`."""
        return str(self.document["thread"])

    def to_json(self) -> dict[str, Any]:
        """The answer document."""
        return self.document

    def __repr__(self) -> str:
        return f"<Answer {self.status}: {self.text[:80]!r}, {len(self.document['citations'])} citations>"

    def _repr_html_(self) -> str:
        from sourcehound.agent.doors.html import answer_html

        return answer_html(self.document, self._pictures, mode="notebook", clips=self._clips)

    def _repr_markdown_(self) -> str:
        from sourcehound.agent.doors.markdown import answer_markdown

        return answer_markdown(self.document)


class Hits(Sequence[Hit]):
    """Ranked hits, and what was searched."""

    def __init__(self, document: dict[str, Any], hits: Sequence[Hit], pictures: Pictures = no_pictures) -> None:
        self.document = document
        self._hits = tuple(hits)
        self._pictures = pictures

    @classmethod
    def of(
        cls,
        query: str,
        hits: Sequence[Hit],
        searched: Mapping[str, Any],
        pictures: Pictures = no_pictures,
        *,
        scope: Within = EVERYTHING,
    ) -> Hits:
        """Hits with their document.

        Args:
            query: the words.
            hits: best first.
            searched: `{"files", "units", "pending"}`.
            pictures: PNG bytes of a hit's picture by its rank.
            scope: the files that were searched.
        """
        because = None
        if not hits:
            empty = not any(searched["units"].values())
            nothing = "the library is empty" if scope.is_all else f"no indexed file is {scope.words}"
            because = nothing if empty else "nothing reaches the threshold of its kind"
        document = {
            "schema": FIND_SCHEMA,
            "query": query,
            "hits": [hit.to_json() for hit in hits],
            "searched": {
                **searched,
                "within": next(iter(scope.globs), None),
                "since": scope.since,
                "until": scope.until,
            },
            "nothing_because": because,
        }
        return cls(document, hits, pictures)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, index: int | slice) -> Hit | tuple[Hit, ...]:
        return self._hits[index]

    def __len__(self) -> int:
        return len(self._hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits)

    def __repr__(self) -> str:
        return f"<Hits {len(self)} for {self.document['query']!r}>"

    def to_json(self) -> dict[str, Any]:
        """The find document."""
        return self.document

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame` with one row for each hit; its type is not named, as pandas need not be installed.

        Raises:
            ConfigError: pandas is not installed.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise ConfigError("pandas is not installed", remedy="pip install pandas") from error
        columns = {
            "rank": [hit.rank for hit in self._hits],
            "type": [hit.type for hit in self._hits],
            "score": [hit.score for hit in self._hits],
            "title": [hit.evidence.source.title for hit in self._hits],
            "uri": [hit.evidence.uri for hit in self._hits],
            "quote": [hit.evidence.quote for hit in self._hits],
        }
        return pandas.DataFrame(columns)

    def _repr_html_(self) -> str:
        from sourcehound.agent.doors.html import hits_html

        return hits_html(self.document, self._pictures, mode="notebook")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What `add` did: the status document with its changes.

    Attributes:
        missing: paths that were asked for and do not exist.
    """

    document: dict[str, Any]
    missing: tuple[str, ...] = ()

    @property
    def n_failed(self) -> int:
        """Files that could not be read."""
        return int(self.document["files"]["failed"])

    def to_json(self) -> dict[str, Any]:
        """The status document with `changes`."""
        return self.document

    def __repr__(self) -> str:
        from sourcehound.agent.doors.report_words import report_of

        return f"<IndexReport {report_of(self.document).sum_line}>"

    def _repr_html_(self) -> str:
        from sourcehound.agent.doors.html import report_html

        return report_html(self.document, mode="notebook")
