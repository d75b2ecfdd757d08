"""JSON taken from a file value by value, in flat memory. Knows nothing of what the values mean.

Numbers stay as they are written, so that none is rounded and none costs more than its digits. A value is decoded whole up
to `MOST_CHARS`; a container that is larger can still be entered and taken member by member.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import IO, Any

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.readers.encoding import encoding_of

MOST_CHARS = 2 << 20
"""Characters of one value that are decoded at once."""
_CHUNK = 1 << 18
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER_BEGINS = "-0123456789"


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class BrokenJson(Exception):
    """What stands here is no JSON.

    Args:
        message: what is wrong and at which character, one line.
    """


class TooLargeJson(Exception):
    """The value here is larger than what is decoded at once."""


def decoder() -> json.JSONDecoder:
    """A decoder that leaves numbers as they are written."""
    return json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number)


class Cursor:
    """A place in a JSON text that moves on value by value.

    Args:
        file: the text's bytes, from the beginning.
        name: names the file in errors.

    Raises:
        MediaError: it is no text.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        first = file.read(_CHUNK)
        encoding = encoding_of(first)
        if encoding is None:
            raise MediaError("is no text in a known encoding", path=name)
        self._file = file
        self._decode = codecs.getincrementaldecoder(encoding)("replace")
        self._scan = decoder()
        self._text = self._decode.decode(first, final=not first).removeprefix("\ufeff")
        self._at = 0
        self._dropped = 0
        self._ended = not first

    @property
    def place(self) -> int:
        """How many characters were passed."""
        return self._dropped + self._at

    def peek(self) -> str:
        """The next character that is no white space, where the cursor then stands; empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # pyright: ignore[reportOptionalMemberAccess]  matches anything
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_CHUNK):
                return ""

    def take(self, characters: str) -> str:
        """Pass the next character, which must be one of some.

        Raises:
            BrokenJson: it is another, or the text ends.
        """
        found = self.peek()
        if not found or found not in characters:
            raise BrokenJson(f"character {self.place + 1:,} is wrong" if found else "it ends too early")
        self._at += 1
        return found

    def value(self) -> Any:
        """Decode the value here whole and pass it.

        Raises:
            BrokenJson: it is none, or is nested deeper than any document is.
            TooLargeJson: it is longer than `MOST_CHARS`; the cursor stays before it.
        """
        first = self.peek()
        while True:
            try:
                value, end = self._scan.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._want_more(error.pos)
                continue
            except RecursionError as error:
                raise BrokenJson(f"from character {self.place + 1:,} on it is nested too deeply") from error
            # a number may go on in the next piece
            if end == len(self._text) and first in _NUMBER_BEGINS and self._more(_CHUNK):
                continue
            self._at = end
            return value

    def _want_more(self, wrong_at: int) -> None:
        """Get more of the text after a value seemed broken."""
        held = len(self._text) - self._at
        if held > MOST_CHARS:
            raise TooLargeJson
        if not self._more(max(_CHUNK, held)):
            raise BrokenJson(f"character {self._dropped + wrong_at + 1:,} is wrong")

    def _more(self, n_bytes: int) -> bool:
        """Read on; False at the end."""
        if self._ended:
            return False
        data = self._file.read(n_bytes)
        self._ended = not data
        if self._at:
            self._text, self._dropped, self._at = self._text[self._at :], self._dropped + self._at, 0
        self._text += self._decode.decode(data, final=self._ended)
        return True
