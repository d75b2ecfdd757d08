"""The check `negation`: a sentence denies what the cited words deny, and affirms what they affirm.

Compared on the same terms only. Knows nothing of antonyms: "closed" for "not open" is a paraphrase, left to a judge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sourcehound.agent.verify.align import Frame, frame_of, pieces_of
from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed, shown
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.terms import stems_of
from sourcehound.agent.verify.words import EDGES, flat, is_verbatim, tokens
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.passages import sentences

NAME: Final = "negation"
_DENIES: Final = frozenset(
    "not no never none neither nor cannot without nobody nothing nowhere cant nunca jamás ningún ninguna sin nicht kein keine"
    " keinen keiner nie niemals ohne pas jamais sans aucun aucune".split()
)
_ALMOST: Final = frozenset(
    "fail fails failed failing failure lack lacks lacked lacking unable refuse refuses refused deny denies denied absent"
    " hardly barely scarcely rarely seldom few little instead false untrue wrong myth prevent prevents prevented".split()
)
_HOLLOW: Final = re.compile(
    r"\bno(?=\.? ?\d)|\bno doubt\b|\bnot (?:only|least|just|merely|to mention)\b|\b(?:whether|why|if) or? ?not\b|\bor not\b"
    r"|\bnothing but\b|\bno(?= (?:less|fewer|more) than)"
)
_HELPERS: Final = frozenset("do does did is are was were has have had can could will would any ever a an the".split())
_BEFORE: Final = 8
_AFTER: Final = 3
_SAME_TERMS: Final = 0.6
_LEAST_TERMS: Final = 2


def check_negation(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Compare what the claim denies with what the cited words deny."""
    words = ctx.all_words(evidence)
    if not words.strip():
        return not_applicable(NAME, "what is cited has no words")
    near = [" ".join(ctx.wholes(item)) for item in evidence]
    verbatim = [text for text in near if is_verbatim(claim.core, text)]
    if verbatim:
        return _cut_out(claim, verbatim)
    frame = frame_of(claim.core, words)
    if frame is not None:
        return _framed(claim, frame)
    return _loose(claim, words)


def denials(text: str) -> tuple[str, ...]:
    """The words of a text that deny, in order; those that only seem to (`No. 5`, `not only`) are left out."""
    line = _HOLLOW.sub(" ", flat(text))
    return tuple(t.text for t in tokens(line) if t.text in _DENIES or t.text.endswith("n't"))


def _cut_out(claim: Claim, texts: Sequence[str]) -> CheckResult:
    """The claim is a run of the source's words: a denial just outside the run would have been cut off."""
    wanted = flat(claim.core).strip(EDGES)
    if len(sentences(claim.core)) > 1:
        return passed(NAME, "the source's own sentences")
    for text in texts:
        before, after = flat(text).split(wanted, 1)
        before = re.split(r"[.;:,!?()\"]|\bbut\b", before)[-1]
        after = re.split(r"[.;:,!?()\"]|\bbut\b", after)[0]
        near = " ".join([*before.split()[-_BEFORE:], "|", *after.split()[:_AFTER]])
        if not denials(near):
            return (
                passed(NAME, "the source's own run of words")
                if denials(wanted)
                else not_applicable(NAME, "nothing is denied")
            )
    return failed(NAME, f"the source denies it: {shown(texts[0])}", means="contradicted")


def _framed(claim: Claim, frame: Frame) -> CheckResult:
    said = [word for change in frame.changes for word in change.claim]
    there = [word for change in frame.changes for word in change.source]
    mine, theirs = len(denials(" ".join(said))), len(denials(" ".join(there)))
    if mine % 2 != theirs % 2:
        if not mine and not _is_followed_by_claim(there, claim):
            return not_applicable(NAME, "the source denies something else in the same sentence")
        if mine and _ALMOST & set(there):
            return not_applicable(NAME, "the source denies it in other words, or something else")
        rest = [
            word
            for word in (*said, *there)
            if word not in _HELPERS and word not in _DENIES and not word.endswith("n't")
        ]
        verb = "affirms" if mine else "denies"
        detail = f"the source {verb} it: {shown(frame.sentence)}"
        return failed(NAME, detail, means="not_supported" if rest else "contradicted")
    if denials(claim.core):
        return passed(NAME, "the source denies it too")
    return not_applicable(NAME, "nothing is denied")


def _is_followed_by_claim(there: Sequence[str], claim: Claim) -> bool:
    """Whether the words that the source alone has are a mere denial, not a clause of their own."""
    more = [word for word in there if word not in _HELPERS and word not in _DENIES and not word.endswith("n't")]
    return not set(stems_of(" ".join(more))) - set(stems_of(claim.core)) or len(more) <= 1


def _loose(claim: Claim, words: str) -> CheckResult:
    """No sentence has the claim's frame: those that share most of its terms are compared."""
    wanted = stems_of(claim.core)
    if len(wanted) < _LEAST_TERMS:
        return not_applicable(NAME, "too few words to compare")
    near = [s for s in pieces_of(words) if len(wanted & stems_of(s)) >= _SAME_TERMS * len(wanted)]
    if not near:
        return not_applicable(NAME, "no sentence of the source is on the same terms")
    denied = [bool(denials(sentence)) or bool(_ALMOST & {t.text for t in tokens(sentence)}) for sentence in near]
    if denials(claim.core):
        if any(denied):
            return passed(NAME, "the source denies on the same terms")
        return failed(NAME, f"the source affirms on the same terms: {shown(near[0])}")
    if all(_denies_term(sentence, wanted) for sentence in near) and not _ALMOST & {t.text for t in tokens(claim.core)}:
        return failed(NAME, f"the source denies on the same terms: {shown(near[0])}")
    return not_applicable(NAME, "nothing is denied")


def _denies_term(sentence: str, wanted: frozenset[str]) -> bool:
    """Whether the first telling word after a denial is one of the claim's."""
    line = [token.text for token in tokens(_HOLLOW.sub(" ", flat(sentence)))]
    for place, word in enumerate(line):
        if word in _DENIES or word.endswith("n't"):
            telling = next((stems for other in line[place + 1 :] if (stems := stems_of(other))), frozenset[str]())
            if telling & wanted:
                return True
    return False
