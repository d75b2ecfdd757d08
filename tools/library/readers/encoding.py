"""Bytes to text: which encoding a text file has. Knows nothing of formats.

UTF-8, UTF-16 and UTF-32 (with or without a byte order mark) are certain; what is none of them is taken for
Windows-1252, which holds Latin-1's letters, if its bytes look like words.
"""

from __future__ import annotations

import codecs
import re

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_SAMPLE = 1 << 16
_MAX_CONTROL_SHARE = 0.002
_MIN_ZERO_SHARE = 0.2
_MAX_ZERO_SHARE_OTHER = 0.02
_MAX_HIGH_SHARE = 0.3
_LEAST_WIDE = 4
_SOUND_TO_DAMAGED = 20
_ASCII = frozenset(map(chr, range(128)))
_FORMAT = frozenset("\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\x1b")


def encoding_of(data: bytes) -> str | None:
    """The encoding of a text, None if it is no text. `data` may be cut at any byte."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name if _reads_well(data, name) else None
    wide = _wide(data)
    if wide is not None:
        return wide
    if _is_binary(data):
        return None
    if _is_utf8(data):
        return "utf-8"
    high = len(_HIGH.findall(data[:_SAMPLE]))
    return "cp1252" if high <= _MAX_HIGH_SHARE * len(data[:_SAMPLE]) else None


def looks_like_text(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a text."""
    return encoding_of(head) is not None


def decode(data: bytes, encoding: str) -> str:
    """Decode a whole text; bytes that are wrong in that encoding become U+FFFD. A byte order mark stays in it."""
    return data.decode(encoding, "replace")


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, a cut at the end and rare damage allowed."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if damaged <= 1 and text.endswith("\ufffd"):
        return len(text) > 1
    return damaged * _SOUND_TO_DAMAGED <= sum(map(text.count, set(text) - _ASCII - {"\ufffd"}))


def _wide(data: bytes) -> str | None:
    # UTF-16 without a mark: Latin letters leave a zero in every second byte, nearly none in the others
    sample = data[: _SAMPLE & ~1]
    if len(sample) < _LEAST_WIDE:
        return None
    even, odd = (sample[at::2].count(0) / len(sample[at::2]) for at in (0, 1))
    if odd > _MIN_ZERO_SHARE and even < _MAX_ZERO_SHARE_OTHER:
        name = "utf-16-le"
    elif even > _MIN_ZERO_SHARE and odd < _MAX_ZERO_SHARE_OTHER:
        name = "utf-16-be"
    else:
        return None
    return name if _reads_well(data, name) else None


def _reads_well(data: bytes, encoding: str) -> bool:
    text = data[: _SAMPLE & ~3].decode(encoding, "replace")
    bad = sum(not (character.isprintable() or character.isspace() or character in _FORMAT) for character in text)
    return bad + text.count("\ufffd") <= max(1, _MAX_CONTROL_SHARE * len(text))


def _is_binary(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    controls = len(_CONTROL.findall(sample))
    return b"\x00" in sample or controls > _MAX_CONTROL_SHARE * len(sample)
