"""TTML (and its older name DFXP): timed text as XML. Knows nothing of files.

Source:
    W3C Timed Text Markup Language 1 (third edition), sections 8 (content) and 10 (timing). Differs: styles and regions
    are left out; children of a sequence (`timeContainer="seq"`) are taken as parallel, as no caption file uses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sourcehound.tools.errors import MediaError

_CLOCK = re.compile(r"(\d+):(\d{2}):(\d{2})(?:\.(\d+)|:(\d+(?:\.\d+)?))?$")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|f|t)$")
_MAX_DEPTH = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Words shown between two media times, lines ended by newlines."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    frames: float
    ticks: float


def parse_ttml(data: bytes, path: str) -> tuple[Cue, ...]:
    """The cues of a TTML document.

    Raises:
        MediaError: it is no well-formed XML.
    """
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  lxml has no types

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise MediaError(f"timed text that is no XML: {error.msg}", path=path) from error
    return tuple(_cues(root, 0.0, _rates(root), 0))


def _rates(root: Any) -> _Rates:
    frames = _number(_attribute(root, "frameRate"), 30.0)
    above, _, below = (_attribute(root, "frameRateMultiplier") or "1 1").strip().partition(" ")
    frames *= _number(above, 1.0) / _number(below, 1.0)
    return _Rates(frames=frames, ticks=_number(_attribute(root, "tickRate"), 1.0))


def _cues(element: Any, offset_s: float, rates: _Rates, depth: int) -> Iterator[Cue]:
    if depth > _MAX_DEPTH or not isinstance(element.tag, str):
        return
    begin = _seconds(_attribute(element, "begin"), rates)
    start_s = offset_s + (begin or 0.0)
    end_s = _end(element, offset_s, start_s, rates)
    name = element.tag.rpartition("}")[2]
    if name in {"p", "span"} and end_s is not None:
        yield Cue(start_s=start_s, end_s=end_s, text=_words(element))
        return
    for child in element:
        yield from _cues(child, start_s, rates, depth + 1)


def _end(element: Any, offset_s: float, start_s: float, rates: _Rates) -> float | None:
    end = _seconds(_attribute(element, "end"), rates)
    if end is not None:
        return offset_s + end
    duration = _seconds(_attribute(element, "dur"), rates)
    return None if duration is None else start_s + duration


def _words(element: Any) -> str:
    return "\n".join(line.strip() for line in "".join(_pieces(element, 0)).splitlines() if line.strip())


def _pieces(element: Any, depth: int) -> Iterator[str]:
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if name == "br":
        yield "\n"
    elif name and name != "metadata" and depth <= _MAX_DEPTH:
        yield _blanks(element.text)
        for child in element:
            yield from _pieces(child, depth + 1)
            yield _blanks(child.tail)


def _blanks(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _seconds(value: str | None, rates: _Rates) -> float | None:
    clock = _CLOCK.match((value or "").strip())
    if clock:
        hours, minutes, seconds, fraction, frames = clock.groups()
        whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return whole + float(f"0.{fraction or 0}") + float(frames or 0) / rates.frames
    offset = _OFFSET.match((value or "").strip())
    if offset is None:
        return None
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "f": 1 / rates.frames, "t": 1 / rates.ticks}
    return float(offset.group(1)) * units[offset.group(2)]


def _attribute(element: Any, name: str) -> str | None:
    # parameters such as ttp:frameRate stand in a namespace, whose address changed over the years
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def _number(value: str | None, otherwise: float) -> float:
    try:
        number = float(value or "")
    except ValueError:
        return otherwise
    return number if number > 0 else otherwise
