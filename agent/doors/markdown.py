"""An answer as Markdown: its sentences with footnotes, its evidence as the footnotes' text.

The words of models and sources are escaped, so that no viewer makes a link, a picture or markup of them; the only links
are those of our own evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sourcehound.agent.doors import answer_words as words
from sourcehound.agent.doors.card import Card, words_of
from sourcehound.tools.show.printable import one_line

_ACTIVE = re.compile(r"[\\`*_\[\]<>~|$^{}]|&(?=[#A-Za-z])|@|:(?=//)|/(?=/)|!(?=\[)|(?<=[Ww]{3})\.")
"""What begins markup, an entity, a formula, a footnote or (in GitHub's dialect) a link by itself."""
_OPENING = re.compile(r"^(?:#{1,6}(?=\s|$)|[-+=](?=[\s=-]|$)|:)")
_ORDINAL = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_MARK = {"supported": "", "given": ""}


def answer_markdown(answer: Mapping[str, Any]) -> str:
    """The answer document as Markdown with footnotes; sentences that are not supported say so."""
    _, state = words.status(answer)
    question = words_of(answer.get("question"), 2000)
    short = words_of(answer.get("short"), 300)
    blocks = [
        f"# {escaped(question)}" if question else "",
        " · ".join([f"**{state}**", *(escaped(part) for part in words.summary(answer))]),
        f"**{escaped(short)}**" if short else "",
        *_paragraphs(answer),
        _list("Plan", [f"{escaped(line.question)} — {line.state}" for line in words.plan(answer)]),
        _list("Coverage", [escaped(line) for line in words.coverage(answer)]),
        "\n".join(_footnote(card) for card in words.cards(answer)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands: one line, nothing active."""
    line = _ACTIVE.sub(lambda match: "\\" + match.group(), one_line(text))
    return _OPENING.sub(lambda match: "\\" + match.group(), _ORDINAL.sub(r"\1\\\2", line))


def _paragraphs(answer: Mapping[str, Any]) -> list[str]:
    paragraphs: list[str] = []
    for sentence in words.said(answer):
        pieces = [f"[^{p}]" if isinstance(p, int) else _piece(p) for p in sentence.pieces]
        mark = _MARK.get(sentence.verdict, f" *({words.VERDICT_WORDS.get(sentence.verdict, '')})*")
        line = "".join(pieces) + (mark if sentence.verdict else "")
        if sentence.opens or not paragraphs:
            paragraphs.append(line)
        else:
            paragraphs[-1] += f" {line}"
    return paragraphs


def _piece(text: str) -> str:
    """A run of words, the space before or after it kept."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{escaped(text)}{after}"


def _list(title: str, lines: list[str]) -> str:
    return "\n".join([f"## {title}", "", *(f"- {line}" for line in lines)]) if lines else ""


def _footnote(card: Card) -> str:
    where = f", {escaped(card.where)}" if card.where else ""
    quote = f" — “{escaped(card.quote)}”" if card.quote else ""
    link = f" — [open](<{card.link}>)" if card.link else ""
    return f"[^{card.n}]: {card.kind_words}: **{escaped(card.title)}**{where}{quote}{link}"
