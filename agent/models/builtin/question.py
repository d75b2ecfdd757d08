"""Reading a question by rules: its parts, the kinds of source each asks for, the kind of value it wants, its telling words.

Knows nothing of what is in the library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from sourcehound.tools.index.routing import kinds_named

Wanted = Literal["number", "date", "time", "person", "place", "code", "yes_no", "thing"]

_QUESTION_WORD = (
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|does|do|did|has|have|can"
    r"|(?:at|in|on|by|for|from|to|under|of|with) (?:what|which|whom|whose|when|where)|qué|cuál|cuándo|dónde|cómo|quién|en qué)"
)
_BREAK = re.compile(
    rf"(?<=[.?!])\s+|[,;:]\s+(?:and |but |then |or )?(?={_QUESTION_WORD}\b)|\s+(?:and|but|then)\s+(?={_QUESTION_WORD}\b)",
    re.IGNORECASE,
)

_RELATIVE = re.compile(
    r"^(?P<head>(?:who|what|which|where|when|how)\b.{3,}\b(?:the|a|an) "
    r"(?P<noun>[\w-]+(?: (?!(?:say|show|tell|state|mention)s?\b)[\w-]+)?))"
    r" (?:that|which|who) (?P<clause>.+)$",
    re.IGNORECASE,
)
_LEANS = re.compile(r"\b(its?|their|they|them|those|there|then|he|she|his|her|him)\b", re.IGNORECASE)
_HOW_TO_WRITE = re.compile(
    r"(?:please |kindly )?(?:write|give|round|answer|express|format|return|use|state|reply)\b[^?]*"
    r"\b(?:answers?|formats?|value|decimals?|integer|order|places?|units?|words?|sentences?)\b[^?]*",
    re.IGNORECASE,
)
"""`Give the answer as an integer.` tells how to write, not what to seek."""
_SOURCE = re.compile(r"(?:according to|based on|as per)\b.*", re.IGNORECASE)
"""`According to the minutes, who …`: the source is no question of its own."""
_AGAIN = "\x01"
"""Marks a part whose relative clause went before it."""
_SAYS_ENOUGH = 3
"""Telling words that a part needs to be understood by itself."""

STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but by can"
    " could did do does doing down during each few for from further had has have having he her here hers him his how i if in"
    " into is it its itself just me more most my no nor not now of off on once only or other our out over own same she should"
    " so some such than that the their them then there these they this those through to too under until up very was we were"
    " what when where which while who whom whose why will with would you your according many much say says said tell shown show"
    " shows see seen name named give given one two exactly please find get el la los las de del en que qué y un una se cómo"
    " es por para con".split()
)

_MEASURE = re.compile(r"(?<=\d)-(?=[^\W\d_]{2,})")
"""The hyphen of `6.5-metre`, whose number and unit stand apart elsewhere."""
_WORD = re.compile(r"[^\W_]+(?:[-'’.&/][^\W_]+)*")
_CODE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\b")
_NAME = re.compile(
    r"\b(?:(?:Dr|Prof|Mr|Mrs|Ms|St|Sgt|Capt|Rev)\.\s+)?[A-Z][\w’'&-]*(?:\s+(?:(?:of|the|de|van|von|du|da|and|&)\s+)?[A-Z][\w’'&-]*)*"
)
_CAPITALS = re.compile(r"\b[A-Z]{2,}(?: [A-Z]{2,})+\b")
"""Lettering as it stands there: `marked THIS SIDE UP`."""
_QUOTED = re.compile(r"[\"“«]([^\"”»]{2,200})[\"”»]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a question.

    Attributes:
        text: its words.
        asks: whether it asks, or only tells what is meant.
        kinds: kinds of source it names (`text`, `page`, `image`, `moment`, `speech`), none if it names none.
        wanted: the kind of value that answers it.
        context: the part before, where this one says too little by itself.
        leans: whether it speaks of what the part before brought (`its bow`): names found there lead it.
    """

    text: str
    asks: bool
    kinds: tuple[str, ...]
    wanted: Wanted
    context: str = ""
    leans: bool = False

    @property
    def sought(self) -> str:
        """Its words, after those it leans on."""
        return f"{self.context} {self.text}".strip()


