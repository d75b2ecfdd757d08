"""What a model sees of a thread: short notes of calls and of what they found, in order, so that they only grow at the end.

Whatever comes from a file, a page or a picture stands between the marks `<<<` and `>>>`, one line for each piece of
evidence, bounded in length, with everything that could pass for a mark, an id or a server's own token made harmless. Only
what a later look read at a place that was noted before, and the bounds themselves, change an earlier note. Knows nothing
of models.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcehound.agent.models.planner import View
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.ledger import Record
from sourcehound.tools.library.dating import said
from sourcehound.tools.show.printable import one_line

OPEN, CLOSE = "<<<", ">>>"
MOST_NAME_CHARS = 120
MOST_NOTE_CHARS = 300
MOST_ARGS_CHARS = 200
MOST_EARLIER = 12
"""Evidence of earlier questions of the thread that is noted."""
MOST_HISTORY = 3
LEAST_SHOWN = 2
"""The last calls, which are noted in full whatever the bounds are."""

_FENCE = re.compile(r"<{2,}|>{2,}")
_CONTROL_TAG = re.compile(
    r"<(?=[|/]?\s*(?:\||s>|/s>|bos>|eos>|system|user|assistant|human|think|tool|function|start_of|end_of|im_|inst|sys))",
    re.IGNORECASE,
)
_INST = re.compile(r"\[(?=/?(?:INST|SYS|TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS)\b)", re.IGNORECASE)
_LIKE_ID = re.compile(r"[\[(【]\s*([Ee]\d{1,6})\s*[\])】]")
_LIKE_LINE = re.compile(r"\b(CALL|ASK|SHORT|CANNOT|VERDICT)(?=[ :])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of what was found is shown.

    Attributes:
        excerpt: most characters of one piece of evidence.
        total: most characters of all notes; the oldest calls are told by their ids alone before it is passed.
    """

    excerpt: int = 700
    total: int = 18_000

    def tighter(self) -> Bounds:
        """Half of it, for a model whose context is smaller."""
        return Bounds(excerpt=max(80, self.excerpt // 2), total=max(800, self.total // 2))


def notes(view: View, bounds: Bounds) -> str:
    """The notes of this turn's calls, after those on what earlier questions of the thread found."""
    seen: set[str] = set()
    blocks = [_earlier(view, bounds, seen)]
    blocks.extend(_call(n, record, view.evidence, bounds, seen) for n, record in enumerate(view.records, 1))
    briefs = ["", *(_brief(n, record) for n, record in enumerate(view.records, 1))]
    kept = _within(blocks, briefs, bounds.total)
    return "\n\n".join(block for block in kept if block)


def about(view: View) -> str:
    """What else the person said, and what the library holds: lines that stay the same while a question is answered."""
    request = view.request
    here = ", ".join(f"{count} {kind}s" for kind, count in view.kinds_here.items() if count)
    lines = [f"Library: {here.replace('speechs', 'spans of speech') or 'empty'}."]
    if request.within:
        lines.append(f"Only files matching {harmless(request.within, MOST_NAME_CHARS)}.")
    if request.since or request.until:
        lines.append(f"Only files {said(request.since, request.until)}.")
    if request.attached:
        names = ", ".join(harmless(os.path.basename(path), MOST_NAME_CHARS) for path in request.attached[:8])
        lines.append(f"Given with the question: {names}.")
    for asked, answered in request.history[-MOST_HISTORY:]:
        lines.append(f"Earlier question: {harmless(asked, 300)}")
        lines.append(f"Its answer: {OPEN} {harmless(answered, 400)} {CLOSE}")
    return "\n".join(lines)


def told(view: View) -> str:
    """What the person answered to questions; empty if nothing."""
    return "\n".join(f"The person said: {harmless(words, 400)}" for words in view.told)


def harmless(words: str, limit: int) -> str:
    """Foreign words on one line, cut to `limit` characters, without anything that could pass for part of a prompt."""
    line = one_line(words)
    line = _FENCE.sub(lambda match: ("‹" if match[0][0] == "<" else "›") * min(3, len(match[0])), line)
    line = _CONTROL_TAG.sub("‹", line)
    line = _INST.sub("(", line)
    line = _LIKE_ID.sub(r"\1", line)
    line = _LIKE_LINE.sub(lambda match: match[1].capitalize(), line)
    return line if len(line) <= limit else line[: max(1, limit - 1)].rstrip() + "…"


def place_of(evidence: Evidence) -> str:
    """A place in words: file, page, part, seconds."""
    where = evidence.locator
    source = evidence.source
    parts = [harmless(os.path.basename(source.path) if source.path else source.uri, MOST_NAME_CHARS)]
    if where.page is not None:
        label = f" (printed {harmless(where.page_label, 12)})" if where.page_label else ""
        parts.append(f"page {where.page}{label}")
    if where.part:
        parts.append(harmless(where.part, 60))
    if where.start_s is not None:
        parts.append(f"{where.start_s:g}-{where.end_s:g} s" if where.end_s is not None else f"{where.start_s:g} s")
    if evidence.kind == "crop" and evidence.parent:
        parts.append(f"part of {evidence.parent}")
    return ", ".join(parts)


def evidence_line(evidence: Evidence, limit: int) -> str:
    """One piece of evidence on one line: id, kind, place, and an excerpt of at most `limit` characters."""
    detail = evidence.detail
    said = [
        harmless(f"{label}{words}", limit)
        for label, words in (
            ("", evidence.quote or ""),
            ("caption: ", detail.get("caption", "")),
            (f"seen by {detail.get('seen_by', 'a seer')}: ", detail.get("seen", "")),
            (f"{detail.get('found_by', 'written by a model')}, not its words: ", detail.get("written", "")),
            ("roughly recognised: ", detail.get("tags", "")),
        )
        if words
    ]
    excerpt = " | ".join(said) or "no words in it"
    return f"{evidence.id} {evidence.kind}, {place_of(evidence)}: {excerpt}"


def _call(n: int, record: Record, evidence: Mapping[str, Evidence], bounds: Bounds, seen: set[str]) -> str:
    if record.error:
        return f"{_head(n, record)}\nfailed: {OPEN} {harmless(record.error, MOST_NOTE_CHARS)} {CLOSE}"
    again = [name for name in record.evidence if name in seen]
    fresh = [evidence[name] for name in record.evidence if name in evidence and name not in seen]
    seen.update(record.evidence)
    lines = [harmless(record.note, MOST_NOTE_CHARS), *(evidence_line(item, bounds.excerpt) for item in fresh)]
    if again:
        lines.append(f"again: {' '.join(again)}")
    return "\n".join([_head(n, record), OPEN, *filter(None, lines), CLOSE])


def _brief(n: int, record: Record) -> str:
    found = " ".join(record.evidence) if record.evidence else "nothing"
    return f"{_head(n, record)}\n{'failed' if record.error else f'found {found} (no longer shown)'}"


def _head(n: int, record: Record) -> str:
    return f"[call {n}] {harmless(record.tool, 40)} {harmless(_args(record.args), MOST_ARGS_CHARS)}"


def _args(args: Mapping[str, Any]) -> str:
    """Arguments as JSON; of a file that was attached, its name without its folders."""
    shown = {name: os.path.basename(str(value)) if name == "file" else value for name, value in args.items()}
    return json.dumps(shown, ensure_ascii=False)


def _earlier(view: View, bounds: Bounds, seen: set[str]) -> str:
    """What earlier questions of the thread found and this one's calls did not, the newest `MOST_EARLIER`."""
    now = {name for record in view.records for name in record.evidence}
    old = [item for name, item in view.evidence.items() if name not in now][-MOST_EARLIER:]
    if not old or not view.request.history:
        return ""
    seen.update(item.id for item in old)
    return "\n".join(["[found for earlier questions]", OPEN, *(evidence_line(i, bounds.excerpt) for i in old), CLOSE])


def _within(blocks: Sequence[str], briefs: Sequence[str], total: int) -> list[str]:
    """The blocks, as many of the oldest as needed told in brief, four at a time so that the text before stays the same."""
    n_brief = 0
    kept = list(blocks)
    while sum(map(len, kept)) > total and n_brief < len(blocks) - LEAST_SHOWN:
        n_brief = min(n_brief + 4, len(blocks) - LEAST_SHOWN)
        kept = [*briefs[:n_brief], *blocks[n_brief:]]
    return kept
