"""What a picture file says about itself, in plain words: EXIF, IPTC, XMP, PNG and JPEG text. Decodes no pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_EXIF_PART, _GPS_PART = 0x8769, 0x8825
_TAKEN, _DIGITISED, _CHANGED = 0x9003, 0x9004, 0x0132
_USER_COMMENT = 0x9286
_MAIN_TAGS = {0x010E: "description", 0x013B: "artist", 0x8298: "copyright"}
_WINDOWS_TAGS = {0x9C9B: "title", 0x9C9C: "comment", 0x9C9E: "keywords", 0x9C9F: "subject"}
_IPTC_TAGS = {
    (2, 5): "title",
    (2, 25): "keywords",
    (2, 80): "artist",
    (2, 90): "city",
    (2, 101): "country",
    (2, 105): "headline",
    (2, 120): "description",
}
_XMP_TAGS = {"title": "title", "description": "description", "subject": "keywords", "creator": "artist"}
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_TEXT_KEYS = {"title", "author", "description", "comment", "copyright", "subject", "keywords", "source", "caption"}
_MAX_WORDS = 2000
_UNSET = {"", "0000:00:00 00:00:00"}


def about(image: Image) -> dict[str, str]:
    """Plain words under plain names: `taken`, `camera`, `place`, `description`, `keywords` … Only what is there."""
    said: dict[str, str] = {}
    for name, words in (*_from_exif(image), *_from_iptc(image), *_from_xmp(image), *_from_text(image)):
        clean = _clean(words)
        if clean and clean not in said.get(name, ""):
            said[name] = f"{said[name]}; {clean}" if name in said else clean
    return said


def dates(image: Image) -> dict[str, str]:
    """When the picture was taken and changed, ISO 8601 without a zone, under `taken` and `modified`."""
    exif = image.getexif()
    part = exif.get_ifd(_EXIF_PART)
    taken = _date(part.get(_TAKEN)) or _date(part.get(_DIGITISED))
    found = {"taken": taken, "modified": _date(exif.get(_CHANGED))}
    return {name: date for name, date in found.items() if date}


def _from_exif(image: Image) -> Iterator[tuple[str, str]]:
    exif = image.getexif()
    for name, date in dates(image).items():
        yield name, datetime.fromisoformat(date).strftime("%d %B %Y, %H:%M")
    make, model = (_text(exif.get(tag)) for tag in (0x010F, 0x0110))
    yield "camera", model if make and model.startswith(make.split()[0]) else f"{make} {model}"
    for tag, name in _MAIN_TAGS.items():
        yield name, _text(exif.get(tag))
    for tag, name in _WINDOWS_TAGS.items():
        value = exif.get(tag)
        yield name, value.decode("utf-16-le", "replace") if isinstance(value, bytes) else _text(value)
    comment = exif.get_ifd(_EXIF_PART).get(_USER_COMMENT)
    yield "comment", _user_comment(comment) if isinstance(comment, bytes) else _text(comment)
    yield "place", _place(exif.get_ifd(_GPS_PART))


def _from_iptc(image: Image) -> Iterator[tuple[str, str]]:
    from PIL import IptcImagePlugin
    from PIL.ImageFile import ImageFile

    if not isinstance(image, ImageFile) or image.format not in {"JPEG", "MPO", "TIFF"}:
        return
    found = IptcImagePlugin.getiptcinfo(image) or {}
    for tag, name in _IPTC_TAGS.items():
        values = found.get(tag, [])
        words = [_text(value) for value in (values if isinstance(values, list) else [values])]
        yield name, ", ".join(words)


def _from_xmp(image: Image) -> Iterator[tuple[str, str]]:
    import lxml.etree

    data = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if not isinstance(data, bytes):
        return
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = lxml.etree.fromstring(data.strip(b"\x00 \n\r\t"), parser)
    if root is None:
        return
    for tag, name in _XMP_TAGS.items():
        for element in root.iter(_DUBLIN_CORE + tag):
            yield name, ", ".join(filter(None, (str(text).strip() for text in element.itertext("{*}*"))))


def _from_text(image: Image) -> Iterator[tuple[str, str]]:
    for key, value in image.info.items():
        if isinstance(key, str) and key.lower() in _TEXT_KEYS:
            yield key.lower(), _text(value)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("cp1252", "replace")
    return value if isinstance(value, str) else ""


def _user_comment(value: bytes) -> str:
    code, words = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        return words.decode("utf-16-be" if words[:1] == b"\x00" else "utf-16-le", "replace")
    return _text(words if code.startswith(b"ASCII") or not code.strip(b"\x00") else value)


def _place(gps: dict[int, object]) -> str:
    latitude = _degrees(gps.get(2), gps.get(1), "S")
    longitude = _degrees(gps.get(4), gps.get(3), "W")
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return ""
    north, east = ("N" if latitude >= 0 else "S"), ("E" if longitude >= 0 else "W")
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"


def _degrees(parts: object, side: object, negative: str) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not abs(value) <= 180:
        return None
    return -value if _text(side).upper().startswith(negative) else value


def _date(value: object) -> str:
    words = _text(value).strip("\x00 ")
    if words in _UNSET:
        return ""
    found = re.match(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", words)
    if found is None:
        return ""
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001  EXIF knows no zone
    except ValueError:
        return ""


def _clean(words: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in words)
    return " ".join(shown.split())[:_MAX_WORDS].strip(" ,")
