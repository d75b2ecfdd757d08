"""What an answer document says, in the words that a page, a Markdown file and a terminal share.

Reads the document as it is, even altered by hand: anything it does not know is shown as unchecked, never as supported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sourcehound.agent.doors.card import Card, card_of, items, number, record, records, whole, words_of
from sourcehound.tools.library.within import Within
from sourcehound.tools.show.printable import printable

STATUS_WORDS = {
    "answered": "Answered",
    "partial": "Partly answered",
    "abstained": "No answer found",
    "cancelled": "Cancelled",
    "failed": "Failed",
}
VERDICT_WORDS = {
    "supported": "supported",
    "not_supported": "not supported",
    "contradicted": "contradicted",
    "unchecked": "unchecked",
    "unreachable": "source unreachable",
    "given": "given in the question",
}
_STOP_WORDS = {
    "nothing_found": "nothing was found",
    "steps": "the limit of steps was reached",
    "tool_calls": "the limit of tool calls was reached",
    "tokens": "the limit of tokens was reached",
    "seconds": "the time was spent",
    "no_progress": "no further progress",
    "needs_input": "it needs your answer to go on",
    "cancelled": "it was cancelled",
    "model_down": "a model could not be reached",
}
_STATE_WORDS = {
    "enough": "answered",
    "partly": "partly answered",
    "nothing": "nothing found",
    "disagree": "sources disagree",
}
_NUMBER = re.compile(r"\s?\[(\d{1,6})\]")
_USAGE = {
    "steps": "steps",
    "tool_calls": "tool calls",
    "model_calls": "model calls",
    "tokens_in": "tokens read",
    "tokens_out": "tokens written",
    "images": "pictures looked at",
    "seconds": "seconds",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of the answer.

    Attributes:
        pieces: its words, and the numbers of citations where they stand; every number has a citation.
        verdict: one of `VERDICT_WORDS`; empty for text that is in no sentence.
        checks: what was checked, a line each.
        opens: whether a new paragraph begins here.
    """

    pieces: tuple[str | int, ...]
    verdict: str
    checks: tuple[str, ...] = ()
    opens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A line of the plan."""

    question: str
    state: str
    detail: str


def cards(answer: Mapping[str, Any]) -> list[Card]:
    """The citations, by number, each number once."""
    seen: dict[int, Card] = {}
    for citation in records(answer.get("citations")):
        card = card_of(citation)
        if card.n:
            seen.setdefault(card.n, card)
    return [seen[n] for n in sorted(seen)]


def said(answer: Mapping[str, Any]) -> list[Said]:
    """The answer's sentences, or its text where it has none (then nothing of it was checked)."""
    known = {card.n for card in cards(answer)}
    sentences = records(answer.get("sentences"))
    text = printable(answer.get("text"))
    if not sentences:
        paragraphs = [p.strip() for p in text.split("\n") if p.strip()]
        return [Said(pieces=_pieces(p, known, ()), verdict="", opens=True) for p in paragraphs]
    lines: list[Said] = []
    end = 0
    for sentence in sentences:
        span = [whole(side) for side in items(sentence.get("span"))]
        start = span[0] if span else end
        cited = tuple(n for n in map(whole, items(sentence.get("citations"))) if n in known)
        verdict = sentence.get("verdict")
        lines.append(
            Said(
                pieces=_pieces(printable(sentence.get("text")).strip(), known, cited),
                verdict=verdict if isinstance(verdict, str) and verdict in VERDICT_WORDS else "unchecked",
                checks=tuple(_check(check) for check in records(sentence.get("checks"))),
                opens=not lines or "\n" in text[end:start],
            )
        )
        end = span[-1] if span else end
    return lines


def status(answer: Mapping[str, Any]) -> tuple[str, str]:
    """The status as (name, words); a name that is not the contract's is `failed`."""
    name = answer.get("status")
    known = name if isinstance(name, str) and name in STATUS_WORDS else "failed"
    return known, STATUS_WORDS[known]


