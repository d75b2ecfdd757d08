"""From hop to hop: which searches a question begins with, which names lead on, where a closer look is worth it.

Knows nothing of how words are ranked or worded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from sourcehound.agent.models.builtin.question import Part, codes, names, quoted, terms
from sourcehound.agent.models.builtin.support import Candidate, Rarity, Supported, in_focus, serves
from sourcehound.agent.models.planner import ToolCall, View
from sourcehound.agent.state import PlanItem
from sourcehound.tools.evidence import Evidence

MOST_HINTS = 2
MOST_QUERY_CHARS = 400
_SHORT, _FOLLOW_UP = 4, 6
"""Telling words below which a part borrows words from the others, or from the last question."""
_MOST_HINT_CHARS = 60
_MOST_LEADS = 6
_BESIDE_CHARS = 160
"""A code stands beside a name if words no longer than this hold both."""
SEARCH_OF = {
    "text": "search_text",
    "speech": "search_text",
    "page": "search_pages",
    "image": "search_images",
    "moment": "search_moments",
}
_PICTURE = re.compile(r"(?P<name>[^\s/\\\\()\[\]\"'<>]+\.(?:jpe?g|png|webp|gif|tiff?|bmp|heic))\b", re.IGNORECASE)
_PAGE = re.compile(r"\bpages?\s+(\d{1,5}|[ivxl]{1,6})\b", re.IGNORECASE)


def first_calls(parts: Sequence[Part], view: View) -> tuple[ToolCall, ...]:
    """A search for each part in the kinds it names, or in all; and one for the whole question."""
    whole = " ".join(view.request.question.split())[:MOST_QUERY_CHARS]
    calls = [
        ToolCall(tool=tool, args={"query": _query(part, parts, view)})
        for part in parts
        for tool in tools_for(part.kinds, view)
    ]
    if len(parts) > 1:
        calls.append(ToolCall(tool="search_text", args={"query": whole}))
    if view.request.web:
        calls.append(ToolCall(tool="web_search", args={"query": whole}))
    return unique(calls)


def next_calls(
    found: Sequence[tuple[Part, PlanItem, Sequence[Supported]]], led: Sequence[str], view: View, rarity: Rarity
) -> list[ToolCall]:
    """Searches with the names that the best words brought, for the parts that want more.

    A part wants more if it is not answered, not by a kind of source that it names, or not in the words that ask.

    Args:
        found: each part with its item and its support.
        led: names that lead parts which lean on others; they go first.
        view: the thread.
        rarity: rare names lead further than common ones.
    """
    wanting = [
        part
        for part, item, supports in found
        if item.state != "enough"
        or not supports
        or not serves(supports[0].candidate.evidence, part.kinds)
        or in_focus(part, supports[0].candidate.text) < 1.0
    ]
    if not wanting:
        return []
    kinds = tuple(dict.fromkeys(kind for part in wanting for kind in part.kinds))
    asked = " ".join(terms(" ".join(part.text for part in wanting))[:6])
    calls: list[ToolCall] = []
    tried = " ".join(str(record.args.get("query", "")) for record in view.records).casefold()
    first = [name for name in led if name.casefold() not in tried]
    more = new_hints(view.request.question, [supports for _, _, supports in found], view, rarity)
    for hint in dict.fromkeys((*first, *more)[:MOST_HINTS]):
        query = f"{hint} {asked}".strip()[:MOST_QUERY_CHARS]
        calls.extend(ToolCall(tool=tool, args={"query": query}) for tool in tools_for(kinds, view))
        calls.append(ToolCall(tool="search_text", args={"query": hint}))
    return calls


def shown_calls(ranked: Sequence[Sequence[Supported]], view: View) -> list[ToolCall]:
    """Searches for the pictures that the best words of each part stand beside, by their files' names, unless found already."""
    if not view.kinds_here.get("image"):
        return []
    here = {os.path.basename(item.source.path or "") for item in view.evidence.values()}
    shown = [
        beside for supports in ranked if supports if (beside := _picture_beside(supports[0].candidate)) is not None
    ]
    return [
        ToolCall(tool="search_images", args={"query": " ".join(re.findall(r"[^\W_]+", os.path.splitext(name)[0]))})
        for name in dict.fromkeys(shown)
        if name not in here
    ]


def _picture_beside(candidate: Candidate) -> str | None:
    """The file's name of the picture that a text shows nearest to some words of it."""
    quote = candidate.evidence.quote or ""
    place = quote.find(candidate.text)
    if candidate.evidence.kind != "text" or place < 0:
        return None
    near = [
        (min(abs(match.end() - place), abs(match.start() - place - len(candidate.text))), match["name"])
        for match in _PICTURE.finditer(quote)
    ]
    return min(((far, name) for far, name in near if far <= _BESIDE_CHARS), default=(0, None))[1]


