"""A citation or hit as people are shown it: the one place where foreign values become words, numbers and links.

Answer documents may have been altered by hand, and their titles, quotes and names come from strangers. Whatever leaves
here is printable, bounded and of the type it says; a link leaves only if it is one that our own code would have made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlsplit

from sourcehound.tools.evidence import REGION, Locator, parse_region
from sourcehound.tools.show.place import extent, place
from sourcehound.tools.show.printable import one_line, printable

KIND_WORDS = {
    "text": "Text",
    "page": "Page",
    "image": "Picture",
    "crop": "Part of a picture",
    "moment": "Moment",
    "speech": "Speech",
    "web": "Web page",
    "passage": "Text",
}
_QUOTE_LIMIT = 1500
_WRITTEN_LIMIT = 240
_URI_LIMIT = 4096
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PLAYED = ("video", "audio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a person sees of one piece of evidence. Every string is printable; none is escaped for any format yet.

    Attributes:
        n: number of the citation, or rank of the hit.
        kind: kind of evidence; empty if it is none of the contract's.
        title: of the source, one line.
        where: the place in words; empty where the whole source is meant.
        link: `file:///…` or `https://…` that opens at the place; None if there is none that can be trusted.
        player: (`video` or `audio`, `file:///…#t=…`) for a moment of a file; None otherwise.
        through: what a model wrote about it, where that is how a search found it, and who wrote it; else empty.
        facts: (name, value) of the rest: path, other paths, reader, hash.
    """

    n: int
    id: str
    kind: str
    title: str
    where: str
    quote: str
    link: str | None
    player: tuple[str, str] | None
    score: float | None
    through: str
    facts: tuple[tuple[str, str], ...]

    @property
    def kind_words(self) -> str:
        """The kind as people say it."""
        return KIND_WORDS.get(self.kind, "Evidence")


def card_of(evidence: Mapping[str, Any], *, n: int | None = None) -> Card:
    """Read an evidence document, whatever state it is in.

    Args:
        evidence: the document; a citation carries its own `n`.
        n: the number to show instead (a hit's rank).
    """
    source = record(evidence.get("source"))
    kind = evidence.get("kind")
    known = kind if isinstance(kind, str) and kind in KIND_WORDS else ""
    link = safe_link(evidence.get("uri"), known)
    path = one_line(source.get("path"), 500)
    return Card(
        n=whole(evidence.get("n")) if n is None else n,
        id=one_line(evidence.get("id"), 20),
        kind=known,
        title=one_line(source.get("title"), 200) or path.rpartition("/")[2] or "(without a title)",
        where=_where(evidence, known, link),
        quote=printable(evidence.get("quote")).strip()[:_QUOTE_LIMIT],
        link=link,
        player=_player(one_line(source.get("media_type"), 60), link, record(evidence.get("locator"))),
        score=number(evidence.get("score")),
        through=_through(record(evidence.get("detail"))),
        facts=_facts(evidence, source, path),
    )


def safe_link(uri: object, kind: str) -> str | None:
    """The address again if it is of the form that our code gives this kind of evidence, else None.

    A web page opens at `https://host/…` without a user's name in it; everything else at `file:///…`, never at a file of
    another host. Whatever could end an attribute or a Markdown link is percent-escaped.
    """
    if not isinstance(uri, str) or len(uri) > _URI_LIMIT or uri != one_line(uri) or "\\" in uri or not kind:
        return None
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if kind == "web":
        trusted = uri.startswith("https://") and _HOST.fullmatch(parts.netloc) is not None
    else:
        trusted = uri.startswith("file:///") and not uri.startswith("file:////")
    return quote(_only_true_escapes(uri), safe="%/:=&?#,.~+;@!$-_") if trusted else None


def words_of(value: object, limit: int = 400) -> str:
    """A value as one printable line."""
    return one_line(value, limit)


