"""The formats that are read: a closed list of names, media types and the modules that read them.

Knows nothing of how a format is told (detect.py) nor of what the modules do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_ROOM = "sourcehound.tools.library.readers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that is read.

    Attributes:
        name: what people call it, as `PDF`.
        media_type: IANA media type.
        module: dotted name of the module that reads it.
        can: what the module offers beside `read`: `picture`, `frames`, `film`, `samples`.
        streamed: whether it is read in pieces, so that its size does not matter.
    """

    name: str
    media_type: str
    module: str
    can: frozenset[str] = frozenset()
    streamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A file that is not read: `reason` is one line; `broken` if its name promises a format that its bytes are not."""

    reason: str
    broken: bool = False


def _format(name: str, media_type: str, module: str, *can: str, streamed: bool = False) -> Format:
    return Format(name=name, media_type=media_type, module=f"{_ROOM}.{module}", can=frozenset(can), streamed=streamed)


def _image(name: str, media_type: str) -> Format:
    return _format(name, media_type, "image", "picture")


def _film(name: str, media_type: str) -> Format:
    return _format(name, media_type, "film", "picture", "frames", "film", "samples", streamed=True)


def _sound(name: str, media_type: str) -> Format:
    return _format(name, media_type, "sound", "samples", streamed=True)


_OFFICE = "application/vnd.openxmlformats-officedocument"
TEXT = _format("text", "text/plain", "text")
MARKDOWN = _format("Markdown", "text/markdown", "markdown")
HTML = _format("HTML", "text/html", "html")
CSV = _format("CSV", "text/csv", "sheet")
TSV = _format("TSV", "text/tab-separated-values", "sheet")
PDF = _format("PDF", "application/pdf", "pdf", "picture")
DOCX = _format("Word", f"{_OFFICE}.wordprocessingml.document", "docx")
PPTX = _format("PowerPoint", f"{_OFFICE}.presentationml.presentation", "pptx")
XLSX = _format("Excel", f"{_OFFICE}.spreadsheetml.sheet", "sheet")
SUBTITLES = _format("subtitles", "text/vtt", "subtitles")
EPUB = _format("EPUB", "application/epub+zip", "epub")
MAIL = _format("e-mail", "message/rfc822", "mail")
JSON = _format("JSON", "application/json", "json_document", streamed=True)
JSON_LINES = _format("JSON Lines", "application/jsonl", "json_lines", streamed=True)
NOTEBOOK = _format("notebook", "application/x-ipynb+json", "notebook")
ZIP = _format("zip", "application/zip", "zipped")
JPEG = _image("JPEG", "image/jpeg")
PNG = _image("PNG", "image/png")
WEBP = _image("WebP", "image/webp")
GIF = _image("GIF", "image/gif")
TIFF = _image("TIFF", "image/tiff")
BMP = _image("BMP", "image/bmp")
HEIF = _image("HEIF", "image/heif")
MP4 = _film("MP4", "video/mp4")
QUICKTIME = _film("QuickTime", "video/quicktime")
MATROSKA = _film("Matroska", "video/x-matroska")
WEBM = _film("WebM", "video/webm")
AVI = _film("AVI", "video/x-msvideo")
MPEG_TS = _film("MPEG-TS", "video/mp2t")
MPEG_PS = _film("MPEG", "video/mpeg")
OGG_VIDEO = _film("Ogg video", "video/ogg")
FLV = _film("Flash video", "video/x-flv")
WAV = _sound("WAV", "audio/wav")
MP3 = _sound("MP3", "audio/mpeg")
FLAC = _sound("FLAC", "audio/flac")
OGG = _sound("Ogg", "audio/ogg")
M4A = _sound("M4A", "audio/mp4")
AAC = _sound("AAC", "audio/aac")

FORMATS: tuple[Format, ...] = (
    *(TEXT, MARKDOWN, HTML, CSV, TSV, PDF, DOCX, PPTX, XLSX, SUBTITLES),
    *(EPUB, MAIL, JSON, JSON_LINES, NOTEBOOK, ZIP),
    *(JPEG, PNG, WEBP, GIF, TIFF, BMP, HEIF),
    *(MP4, QUICKTIME, MATROSKA, WEBM, AVI, MPEG_TS, MPEG_PS, OGG_VIDEO, FLV),
    *(WAV, MP3, FLAC, OGG, M4A, AAC),
)

TEXT_NAMES: dict[str, Format] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), MARKDOWN),
    **dict.fromkeys((".html", ".htm", ".xhtml"), HTML),
    **dict.fromkeys((".srt", ".vtt", ".ttml", ".dfxp"), SUBTITLES),
    **dict.fromkeys((".json", ".geojson"), JSON),
    **dict.fromkeys((".jsonl", ".ndjson"), JSON_LINES),
    ".ipynb": NOTEBOOK,
    ".eml": MAIL,
    ".csv": CSV,
    ".tsv": TSV,
    ".tab": TSV,
}
BINARY_NAMES: dict[str, Format] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe"), JPEG),
    **dict.fromkeys((".tif", ".tiff"), TIFF),
    **dict.fromkeys((".heic", ".heif"), HEIF),
    **dict.fromkeys((".docx", ".docm"), DOCX),
    **dict.fromkeys((".pptx", ".pptm"), PPTX),
    **dict.fromkeys((".xlsx", ".xlsm"), XLSX),
    **dict.fromkeys((".mp4", ".m4v", ".3gp"), MP4),
    **dict.fromkeys((".mpg", ".mpeg"), MPEG_PS),
    **dict.fromkeys((".ts", ".m2ts", ".mts"), MPEG_TS),
    **dict.fromkeys((".ogg", ".oga", ".opus"), OGG),
    ".png": PNG,
    ".webp": WEBP,
    ".gif": GIF,
    ".bmp": BMP,
    ".pdf": PDF,
    ".epub": EPUB,
    ".zip": ZIP,
    ".mov": QUICKTIME,
    ".mkv": MATROSKA,
    ".webm": WEBM,
    ".avi": AVI,
    ".ogv": OGG_VIDEO,
    ".flv": FLV,
    ".wav": WAV,
    ".mp3": MP3,
    ".flac": FLAC,
    ".m4a": M4A,
    ".aac": AAC,
}
_FILM_SUFFIXES = frozenset(suffix for suffix, kind in BINARY_NAMES.items() if "film" in kind.can)


def film_beside(path: str) -> str | None:
    """The film that a subtitle file belongs to: same name, a language between allowed (`talk.de.srt`, `talk.mp4`)."""
    bare = Path(path).with_suffix("")
    for base in dict.fromkeys((bare, bare.with_suffix(""))):
        for suffix in sorted(_FILM_SUFFIXES):
            film = base.with_name(base.name + suffix)
            if film.is_file():
                return str(film)
    return None


def is_subtitles(name: str) -> bool:
    """Whether a file is named as subtitles are."""
    return TEXT_NAMES.get(Path(name).suffix.lower()) is SUBTITLES


def subtitles_beside(path: str) -> tuple[str, ...]:
    """The subtitle files that belong to a film, sorted."""
    film = Path(path)
    try:
        entries = sorted(film.parent.iterdir())
    except OSError:
        return ()
    named = (entry for entry in entries if is_subtitles(entry.name))
    return tuple(str(entry) for entry in named if film.stem in {entry.stem, Path(entry.stem).stem})
