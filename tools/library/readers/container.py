"""Opening films and recordings safely, and the one clock of each: media time.

0 s is the least start over the file's audio and video streams; every stream is shifted by that one number. Only
containers that hold their own data are opened: playlists, which point at other files, are refused, and no protocol but
`file` is spoken. Knows nothing of what is done with frames and samples.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_GUARD = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,ogg,flv,wav,mp3,flac,aac",
    "protocol_whitelist": "file",
}
_PACKETS_TO_FIND_STARTS = 4000
"""Packets looked at for the first time stamps of streams whose header has none."""


@contextmanager
def opened(path: Path) -> Generator[InputContainer]:
    """Open a film or recording.

    Raises:
        MediaError: it is none of the known containers, or decoding fails in a way that nothing inside handled.
    """
    import av
    from av.error import FFmpegError

    try:
        with av.open(f"file:{path.absolute()}", options=dict(_GUARD), metadata_errors="replace") as container:
            yield container
    except FFmpegError as error:
        raise MediaError(f"not a film or recording that can be decoded: {reason(error)}", path=str(path)) from error


def reason(error: Exception) -> str:
    """FFmpeg's words for what went wrong, without number and path."""
    return str(getattr(error, "strerror", "") or error).lower()


def moving_pictures(container: InputContainer, path: Path, limits: Limits) -> VideoStream | None:
    """The first video stream that can be decoded and is no cover picture, ready to decode on one core; None without one.

    One thread leaves the other cores to the senses, and was the fastest for small films.

    Raises:
        MediaError: its frames are larger than the limits allow.
    """
    streams = (stream for stream in container.streams.video if not is_cover(stream) and has_decoder(stream))
    stream = next(streams, None)
    if stream is None:
        return None
    codec = stream.codec_context
    if codec.width * codec.height > limits.max_pixels:
        size = f"{codec.width} x {codec.height}"
        raise MediaError(f"its frames of {size} pixels are over the limit of {limits.max_pixels}", path=str(path))
    codec.thread_count = 1
    codec.options = {"max_pixels": str(limits.max_pixels)}  # a size that changes on the way
    return stream


def sound_track(container: InputContainer) -> AudioStream | None:
    """The first audio stream that can be decoded, ready to decode on one core; None without one."""
    stream = next(filter(has_decoder, container.streams.audio), None)
    if stream is not None:
        stream.codec_context.thread_count = 1
    return stream


def has_decoder(stream: Stream) -> bool:
    """Whether FFmpeg knows the codec of a stream; PyAV gives streams of unknown codecs no context."""
    return cast("object", stream.codec_context) is not None


def is_cover(stream: Stream) -> bool:
    """Whether a video stream is a still picture that belongs to a recording."""
    from av.stream import Disposition

    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def quarter_turns(frame: VideoFrame) -> int:
    """How often a frame is to be turned by 90 degrees against the clock, as its film asks for (display matrix)."""
    return round(frame.rotation / 90) % 4


def packets_of(container: InputContainer, *streams: Stream) -> Iterator[Packet]:
    """The packets of these streams (all of them if none is named); a file that breaks off ends there."""
    from av.error import FFmpegError

    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError:
            return
        except IndexError:
            # a packet of a stream that began later than all others, which PyAV does not list: the rest follows it
            packets = container.demux(*streams)
            continue
        if packet is None:
            return
        yield packet


def starts(container: InputContainer) -> list[Stream]:
    """The streams that media time rests on: sound and moving pictures."""
    return [stream for stream in (*container.streams.audio, *container.streams.video) if not is_cover(stream)]


def origin_of(container: InputContainer, path: Path) -> Fraction:
    """The container time that is media time 0, in seconds. Exact: times of frames must not drift by rounding."""
    known: dict[int, Fraction] = {}
    unknown: set[int] = set()
    for stream in starts(container):
        if stream.start_time is not None and stream.time_base is not None:
            known[stream.index] = stream.start_time * stream.time_base
        else:
            unknown.add(stream.index)
    if unknown:
        known |= _first_stamps(path, unknown)
    return min(known.values(), default=Fraction(0))


def _first_stamps(path: Path, wanted: set[int]) -> dict[int, Fraction]:
    # in a container of its own, so that the caller's stays at its beginning
    found: dict[int, Fraction] = {}
    with opened(path) as container:
        for count, packet in enumerate(container.demux()):
            index = packet.stream.index
            if index in wanted and packet.pts is not None:
                found.setdefault(index, packet.pts * packet.time_base)
            if len(found) == len(wanted) or count >= _PACKETS_TO_FIND_STARTS:
                break
    return found
