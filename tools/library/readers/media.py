"""The first look at a film or recording: what it is, how long it really is, its tags and its subtitles.

Knows nothing of shots, kept frames and samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.container import moving_pictures, opened, origin_of, quarter_turns, sound_track
from sourcehound.tools.library.readers.detect import HEAD_BYTES, detect
from sourcehound.tools.library.readers.formats import Format, subtitles_beside
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.subtitles import read_beside, to_section, within
from sourcehound.tools.library.readers.survey import Survey, survey
from sourcehound.tools.library.readers.timeline import Finder, frame_interval
from sourcehound.tools.library.reading import Anchor, Media, Reading, Section

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

READER = "media 2"
_TAGS = (
    "title",
    "artist",
    "album_artist",
    "album",
    "date",
    "genre",
    "show",
    "track",
    "composer",
    "location",
    "make",
    "model",
)
_SAID = ("description", "synopsis", "comment", "lyrics")
"""Tags in sentences: they become text that can be found."""
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$")
_MIN_SAID = 20
_NANOSECOND = Fraction(1, 1_000_000_000)
_SOUND_TYPES = {"video/mp4": "audio/mp4", "video/webm": "audio/webm", "video/x-matroska": "audio/x-matroska"}


def read(path: Path, limits: Limits) -> Reading:
    """Take the first look at a film or recording, with the subtitles in it and beside it.

    Raises:
        MediaError: it is no container that is read, or holds neither moving pictures nor sound that can be decoded.
    """
    import av

    producer = f"av {av.__version__}"
    with opened(path) as container:
        video = moving_pictures(container, path, limits)
        origin_s = origin_of(container, path)
        found = survey(container, path, origin_s)
        size = None if video is None else _size_shown(container, video, origin_s)
        has_audio = sound_track(container) is not None
        _check(path, found, has_video=video is not None, has_frames=size is not None, has_audio=has_audio)
        metadata = {key.lower(): value for key, value in container.metadata.items()}
        width, height = size or (0, 0)
        media = Media(
            duration_s=float(found.end_s),
            origin_s=float(origin_s),
            has_video=size is not None,
            has_audio=has_audio,
            width=width,
            height=height,
            fps=float(1 / frame_interval(video)) if video is not None and size else None,
            tags={key: one_line(metadata[key]) for key in _TAGS if metadata.get(key)},
        )
        chapters = tuple(_chapters(container, origin_s, float(found.end_s), producer))
    streams = list(_inside(found, limits, producer))
    beside = _beside(path, limits, found)
    distinct = {section.text: section for section in reversed([*beside, *streams])}
    subtitles = reversed(distinct.values())  # of equal ones the first
    sections, cut = joined([*subtitles, *chapters, *_said(metadata, producer)], limits)
    return Reading(
        title=one_line(metadata.get("title", "")) or title_from_name(path),
        media_type=_media_type(path, has_video=media.has_video),
        reader=READER,
        sections=sections,
        media=media,
        dates=_dates(metadata),
        warnings=(*found.warnings, *cut),
    )


def _check(path: Path, found: Survey, *, has_video: bool, has_frames: bool, has_audio: bool) -> None:
    undecodable = "not one of its frames can be decoded"
    if has_frames or (has_audio and found.end_s > 0):
        if has_video and not has_frames:
            found.warnings.append(f"{undecodable}; only its sound is read")
        return
    nothing = next(iter(found.warnings), "holds neither moving pictures nor sound")
    raise MediaError(undecodable if has_video else "is empty" if has_audio else nothing, path=str(path))


def _size_shown(container: InputContainer, video: VideoStream, origin_s: Fraction) -> tuple[int, int] | None:
    """Width and height after rotation, which only a frame knows; None if no frame can be decoded."""
    from av.error import FFmpegError

    try:
        found = Finder(container, video, origin_s).at(0.0)
    except FFmpegError:
        return None
    if found is None:
        return None
    frame = found[1]
    return (frame.height, frame.width) if quarter_turns(frame) % 2 else (frame.width, frame.height)


def _inside(found: Survey, limits: Limits, producer: str) -> Iterator[Section]:
    """The subtitles in the film, as far as they lie between its beginning and its end."""
    for cues in found.cues.values():
        kept = within(cues.cues, float(found.end_s))
        found.warnings.extend(_beyond(cues.label, len(cues.cues) - len(kept)))
        yield to_section(kept, part=cues.label, producer=producer, limits=limits)


def _beside(path: Path, limits: Limits, found: Survey) -> list[Section]:
    """The subtitles in files beside the film, likewise."""
    sections: list[Section] = []
    for file in map(Path, subtitles_beside(str(path))):
        try:
            section, n_beyond = read_beside(file, limits, stem=path.stem, end_s=float(found.end_s))
        except (MediaError, OSError) as error:
            found.warnings.append(f"{file.name} beside it cannot be read: {getattr(error, 'message', error)}")
            continue
        sections.append(section)
        found.warnings.extend(_beyond(file.name, n_beyond))
    return sections


def _beyond(name: str, n_cues: int) -> Iterator[str]:
    if n_cues:
        yield f"{name}: {n_cues} of its lines left out, whose times do not lie within the film"


def _chapters(container: InputContainer, origin_s: Fraction, end_s: float, producer: str) -> Iterator[Section]:
    text = ""
    anchors: list[Anchor] = []
    for chapter in container.chapters():
        title = one_line(chapter["metadata"].get("title", ""))
        begin_s, until_s = (
            min(max(0.0, float(chapter[side] * (chapter["time_base"] or _NANOSECOND) - origin_s)), end_s)
            for side in ("start", "end")
        )
        if title and until_s > begin_s:
            anchors.append(Anchor(start=len(text), end=len(text) + len(title), start_s=begin_s, end_s=until_s))
            text += title + "\n\n"
    if text:
        yield Section(text=text, part="chapters", anchors=tuple(anchors), producer=producer)


def _said(metadata: dict[str, str], producer: str) -> Iterator[Section]:
    for key in _SAID:
        words = metadata.get(key, "").strip()
        if len(words) >= _MIN_SAID:
            yield Section(text=words + "\n", part=key, producer=producer)


def _dates(metadata: dict[str, str]) -> dict[str, str]:
    found = {"created": metadata.get("creation_time", ""), "dated": metadata.get("date", "")}
    return {key: value for key, value in found.items() if _DATE.match(value)}


def _media_type(path: Path, *, has_video: bool) -> str:
    with path.open("rb") as file:
        kind = detect(str(path), file.read(HEAD_BYTES))
    media_type = kind.media_type if isinstance(kind, Format) else "application/octet-stream"
    return media_type if has_video else _SOUND_TYPES.get(media_type, media_type)
