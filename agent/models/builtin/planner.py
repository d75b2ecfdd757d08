"""The built-in planner: splits the question, searches by cues, follows names from hop to hop, looks closer, answers.

It answers in the sources' own words and says so (`built-in` in the answer's models). A real mode for people without a
model, and the deterministic planner of the tests. Knows nothing of files: it works through tools like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sourcehound.agent.models.builtin import wording
from sourcehound.agent.models.builtin.question import Part, codes, names, parts_of, quoted, terms
from sourcehound.agent.models.builtin.support import Candidate, Similarity, Supported, candidates_of, rank
from sourcehound.agent.models.planner import Draft, Fault, Move, ToolCall, View
from sourcehound.agent.state import ItemState, PlanItem, Sentence
from sourcehound.tools.evidence import Evidence

ENOUGH = 0.46
"""Support of a sentence from which a part counts as answered; chosen on the development questions, see bench."""
PARTLY = 0.36
MOST_HOPS = 3
MOST_HINTS = 3
MOST_SENTENCES = 6
SEARCH_OF = {
    "text": "search_text",
    "speech": "search_text",
    "page": "search_pages",
    "image": "search_images",
    "moment": "search_moments",
}


class BuiltInPlanner:
    """Drives the graph by rules.

    Args:
        similarity: the text encoder's cosines.
    """

    name = "built-in"

    def __init__(self, similarity: Similarity) -> None:
        self._similarity = similarity

    def plan(self, view: View) -> Move:
        """One item for each part of the question; search for each in the kinds it names, or in all."""
        parts = parts_of(view.request.question)
        items = tuple(PlanItem(question=part.text, kinds=part.kinds or ("text",)) for part in parts)
        calls: list[ToolCall] = []
        whole = " ".join(view.request.question.split())[:400]
        for part in parts:
            query = _query(part, parts, view)
            calls.extend(ToolCall(tool=tool, args={"query": query}) for tool in _tools_for(part.kinds, view))
        if len(parts) > 1:
            calls.append(ToolCall(tool="search_text", args={"query": whole}))
        if view.request.web:
            calls.append(ToolCall(tool="web_search", args={"query": whole}))
        return Move(plan=items, calls=_unique(calls))

    def assess(self, view: View) -> Move:
        """Follow names into kinds not yet searched with them; look closer at the best picture and moment; else stop."""
        parts = parts_of(view.request.question)
        hop = max((record.step for record in view.records), default=0) + 1
        candidates = candidates_of(view.evidence)
        ranked = [rank(part, _hints(view), candidates, self._similarity) for part in parts]
        items = tuple(
            replace(item, state=_state_of(found), evidence=_best_ids(found))
            for item, found in zip(view.plan, ranked, strict=True)
        )
        calls: list[ToolCall] = []
        if hop <= MOST_HOPS:
            hints = new_hints(view.request.question, ranked, view)
            calls.extend(self._follow(hints, parts, view))
        calls.extend(_look_closer(parts, view))
        calls.extend(_read_pages(view))
        return Move(plan=items, calls=_unique(calls))

    def draft(self, view: View) -> Draft:
        """The best words for each part, and the evidence of the kinds that the part names."""
        parts = parts_of(view.request.question)
        candidates = candidates_of(view.evidence)
        hints = _hints(view)
        chosen: list[tuple[Part, Supported]] = []
        best_of_question = 0.0
        for part in parts:
            found = rank(part, hints, candidates, self._similarity)
            if part.asks and found:
                best_of_question = max(best_of_question, found[0].score)
            chosen.extend((part, support) for support in _chosen(part, found))
        if best_of_question < PARTLY or not chosen:
            return Draft(sentences=(), why_not="no passage answers it well enough")
        sentences = _sentences([(part, support.candidate) for part, support in chosen], view)
        short = wording.short_of(parts, chosen)
        return Draft(sentences=sentences[:MOST_SENTENCES], short=short)

    def repair(self, view: View, draft: Draft, faults: Sequence[Fault]) -> Draft:
        """Drop what failed: the rest are the sources' own words."""
        del view
        failed = {fault.sentence.text for fault in faults}
        kept = tuple(sentence for sentence in draft.sentences if sentence.text not in failed)
        return Draft(sentences=kept, short=draft.short if kept else None)

    def _follow(self, hints: Sequence[str], parts: Sequence[Part], view: View) -> list[ToolCall]:
        calls: list[ToolCall] = []
        kinds = tuple(dict.fromkeys(kind for part in parts for kind in part.kinds))
        asked = " ".join(terms(" ".join(part.text for part in parts if part.asks))[:8])
        for hint in hints[:MOST_HINTS]:
            query = f"{hint} {asked}".strip()[:400]
            calls.extend(ToolCall(tool=tool, args={"query": query}) for tool in _tools_for(kinds, view))
            calls.append(ToolCall(tool="search_text", args={"query": hint}))
        return calls


