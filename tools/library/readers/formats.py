"""Which format a file has and which module reads it: by its first bytes, and by its name only among text formats.

A closed list: what is not on it is skipped by name. Knows nothing of what the modules do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import SEEK_END
from pathlib import Path

from sourcehound.tools.library.readers.encoding import looks_like_text

HEAD_BYTES = 8192
"""How many first bytes `detect` wants to see."""

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
    *(JPEG, PNG, WEBP, GIF, TIFF, BMP, HEIF),
    *(MP4, QUICKTIME, MATROSKA, WEBM, AVI, MPEG_TS, MPEG_PS, OGG_VIDEO, FLV),
    *(WAV, MP3, FLAC, OGG, M4A, AAC),
)

_TEXT_NAMES: dict[str, Format] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), MARKDOWN),
    **dict.fromkeys((".html", ".htm", ".xhtml"), HTML),
    **dict.fromkeys((".srt", ".vtt", ".ttml", ".dfxp"), SUBTITLES),
    ".csv": CSV,
    ".tsv": TSV,
    ".tab": TSV,
}
_BINARY_NAMES: dict[str, Format] = {
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
_FILM_SUFFIXES = frozenset(suffix for suffix, kind in _BINARY_NAMES.items() if "film" in kind.can)

_PLAYLIST = re.compile(
    rb"\s*(#EXTM3U|#EXTINF|ffconcat\s+version|v=0\r?\n[a-z]=|\[playlist\]|\[InternetShortcut\]|\[Reference\]"
    rb"|RTSPtext|<smil\b|<asx\b|(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(MPD|playlist|smil|asx)\b)",
    re.IGNORECASE | re.DOTALL,
)
_PDF_INSIDE = re.compile(rb"%PDF|\d obj\b|\bendobj\b|%%EOF")
_HTML = re.compile(rb"\s*(<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(rb"\s*(<\?xml[^>]*>\s*|<!--.*?-->\s*|<!doctype\s+svg[^>]*>\s*)*<svg\b", re.IGNORECASE | re.DOTALL)
_SKIPPED_TEXT: tuple[tuple[Callable[[bytes], object], str], ...] = (
    (_SVG.match, "an SVG drawing: drawings that can carry scripts are not rendered"),
    (lambda head: head.startswith(b"{\\rtf"), "an RTF document: save it as .docx or PDF to have it read"),
    (lambda head: head.startswith(b"%!PS"), "a PostScript file: save it as PDF to have it read"),
)
_SKIPPED_BYTES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office file: save it as .docx, .pptx or .xlsx"),
    (b"\x1f\x8b", "a gzip archive: unpack it to have it read"),
    (b"BZh", "a bzip2 archive: unpack it to have it read"),
    (b"\xfd7zXZ\x00", "an xz archive: unpack it to have it read"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it to have it read"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it to have it read"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"8BPS", "a Photoshop picture: save it as PNG or JPEG to have it read"),
    (b"%!PS", "a PostScript file: save it as PDF to have it read"),
    (b"\xc5\xd0\xd3\xc6", "an EPS file: save it as PDF to have it read"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file: convert it to MP4 to have it read"),
)
_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"fLaC", FLAC),
    (b"ID3", MP3),
    (b"FLV\x01", FLV),
    (b"\x00\x00\x01\xba", MPEG_PS),
    (b"\x00\x00\x01\xb3", MPEG_PS),
)
_RIFF = {b"WEBP": WEBP, b"AVI ": AVI, b"WAVE": WAV}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_BRANDS = {b"M4A": M4A, b"M4B": M4A, b"qt ": QUICKTIME}
_SERVED_NAMES = frozenset({"", ".txt", ".asp", ".aspx", ".php", ".jsp", ".cgi"})
_MOOV_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_OFFICE_PARTS = ((b"word/document", DOCX), (b"ppt/presentation", PPTX), (b"xl/workbook", XLSX))
_TS_PACKET, _M2TS_PACKET, _TS_SYNC, _TS_PACKETS_SEEN = 188, 192, 0x47, 3
_FRAME_SYNC = 0xFFE0
_PDF_HEADER_WITHIN = 1024
_ZIP_TAIL = 1 << 16


def detect(path: str, head: bytes) -> Format | Skip:
    """The format of a file.

    Args:
        path: its path; an office document without a telling name, and subtitles, make it look at what lies there.
        head: its first `HEAD_BYTES` bytes (all of them if it is shorter).
    """
    suffix = Path(path).suffix.lower()
    if not head:
        return Skip(reason="an empty file")
    for magic, reason in _SKIPPED_BYTES:
        if head.startswith(magic) and b"%PDF-" not in head[:_PDF_HEADER_WITHIN]:
            return Skip(reason=reason)
    return _by_bytes(path, suffix, head) or _by_text(path, suffix, head) or _by_name(suffix, head)


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
    return _TEXT_NAMES.get(Path(name).suffix.lower()) is SUBTITLES


def subtitles_beside(path: str) -> tuple[str, ...]:
    """The subtitle files that belong to a film, sorted."""
    film = Path(path)
    try:
        entries = sorted(film.parent.iterdir())
    except OSError:
        return ()
    named = (entry for entry in entries if is_subtitles(entry.name))
    return tuple(str(entry) for entry in named if film.stem in {entry.stem, Path(entry.stem).stem})


def _by_bytes(path: str, suffix: str, head: bytes) -> Format | Skip | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path, suffix, head)
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        return PDF
    return _picture_bytes(head) or _film_bytes(suffix, head) or _sound_bytes(suffix, head)


def _picture_bytes(head: bytes) -> Format | Skip | None:
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(64, head[3]), 4))}
        if head[8:12] in {b"avif", b"avis"}:
            return Skip(reason="an AVIF picture: save it as PNG or JPEG to have it read")
        if head[8:12] in _HEIF_BRANDS and brands & _HEIF_BRANDS:
            return HEIF
    return None


def _film_bytes(suffix: str, head: bytes) -> Format | None:
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:11], MP4)
    if head[4:8] in _MOOV_ATOMS:
        return QUICKTIME
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else MATROSKA
    if head.startswith(b"OggS"):
        return OGG_VIDEO if b"theora" in head[:256] or suffix == ".ogv" else OGG
    for packet, offset in ((_TS_PACKET, 0), (_M2TS_PACKET, 4)):
        syncs = head[offset::packet]
        if len(syncs) >= _TS_PACKETS_SEEN and set(syncs) == {_TS_SYNC}:
            return MPEG_TS
    return None


def _sound_bytes(suffix: str, head: bytes) -> Format | None:
    first = int.from_bytes(head[:2], "big")
    if _BINARY_NAMES.get(suffix) in {MP3, AAC} and first & _FRAME_SYNC == _FRAME_SYNC:
        return AAC if head[1] & 0x06 == 0 else MP3
    return None


def _zipped(path: str, suffix: str, head: bytes) -> Format | Skip:
    named = _BINARY_NAMES.get(suffix)
    if named in {DOCX, PPTX, XLSX}:
        return named
    if b"mimetypeapplication/vnd.oasis.opendocument" in head[:128]:
        return Skip(reason="an OpenDocument file: save it as .docx, .pptx, .xlsx or PDF to have it read")
    if b"mimetypeapplication/epub" in head[:128]:
        return Skip(reason="an EPUB book: save it as PDF or HTML to have it read")
    names = head + _tail(path)
    for part, kind in _OFFICE_PARTS:
        if part in names:
            return kind
    return Skip(reason="a zip archive: unpack it to have it read")


def _tail(path: str) -> bytes:
    # the list of a zip archive's members stands at its end
    try:
        with Path(path).open("rb") as file:
            file.seek(max(0, file.seek(0, SEEK_END) - _ZIP_TAIL))
            return file.read(_ZIP_TAIL)
    except OSError:
        return b""


def _by_text(path: str, suffix: str, head: bytes) -> Format | Skip | None:
    if not looks_like_text(head):
        return None
    plain = head.removeprefix(b"\xef\xbb\xbf")
    refused = _refused_text(suffix, plain)
    if refused is not None:
        return refused
    if suffix == ".pdf" and _PDF_INSIDE.search(head):
        return PDF  # damaged: PDFium says how
    named = _TEXT_NAMES.get(suffix, TEXT)
    if named is SUBTITLES and (film := film_beside(path)) is not None:
        return Skip(reason=f"subtitles, read with {Path(film).name}")
    if named is TEXT and _HTML.match(plain) and (suffix in _BINARY_NAMES or suffix in _SERVED_NAMES):
        return HTML
    return named


def _refused_text(suffix: str, plain: bytes) -> Skip | None:
    if _PLAYLIST.match(plain):
        film = _BINARY_NAMES.get(suffix)
        posing = f"named {suffix} but " if film is not None and film.streamed else ""
        return Skip(
            reason=f"{posing}a playlist: it only points at other files, which are not opened", broken=bool(posing)
        )
    return next((Skip(reason=reason) for matches, reason in _SKIPPED_TEXT if matches(plain)), None)


def _by_name(suffix: str, head: bytes) -> Format | Skip:
    named = _BINARY_NAMES.get(suffix)
    if named in {MPEG_PS, MPEG_TS, MP3, AAC}:
        return named  # their streams may begin anywhere: the decoder finds out
    if not any(head):
        return Skip(reason="holds nothing but zero bytes", broken=named is not None)
    if named is not None:
        return Skip(reason=f"named {suffix} but its first bytes are not those of a {named.name} file", broken=True)
    shown = suffix if re.fullmatch(r"\.\w{1,12}", suffix, re.ASCII) else "this format"
    return Skip(reason=f"{shown} is not among the formats that are read")
