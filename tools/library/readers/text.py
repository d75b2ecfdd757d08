"""Reads plain text. Characters are counted in the file's own decoded text, byte order mark and line ends included."""

from __future__ import annotations

from dataclasses import dataclass

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.encoding import decode, encoding_of
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.reading import Reading, Section

READER = "text 1"
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text file's text.

    Attributes:
        text: without the byte order mark.
        start: 1 where a mark stood before it, else 0.
        warnings: what was left out or is odd, one line each.
    """

    text: str
    start: int
    warnings: tuple[str, ...]


def read(path: Readable, limits: Limits) -> Reading:
    """Read a text file as one section.

    Raises:
        MediaError: it is no text.
    """
    decoded = load(path, limits)
    section = Section(text=decoded.text, start=decoded.start, producer=READER)
    return Reading(
        title=title_from_name(path),
        media_type="text/plain",
        reader=READER,
        sections=(section,) if decoded.text.strip() else (),
        warnings=decoded.warnings,
    )


def load(path: Readable, limits: Limits) -> Decoded:
    """Decode a text file; more than `limits.max_text_chars` characters are left out with a warning.

    Raises:
        MediaError: it is no text.
    """
    data = path.read_bytes()
    encoding = encoding_of(data)
    if encoding is None:
        raise MediaError("is no text in a known encoding", path=str(path))
    whole = decode(data, encoding)
    warnings: list[str] = []
    if len(whole) > limits.max_text_chars:
        warnings.append(f"only the first {limits.max_text_chars} of {len(whole)} characters are read")
        whole = whole[: limits.max_text_chars]
    if encoding == "cp1252":
        warnings.append("its encoding is not stated; taken for Windows-1252")
    wrong = whole.count("\ufffd")
    if wrong:
        warnings.append(f"{wrong} characters are damaged")
    text = whole.removeprefix(_MARK)
    return Decoded(text=text, start=len(whole) - len(text), warnings=(*warnings, *unseen_warnings(text)))