def summary(answer: Mapping[str, Any]) -> list[str]:
    """What stands beside the status: how much was checked, why it stopped or failed, how long it took."""
    checked = record(answer.get("verification"))
    stop = record(answer.get("stop"))
    seconds = number(record(answer.get("usage")).get("seconds"))
    parts: list[str] = []
    if whole(checked.get("of")):
        parts.append(f"{whole(checked.get('checked'))} of {whole(checked.get('of'))} sentences checked")
    reason = _STOP_WORDS.get(words_of(stop.get("reason")), "")
    if reason:
        detail = words_of(stop.get("detail"))
        parts.append(f"{reason}: {detail}" if detail else reason)
    error = record(answer.get("error"))
    parts += [part for part in (words_of(error.get("message")), words_of(error.get("remedy"))) if part]
    if seconds is not None:
        parts.append(f"{seconds:.1f} s")
    return parts


def plan(answer: Mapping[str, Any]) -> list[Sought]:
    """What was sought, and what came of it."""
    return [
        Sought(
            question=words_of(line.get("question")),
            state=_STATE_WORDS.get(words_of(line.get("state")), "open"),
            detail=", ".join(words_of(kind, 40) for kind in [*items(line.get("kinds")), *items(line.get("evidence"))]),
        )
        for line in records(answer.get("plan"))
    ]


def coverage(answer: Mapping[str, Any]) -> list[str]:
    """What was searched and what was not, a line each."""
    covered = record(answer.get("coverage"))
    lines: list[str] = []
    if covered:
        left = [f"{whole(covered.get(k))} {k}" for k in ("failed", "skipped", "pending") if whole(covered.get(k))]
        missing = f"; not looked at: {', '.join(left)}" if left else ""
        scope = Within(
            globs=(words_of(covered.get("within"), 300),),
            since=words_of(covered.get("since"), 20) or None,
            until=words_of(covered.get("until"), 20) or None,
        ).words
        named = f", only those {scope}" if scope else ""
        searched = f"{whole(covered.get('searched')):,} of {whole(covered.get('files')):,} files"
        lines.append(f"Searched {searched}{named}{missing}")
    if whole(covered.get("changed_since")):
        lines.append(f"{whole(covered.get('changed_since'))} files have changed since they were indexed")
    for key, words in (("web_queries", "Searched the web for"), ("web_pages", "Read on the web")):
        listed = [words_of(one, 300) for one in items(covered.get(key))[:50]]
        if listed:
            lines.append(f"{words}: {' · '.join(listed)}")
    return lines


def costs(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Models and usage as (name, value)."""
    models = record(answer.get("models"))
    used = record(answer.get("usage"))
    rows = [(words_of(role, 40), words_of(name, 120)) for role, name in models.items() if name]
    counts = [(words, number(used.get(key))) for key, words in _USAGE.items()]
    rows += [(words, f"{value:,.1f}" if words == "seconds" else f"{value:,.0f}") for words, value in counts if value]
    mode = words_of(record(answer.get("verification")).get("mode"), 40)
    rows += [("checking", mode)] if mode else []
    return rows


def _pieces(text: str, known: set[int], cited: tuple[int, ...]) -> tuple[str | int, ...]:
    """Words and citation numbers: `[n]` becomes one only if a citation has it; cited ones not written are added."""
    pieces: list[str | int] = []
    end = 0
    for match in _NUMBER.finditer(text):
        n = int(match.group(1))
        if n not in known:
            continue
        pieces += [text[end : match.start()], n]
        end = match.end()
    pieces.append(text[end:])
    written = {piece for piece in pieces if isinstance(piece, int)}
    pieces += [n for n in cited if n not in written]
    return tuple(piece for piece in pieces if piece != "")


def _check(check: Mapping[str, Any]) -> str:
    detail = words_of(check.get("detail"))
    by = words_of(check.get("by"), 60)
    result = words_of(check.get("result"), 40).replace("_", " ")
    return f"{words_of(check.get('check'), 40)}: {result}{f' ({detail})' if detail else ''}{f', by {by}' if by else ''}"