def new_hints(question: str, ranked: Sequence[Sequence[Supported]], view: View) -> list[str]:
    """Names and codes in the best words for each part that the question does not hold: they lead to the next hop."""
    known = question.casefold()
    tried = " ".join(str(record.args.get("query", "")) for record in view.records).casefold()
    found: list[str] = []
    for supports in ranked:
        for support in supports[:2]:
            words = support.candidate.text
            for hint in (*codes(words), *names(words)):
                fresh = hint.casefold() not in known and hint.casefold() not in tried
                if fresh and hint not in found and len(hint) <= 60:
                    found.append(hint)
    return found


def _hints(view: View) -> tuple[str, ...]:
    """The names that this turn has followed: they stand in queries of later steps and not in the question."""
    known = view.request.question.casefold()
    queries = [
        str(record.args.get("query", "")) for record in view.records if record.step > 0 and record.tool == "search_text"
    ]
    hints = [hint for query in queries for hint in (*codes(query), *names(query)) if hint.casefold() not in known]
    return tuple(dict.fromkeys(hints))[: 2 * MOST_HINTS]


def _query(part: Part, parts: Sequence[Part], view: View) -> str:
    """A part's words; a short part borrows telling words from the others, a follow-up from the last question."""
    query = part.text
    if len(terms(query)) < 4:
        rest = [term for other in parts if other is not part for term in terms(other.text)]
        query = f"{query} {' '.join(rest[:8])}"
    if view.request.history and len(terms(query)) < 6:
        query = f"{query} {' '.join(terms(view.request.history[-1][0])[:8])}"
    return query[:400]


def _tools_for(kinds: Sequence[str], view: View) -> list[str]:
    """The searches for some kinds; all of them where none is named; only those that can find something."""
    here = view.kinds_here
    wanted = list(kinds) or ["text", "image", "moment"]
    if "text" not in wanted and "speech" not in wanted:
        wanted.append("text")
    has = {
        "text": here.get("passage", 0) + here.get("speech", 0),
        "speech": here.get("speech", 0),
        "page": here.get("page", 0),
        "image": here.get("image", 0),
        "moment": here.get("moment", 0) + here.get("speech", 0),
    }
    return list(dict.fromkeys(SEARCH_OF[kind] for kind in wanted if has.get(kind)))


def _look_closer(parts: Sequence[Part], view: View) -> list[ToolCall]:
    """Once each: the best picture of a part that names pictures, by the words sought in it; the best moment's frames."""
    calls: list[ToolCall] = []
    kinds = {kind for part in parts for kind in part.kinds}
    looked = {str(record.args.get("evidence")) for record in view.records if record.tool in {"crop", "look", "frames"}}
    asked = " ".join(part.text for part in parts)
    picture = _best_of(view.evidence, ("image",))
    if picture is not None and "image" in kinds and picture.id not in looked and f"('{picture.id}',)" not in looked:
        phrase = next((q for q in quoted(asked)), None)
        if phrase:
            calls.append(ToolCall(tool="crop", args={"evidence": picture.id, "phrase": phrase}))
        else:
            calls.append(ToolCall(tool="look", args={"evidence": [picture.id], "question": asked[:400]}))
    moment = _best_of(view.evidence, ("moment",))
    if moment is not None and "moment" in kinds and moment.id not in looked:
        calls.append(ToolCall(tool="frames", args={"evidence": moment.id, "n": 3}))
    done = {str(record.args.get("evidence")) for record in view.records}
    return [call for call in calls if str(call.args["evidence"]) not in done]


def _read_pages(view: View) -> list[ToolCall]:
    """The first web results are read, once."""
    if any(record.tool == "read_page" for record in view.records) or "read_page" not in view.tools:
        return []
    pages = [evidence for evidence in view.evidence.values() if evidence.kind == "web"]
    return [ToolCall(tool="read_page", args={"url": evidence.source.uri}) for evidence in pages[:2]]


def _best_of(evidence: Mapping[str, Evidence], kinds: Sequence[str]) -> Evidence | None:
    found = [item for item in evidence.values() if item.kind in kinds]
    return max(found, key=lambda item: item.score or 0.0, default=None)


def _state_of(found: Sequence[Supported]) -> ItemState:
    best = found[0].score if found else 0.0
    return "enough" if best >= ENOUGH else "partly" if best >= PARTLY else "nothing"


def _best_ids(found: Sequence[Supported]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(support.candidate.evidence.id for support in found[:2] if support.score >= PARTLY))


def _chosen(part: Part, found: Sequence[Supported]) -> list[Supported]:
    """The best words, and the best of each kind that the part names."""
    good = [support for support in found if support.score >= PARTLY]
    chosen = good[:1]
    for kind in part.kinds:
        kinds = {"image": ("image", "crop"), "text": ("text",)}.get(kind, (kind,))
        chosen.extend([support for support in good if support.candidate.evidence.kind in kinds][:1])
    return chosen


def _sentences(chosen: Sequence[tuple[Part, Candidate]], view: View) -> tuple[Sentence, ...]:
    found: dict[str, Sentence] = {}
    for part, candidate in chosen:
        sentence = wording.sentence_of(part, candidate, view.evidence)
        found.setdefault(sentence.quoted, sentence)
    return tuple(found.values())


def _unique(calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    kept: dict[str, ToolCall] = {}
    for call in calls:
        kept.setdefault(repr((call.tool, sorted(call.args.items()))), call)
    return tuple(kept.values())
