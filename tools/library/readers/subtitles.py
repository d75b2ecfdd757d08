"""Subtitles: SubRip, WebVTT and TTML files, beside a film or alone, and the text streams inside a film.

All become sections of role `subtitle` with a time anchor for each cue. Times are taken as media time; those of a stream
are shifted with its film. Knows nothing of pictures: subtitles stored as bitmaps are only named.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.encoding import decode, encoding_of
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.readers.timed_text import Cue, parse_ttml
from sourcehound.tools.library.reading import Anchor, Reading, Section

READER = "subtitles 1"
_MEDIA_TYPES = {".srt": "application/x-subrip", ".ttml": "application/ttml+xml", ".dfxp": "application/ttml+xml"}
_MAX_FILE_BYTES = 32 << 20
_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_CLOCK}\s*-->\s*{_CLOCK}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(r"</?[A-Za-z][^>]*>|<\d[^>]*>|</?[cvb]?>|\{\\[^}]*\}")
_TOUCHING_S = 0.25
"""Cues nearer than this follow without a pause: lines that roll up are repeated in them."""


def read(path: Path, limits: Limits) -> Reading:
    """Read a subtitle file that stands alone.

    Raises:
        MediaError: it holds no cue with a time.
    """
    section = read_file(path, limits)
    return Reading(
        title=title_from_name(path),
        media_type=_MEDIA_TYPES.get(path.suffix.lower(), "text/vtt"),
        reader=READER,
        sections=(section,),
    )


def read_file(path: Path, limits: Limits) -> Section:
    """The cues of one file as a transcript.

    Raises:
        MediaError: it is too large, no text, or holds no cue with a time.
    """
    section = to_section(read_cues(path), part="subtitles", producer=READER, limits=limits)
    if not section.anchors:
        raise MediaError("subtitles without a single timed line", path=str(path))
    return section


def read_beside(path: Path, limits: Limits, *, stem: str, end_s: float) -> tuple[Section, int]:
    """The cues of a film's subtitle file that lie within the film, and how many do not.

    Args:
        path: the file.
        limits: characters kept.
        stem: the film's name without its suffix; what follows it in the file's name says the language.
        end_s: length of the film.

    Raises:
        MediaError: it is too large, no text, or holds no cue with a time within the film.
    """
    cues = read_cues(path)
    kept = within(cues, end_s)
    section = to_section(kept, part=_part(path, stem), producer=READER, limits=limits)
    if not section.anchors:
        where = " within the film" if cues else ""
        raise MediaError(f"subtitles without a single timed line{where}", path=str(path))
    return section, len(cues) - len(kept)


def within(cues: Sequence[Cue], end_s: float) -> tuple[Cue, ...]:
    """The cues of a film as far as they lie between its beginning and its end."""
    inside = (replace(cue, start_s=max(0.0, cue.start_s), end_s=min(cue.end_s, end_s)) for cue in cues)
    return tuple(cue for cue in inside if cue.start_s < cue.end_s)


def read_cues(path: Path) -> tuple[Cue, ...]:
    """The cues of one file, in the order written.

    Raises:
        MediaError: it is too large or no text.
    """
    if path.is_symlink() or not path.is_file():
        raise MediaError("subtitles are read from plain files only", path=str(path))
    with path.open("rb") as file:
        data = file.read(_MAX_FILE_BYTES + 1)
    if len(data) > _MAX_FILE_BYTES:
        raise MediaError(f"subtitles of more than {_MAX_FILE_BYTES} bytes", path=str(path))
    encoding = encoding_of(data)
    if encoding is None:
        raise MediaError("subtitles that are no text", path=str(path))
    if path.suffix.lower() in {".ttml", ".dfxp"}:
        return parse_ttml(data, str(path))
    return parse_cues(decode(data, encoding).removeprefix("\ufeff"))


def parse_cues(text: str) -> tuple[Cue, ...]:
    r"""The cues of a SubRip or WebVTT text, in the order written; what has no timing line is left out.

    Example:
        >>> parse_cues("1\n00:00:01,000 --> 00:00:02,500\nA <i>kite</i>.\n")
        (Cue(start_s=1.0, end_s=2.5, text='A kite.'),)
    """
    cues: list[Cue] = []
    lines: list[str] | None = None
    for line in (*text.splitlines(), ""):
        timing = _TIMING.match(line)
        if timing:
            lines = []
            start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
            cues.append(Cue(start_s=start, end_s=end, text=""))
        elif not line.strip():
            lines = None
        elif lines is not None:
            lines.append(line)
            cues[-1] = replace(cues[-1], text="\n".join(lines))
    return tuple(replace(cue, text=plain(cue.text)) for cue in cues)


def plain(text: str) -> str:
    """A cue's words without markup; the lines stay, a voice's name stands before its words."""
    bare = _TAG.sub("", _VOICE.sub(r"\1: ", text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")))
    return "\n".join(" ".join(line.split()) for line in html.unescape(bare).splitlines() if line.strip())


def to_section(cues: Iterable[Cue], *, part: str, producer: str, limits: Limits) -> Section:
    """One transcript: a line and an anchor for each cue, in order of time, lines that roll up only once."""
    text: list[str] = []
    anchors: list[Anchor] = []
    at = 0
    last = Cue(start_s=0.0, end_s=0.0, text="")
    for cue in sorted(cues, key=lambda cue: (cue.start_s, cue.end_s)):
        words = " ".join(_fresh(last, cue))
        last = cue if cue.text else last
        if not words or cue.end_s <= cue.start_s:
            continue
        if at + len(words) > limits.max_text_chars:
            break
        anchors.append(Anchor(start=at, end=at + len(words), start_s=cue.start_s, end_s=cue.end_s))
        text.append(words + "\n")
        at += len(words) + 1
    return Section(text="".join(text), role="subtitle", part=part, anchors=tuple(anchors), producer=producer)


def _fresh(last: Cue, cue: Cue) -> list[str]:
    # captions that roll up show the line before once more above the new one
    lines = cue.text.splitlines()
    if abs(cue.start_s - last.end_s) > _TOUCHING_S and cue.start_s > last.end_s:
        return lines
    shown = last.text.splitlines()
    for n in range(min(len(shown), len(lines)), 0, -1):
        if shown[-n:] == lines[:n]:
            return lines[n:]
    return lines


def _part(path: Path, stem: str) -> str:
    named = path.stem.removeprefix(stem).strip(". -_") if path.stem.startswith(stem) else ""
    return f"subtitles {named}".strip()


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000


@dataclass(slots=True)
class StreamCues:
    """Gathers the cues of one subtitle stream while a film is demuxed."""

    label: str
    cues: list[Cue] = field(default_factory=list[Cue])
    n_bitmaps: int = 0

    def add(self, lines: Sequence[bytes], start_s: float, end_s: float) -> None:
        """Take the lines of one packet."""
        words = plain(b"\n".join(lines).decode("utf-8", "replace"))
        if words:
            self.cues.append(Cue(start_s=start_s, end_s=end_s, text=words))
