"""From a citation as a person writes it to its picture: the evidence behind it, its file as it is today, what is shown.

A file that changed or is gone is never shown as if it were what was cited: then the words that were read stand alone, and
one line says why. Knows nothing of doors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sourcehound.agent.threads import Threads
from sourcehound.agent.verify.holdings import Held, Holding, find_file, find_page
from sourcehound.tools.errors import InputError, MediaError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.reading import Section
from sourcehound.tools.library.sections import laid_out, load_sections
from sourcehound.tools.senses.sense import HeardWord

if TYPE_CHECKING:
    from sourcehound.tools.web.snapshots import Snapshots

LOST: frozenset[Holding] = frozenset({"changed", "gone"})
_MOST_CHAIN = 8
_AROUND_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a citation names.

    Attributes:
        n: its number in the answer, None where it was named by its evidence's id.
        thread: the thread it belongs to.
    """

    evidence: Evidence
    thread: str
    n: int | None

    @property
    def name(self) -> str:
        """Its thread and number or id, as a file's name may hold them."""
        thread = re.sub(r"[^\w-]", "", self.thread)
        return f"{thread}-{self.n or self.evidence.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A citation to look at.

    Attributes:
        held: how its source is found today.
        png: the picture.
        text: title, place, quote and link in words, and a line about its source where that is not as it was.
    """

    cited: Cited
    held: Held
    png: bytes
    text: str

    @property
    def is_whole(self) -> bool:
        """Whether the source's own bytes are shown."""
        return self.held.state not in LOST

    @property
    def remark(self) -> str:
        """What a person must know about its source, one line; empty if it is as it was."""
        return remark_of(self.held, self.cited.evidence)


def find_cited(threads: Threads, ledger: Ledger, citation: str) -> Cited:
    """What `3`, `THREAD:3`, `E7` or `THREAD:E7` names; without a thread, in the last answer.

    Raises:
        InputError: there is no such citation.
    """
    name, _, mark = citation.rpartition(":")
    saved = threads.get(name) if name else threads.last(answered=True)
    if saved is None:
        raise InputError("there is no answer yet", remedy='ask something first: sourcehound ask "…"')
    evidence_id = mark.strip("[]")
    n = int(evidence_id) if evidence_id.isdecimal() else None
    if n is not None:
        citations = saved.answer["citations"] if saved.answer else []
        evidence_id = next((c["id"] for c in citations if c["n"] == n), "")
    evidence = ledger.evidence(saved.id, evidence_id)
    if evidence is None:
        raise InputError(f"thread {saved.id} has no citation {mark}", remedy="the numbers stand in the answer: [1]")
    return Cited(evidence=evidence, thread=saved.id, n=n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Makes the pictures of citations.

    Attributes:
        snapshots: opens the store of web pages; called only where one is cited.
    """

    library: Library
    ledger: Ledger
    snapshots: Callable[[], Snapshots]

    def held(self, evidence: Evidence) -> Held:
        """Whether the bytes that evidence was taken from are still there, and where; what cannot be read is not."""
        try:
            if evidence.source.path is None:
                return find_page(evidence, self.snapshots())
            return find_file(evidence.source, self.library.catalogue.connection)
        except MediaError as error:
            return Held(state="gone", why=f"the file {error.message}")
        except OSError as error:
            return Held(state="gone", why=f"the file cannot be looked at: {error.strerror}")

    def show(self, cited: Cited, *, caption: bool = True) -> Exhibit:
        """The picture of a citation.

        Args:
            cited: the citation.
            caption: whether title, place and quote are drawn around it.

        Raises:
            MediaError: its file is as it was and cannot be read any more.
        """
        from sourcehound.tools.show.show import Context, show

        evidence, held = cited.evidence, self.held(cited.evidence)
        context = Context(
            n=cited.n,
            text=self._text_of(evidence),
            words=self._words_of(evidence),
            chain=self._chain_of(evidence, cited.thread),
            caption=caption,
            remark=remark_of(held, evidence),
            is_lost=held.state in LOST,
        )
        if held.state == "moved":
            evidence = replace(evidence, source=replace(evidence.source, path=held.path))
        shown = show(evidence, self.library.readers, context)
        return Exhibit(cited=cited, held=held, png=shown.png, text=shown.text)

    def _sections(
        self, evidence: Evidence, *, role: str | None = None, touching: tuple[int, int] | None = None
    ) -> tuple[Section, ...]:
        connection = self.library.catalogue.connection
        row = connection.execute("SELECT id FROM sources WHERE sha256 = ?", (evidence.source.sha256,)).fetchone()
        return () if row is None else load_sections(connection, row[0], role=role, touching=touching)

    def _text_of(self, evidence: Evidence) -> str:
        """The source's text, laid out so that the locator's `chars` count in it; empty without characters.

        Only as much around these as is shown, where they are what was cited and nobody counts lines from the beginning.
        """
        from sourcehound.tools.show.card import AROUND
        from sourcehound.tools.show.show import NUMBERED_LINES

        chars = evidence.locator.chars
        if chars is None:
            return ""
        # a page's text may stand twice, as read and as recognised: which of the two counts, only the whole tells
        if evidence.locator.page is None and evidence.source.media_type not in NUMBERED_LINES:
            shown = (chars[0] - AROUND - 1, chars[1] + AROUND + 1)
            text = laid_out(self._sections(evidence, role="body", touching=shown))
            own, quote = text[slice(*chars)].split(), (evidence.quote or "").split()
            if own and quote in ([], own):
                return text
        return laid_out(self._sections(evidence, role="body"))

    def _words_of(self, evidence: Evidence) -> tuple[HeardWord, ...]:
        """The words heard in and around a span."""
        where = evidence.locator
        if where.start_s is None:
            return ()
        start_s, end_s = where.start_s - _AROUND_S, (where.end_s or where.start_s) + _AROUND_S
        return tuple(
            HeardWord(text=section.text[a.start : a.end], start_s=a.start_s, end_s=a.end_s, score=1.0)
            for section in self._sections(evidence)
            if section.role in {"speech", "subtitle"}
            for a in section.anchors
            if a.start_s is not None and a.end_s is not None and a.start_s < end_s and start_s < a.end_s
        )

    def _chain_of(self, evidence: Evidence, thread: str) -> tuple[Evidence, ...]:
        """What a crop was cut from, outermost first."""
        chain: list[Evidence] = []
        parent = evidence.parent
        while parent and len(chain) < _MOST_CHAIN and (found := self.ledger.evidence(thread, parent)) is not None:
            chain.insert(0, found)
            parent = found.parent
        return tuple(chain)


def remark_of(held: Held, evidence: Evidence) -> str:
    """What a person must know about a source that is not as it was; empty if it is."""
    if held.state not in LOST:
        return "" if held.state == "same" else held.why
    return f"{held.why}: {'only the words that were read then' if evidence.quote else 'nothing of it'} can be shown"