def parts_of(question: str) -> tuple[Part, ...]:
    """Split a question into the parts that are sought one by one; quoted words are never cut."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[0])
        return f"\x00{len(held) - 1}\x00"

    masked = _QUOTED.sub(hold, " ".join(question.split()))
    pieces = [piece.strip(" ,;") for piece in _BREAK.split(masked) if piece and piece.strip(" ,;")]
    merged: list[str] = []
    for piece in pieces:
        if merged and len(terms(piece)) == 0:
            merged[-1] += " " + piece
        elif merged and merged[-1] in pieces and _SOURCE.fullmatch(merged[-1]):
            merged[-1] += ", " + piece
        else:
            merged.append(piece)
    texts = [re.sub("\x00(\\d+)\x00", lambda match: held[int(match[1])], piece) for piece in merged]
    texts = [text for text in texts if not _HOW_TO_WRITE.fullmatch(text)] or texts
    parts = [_part(piece) for text in texts for piece in _relative(text)] or [_part(question)]
    for place in range(1, len(parts)):
        if len(terms(parts[place].text)) < _SAYS_ENOUGH:
            parts[place] = replace(parts[place], context=parts[place - 1].sought)
        if _LEANS.search(parts[place].text) or parts[place].text.startswith(_AGAIN):
            text = parts[place].text.removeprefix(_AGAIN)
            parts[place] = replace(parts[place], text=text, leans=True)
    return tuple(parts)


def _relative(text: str) -> tuple[str, ...]:
    """`Who is the skipper of the boat that carried the gauge?`: first the boat that carried it, then its skipper."""
    found = _RELATIVE.match(text)
    if found is None or len(terms(found["clause"])) < _SAYS_ENOUGH:
        return (text,)
    end = "?" if text.endswith("?") else ""
    return (f"{found['noun']} {found['clause'].rstrip('?. ')}", f"{_AGAIN}{found['head']}{end}")


def terms(text: str) -> tuple[str, ...]:
    """The telling words of a text, in order, each once, lower case."""
    found = (match[0].casefold() for match in _WORD.finditer(_MEASURE.sub(" ", text)))
    return tuple(dict.fromkeys(word for word in found if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())))


def codes(text: str) -> tuple[str, ...]:
    """Codes, plates and part numbers: words of letters and digits."""
    return tuple(dict.fromkeys(match[0] for match in _CODE.finditer(text) if len(match[0]) >= 3))


def names(text: str) -> tuple[str, ...]:
    """Runs of capitalised words, a sentence's first word only if more capitals follow; never stop words alone."""
    found: list[str] = []
    for match in _NAME.finditer(text):
        name = match[0]
        before = text[: match.start()].rstrip()
        first = not before or before[-1] in ".!?:\n•|"
        words = name.split()
        while words and words[0].casefold() in STOP_WORDS:
            words, first = words[1:], False
        if not words or (first and len(words) == 1 and not words[0].isupper()):
            continue
        found.append(" ".join(words))
    return tuple(dict.fromkeys(found))


def quoted(text: str) -> tuple[str, ...]:
    """The strings in quotation marks, and the runs of words in capitals where the rest is not in capitals."""
    marked = [match[1] for match in _QUOTED.finditer(text)]
    rest = _QUOTED.sub(" ", text)
    if any(letter.islower() for letter in rest):
        marked.extend(match[0] for match in _CAPITALS.finditer(rest))
    return tuple(marked)


def _part(text: str) -> Part:
    asks = text.endswith("?") or re.match(rf"{_QUESTION_WORD}\b", text, re.IGNORECASE) is not None
    return Part(text=text, asks=asks, kinds=kinds_named(_QUOTED.sub(" ", text)), wanted=_wanted(text))


_WANTED: tuple[tuple[Wanted, str], ...] = (
    ("time", r"(at|in) (what|which) (second|minute|moment)|from when to when|timestamp|en qué momento"),
    ("time", r"(when|what time|which time)\b.*\b(video|clip|film|screencast|recording|animation|footage)"),
    ("number", r"\bhow (many|much|tall|long|high|far|old|deep|wide|large|big|fast|heavy|often)\b|\bcuánt"),
    ("number", r"\bwhat (percentage|percent|number|share|amount|total|price|height|length|depth|value|figure)\b"),
    ("date", r"\bwhen\b|\b(what|which) (year|date|day|month|time|hour)\b|cuándo"),
    ("code", r"\b(registration|serial|code|number plate|plate number|call ?sign|licen[cs]e|(model|part) number|id)\b"),
    (
        "number",
        r"\bwhat (is|are|was|were) (the|his|her|its|their) ([\w-]+ ){0,2}(number|weight|value|speed|age|area|width|cost)\b",
    ),
    ("person", r"\bwho(m|se)?\b|\bname of the (worker|man|woman|person|author|captain|skipper|director)\b|quién"),
    ("place", r"\bwhere\b|\b(what|which) (country|city|town|state|place|harbou?r|island|cent(re|er))\b|dónde"),
    ("yes_no", r"^(is|are|was|were|does|do|did|has|have|can|could)\b"),
)
"""What kind of value a question's words ask for; the first rule that fits holds."""


def _wanted(text: str) -> Wanted:
    low = text.casefold()
    for wanted, pattern in _WANTED:
        if re.search(pattern, low):
            return wanted
    return "thing"
