"""Reads e-mail (`.eml`): who wrote what to whom and when, the words of the message, its attachments, messages inside it.

Plain text is taken where there is some, else the HTML as a person sees it. Nothing is fetched. Knows nothing of mailboxes.
"""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import html
from sourcehound.tools.library.readers.formats import MAIL, ZIP
from sourcehound.tools.library.readers.held import Held, Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.mail_words import (
    MOST_NESTED,
    body_of,
    file_name,
    header,
    is_words,
    parts_of,
    sent,
    words_of,
)
from sourcehound.tools.library.readers.members import plain_sections, read_inside, shown_name
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.reading import Reading, Section

READER = "mail 1"
_MEDIA_TYPE = "message/rfc822"
_HEADERS = ("Subject", "From", "To", "Cc", "Bcc", "Date")
_MAX_DEPTH = 5
"""Messages inside messages that are read."""
_MAX_PARTS = 500
_NO_FILES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "message/delivery-status"})
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})


def read(path: Readable, limits: Limits) -> Reading:
    """Read a message.

    Raises:
        MediaError: it is no message, or its parts are nested deeper than any message's.
    """
    with path.open("rb") as file:
        try:
            message = email.message_from_binary_file(file)
            mail = _Mail(limits=limits)
            sections, cut = joined(mail.sections(message, "", 0), limits)
        except RecursionError as error:
            raise MediaError("its parts are nested too deeply", path=str(path)) from error
    if not message.keys() and not sections:
        raise MediaError("holds no message", path=str(path))
    date = sent(message)
    unseen = unseen_warnings("".join(section.text for section in sections))
    return Reading(
        title=one_line(header(message, "Subject")) or title_from_name(path),
        media_type=_MEDIA_TYPE,
        reader=READER,
        sections=sections,
        dates={"sent": date} if date else {},
        warnings=(*dict.fromkeys(mail.warnings), *cut, *unseen),
    )


@dataclass(slots=True, kw_only=True)
class _Mail:
    """Goes through a message's parts."""

    limits: Limits
    warnings: list[str] = field(default_factory=list[str])
    _n_parts: int = 0
    _n_nested: int = 0

    def sections(self, message: Message, before: str, depth: int) -> Iterator[Section]:
        """Head, words and attachments of a message.

        Args:
            message: the message.
            before: what stands before its parts' names; empty for the outermost.
            depth: how many messages it lies in.
        """
        subject = one_line(header(message, "Subject"))
        lines = [f"{name}: {words}" for name in _HEADERS if (words := header(message, name))]
        # blank lines stand between, so that each can be quoted alone
        yield Section(text="\n\n".join(lines), part=f"{before}header", producer=READER)
        if message.get_content_type() in _SEALED:
            self.warnings.append(f"{before}the message is encrypted: its words cannot be read")
            return
        for part in body_of(message):
            yield from self._words(part, subject, before)
        for part in self._attachments(message):
            if part.get_content_type() == "message/rfc822":
                yield from self._nested(part, before, depth)
            else:
                yield from self._attached(part, before)

    def _words(self, body: Message, subject: str, before: str) -> Iterator[Section]:
        words = words_of(body)
        above = (subject,) if subject else ()
        if body.get_content_subtype() != "html":
            yield Section(text=words, part=f"{before}message", headings=above, producer=READER)
            return
        try:
            page = html.read(Held("message.html", words.encode("utf-8", "replace")), self.limits)
        except MediaError as error:
            self.warnings.append(f"{before}message: {error.message}")
            return
        self.warnings.extend(page.warnings)
        for section in page.sections:
            yield Section(
                text=section.text,
                part=f"{before}message",
                headings=tuple(dict.fromkeys((*above, *section.headings))),
                producer=READER,
                hidden=section.hidden,
            )

    def _attachments(self, message: Message) -> Iterator[Message]:
        """The parts that are neither containers nor words of the message."""
        todo = [(message, 0)]
        while todo:
            part, depth = todo.pop()
            self._n_parts += 1
            if self._n_parts > _MAX_PARTS:
                self.warnings.append(f"only its first {_MAX_PARTS} parts are read")
                return
            if part.is_multipart() and part.get_content_type() != "message/rfc822":
                inside = parts_of(part) if depth < MOST_NESTED else []
                todo.extend((one, depth + 1) for one in reversed(inside))
            elif not is_words(part) and part.get_content_type() not in _NO_FILES:
                yield part

    def _nested(self, part: Message, before: str, depth: int) -> Iterator[Section]:
        message = next(iter(parts_of(part)), None)
        self._n_nested += 1
        name = f"{before}attached message {self._n_nested}"
        if message is None:
            self.warnings.append(f"{name}: it is empty")
        elif depth == _MAX_DEPTH:
            self.warnings.append(f"{name}: messages nested deeper than {_MAX_DEPTH} are left out")
        else:
            yield from self.sections(message, f"{name}, ", depth + 1)

    def _attached(self, part: Message, before: str) -> Iterator[Section]:
        """An attachment's words, or a warning that says what it is and why it is not read."""
        name = before + shown_name(file_name(part) or f"attachment.{part.get_content_subtype()}")
        try:
            data = part.get_payload(decode=True)
            if not isinstance(data, bytes):
                raise MediaError("cannot be decoded", path=name)
            reading = read_inside(name, data, self.limits, but=(MAIL, ZIP))
        except (MediaError, ValueError) as error:
            why = error.message if isinstance(error, MediaError) else "cannot be decoded"
            self.warnings.append(f"{name} is attached and not read: {why}")
            return
        self.warnings.extend(f"{name}: {line}" for line in reading.warnings)
        if reading.blank_pages:
            self.warnings.append(f"{name}: {len(reading.blank_pages):,} of its pages have no text")
        yield from plain_sections(reading, name)