def closer_calls(parts: Sequence[Part], ranked: Sequence[Sequence[Supported]], view: View) -> tuple[ToolCall, ...]:
    """Once each: the page that is named, the best picture, the best moment's frames, the first web pages."""
    calls: list[ToolCall] = []
    kinds = {kind for part in parts for kind in part.kinds}
    asked = " ".join(part.text for part in parts)
    picture = _best_of(view, ranked, ("image",))
    if picture is not None and "image" in kinds:
        phrase = next(iter(quoted(asked)), None)
        args = (
            {"evidence": picture.id, "phrase": phrase}
            if phrase
            else {"evidence": [picture.id], "question": asked[:400]}
        )
        calls.append(ToolCall(tool="crop" if phrase else "look", args=args))
    moment = _best_of(view, ranked, ("moment",))
    if moment is not None and "moment" in kinds:
        calls.append(ToolCall(tool="frames", args={"evidence": moment.id, "n": 3}))
    page = _PAGE.search(asked)
    document = _best_of(view, ranked, ("text", "page"))
    if page is not None and page[1].isdigit() and document is not None and document.locator.page is not None:
        calls.append(ToolCall(tool="read", args={"evidence": document.id, "page": int(page[1])}))
    calls.extend(_web_pages(view))
    done = {record.tool for record in view.records}
    return tuple(call for call in calls if call.tool not in done)


def new_hints(question: str, ranked: Sequence[Sequence[Supported]], view: View, rarity: Rarity) -> list[str]:
    """Names and codes in the best words for each part that the question does not hold, the rarest first."""
    known = question.casefold()
    tried = " ".join(str(record.args.get("query", "")) for record in view.records).casefold()
    found: list[str] = []
    for supports in ranked:
        for support in supports[:2]:
            words = support.candidate.text
            for hint in (*codes(words), *names(words)):
                fresh = hint.casefold() not in known and hint.casefold() not in tried
                if fresh and hint not in found and len(hint) <= _MOST_HINT_CHARS:
                    found.append(hint)
    rare = {
        hint: max(map(rarity, terms(hint)), default=0.0) * (1.5 if " " in hint or codes(hint) else 1.0)
        for hint in found
    }
    return sorted(found, key=lambda hint: -rare[hint])


def leads(question: str, before: Sequence[Sequence[Supported]], candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The names that the parts before brought, and the codes that stand beside them anywhere in what was found.

    Args:
        question: names in it lead nowhere new.
        before: the support of the parts before, best first each.
        candidates: the sources' words.
    """
    known = question.casefold()
    words = " | ".join(supports[0].candidate.text for supports in before if supports)
    led = [name for name in (*codes(words), *names(words)) if name.casefold() not in known]
    low = [name.casefold() for name in led if " " in name or codes(name)]
    beside = [
        code
        for candidate in candidates
        if len(candidate.text) <= _BESIDE_CHARS and any(name in candidate.text.casefold() for name in low)
        for code in codes(candidate.text)
        if code.casefold() not in known
    ]
    return tuple(dict.fromkeys((*led, *beside)))[:_MOST_LEADS]


def tools_for(kinds: Sequence[str], view: View) -> list[str]:
    """The searches for some kinds, text always with them; all where none is named; only those that can find something."""
    here = view.kinds_here
    wanted = list(kinds) or ["text", "image", "moment"]
    if not {"text", "speech"} & set(wanted):
        wanted.append("text")
    has = {
        "text": here.get("passage", 0) + here.get("speech", 0),
        "speech": here.get("speech", 0),
        "page": here.get("page", 0),
        "image": here.get("image", 0),
        "moment": here.get("moment", 0) + here.get("speech", 0),
    }
    return list(dict.fromkeys(SEARCH_OF[kind] for kind in wanted if has[kind]))


def unique(calls: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    """Calls without those that say the same."""
    kept: dict[str, ToolCall] = {}
    for call in calls:
        kept.setdefault(repr((call.tool, sorted(call.args.items()))), call)
    return tuple(kept.values())


def _query(part: Part, parts: Sequence[Part], view: View) -> str:
    """A part's words; a short part borrows telling words from the others, a follow-up from the last question."""
    query = part.sought
    if len(terms(query)) < _SHORT:
        rest = [term for other in parts if other is not part for term in terms(other.text)]
        query = f"{query} {' '.join(rest[:8])}"
    if view.request.history and len(terms(query)) < _FOLLOW_UP:
        query = f"{query} {' '.join(terms(view.request.history[-1][0])[:8])}"
    return query[:MOST_QUERY_CHARS]


def _best_of(view: View, ranked: Sequence[Sequence[Supported]], kinds: Sequence[str]) -> Evidence | None:
    """The best evidence of some kinds: by the words ranked best, else by the search's own score."""
    for supports in sorted(ranked, key=lambda found: -found[0].score if found else 0.0):
        for support in supports[:5]:
            if support.candidate.evidence.kind in kinds:
                return support.candidate.evidence
    found = [item for item in view.evidence.values() if item.kind in kinds]
    return max(found, key=lambda item: item.score or 0.0, default=None)


def _web_pages(view: View) -> list[ToolCall]:
    if "read_page" not in view.tools:
        return []
    pages = [evidence for evidence in view.evidence.values() if evidence.kind == "web"]
    return [ToolCall(tool="read_page", args={"url": evidence.source.uri}) for evidence in pages[:2]]
