"""Words of a message's headers and text parts, whatever encoding they claim.

Messages are of the older policy, whose headers are taken as they stand: the newer one's parser of headers fails on some that
are broken and takes minutes for some that are long. Knows nothing of how parts are nested.
"""

from __future__ import annotations

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from sourcehound.tools.library.readers.encoding import decode, encoding_of

_LONGEST_HEADER = 20_000
"""Lists of thousands of addresses say who else got it, and nothing of what it is about."""
MOST_NESTED = 50
"""Parts inside parts that are looked into."""
_FOLD = re.compile(r"\r?\n[ \t]*")
_WIDER = {"ascii": "utf-8", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
"""What is written under a narrower name by programs that mean the wider one."""
_NOT_OF_WORDS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})


def header(message: Message, name: str) -> str:
    """A header's words on one line, empty if there is none."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return _unfolded(str(raw)[:_LONGEST_HEADER])


def file_name(part: Message) -> str:
    """The name that an attachment gives itself, empty if it gives none."""
    return _unfolded((part.get_filename() or "")[:_LONGEST_HEADER])


def body_of(part: Message, depth: int = 0) -> list[Message]:
    """The parts that are the message's words, in order: of alternatives plain text, unless there is nothing in it.

    Args:
        part: the message or a part of it.
        depth: how many parts it lies in.
    """
    kind = part.get_content_type()
    if part.is_multipart():
        if kind == "message/rfc822" or depth > MOST_NESTED:
            return []
        bodies = [body_of(one, depth + 1) for one in parts_of(part)]
        if kind != "multipart/alternative":
            return [one for body in bodies for one in body]
        forms = [body for body in bodies if any(words_of(one).strip() for one in body)]
        plain = (body for body in forms if all(one.get_content_type() == "text/plain" for one in body))
        return next(plain, forms[-1] if forms else [])
    return [part] if is_words(part) else []


def is_words(part: Message) -> bool:
    """Whether a part is text to be read in the message, not a file that goes with it."""
    named = part.get_filename() or part.get_content_disposition() == "attachment"
    return part.get_content_type() in {"text/plain", "text/html"} and not named


def parts_of(part: Message) -> list[Message]:
    """The parts directly in a part."""
    inside = part.get_payload()
    return [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []


def sent(message: Message) -> str:
    """When it was sent, ISO 8601 with the sender's offset where it is stated; empty if it does not say."""
    try:
        return parsedate_to_datetime(header(message, "Date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def words_of(part: Message) -> str:
    """The text of a text part, its line ends as newlines."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    words = decoded(data, str(part.get_content_charset() or ""))
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def decoded(data: bytes, charset: str) -> str:
    """Bytes in the encoding that is stated, or in the one they seem to have where that cannot be.

    Args:
        data: of a text.
        charset: as a message names it; empty for none.
    """
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        name = ""
    name = _WIDER.get(name, name)
    if not name or name in _NOT_OF_WORDS:
        return _guess(data)
    try:
        return data.decode(name)
    except LookupError:  # it is no encoding of texts
        return _guess(data)
    except UnicodeError:
        return _guess(data) if name == "utf-8" else data.decode(name, "replace")


def _unfolded(raw: str) -> str:
    """Words of a header value, those of `=?charset?q?…?=` decoded."""
    folded = _FOLD.sub(" ", raw)
    try:
        parts = decode_header(folded)
    except (HeaderParseError, ValueError, LookupError):
        return _shown(folded)
    words = [decoded(part, charset or "") if isinstance(part, bytes) else _repaired(part) for part, charset in parts]
    return _shown("".join(words))


def _guess(data: bytes) -> str:
    return decode(data, encoding_of(data) or "cp1252").removeprefix("\ufeff")


def _repaired(words: str) -> str:
    """Words whose bytes were written without saying in which encoding."""
    return words if words.isascii() else _guess(words.encode("utf-8", "surrogateescape"))


def _shown(words: str) -> str:
    return " ".join(words.split())
