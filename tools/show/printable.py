"""Foreign words made fit to be seen: no control characters, no invisible ones, no reversed reading order.

Text of files, file names and models may carry terminal escapes (C0, C1, OSC), bidirectional overrides, zero-width and
tag characters. Whatever a person sees passes through here. Knows nothing of HTML or terminals.
"""

from __future__ import annotations

import re
import unicodedata

# An escape sequence goes as a whole: without its ESC byte the rest ("[31m", "]8;;http://…") would be noise in the text.
_SEQUENCE = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # OSC … BEL or ST
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c\n]*(?:\x1b\\|\x9c)?"  # DCS, SOS, PM, APC … ST
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]*[0-~]?"  # the short ones
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# marks, embeddings, overrides and isolates of direction; zero-width space, word joiner and kin; soft hyphen; line and
# paragraph separators; interlinear annotation; noncharacters (pdfium writes one for a hyphen that ends a line); tag
# characters. ZWNJ and ZWJ stay: Persian and Indic words need them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(value: object) -> str:
    """The words of a value as a person may see them: line ends as newlines, tabs kept, nothing else unprinted.

    Args:
        value: a string, or any plain value, which is written as `str` does; None gives an empty string.

    Returns:
        Text in composed form (NFC). Bytes of file names that are no UTF-8 show as the replacement character.
    """
    if value is None:
        return ""
    words = _LINE_END.sub("\n", str(value))
    words = _SEQUENCE.sub("", words)
    words = _INVISIBLE.sub("", _CONTROL.sub("", words))
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", words))


def one_line(value: object, limit: int = 0) -> str:
    """The same on one line, runs of white space made one; cut with an ellipsis past `limit` characters (0: never)."""
    words = " ".join(printable(value).split())
    return words if not limit or len(words) <= limit else words[: max(1, limit - 1)].rstrip() + "…"
