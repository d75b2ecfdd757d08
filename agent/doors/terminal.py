"""Answers, hits and reports for the terminal, as styled text that holds no control character of anybody's.

Returns text; the command line prints it. `as_string` turns it into what is written: plain where no terminal reads it,
in colour only where colour is wanted.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sourcehound.agent.doors import answer_words as words
from sourcehound.agent.doors.card import Card, card_of, counted, number, record, records, whole, words_of
from sourcehound.agent.doors.report_words import report_of

if TYPE_CHECKING:
    from rich.text import Text

_STATUS_STYLE = {"answered": "bold green", "partial": "bold yellow", "abstained": "bold yellow"}
_VERDICT_STYLE = {"supported": "green", "given": "dim", "unchecked": "yellow"}
_QUOTE = 240


def answer_text(answer: Mapping[str, Any]) -> Text:
    """The answer with its verdicts, its evidence by number, and what was searched."""
    text = _text()
    name, shown = words.status(answer)
    short = words_of(answer.get("short"), 300)
    if short:
        text.append(f"{short}\n\n", "bold")
    for index, sentence in enumerate(words.said(answer)):
        text.append("\n\n" if sentence.opens and index else " " if index else "")
        _append_sentence(text, sentence)
    text.append("\n\n" if text.plain else "")
    text.append(shown, _STATUS_STYLE.get(name, "bold red"))
    text.append("".join(f" · {part}" for part in words.summary(answer)), "dim")
    for card in words.cards(answer):
        text.append("\n\n")
        _append_card(text, card)
    open_ends = [line for line in words.plan(answer) if line.state != "answered"]
    if open_ends:
        text.append("\n\nOpen:", "bold")
    for line in open_ends:
        text.append(f"\n  {line.question} ({line.state})")
    covered = words.coverage(answer)
    text.append("\n" if covered else "")
    for line in covered:
        text.append(f"\n{line}", "dim")
    return text


def hits_text(found: Mapping[str, Any]) -> Text:
    """The hits of a search, best first, three lines each."""
    text = _text()
    hits = records(found.get("hits"))
    for hit in hits:
        text.append("\n\n" if text.plain else "")
        evidence = record(hit.get("evidence"))
        said = [words_of(record(evidence.get("detail")).get(name), 80) for name in ("dated", "taken")]
        _append_card(text, card_of(evidence, n=whole(hit.get("rank"))), number(hit.get("score")), said=said)
    searched = record(found.get("searched"))
    pending = whole(searched.get("pending"))
    if not hits:
        text.append(f"Nothing found: {words_of(found.get('nothing_because')) or 'no unit matches'}", "yellow")
    text.append(f"\n\n{counted(len(hits), 'hit')} in {counted(whole(searched.get('files')), 'file')}", "dim")
    text.append(f", {pending:,} pending" if pending else "", "dim")
    return text


def report_text(report: Mapping[str, Any], *, failed: bool = False) -> Text:
    """The state of a library or what `add` did: the sum of its files, then the problems.

    Args:
        report: a status document, with or without changes.
        failed: whether every problem is listed with its reason, and what is left out; otherwise they are only counted.
    """
    seen = report_of(report)
    text = _text()
    text.append(f"{seen.title}\n", "bold")
    text.append(seen.sum_line)
    for path, state, reason, retry in seen.problems if failed else ():
        text.append(f"\n{state:<8}", "red" if state == "failed" else "yellow")
        text.append(path)
        text.append(f"\n        {reason}{' (will be tried again)' if retry else ''}", "dim")
    if seen.problems and not failed:
        text.append(f"\n{len(seen.problems):,} problems: sourcehound status --failed names them", "yellow")
    _append_in_part(text, seen.in_part, listed=failed)
    for name, value in seen.rest:
        text.append(f"\n{name}: {value}", "dim")
    return text


def as_string(text: Text, *, terminal: bool, colour: bool, width: int = 80) -> str:
    """What is written to the output, ended by a newline.

    Args:
        text: styled text of this module.
        terminal: whether a terminal reads it; if not, lines are not wrapped and hold no escape sequence.
        colour: whether colours are wanted (not with NO_COLOR).
        width: columns of the terminal.
    """
    if not terminal or not colour:
        return f"{text.plain}\n"
    from rich.console import Console

    file = io.StringIO()
    console = Console(
        file=file,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        width=width,
        highlight=False,
        legacy_windows=False,
        _environ={},  # the caller has decided; rich would read NO_COLOR, TERM and COLUMNS once more
    )
    for line in text.split("\n", allow_blank=True):
        # an address is left to the terminal's own wrapping: broken by us it could not be opened
        console.print(
            line, soft_wrap=line.plain.lstrip().startswith(("file:///", "https://")), markup=False, emoji=False
        )
    return file.getvalue()


def _append_in_part(text: Text, in_part: Sequence[tuple[str, tuple[str, ...]]], *, listed: bool) -> None:
    for path, what in in_part if listed else ():
        text.append("\nin part ", "yellow")
        text.append(path)
        for line in what:
            text.append(f"\n        {line}", "dim")
    if in_part and not listed:
        files = counted(len(in_part), "file")
        text.append(f"\n{files} read in part: sourcehound status --failed names what is left out", "yellow")


def _append_sentence(text: Text, sentence: words.Said) -> None:
    for piece in sentence.pieces:
        if isinstance(piece, int):
            text.append(f" [{piece}]", "cyan")
        else:
            text.append(piece.expandtabs(4))
    if sentence.verdict and sentence.verdict != "supported":
        text.append(f" ({words.VERDICT_WORDS[sentence.verdict]})", _VERDICT_STYLE.get(sentence.verdict, "red"))


def _append_card(text: Text, card: Card, score: float | None = None, *, said: Sequence[str] = ()) -> None:
    text.append(f"[{card.n}] ", "cyan")
    text.append(card.title, "bold")
    where = " · ".join(part for part in (card.kind_words.lower(), card.where, *said, card.id) if part)
    text.append(f"  {where}", "dim")
    text.append("" if score is None else f"  {score:.2f}", "green")
    if card.quote:
        text.append(f"\n    “{words_of(card.quote, _QUOTE)}”")
    text.append(f"\n    {card.through}" if card.through else "", "dim")
    address = card.link or next((value for name, value in card.facts if name in {"File", "Address"}), "")
    text.append(f"\n    {address}" if address else "", "dim")


def _text() -> Text:
    from rich.text import Text

    return Text()
