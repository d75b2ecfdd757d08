"""Reads a draft: sentences with the evidence ids they cite, the bare value, or why there is no answer.

A sentence that repeats words of what it cites is marked as quoting them, in the source's own letters. Pure functions of
text; knows nothing of checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sourcehound.agent.models.loose_json import first_object
from sourcehound.agent.models.notes import CLOSE, OPEN
from sourcehound.agent.models.protocol import cleaned, ids_in
from sourcehound.agent.state import Sentence
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.passages import sentences

MOST_SENTENCES = 12
MOST_SENTENCE_CHARS = 1200
MOST_SHORT_CHARS = 120
LEAST_QUOTED_CHARS = 3

_MARK = r"[\[(【]\s*(?:evidence\s*|see\s*|ids?:?\s*)?[Ee]\d{1,6}(?:\s*(?:,|;|and|&|/)\s*[Ee]\d{1,6})*\s*[\])】]"
_CITED = re.compile(rf"(?:\s*{_MARK})+\s*[.!?]?")
_NOTE_LINE = re.compile(
    r"^(?:[\[(]([Ee]\d{1,6})[\])][ :,-]+|([Ee]\d{1,6})(?:\s*:\s*|\s+[-–]\s+|\s+(?=[a-z]{4,6}, )))"
    r"(?:(?:text|page|image|crop|moment|speech|web), [^:]{1,200}:\s+)?(?=[\w\"“«])"
)
"""How a line of the notes begins, which models copy with its words: `E3 image, quay.jpg: …`."""
_BARE_END = re.compile(r"[\s(]*\b[Ee]\d{1,6}(?:\s*,\s*[Ee]\d{1,6})*\b[).]*$")
_LABEL = re.compile(r"^[\s*_`#>-]*(SHORT|CANNOT|ANSWER|NOTE)[*_`]*\s*:\s*[*_`]*(.*)$", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•>#]+\s+)*(?:\d{1,2}[.)]\s+)?")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ECHOED = {"", "why", "and why", "the reason", "and the reason"}
"""What follows `CANNOT:` where a model only repeats the task."""
_QUOTE = re.compile(r"“([^”]{1,800})”|\"([^\"]{1,800})\"|«([^»]{1,800})»")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """What a reply to the task of drafting says.

    Attributes:
        short: the bare value, None if none is given.
        why_not: why nothing is answered, empty if something is.
    """

    sentences: tuple[Sentence, ...] = ()
    short: str | None = None
    why_not: str = ""


def parse_draft(text: str, evidence: Mapping[str, Evidence]) -> DraftText:
    """Read a draft; ids that no evidence has are left in, for the node that drops them.

    The fences of what the model was shown, and a question that it repeats, are no words of an answer.

    Args:
        text: the reply.
        evidence: what the thread found, by id, for the words that sentences repeat.
    """
    text = _STRONG.sub(r"\2", cleaned(text.replace(OPEN, " ").replace(CLOSE, " ")))
    data = first_object(text) if text.startswith(("{", "[{")) else None
    if data is not None:
        text = _as_lines(data)
    found: list[Sentence] = []
    short: str | None = None
    why_not = ""
    for line in text.splitlines():
        label = _LABEL.match(line)
        name = label[1].upper() if label is not None else ""
        words = label[2] if label is not None else _BULLET.sub("", line)
        if name == "SHORT":
            short = _bare(words) or short
        elif name == "CANNOT":
            why = " ".join(words.split())[:300]
            why_not = why_not or (why if why.strip(" .") not in _ECHOED else "the results do not answer it")
        elif name != "NOTE":
            found.extend(_sentences(words, evidence))
    if why_not and not any(sentence.cites for sentence in found):
        return DraftText(why_not=why_not)
    told = [sentence for sentence in found if sentence.cites or not sentence.text.endswith("?")]  # no question repeated
    return DraftText(sentences=tuple(told[:MOST_SENTENCES]), short=short if told else None)


def quoted_by(text: str, cites: tuple[str, ...], evidence: Mapping[str, Evidence]) -> str:
    """The words of the cited evidence that a sentence repeats: what it has in quotation marks, or all of it; else empty.

    Compared without case of letters, white space and the forms of quotation marks; returned as the source has them.
    """
    wanted = [next(filter(None, match.groups())) for match in _QUOTE.finditer(text)] or [text]
    for words in sorted(wanted, key=len, reverse=True):
        for name in cites:
            source = evidence[name].quote if name in evidence else None
            if source and len(words.strip()) >= LEAST_QUOTED_CHARS and (found := _in_source(words, source)):
                return found
    return ""


def _in_source(words: str, source: str) -> str:
    """Words as a source has them; the full stop at their end is let be where the source has none."""
    core = _plain(words).strip(" .,;:")
    pattern = r"\s+".join(re.escape(part) for part in core.split())
    end = re.escape(words.strip()[-1:])
    match = re.search(rf"(?<!\w){pattern}(?!\w)(?:{end})?", _plain(source), re.IGNORECASE) if pattern else None
    return source[match.start() : match.end()] if match is not None else ""


def _plain(words: str) -> str:
    """Words with one form of quotation marks and dashes, each as long as before."""
    return words.translate(str.maketrans("“”„‟‘’‚‛–—‐‑−\u00a0", '""""' + "''''" + "-----" + " "))


def _sentences(line: str, evidence: Mapping[str, Evidence]) -> list[Sentence]:
    """The sentences of a line; marks before or after the full stop belong to the sentence before them."""
    found: list[Sentence] = []
    led = _NOTE_LINE.match(line)
    if led is not None:
        line = f"{line[led.end() :].rstrip()} [{led[1] or led[2]}]"
    place = 0
    for mark in _CITED.finditer(line):
        found.extend(_cited(line[place : mark.start()], mark[0], ids_in(mark[0]), found))
        place = mark.end()
    rest = line[place:]
    bare = _BARE_END.search(rest)
    if bare is not None:
        found.extend(_cited(rest[: bare.start()], "", ids_in(bare[0]), found))
    else:
        found.extend(_cited(rest, "", () if found else ids_in(rest), found))
    return [Sentence(text=s.text, cites=s.cites, quoted=quoted_by(s.text, s.cites, evidence)) for s in found if s.text]


def _cited(words: str, mark: str, ids: tuple[str, ...], before: list[Sentence]) -> list[Sentence]:
    """Sentences of some words, the last of which cites ids; without words, the ids go to the sentence before."""
    words = " ".join(words.split())[:MOST_SENTENCE_CHARS]
    if not re.search(r"\w", words):
        if ids and before:
            before[-1] = Sentence(text=before[-1].text, cites=(*before[-1].cites, *ids))
        return []
    pieces = [words[span.start : span.end].strip() for span in sentences(words)] or [words]
    end = mark.rstrip()[-1:]
    if end in {".", "!", "?"} and pieces[-1][-1:] not in ".!?":
        pieces[-1] += end
    elif pieces[-1][-1:] not in '.!?…:”"»':
        pieces[-1] += "."
    return [Sentence(text=piece, cites=ids if place == len(pieces) - 1 else ()) for place, piece in enumerate(pieces)]


def _as_lines(data: dict[str, Any]) -> str:
    """A draft that came as JSON, as lines."""
    lines: list[str] = []
    members = data.get("sentences", data.get("answer", data.get("text", [])))
    for member in cast("list[Any]", members) if isinstance(members, list) else [members]:
        if isinstance(member, dict):
            inner = cast("dict[str, Any]", member)
            ids = ids_in(str(inner.get("cites", inner.get("citations", inner.get("evidence", "")))))
            said = str(inner.get("text", inner.get("sentence", "")))
            lines.append(f"{said} {''.join(f'[{name}]' for name in ids if f'[{name}]' not in said)}")
        else:
            lines.append(str(member))
    for key, label in (("short", "SHORT"), ("cannot", "CANNOT"), ("why_not", "CANNOT")):
        if isinstance(data.get(key), str | int | float):
            lines.append(f"{label}: {data[key]}")
    return "\n".join(lines)


def _bare(words: str) -> str | None:
    words = " ".join(_CITED.sub(" ", words).split()).strip(' *_`"“”.').removesuffix(" -")
    is_value = words.lower() not in {"", "none", "n/a", "null", "-", "unknown"}
    return words[:MOST_SHORT_CHARS] if is_value else None
