"""One pass over a film's packets, nothing decoded but subtitles: how long it really is, and the words it carries.

Lengths in headers are wrong too often: missing in live recordings, too long in files that break off. Knows nothing of
frames and samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sourcehound.tools.library.readers.container import has_decoder, is_cover, packets_of, starts
from sourcehound.tools.library.readers.subtitles import StreamCues
from sourcehound.tools.library.readers.timeline import frame_interval

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

_COUNTED_BYTES = 8 << 30
"""Larger films are not read through at first sight: their headers are believed."""
_MICROSECOND = Fraction(1, 1_000_000)
_LYING_SHARE, _LYING_S = Fraction(95, 100), 1
"""A file that ends before this share of the length in its header, and this many seconds early, breaks off."""


@dataclass(slots=True, kw_only=True)
class Survey:
    """What the pass found.

    Attributes:
        end_s: media time at which the last audio or video stream ends.
        cues: the lines of each subtitle stream, by the stream's index.
        warnings: what was left out or is odd, one line each.
    """

    end_s: Fraction = Fraction(0)
    cues: dict[int, StreamCues] = field(default_factory=dict[int, StreamCues])
    warnings: list[str] = field(default_factory=list[str])


def survey(container: InputContainer, path: Path, origin_s: Fraction) -> Survey:
    """Read a container through, from where it stands to its end."""
    stated_s = _stated_end(container, origin_s)
    if stated_s > 0 and path.stat().st_size > _COUNTED_BYTES:
        unread = ["the subtitles inside it are not read: it is too large"] if container.streams.subtitles else []
        return Survey(end_s=stated_s, warnings=unread)
    subtitles = filter(has_decoder, container.streams.subtitles)
    found = Survey(cues={stream.index: StreamCues(label=_label(stream)) for stream in subtitles})
    usual_s = {stream.index: _usual_length(stream) for stream in starts(container)}
    by_dts = container.format.name == "avi"
    for packet in packets_of(container):
        index = packet.stream.index
        stamp = packet.dts if by_dts else packet.pts
        if stamp is None:
            continue
        begin_s = stamp * packet.time_base - origin_s
        length_s = (packet.duration or 0) * packet.time_base
        if index in usual_s:
            found.end_s = max(found.end_s, begin_s + (length_s or usual_s[index]))
        elif index in found.cues:
            _take_lines(found.cues[index], packet, begin_s, length_s)
    found.warnings.extend(_complaints(found, stated_s))
    found.warnings.extend(_unknown(container))
    return found


def _unknown(container: InputContainer) -> Iterator[str]:
    for stream in container.streams:
        if stream.type in {"video", "audio"} and not has_decoder(stream) and not is_cover(stream):
            yield f"its {stream.type} is in a format that is not decoded"


def _take_lines(cues: StreamCues, packet: Packet, begin_s: Fraction, length_s: Fraction) -> None:
    from av.error import FFmpegError

    if not packet.size:
        return
    try:
        rects = cast("list[Any]", packet.decode())
    except FFmpegError:
        return
    if any(rect.type == b"bitmap" for rect in rects):
        cues.n_bitmaps += 1
        return
    cues.add([rect.dialogue or rect.text for rect in rects], float(begin_s), float(begin_s + length_s))


def _stated_end(container: InputContainer, origin_s: Fraction) -> Fraction:
    # of the two readings of a header (a length, or an end as Matroska has it) the shorter one makes fewer accusations
    return max(Fraction(0), (container.duration or 0) * _MICROSECOND - max(Fraction(0), origin_s))


def _usual_length(stream: Stream) -> Fraction:
    return frame_interval(cast("VideoStream", stream)) if stream.type == "video" else Fraction(0)


def _label(stream: Stream) -> str:
    words = (stream.metadata.get("language", ""), stream.metadata.get("title", ""))
    return " ".join(["subtitles", *(word for word in words if word and word != "und")])


def _complaints(found: Survey, stated_s: Fraction) -> Iterator[str]:
    if found.end_s < min(stated_s * _LYING_SHARE, stated_s - _LYING_S):
        yield f"breaks off at {float(found.end_s):.1f} s; its header promises {float(stated_s):.1f} s"
    for cues in found.cues.values():
        if cues.n_bitmaps:
            yield f"its {cues.label} are pictures, which are not read"
