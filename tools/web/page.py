"""A fetched page as text that can be quoted, or the reason why it has none.

The bytes are kept first, and a reader process makes text of the kept file: no foreign byte is parsed here, and the
characters of a quote count in what the same reader will make of the same snapshot later. Looks for well-known words in
the first bytes only to tell a page from a wall, an empty shell, or a door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import unquote, urlsplit

from sourcehound.tools.evidence import Locator
from sourcehound.tools.library.passages import Span, locate, passages
from sourcehound.tools.library.reading import Reading, Section
from sourcehound.tools.web.fetch import Fetched
from sourcehound.tools.web.snapshots import Snapshot, Snapshots

PageState = Literal["readable", "picture", "empty", "needs_javascript", "robot_check", "sign_in"]

_HEAD: Final = 400_000  # bytes looked at for signs
_TOP: Final = 4_096
_SHORT: Final = 600  # characters of text: with more it is a page, whatever scripts and forms it carries
_SHELL: Final = 300
_MIN_LETTERS: Final = 15
_MAX_NOSCRIPT: Final = 20
_MAX_GAP: Final = 100  # characters between two sections, or before the first, that are no words

_WALL_TITLES: Final = re.compile(
    r"just a moment|attention required|are you (a )?(human|robot)|robot (check|or human)|(human|bot) verification"
    r"|verify(ing)? (that )?you are (a )?human|security (check|verification)|pardon our interruption|ddos.guard|captcha"
    r"|access (to this page has been )?denied|one more step|unusual traffic",
    re.IGNORECASE,
)
_WALL_MARKS: Final = re.compile(
    rb"challenge-platform|cf-chl-|cf_chl_|cf-turnstile|challenges\.cloudflare\.com|g-recaptcha|recaptcha/api|h-captcha"
    rb"|hcaptcha\.com|px-captcha|captcha-delivery\.com|_incapsula_resource|awswafcaptcha|awswaf|anomaly-modal"
    rb"|unusual traffic from your",
    re.IGNORECASE,
)
_DOOR_MARKS: Final = re.compile(rb"<input[^<>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_SCRIPT_WORDS: Final = re.compile(
    r"(enable|activate|turn on|requires?|needs?|without|switch on|supports?) java ?script"
    r"|java ?script (is |must be |has to be |to be |seems to be )?(disabled|required|enabled|not (enabled|supported))",
    re.IGNORECASE,
)
_SHELL_MARKS: Final = re.compile(
    rb"<(div|main|app-root)\b[^<>]{0,200}\bid\s*=\s*[\"']?(root|app|__next|__nuxt|___gatsby|svelte|q-app|mount)\b"
    rb"|<app-root\b|data-reactroot|ng-app\b|window\.__(initial_state|nuxt|apollo_state)__|__next_data__",
    re.IGNORECASE,
)
_LANGUAGE: Final = re.compile(rb"<html\b[^<>]{0,500}?\blang\s*=\s*[\"']?([a-z]{2,3})(?![a-z])", re.IGNORECASE)

_WHY: Final[dict[PageState, str]] = {
    "readable": "",
    "picture": "a picture: it has no text of its own",
    "empty": "the page has no words",
    "needs_javascript": "the page is built by scripts, which are not run here",
    "robot_check": "the site asks whether a person is there",
    "sign_in": "the page is behind a sign-in",
}


class ReadsFiles(Protocol):
    """The part of the reader processes that is used here."""

    def read(self, path: str) -> Reading:
        """Take the first look at a file.

        Raises:
            MediaError: it cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotable:
    """A run of whole sentences, its place in the page's text, and the titles above it."""

    text: str
    locator: Locator
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the web, read.

    Attributes:
        url: the address that answered (after redirects).
        state: `readable`, or what stands there instead of a page.
        why: one line for the person where it is not readable.
        language: ISO 639 code that the page says of itself; may be empty.
        dates: ISO dates that the page says of itself, as {"published": …}.
        sections: its text, hidden words left out; `locator.chars` of quotes count over all of them.
        hidden: words found but not shown to a person reading, for the report; never evidence.
        warnings: what was left out and why, one line each.
        reader: name and version of the reader, for the evidence's producer.
    """

    url: str
    title: str
    state: PageState
    why: str
    language: str
    dates: dict[str, str]
    sections: tuple[Section, ...]
    hidden: str
    warnings: tuple[str, ...]
    media_type: str
    reader: str
    fetched_at: str
    snapshot: Snapshot

    @property
    def text(self) -> str:
        """All of its words; `locator.chars` of quotes count in it."""
        text = ""
        for section in self.sections:
            text += "\n" * min(max(0, section.start - len(text)), _MAX_GAP) + section.text
        return text

    def quotables(self) -> tuple[Quotable, ...]:
        """The page cut into runs that evidence can quote, in reading order."""
        return tuple(
            Quotable(text=section.text[span.start : span.end], locator=locate(section, span), headings=section.headings)
            for section in self.sections
            for span in passages(section)
        )

    def quote(self, words: str) -> Quotable | None:
        """Find exact words in the page, spaces and line ends counting alike; None where they do not stand there."""
        pattern = r"\s+".join(map(re.escape, words.split()))
        for section in self.sections:
            found = re.search(pattern, section.text) if pattern else None
            if found is not None:
                span = Span(found.start(), found.end())
                return Quotable(text=found[0], locator=locate(section, span), headings=section.headings)
        return None


def read_page(fetched: Fetched, *, snapshots: Snapshots, readers: ReadsFiles) -> Page:
    """Keep a fetched page, and make text of it.

    Args:
        fetched: what came back.
        snapshots: where it is kept.
        readers: make text of the kept file, in a process of their own.

    Raises:
        MediaError: the reader cannot make anything of it.
        BusyError: it cannot be kept.
    """
    snapshot = snapshots.put(fetched)
    reading = readers.read(str(snapshot.path))
    is_html = fetched.media_type in {"text/html", "application/xhtml+xml"}
    head = fetched.body[:_HEAD]
    state = judge(reading, head if is_html else b"")
    language = _LANGUAGE.search(head[:_TOP]) if is_html else None
    return Page(
        url=fetched.final_url,
        title=_title(reading, snapshot, fetched.final_url),
        state=state,
        why=_WHY[state],
        language=language[1].decode("ascii").lower() if language else "",
        dates=dict(reading.dates),
        sections=reading.sections,
        hidden="\n".join(section.hidden for section in reading.sections if section.hidden),
        warnings=reading.warnings,
        media_type=reading.media_type,
        reader=reading.reader,
        fetched_at=fetched.fetched_at,
        snapshot=snapshot,
    )


def _title(reading: Reading, snapshot: Snapshot, url: str) -> str:
    """The page's own title; the end of its address where it has none and the reader took the snapshot's name."""
    if reading.title and snapshot.sha256 not in reading.title:
        return reading.title
    parts = urlsplit(url)
    name = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return "".join(filter(str.isprintable, name)).strip() or parts.hostname or url


def judge(reading: Reading, head: bytes) -> PageState:
    """Tell a page from what stands in its place.

    Args:
        reading: what the reader made of it.
        head: the first bytes of an HTML page; empty for other types.
    """
    text = " ".join(" ".join(section.text for section in reading.sections).split())
    if len(text) > _SHORT:
        return "readable"
    if reading.visual is not None:
        return "picture"
    if head and (wall := _stands_for_page(reading.title, text, head)) is not None:
        return wall
    return "empty" if sum(character.isalnum() for character in text) < _MIN_LETTERS else "readable"


def _stands_for_page(title: str, text: str, head: bytes) -> PageState | None:
    bare = len(text) <= _SHELL
    if _WALL_TITLES.search(title) or (_WALL_MARKS.search(head) and (bare or _WALL_TITLES.search(text))):
        return "robot_check"
    if _DOOR_MARKS.search(head):
        return "sign_in"
    if bare and (_SHELL_MARKS.search(head) or _says_script(text, head)):
        return "needs_javascript"
    return None


def _says_script(text: str, head: bytes) -> bool:
    """Whether the page says that it needs scripts, aloud or to those only who run none."""
    unseen = b" ".join(part[:2000].partition(b"</noscript")[0] for part in head.split(b"<noscript")[1:_MAX_NOSCRIPT])
    return bool(_SCRIPT_WORDS.search(f"{text} {unseen.decode('utf-8', 'replace')}"))