def number(value: object) -> float | None:
    """A finite number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def whole(value: object) -> int:
    """A count; 0 for anything that is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15 else 0


def counted(n: int, noun: str) -> str:
    """A number with its noun, as `1 hit` or `2,000 files`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def record(value: object) -> Mapping[str, Any]:
    """A JSON object; empty for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def records(value: object) -> list[Mapping[str, Any]]:
    """The JSON objects of a list; empty for anything else."""
    return [record(item) for item in items(value) if isinstance(item, Mapping)]


def items(value: object) -> Sequence[Any]:
    """A JSON list; empty for anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()


def _only_true_escapes(uri: str) -> str:
    """A per cent sign that begins no escape is escaped itself."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", uri)


def _locator(data: Mapping[str, Any]) -> Locator:
    """The place, each field only if it has its type (`Locator.from_json` trusts what it reads)."""
    page = data.get("page")
    chars = [whole(c) for c in items(data.get("chars"))]
    boxes = [[number(side) for side in items(box)] for box in items(data.get("boxes"))]
    sound = [box for box in boxes if len(box) == 4 and None not in box]
    space = record(data.get("space"))
    frames = [number(t) for t in items(data.get("frames_s"))]
    plane = {"unit": "px", "width": 1, "height": 1} if space.get("unit") == "px" else None
    return Locator.from_json(
        {
            "page": whole(page) or None,
            "page_label": one_line(data.get("page_label"), 20) or None,
            "chars": chars if len(chars) == 2 else None,
            "boxes": sound,
            "space": plane,
            "start_s": number(data.get("start_s")),
            "end_s": number(data.get("end_s")),
            "frames_s": [t for t in frames if t is not None],
            "part": one_line(data.get("part"), 60) or None,
        }
    )


def _where(evidence: Mapping[str, Any], kind: str, link: str | None) -> str:
    """The place in words; of a web page its host, so that a person sees where a link leads before following it."""
    if kind == "web":
        return urlsplit(link or "").netloc
    where = place(_locator(record(evidence.get("locator"))), box=kind == "crop")
    return ", ".join(part for part in (where, _region(evidence) if kind == "image" else "") if part)


def _region(evidence: Mapping[str, Any]) -> str:
    """The part of a picture in which a search found what it sought, in the units of the picture's plane."""
    box = parse_region(one_line(record(evidence.get("detail")).get(REGION), 80))
    if box is None:
        return ""
    unit = "pt" if record(record(evidence.get("locator")).get("space")).get("unit") == "pt" else "px"
    return f"best in {extent(box)} {unit} at {box[0]:.0f}, {box[1]:.0f}"


def _through(detail: Mapping[str, Any]) -> str:
    """What a model wrote, marked as not the source's own words."""
    written = one_line(detail.get("written"), _WRITTEN_LIMIT)
    who = one_line(detail.get("found_by"), 120) or "what a model wrote"
    return f"found by {who}, not its own words: “{written}”" if written else ""


def _player(media_type: str, link: str | None, locator: Mapping[str, Any]) -> tuple[str, str] | None:
    family = media_type.partition("/")[0]
    if (
        family not in _PLAYED
        or link is None
        or not link.startswith("file:///")
        or number(locator.get("start_s")) is None
    ):
        return None
    return family, link


def _facts(evidence: Mapping[str, Any], source: Mapping[str, Any], path: str) -> tuple[tuple[str, str], ...]:
    also = ", ".join(one_line(other, 500) for other in items(source.get("also"))[:8])
    read_at = one_line(evidence.get("at"), 40)
    producer = one_line(evidence.get("producer"), 120)
    rows = (
        ("File", path),
        ("Address", "" if path else one_line(source.get("uri"), 500)),
        ("Same file at", also),
        ("Read by", f"{producer}, {read_at}" if producer and read_at else producer or read_at),
        ("SHA-256", one_line(source.get("sha256"), 64)),
    )
    return tuple((name, value) for name, value in rows if value)
