"""Which format a file has: by its first bytes, and by its name only among text formats.

What is on no list is skipped by name. Decodes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import SEEK_END
from pathlib import Path

from sourcehound.tools.library.readers.encoding import looks_like_text
from sourcehound.tools.library.readers.formats import (
    AAC,
    AVI,
    BINARY_NAMES,
    BMP,
    DOCX,
    EPUB,
    FLAC,
    FLV,
    GIF,
    HEIF,
    HTML,
    JPEG,
    M4A,
    MAIL,
    MATROSKA,
    MP3,
    MP4,
    MPEG_PS,
    MPEG_TS,
    OGG,
    OGG_VIDEO,
    PDF,
    PNG,
    PPTX,
    QUICKTIME,
    SUBTITLES,
    TEXT,
    TEXT_NAMES,
    TIFF,
    WAV,
    WEBM,
    WEBP,
    XLSX,
    ZIP,
    Format,
    Skip,
    film_beside,
)

HEAD_BYTES = 8192
"""How many first bytes `detect` wants to see."""

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
    (b"PK\x05\x06", "an empty zip archive"),
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
_DRM_PARTS = (b"META-INF/rights.xml", b"META-INF/sinf.xml", b"META-INF/license.lcpl")
"""Where Adobe's, Apple's and Readium's copy protection keep their keys."""
_MAIL_HEADER = re.compile(rb"(From [^\r\n]*\r?\n)?[!-9;-~]{1,80}:[ \t\r\n]")
_TS_PACKET, _M2TS_PACKET, _TS_SYNC, _TS_PACKETS_SEEN = 188, 192, 0x47, 3
_FRAME_SYNC = 0xFFE0
_PDF_HEADER_WITHIN = 1024
_ZIP_TAIL = 1 << 16
_ZIP_NAME_AT = 30
_OFFICE_FIRST = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"ppt/", b"xl/")
_ENCRYPTED = 0x1


def detect(path: str, head: bytes, *, held: bytes | None = None) -> Format | Skip:
    """The format of a file.

    Args:
        path: its path; a zip archive without a telling name, and subtitles, make it look at what lies there.
        head: its first `HEAD_BYTES` bytes (all of them if it is shorter).
        held: all its bytes, if it is a member of another file: then `path` is but a name, and nothing is looked at.
    """
    suffix = Path(path).suffix.lower()
    if not head:
        return Skip(reason="an empty file")
    for magic, reason in _SKIPPED_BYTES:
        if head.startswith(magic) and b"%PDF-" not in head[:_PDF_HEADER_WITHIN]:
            return Skip(reason=reason)
    if suffix == ".eml" and _MAIL_HEADER.match(head):
        return MAIL  # its parts may be in any encoding, or in none

    def tail() -> bytes:
        return _tail(path) if held is None else held[-_ZIP_TAIL:]

    found = _by_bytes(suffix, head, tail) or _by_text(path if held is None else "", suffix, head)
    return found or _by_name(suffix, head)


def _by_bytes(suffix: str, head: bytes, tail: Callable[[], bytes]) -> Format | Skip | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"PK\x03\x04"):
        return _zipped(suffix, head, tail)
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
    if BINARY_NAMES.get(suffix) in {MP3, AAC} and first & _FRAME_SYNC == _FRAME_SYNC:
        return AAC if head[1] & 0x06 == 0 else MP3
    return None


def _zipped(suffix: str, head: bytes, tail: Callable[[], bytes]) -> Format | Skip:
    named = BINARY_NAMES.get(suffix)
    if named in {DOCX, PPTX, XLSX}:
        return named
    if b"mimetypeapplication/vnd.oasis.opendocument" in head[:128]:
        return Skip(reason="an OpenDocument file: save it as .docx, .pptx, .xlsx or PDF to have it read")
    names = head + tail()
    if named is EPUB or b"mimetypeapplication/epub" in head[:128]:
        if any(part in names for part in _DRM_PARTS):
            return Skip(reason="an EPUB book with copy protection (DRM): only its own reader can open it")
        return EPUB
    # an archive of office files holds their parts' names too: what is named .zip must begin as an office file does
    may_be = suffix != ".zip" or head[_ZIP_NAME_AT:].startswith(_OFFICE_FIRST)
    office = next((kind for part, kind in _OFFICE_PARTS if part in names), None) if may_be else None
    return office or _archive(suffix, head)


def _archive(suffix: str, head: bytes) -> Format | Skip:
    if suffix not in {"", ".zip"}:
        shown = f" named {suffix}" if re.fullmatch(r"\.\w{1,12}", suffix, re.ASCII) else " named otherwise"
        return Skip(reason=f"a zip archive{shown}: only those named .zip are looked into")
    is_locked = int.from_bytes(head[6:8], "little") & _ENCRYPTED
    return Skip(reason="a zip archive locked by a password: unpack it to have it read") if is_locked else ZIP


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
    named = TEXT_NAMES.get(suffix, TEXT)
    if named is SUBTITLES and path and (film := film_beside(path)) is not None:
        return Skip(reason=f"subtitles, read with {Path(film).name}")
    if named is TEXT and _HTML.match(plain) and (suffix in BINARY_NAMES or suffix in _SERVED_NAMES):
        return HTML
    return named


def _refused_text(suffix: str, plain: bytes) -> Skip | None:
    if _PLAYLIST.match(plain):
        film = BINARY_NAMES.get(suffix)
        posing = f"named {suffix} but " if film is not None and film.streamed else ""
        return Skip(
            reason=f"{posing}a playlist: it only points at other files, which are not opened", broken=bool(posing)
        )
    return next((Skip(reason=reason) for matches, reason in _SKIPPED_TEXT if matches(plain)), None)


def _by_name(suffix: str, head: bytes) -> Format | Skip:
    named = BINARY_NAMES.get(suffix)
    if named in {MPEG_PS, MPEG_TS, MP3, AAC}:
        return named  # their streams may begin anywhere: the decoder finds out
    if not any(head):
        return Skip(reason="holds nothing but zero bytes", broken=named is not None)
    if named is not None:
        return Skip(reason=f"named {suffix} but its first bytes are not those of a {named.name} file", broken=True)
    shown = suffix if re.fullmatch(r"\.\w{1,12}", suffix, re.ASCII) else "this format"
    return Skip(reason=f"{shown} is not among the formats that are read")
