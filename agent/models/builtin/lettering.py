"""Which lines of lettering are worth citing: those with the value that is asked for, or with the words that ask.

A sign, a chart or a frame may hold dozens of lines; the answer's crop should hold what answers. Knows nothing of pictures.
"""

from __future__ import annotations

from dataclasses import replace

from sourcehound.agent.models.builtin.question import Part, terms
from sourcehound.agent.models.builtin.support import Supported, stems

_FEW, _MANY = 3, 6
"""Lines that are cited whole in any case; and without a value that is asked for."""


def telling_lines(part: Part, support: Supported) -> Supported:
    """The same support with only the lines that tell, if it is lettering of many lines.

    Args:
        part: the part that it answers.
        support: the words chosen for it.

    Returns:
        The line with the value, after the line that it is the value of; without a value all lines from the first to the last
        with a telling word of the part, and their neighbours; the support as it is if that is no less.
    """
    lines = support.candidate.text.splitlines()
    is_film = support.candidate.evidence.kind == "moment"
    is_timed = is_film and part.wanted == "time"
    few = (
        1 if is_timed or (is_film and support.value is not None) else _FEW
    )  # lines of a film have seconds of their own
    if support.candidate.evidence.kind not in {"image", "crop", "moment"} or len(lines) <= few:
        return support
    wanted = stems(" ".join(terms(part.sought)))
    shared = [len(wanted & stems(line)) for line in lines]
    if is_timed:
        first = last = max(range(len(lines)), key=shared.__getitem__)
        if not shared[first]:
            return support
    elif support.value is not None:
        with_value = [place for place, line in enumerate(lines) if support.value in line]
        if not with_value:
            return support
        last = max(with_value, key=lambda place: (shared[place], shared[place - 1] if place else 0))
        first = last - 1 if last and not shared[last] else last
    else:
        telling = [place for place, count in enumerate(shared) if count]
        if not telling or len(lines) <= _MANY:
            return support
        first, last = max(0, telling[0] - 1), min(len(lines) - 1, telling[-1] + 1)
    told = "\n".join(lines[first : last + 1])
    return replace(support, candidate=replace(support.candidate, text=told))
