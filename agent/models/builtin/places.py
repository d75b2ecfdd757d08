"""Reading where a question looks: a page or slide, a table or figure by its label or its place among them, or how many.

Pure parsing: knows nothing of what is in the library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Counted = Literal["page", "table", "figure", "heading"]

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_CARDINALS = {
    **{word: value for value, word in enumerate((*_UNITS, *_TEENS), start=1)},
    **{ten: 20 + 10 * at for at, ten in enumerate(_TENS)},
    **{
        f"{ten}{between}{unit}": 20 + 10 * at + value
        for at, ten in enumerate(_TENS)
        for value, unit in enumerate(_UNITS, start=1)
        for between in " -"
    },
}
_NTHS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ORDINALS = {word: value for value, word in enumerate(_NTHS, start=1)}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_CARDINAL = "|".join(sorted(_CARDINALS, key=len, reverse=True))
_ORDINAL = rf"{'|'.join(_ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th)|last|final"
_NAME = rf"\d{{1,5}}|[ivxlc]+(?!\w)|{_CARDINAL}"
_PAGES = re.compile(
    rf"\b(?:pages?|slides?|pp?\.)\s*(?:numbers?|no\.?)?\s*\(?(?P<first>{_NAME})\b\)?"
    rf"(?P<more>(?:\s*(?:,|and|&|or)\s*(?:(?:pages?|slides?)\s*)?\(?(?:{_NAME})\b\)?)*)(?:\s*(?:-|–|to)\s*(?P<last>\d{{1,5}}))?",
    re.IGNORECASE,
)
_ORDINAL_PAGE = re.compile(
    rf"\b(?P<nth>{_ORDINAL})\s+(?:page|slide)\b|(?<!first )(?<!second )(?<!third )\b(?P<cover>cover|title)\s+(?:page|slide)\b",
    re.IGNORECASE,
)
_WHERE = r"(?:\b(?:(?:at|near) the (?:top|bottom|beginning|start|end|foot) of|on|in|at|of|from)\s+(?:the\s+)?)?"
_NAMED_PAGES = tuple(re.compile(f"{_WHERE}(?:{page.pattern})", re.IGNORECASE) for page in (_PAGES, _ORDINAL_PAGE))
_EXAMPLE = re.compile(r"\[[^\]]*\]|\([^)]*['\"][^)]*\)|\"[^\"]*\"|“[^”]*”")
"""What is quoted, or a list that shows how to write the answer, names no place."""
_TABLE = r"tables?"
_FIGURE = r"figures?|figs?\.?|charts?|diagrams?|graphs?|images?|pictures?|photos?|illustrations?|drawings?|maps?"
_LABEL = re.compile(
    rf"\b(?:(?P<table>{_TABLE})|(?P<figure>figures?|figs?\.?|charts?|diagrams?|graphs?|exhibits?))\s*"
    rf"(?P<number>(?:[A-Z]\.?)?\d{{1,3}}(?:[.\-–]\d{{1,3}})*[a-z]?|[IVX]{{1,5}})\b(?!\s*%)",
    re.IGNORECASE,
)
_NTH = re.compile(rf"\b(?P<nth>{_ORDINAL})\s+(?:(?P<table>tables?)|(?P<figure>{_FIGURE}))\b", re.IGNORECASE)
_HOW_MANY = re.compile(
    rf"\bhow many\s+(?:different\s+|numbered\s+|labell?ed\s+)?(?:(?P<page>pages?|slides?)|(?P<table>tables?)"
    rf"|(?P<figure>{_FIGURE})|(?P<heading>headings?|chapters?|sections?))\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_NOTHING = frozenset(
    "a all altogether and any are be been by can contain contained contains do does document documents file files find found"
    " give given has have here how in included includes including is it its long many number of on paper pdf presentation"
    " report slide slides document's book article manual page pages present shown that the there these this total whole with"
    " within you see entire count answer integer format".split()
)
"""Words after `how many tables` that ask for all of them; any other tells which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a question looks.

    Attributes:
        pages: names of pages or slides, as `14`, `iii`, `first`, `2nd`, `last`; none if it names none.
        labels: what it calls tables and figures, as `Table 3`.
        part: tables or figures, where it names one by its place among them.
        number: that place, from 1; -1 for the last.
        counts: what it asks the number of; None if it does not, or only of some of them.
    """

    pages: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    part: Literal["table", "figure"] | None = None
    number: int = 0
    counts: Counted | None = None

    @property
    def is_named(self) -> bool:
        """Whether it narrows where the answer stands."""
        return bool(self.pages or self.labels or self.part)


NOWHERE = Place()


def place_in(text: str) -> Place:
    """The place that a question names.

    Example:
        >>> place_in("What date stands on page fourteen?").pages
        ('14',)
        >>> place_in("What is the total in Table 3?").labels
        ('Table 3',)
        >>> place_in("How many tables are in the document?").counts
        'table'
    """
    text = _EXAMPLE.sub(" ", text)
    nth = _NTH.search(text)
    return Place(
        pages=_pages(text),
        labels=_labels(text),
        part=None if nth is None else "table" if nth["table"] else "figure",
        number=0 if nth is None else _ordinal(nth["nth"]),
        counts=_counted(text),
    )


def without_place(text: str) -> str:
    """A question without the words that name its page or slide: what is sought there."""
    for pattern in _NAMED_PAGES:
        text = pattern.sub(" ", text)
    return re.sub(r"\s+(?=[?.,;])", "", " ".join(text.split()))


def _pages(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in _PAGES.finditer(text):
        found.append(_cardinal(match["first"]))
        found.extend(_cardinal(name) for name in re.findall(_NAME, match["more"] or "", re.IGNORECASE))
        if match["last"] and found[0].isdecimal():
            low, high = int(found[0]), int(match["last"])
            found.extend(map(str, range(low + 1, min(high, low + 20) + 1)))
    for match in _ORDINAL_PAGE.finditer(text):
        nth = 1 if match["cover"] else _ordinal(match["nth"])
        found.append("first" if nth == 1 else "last" if nth < 0 else f"{nth}{_ENDINGS.get(nth, 'th')}")
    return tuple(dict.fromkeys(found))


def _labels(text: str) -> tuple[str, ...]:
    found = [
        ("Table" if match["table"] else _kind(match["figure"]), match["number"]) for match in _LABEL.finditer(text)
    ]
    return tuple(dict.fromkeys(f"{kind} {number}" for kind, number in found))


def _kind(word: str) -> str:
    """`Fig.` and `figures` are called Figure; charts and the like keep their own name."""
    low = word.casefold().rstrip("s.")
    return "Figure" if low.startswith("fig") else low.capitalize()


def _counted(text: str) -> Counted | None:
    found = _HOW_MANY.search(text)
    if found is None:
        return None
    rest = _ORDINAL_PAGE.sub(" ", _PAGES.sub(" ", found["rest"]))
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", rest.casefold())
    if not set(words) <= _SAYS_NOTHING:
        return None
    kinds: tuple[Counted, ...] = ("page", "table", "figure", "heading")
    return next(kind for kind in kinds if found[kind])


def _cardinal(name: str) -> str:
    low = " ".join(name.casefold().split())
    return str(_CARDINALS[low]) if low in _CARDINALS else low


def _ordinal(word: str) -> int:
    low = word.casefold()
    if low in {"last", "final"}:
        return -1
    return _ORDINALS[low] if low in _ORDINALS else int(re.sub(r"\D", "", low))
