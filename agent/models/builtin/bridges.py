"""Two sources that share a code: the one that a part names shows it, another says what is asked of whatever bears it.

`What offset does the workbook give for the gauge in the photo?`: the photo shows KX-204, a row of the workbook begins with
it. Knows nothing of how the words were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sourcehound.agent.models.builtin.question import Part, codes, terms
from sourcehound.agent.models.builtin.support import Supported, serves, stem, stems

_FOCUS = 2
"""The first telling words of a part say what is asked for."""


def bridge(part: Part, found: Sequence[Supported]) -> tuple[Supported, Supported] | None:
    """What shows a code and what is said of it elsewhere, the best such pair.

    Args:
        part: the part. If it does not ask, or wants the code itself, there is nothing to cross to.
        found: its support, best first.

    Returns:
        Words of a kind of source that the part names, without what is asked, and words of another source with it, both
        with a code that the part does not name; None if there are none, or the part names no kind but text.
    """
    named = tuple(kind for kind in part.kinds if kind != "text")
    focus = {stem(term) for term in terms(part.text)[:_FOCUS]}
    if not named or not part.asks or part.wanted == "code":
        return None
    shows = [(one, _codes(one, part)) for one in found if serves(one.candidate.evidence, named)]
    says = [(one, _codes(one, part)) for one in found if focus & stems(one.candidate.text)]
    pairs = [
        (first, second)
        for first, shown in shows
        for second, said in says
        if shown & said
        and first.candidate.evidence.source.sha256 != second.candidate.evidence.source.sha256
        and not focus & stems(first.candidate.text)
    ]
    best = max(pairs, key=lambda pair: pair[0].score + pair[1].score, default=None)
    return None if best is None else (_line_of(_codes(best[1], part), best[0]), best[1])


def _line_of(shared: set[str], support: Supported) -> Supported:
    """The same with the line that shows the shared code alone."""
    line = next(line for line in support.candidate.text.splitlines() if shared & set(codes(line)))
    return replace(support, candidate=replace(support.candidate, text=line))


def _codes(support: Supported, part: Part) -> set[str]:
    return {code for code in codes(support.candidate.text) if code not in part.text}
