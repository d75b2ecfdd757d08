"""Words as the checks compare them: one form for spaces, quotation marks, dashes, ligatures and case; finding again.

Superscripts and fractions keep their own form, so that 10² never equals 102. Knows nothing of evidence.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

LEAST_BLOCK = 0.92
"""Share of a quote that must stand in the source as one run for it to count as found again."""

EDGES = " .!?…:;,\"'()[]{}*_#>|-•·"
"""Signs around words that are no part of them: punctuation, brackets, marks of lists and of Markdown."""

_LIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
        "…": "...",
    }
)
_AFTER_WIDE_STOP = re.compile(r"(?<=[。！？]) ")
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[%$€£¥°]")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s")
_LEAST_STEM = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign of a text in its compared form, and its place in that form."""

    text: str
    start: int
    end: int


def flat(text: str) -> str:
    """The compared form of a text: one line, lower case, one kind of quotation mark, dash and space."""
    if not text.isascii():
        text = "".join(
            c if c.isascii() or unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c)
            for c in unicodedata.normalize("NFC", text.translate(_LIKE))
        )
    line = " ".join(text.replace("`", "'").casefold().split())
    return _AFTER_WIDE_STOP.sub("", line)


def tokens(text: str) -> tuple[Token, ...]:
    """The words, numbers and signs of a text."""
    return tuple(Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(flat(text)))


def is_refound(quote: str, text: str) -> bool:
    """Whether one run of at least `LEAST_BLOCK` of a quote stands in a text.

    Such a run holds the quote's middle whatever its place, so the middle is sought and grown on both sides: linear, and
    the same as the longest common block.
    """
    wanted, there = flat(quote), flat(text)
    if not wanted:
        return False
    if wanted in there:
        return True
    spare = math.floor(len(wanted) * (1 - LEAST_BLOCK) + 1e-9)
    core = wanted[spare : len(wanted) - spare]
    if not spare or not core:
        return False
    at = there.find(core)
    while at >= 0:
        if _grown(wanted, there, spare, at, len(core)) >= len(wanted) - spare:
            return True
        at = there.find(core, at + 1)
    return False


def are_lines_refound(quote: str, text: str) -> bool:
    """Whether lines that hold at least `LEAST_BLOCK` of a quote's characters each stand in a text.

    For lettering, whose lines may be read in another order or be joined from several frames.
    """
    lines = [line for line in quote.splitlines() if line.strip()]
    n_found = sum(len(flat(line)) for line in lines if is_refound(line, text))
    return bool(lines) and n_found >= LEAST_BLOCK * sum(len(flat(line)) for line in lines)


def stem(word: str) -> str:
    """A word without its commonest English endings."""
    for ending in _ENDINGS:
        if len(word) - len(ending) >= _LEAST_STEM and word.endswith(ending):
            return word[: -len(ending)]
    return word


def is_verbatim(words: str, text: str) -> bool:
    """Whether words stand in a text as one run, cutting no word and no number: `2 million` is no run of `5.2 million`."""
    wanted = flat(words).strip(EDGES)
    if not wanted:
        return False
    before = r"(?<![\w.,$€£¥-])(?<![$€£¥] )" if wanted[0].isdigit() else r"(?<!\w)"
    after = r"(?![\w%]|[.,:]\d)(?! ?%)" if wanted[-1].isdigit() else r"(?!\w)"
    return re.search(f"{before}{re.escape(wanted)}{after}", flat(text)) is not None


def _grown(wanted: str, there: str, first: int, at: int, length: int) -> int:
    """Length of the common run that holds `wanted[first:first + length]`, which stands at `there[at]`."""
    left = 0
    while left < min(first, at) and wanted[first - left - 1] == there[at - left - 1]:
        left += 1
    right = 0
    most = min(len(wanted) - first, len(there) - at) - length
    while right < most and wanted[first + length + right] == there[at + length + right]:
        right += 1
    return left + length + right
