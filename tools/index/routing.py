"""Which kinds of source a question names, by its words; a leaning, never a gate.

Knows nothing of searches.

Source:
    Routing to a modality and a granularity before searching is UniversalRAG's. Differs: its router is a model that chooses;
    here words of the question lean towards a kind, and what is found decides.
"""

from __future__ import annotations

import re

from sourcehound.tools.evidence import UnitKind

LEANING = 1.0
"""Log-odds that a named kind gains: its hits count as if they were right 2.7 times as often."""

_CUES: dict[str, str] = {
    "image": r"photo\w*|picture\w*|image\w*|drawing\w*|diagram\w*|map|maps|sign|signs|poster|figure|chart|graph|illustration"
    r"|screenshot\w*|logo|plate|lettering|painted|label\w*|sticker|notice ?board|foto|imagen|plaque",
    "moment": r"video\w*|vídeo\w*|clip\w*|film\w*|footage|screencast\w*|movie\w*|scene\w*|animation\w*|on[- ]screen|caption\w*",
    "speech": r"say|says|said|saying|spoken|speak\w*|narrat\w*|hear|heard|recording\w*|audio|podcast\w*|voice\w*|memo|recit\w*"
    r"|reading|read aloud|talk|talks|interview\w*|announc\w*|tell|tells|told|briefing|line",
    "page": r"page|pages|table|tables|slide|slides|section|chapter|appendix|footnote|column|row",
    "text": r"textbook|book|notes?|minutes|document\w*|article|according to|manual|guide|help|letter|email|log",
}
_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _CUES.items()}
_UNITS: dict[str, UnitKind] = {
    "image": "image",
    "moment": "moment",
    "speech": "speech",
    "page": "page",
    "text": "passage",
}


def kinds_named(text: str) -> tuple[str, ...]:
    """The kinds of source that a text names: `image`, `moment`, `speech`, `page`, `text`; none if it names none.

    Example:
        >>> kinds_named("the photo of the quay")
        ('image',)
    """
    return tuple(kind for kind, pattern in _PATTERNS.items() if pattern.search(text))


def leanings(text: str) -> dict[UnitKind, float]:
    """Log-odds by which hits of each named kind gain.

    Example:
        >>> leanings("what is said in the film")
        {'moment': 1.0, 'speech': 1.0}
    """
    return {_UNITS[kind]: LEANING for kind in kinds_named(text)}
