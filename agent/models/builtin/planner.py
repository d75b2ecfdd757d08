"""The built-in planner: splits the question, searches by cues, follows names from hop to hop, looks closer, answers.

It answers in the sources' own words and says so (`built-in` in the answer's models). A real mode for people without a
model, and the deterministic planner of the tests. Knows nothing of files: it works through tools like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sourcehound.agent.models.builtin import gate, hops, wording
from sourcehound.agent.models.builtin.bridges import bridge
from sourcehound.agent.models.builtin.doubts import LEFT_UNTOLD, doubts_about, untold
from sourcehound.agent.models.builtin.lettering import telling_lines
from sourcehound.agent.models.builtin.question import Part, parts_of
from sourcehound.agent.models.builtin.sequel import after_quotation
from sourcehound.agent.models.builtin.support import Ranker, Supported, candidates_of, serves
from sourcehound.agent.models.planner import Draft, Fault, Move, View
from sourcehound.agent.state import ItemState, PlanItem, Sentence

ENOUGH = 0.6
"""Chance from which a part counts as answered."""
PARTLY = 0.5
"""Chance that the best part must reach for anything to be answered; what only tells counts, being a hop to the rest."""
TOLD = 0.15
"""Chance from which a part is told of, once something is answered: the hops that lead there are worth their place."""
MOST_HOPS = 3
MOST_SENTENCES = 6
_VALUES = {"number", "date", "code", "person", "place"}
NEAR = 0.75
"""A part's second best words are told too if they reach this share of its best."""


class BuiltInPlanner:
    """Drives the graph by rules.

    Args:
        ranker: ranks the sources' words.
    """

    name = "built-in"

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker

    def plan(self, view: View) -> Move:
        """One item for each part of the question; search for each in the kinds it names, or in all."""
        parts = parts_of(view.request.question)
        items = tuple(PlanItem(question=part.text, kinds=part.kinds or ("text",)) for part in parts)
        return Move(plan=items, calls=hops.first_calls(parts, view))

    def assess(self, view: View) -> Move:
        """Follow names into kinds not yet searched with them; look closer at the best picture and moment; else stop."""
        parts = parts_of(view.request.question)
        ranked = self._ranked(parts, view)
        items = tuple(
            replace(item, state=self._state_of(part, found), evidence=_best_ids(found))
            for item, part, found in zip(view.plan, parts, ranked, strict=True)
        )
        hop = max((record.step for record in view.records), default=0) + 1
        calls = hops.closer_calls(parts, ranked, view)
        if hop <= MOST_HOPS:
            led = hops.leads(view.request.question, ranked[:-1], candidates_of(view.evidence))
            found = list(zip(parts, items, ranked, strict=True))
            onward = (*hops.shown_calls(ranked, view), *hops.next_calls(found, led, view, self._ranker.rarity))
            calls = (*onward, *calls)
        return Move(plan=items, calls=hops.unique(calls))

    def draft(self, view: View) -> Draft:
        """The best words for each part, and the evidence of the kinds that the part names."""
        parts = parts_of(view.request.question)
        ranked = self._ranked(parts, view)
        missing = untold(parts, ranked)
        best = max((self._chance(part, found) for part, found in zip(parts, ranked, strict=True)), default=0.0)
        best *= LEFT_UNTOLD if missing else 1.0
        if best < PARTLY:
            return Draft(sentences=(), why_not=_why_not(best, parts, ranked, missing))
        chosen = [
            (part, support)
            for part, found in zip(parts, ranked, strict=True)
            if self._chance(part, found) >= TOLD
            for support in (telling_lines(part, support) for support in self._chosen(part, found))
        ]
        sentences: dict[str, Sentence] = {}
        for _, support in chosen:
            sentence = wording.sentence_of(support.candidate, view)
            sentences.setdefault(sentence.quoted, sentence)
        return Draft(sentences=tuple(sentences.values())[:MOST_SENTENCES], short=wording.short_of(parts, chosen, view))

    def repair(self, view: View, draft: Draft, faults: Sequence[Fault]) -> Draft:
        """Drop what failed: the rest are the sources' own words."""
        del view
        failed = {fault.sentence.text for fault in faults}
        kept = tuple(sentence for sentence in draft.sentences if sentence.text not in failed)
        return Draft(sentences=kept, short=draft.short if kept else None)

    def _ranked(self, parts: Sequence[Part], view: View) -> list[list[Supported]]:
        """The support of each part; one that leans on another is led by the names that the parts before it brought."""
        candidates = candidates_of(view.evidence)
        ranked: list[list[Supported]] = []
        for part in parts:
            led = hops.leads(view.request.question, ranked, candidates) if part.leans else ()
            alone = replace(part, context="") if led else part
            origins = [found[0].candidate for found in ranked if found]
            ranked.append(self._ranker.rank(alone, led, candidates, origins))
        return ranked

    def _chance(self, part: Part, found: Sequence[Supported]) -> float:
        return gate.chance_of(part, found, self._ranker)

    def _state_of(self, part: Part, found: Sequence[Supported]) -> ItemState:
        best = self._chance(part, found)
        lacks_value = part.asks and part.wanted in _VALUES and bool(found) and found[0].value is None
        return "enough" if best >= ENOUGH and not lacks_value else "partly" if best >= PARTLY else "nothing"

    def _chosen(self, part: Part, found: Sequence[Supported]) -> list[Supported]:
        """The best words, and the best of each kind that the part names; what follows a quotation, if that is asked."""
        follows = after_quotation(part, found)
        if follows is not None:
            return [follows]
        pair = bridge(part, found)
        if pair is not None:
            return list(pair)
        good = [support for support in found if support.score >= NEAR * found[0].score]
        if (
            part.wanted == "time"
        ):  # of a scene and the words spoken in it, the one that says it gives the better seconds
            good.sort(key=lambda support: -support.meaning)
        chosen = [
            support
            for kind in part.kinds
            for support in [support for support in good if serves(support.candidate.evidence, (kind,))][:1]
        ]
        if any(support.value is not None for support in chosen):
            return chosen  # the kind of source that is named says it: what another says may be of another thing
        return [*chosen, *(support for support in good[:1] if support not in chosen)]


def _why_not(best: float, parts: Sequence[Part], ranked: Sequence[Sequence[Supported]], missing: Sequence[str]) -> str:
    doubts = [
        doubt for part, found in zip(parts, ranked, strict=True) if found for doubt in doubts_about(part, found[0])
    ]
    if missing:
        doubts.append(f"nothing found speaks of {', '.join(missing)}")
    return "; ".join((f"the best words found answer with a chance of {best:.2f} only", *dict.fromkeys(doubts)))


def _best_ids(found: Sequence[Supported]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(support.candidate.evidence.id for support in found[:2] if support.score >= NEAR * found[0].score)
    )
