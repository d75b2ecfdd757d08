"""Evidence: what was found and the exact place it rests on. The spine that every tool, check and door shares.

One geometry: boxes are (left, top, right, bottom), half-open, origin top left, in original pixels after EXIF rotation for
pictures and in points of the page as displayed for PDF pages. One clock: seconds of media time, 0 being the least start
over a file's audio and video streams. Knows nothing of databases, models or rendering.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote as percent

Kind = Literal["text", "page", "image", "crop", "moment", "speech", "web"]
UnitKind = Literal["passage", "page", "image", "moment", "speech"]
UNIT_KINDS: tuple[UnitKind, ...] = get_args(UnitKind)
KIND_OF_UNIT: dict[UnitKind, Kind] = {
    "passage": "text",
    "page": "page",
    "image": "image",
    "moment": "moment",
    "speech": "speech",
}

_TEXT_TYPES = ("application/json", "application/xml", "application/xhtml+xml")
_FRAGMENT_WORDS = 12
_FRAGMENT_CHARS = 150
"""Words of a text fragment in all; characters of each of its ends, for scripts that write without spaces."""

Box = tuple[float, float, float, float]
"""(left, top, right, bottom), half-open, origin top left, in the units of the locator's `Space`."""

REGION = "region"
"""Key of an image's `detail`: `left,top,right,bottom` of the part in which a search found what it sought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The plane that boxes lie in: its unit (`px` or `pt`) and its size in that unit."""

    unit: Literal["px", "pt"]
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """The place inside a source. Only the fields that its kind has are set.

    Attributes:
        page: physical page, from 1.
        page_label: the label printed on that page, where the file carries one.
        chars: half-open span of characters in the text that the reader made of the source.
        boxes: boxes in `space`; several for a passage of several lines.
        space: the plane of `boxes`.
        start_s: first second, media time.
        end_s: second after the last, media time.
        frames_s: media times of the frames looked at.
        part: a named part of the source, as `slide 4` or `Sheet1!B2:D9`.
    """

    page: int | None = None
    page_label: str | None = None
    chars: tuple[int, int] | None = None
    boxes: tuple[Box, ...] = ()
    space: Space | None = None
    start_s: float | None = None
    end_s: float | None = None
    frames_s: tuple[float, ...] = ()
    part: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The locator as the contract has it: plain values, unset fields left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Locator:
        """Read what `to_json` wrote (lists become tuples again)."""
        space = data.get("space")
        chars = data.get("chars")
        return cls(
            page=data.get("page"),
            page_label=data.get("page_label"),
            chars=None if chars is None else (int(chars[0]), int(chars[1])),
            boxes=tuple((float(b[0]), float(b[1]), float(b[2]), float(b[3])) for b in data.get("boxes") or ()),
            space=None if space is None else Space(**space),
            start_s=data.get("start_s"),
            end_s=data.get("end_s"),
            frames_s=tuple(float(t) for t in data.get("frames_s") or ()),
            part=data.get("part"),
        )

    def fragment(self) -> str:
        """The part of a link after `#` that opens at this place; empty where the whole source is meant."""
        if self.start_s is not None:
            end = "" if self.end_s is None else f",{_number(self.end_s)}"
            return f"t={_number(self.start_s)}{end}"
        if self.page is not None:
            return f"page={self.page}"
        if self.boxes and self.space is not None and self.space.unit == "px":
            left, top, right, bottom = self.boxes[0]
            return f"xywh={_number(left)},{_number(top)},{_number(right - left)},{_number(bottom - top)}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file or web page that evidence comes from.

    Attributes:
        path: absolute path, None for a web page.
        also: other absolute paths that hold the same bytes.
        uri: `file:///…` or `https://…`.
        sha256: hash of the bytes, or of the stored snapshot of a web page.
    """

    path: str | None
    uri: str
    sha256: str
    media_type: str
    title: str
    also: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The source as the contract has it."""
        return asdict(self) | {"also": list(self.also)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Source:
        """Read what `to_json` wrote."""
        fields: dict[str, Any] = data | {"also": tuple(data.get("also") or ())}
        return cls(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing found, at its exact place. Tools return it without an id; the node `act` mints ids in call order.

    Attributes:
        id: `E7` within a thread, empty before it is minted.
        unit_id: hash of source, place and reader version (`unit_id`), never a row number.
        parent: id of the evidence that this was cut from (a crop's picture), or its unit_id before ids are minted.
        quote: the exact words in the source, or what OCR or speech recognition read there.
        producer: program and version that read it, as `pypdfium2 5.15.2`.
        score: chance-like score in 0..1 of the search that found it, if a search did.
        at: when it was read, ISO 8601 in UTC.
    """

    kind: Kind
    unit_id: str
    source: Source
    locator: Locator
    quote: str | None
    producer: str
    id: str = ""
    parent: str | None = None
    score: float | None = None
    at: str = ""
    detail: dict[str, str] = field(default_factory=dict[str, str])
    """More about it, for people: `found_by`, `title of the section`, `rough`; never a fact that a check relies on."""

    @property
    def uri(self) -> str:
        """A link that opens at the place."""
        fragment = self.locator.fragment()
        if self.region is not None and not fragment:
            fragment = Locator(boxes=(self.region,), space=Space(unit="px", width=0, height=0)).fragment()
        if self.quote and not fragment and (self.kind == "web" or self._is_text_file):
            fragment = text_fragment(self.quote)
        return f"{self.source.uri}#{fragment}" if fragment else self.source.uri

    @property
    def region(self) -> Box | None:
        """The part of an image in which a search found what it sought, in the image's plane; None for the whole."""
        return parse_region(self.detail.get(REGION, "")) if self.kind == "image" else None

    @property
    def _is_text_file(self) -> bool:
        """Whether a browser opens the source as text, so that words can be found in it."""
        return self.kind == "text" and self.source.media_type.startswith(("text/", *_TEXT_TYPES))

    @property
    def place_key(self) -> str:
        """Equal for the same place in the same bytes: such evidence keeps one id in a thread."""
        return digest(self.kind, self.source.sha256, json.dumps(self.locator.to_json(), sort_keys=True))

    def to_json(self) -> dict[str, Any]:
        """The evidence document of the contract."""
        return {
            "id": self.id,
            "kind": self.kind,
            "unit_id": self.unit_id,
            "parent": self.parent,
            "source": self.source.to_json(),
            "uri": self.uri,
            "locator": self.locator.to_json(),
            "quote": self.quote,
            "producer": self.producer,
            "score": self.score,
            "at": self.at,
            "detail": self.detail,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Evidence:
        """Read what `to_json` wrote; `uri` is derived, not read."""
        fields = {name: value for name, value in data.items() if name != "uri"}
        fields["source"] = Source.from_json(data["source"])
        fields["locator"] = Locator.from_json(data["locator"])
        return cls(**fields)

    def with_id(self, evidence_id: str, at: str) -> Evidence:
        """The same evidence, minted: with its id and the time it was read (kept if it has one)."""
        return replace(self, id=evidence_id, at=self.at or at)


def parse_region(text: str) -> Box | None:
    """The box that a `detail` gives as `left,top,right,bottom`; None where it gives none.

    Example:
        >>> parse_region("240,30,280,70"), parse_region("280,30,240,70")
        ((240.0, 30.0, 280.0, 70.0), None)
    """
    try:
        left, top, right, bottom = (float(edge) for edge in text.split(","))
    except ValueError:  # none, or not four numbers
        return None
    return (left, top, right, bottom) if 0 <= left < right < math.inf and 0 <= top < bottom < math.inf else None


def file_uri(path: str | Path) -> str:
    """A `file://` link to an absolute path, odd bytes in its name kept."""
    return "file://" + percent(str(path).encode("utf-8", "surrogateescape"))


def text_fragment(quote: str) -> str:
    """The directive of a link that lets a browser find and highlight words; empty without any.

    One short line is given whole; anything longer by its first and its last words, which is also what a browser needs to
    find a run over several paragraphs.

    Source:
        W3C WICG, URL Fragment Text Directives, sections 3.3 (syntax: `-` and `,` of the words are escaped) and 3.5 (only
        whole words are found).
    """
    lines = [line.split() for line in quote.splitlines() if line.strip()]
    if not lines:
        return ""
    if len(lines) == 1 and len(lines[0]) <= _FRAGMENT_WORDS:
        ends = [lines[0]]
    else:
        ends = [lines[0][: _FRAGMENT_WORDS // 2], lines[-1][-(_FRAGMENT_WORDS // 2) :]]
    said = [percent(" ".join(words)[:_FRAGMENT_CHARS], safe="", errors="replace").replace("-", "%2D") for words in ends]
    return ":~:text=" + ",".join(said)


def unit_id(sha256: str, kind: str, locator: Locator, reader: str) -> str:
    """A stable id for a found unit: equal bytes, place and reader version give an equal id."""
    return digest(sha256, kind, json.dumps(locator.to_json(), sort_keys=True), reader)


def digest(*parts: str) -> str:
    """The first 24 hex digits of the SHA-256 of the parts, unambiguously joined."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _number(value: float) -> str:
    return f"{round(value, 3):g}" if abs(value) < 1e6 else str(round(value))
