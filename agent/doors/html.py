"""Answers, hits and reports as HTML: one renderer for exported pages, notebooks and the web page.

A page is one file: its style and pictures are inside it, it runs nothing and loads nothing but the person's own media
files, and a policy in its head holds it to that. Models and sources never supply markup: their words are text, their
numbers become citations only where a citation exists, and every address is made from evidence by our own code.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from sourcehound.agent.doors import answer_words as words
from sourcehound.agent.doors.card import Card, card_of, counted, number, record, records, whole, words_of
from sourcehound.agent.doors.clip import Clip, Clips, no_clips, played
from sourcehound.agent.doors.embed import NOTEBOOK_CHARS, Pictures, embedded, no_pictures
from sourcehound.agent.doors.markup import Html, join, style, tag
from sourcehound.agent.doors.report_words import Report, report_of
from sourcehound.agent.doors.stylesheet import CSS

Mode = Literal["page", "notebook"]
"""`page`: a whole file of its own, whose players open the person's files; `notebook`: a fragment of bounded size, which
plays short clips that it holds, as a browser opens no files from there."""
_MARK = {"supported": "✓"}
MOST_PROBLEMS = 500
"""Files that a report's page names; a terminal names all."""


def answer_html(
    answer: Mapping[str, Any], pictures: Pictures = no_pictures, *, mode: Mode = "page", clips: Clips = no_clips
) -> str:
    """An answer: its sentences with their verdicts, its evidence as cards, its plan, coverage and costs.

    Args:
        answer: the answer document.
        pictures: PNG bytes of a citation's picture by its number.
        mode: a whole page or a notebook's fragment.
        clips: the clip of a citation by its number, for a notebook.
    """
    found = words.cards(answer)
    prefix = _prefix(answer)
    images = embedded([card.n for card in found], pictures, total_chars=NOTEBOOK_CHARS if mode == "notebook" else None)
    moments = played([card.n for card in found if card.player], clips) if mode == "notebook" else {}
    state, state_words = words.status(answer)
    short = words_of(answer.get("short"), 300)
    question = words_of(answer.get("question"), 2000)
    body = join(
        tag("h1", question, dir="auto"),
        tag("p", tag("span", state_words, class_=f"pill {state}"), " · ".join(words.summary(answer)), class_="status"),
        tag("p", short, class_="short") if short else None,
        _sentences(answer, prefix),
        _evidence(found, images, {card.n: _player(card, moments.get(card.n), mode) for card in found}, prefix),
        _checks(answer),
        _plan(answer),
        _rest(answer),
    )
    return _whole(body, question or "Answer", mode)


def hits_html(found: Mapping[str, Any], pictures: Pictures = no_pictures, *, mode: Mode = "page") -> str:
    """The hits of a search as a contact sheet, best first; `pictures` is asked by rank."""
    hits = [
        (card_of(record(hit.get("evidence")), n=whole(hit.get("rank"))), number(hit.get("score")))
        for hit in records(found.get("hits"))
    ]
    ranks = [card.n for card, _ in hits]
    images = embedded(ranks, pictures, total_chars=NOTEBOOK_CHARS)
    query = words_of(found.get("query"), 500)
    searched = record(found.get("searched"))
    pending = whole(searched.get("pending"))
    line = f"{counted(len(hits), 'hit')} in {counted(whole(searched.get('files')), 'file')}" + (
        f", {pending:,} pending" if pending else ""
    )
    nothing = words_of(found.get("nothing_because"))
    body = join(
        tag("h1", query, dir="auto"),
        tag("p", line, class_="status"),
        tag("p", f"Nothing found: {nothing}") if nothing and not hits else None,
        tag("div", [_hit(card, score, images.get(card.n)) for card, score in hits], class_="grid"),
    )
    return _whole(body, query or "Hits", mode)


def report_html(report: Mapping[str, Any], *, mode: Mode = "page") -> str:
    """The state of a library, or what `add` did to it: every file accounted for, each problem with its reason."""
    seen: Report = report_of(report)
    counts = [tag("li", tag("strong", f"{value:,}"), name, class_=kind) for name, value, kind in seen.counts]
    problems = [
        [path, state, reason, "again" if retry else ""] for path, state, reason, retry in seen.problems[:MOST_PROBLEMS]
    ]
    in_part = [[path, "\n".join(what)] for path, what in seen.in_part[:MOST_PROBLEMS]]
    n_more = len(seen.problems) - len(problems) + len(seen.in_part) - len(in_part)
    body = join(
        tag("h1", seen.title),
        tag("ul", counts, class_="counts"),
        tag("p", seen.sum_line, class_="status"),
        _table(["File", "State", "Why", "Tried"], problems, "Problems"),
        _table(["File", "What is left out"], in_part, "Read in part"),
        tag("p", f"and {n_more:,} more: sourcehound status --failed names all") if n_more else None,
        _details("Units, encoders and size", _pairs(seen.rest)) if seen.rest else None,
    )
    return _whole(body, seen.title, mode)


def _sentences(answer: Mapping[str, Any], prefix: str) -> Html:
    paragraphs: list[list[Html]] = []
    for sentence in words.said(answer):
        if sentence.opens or not paragraphs:
            paragraphs.append([])
        pieces = [_citation(piece, prefix) if isinstance(piece, int) else _lines(piece) for piece in sentence.pieces]
        paragraphs[-1].append(join(pieces, _verdict(sentence), " "))
    return tag("section", [tag("p", lines, dir="auto") for lines in paragraphs], class_="answer", aria_label="Answer")


def _citation(n: int, prefix: str) -> Html:
    return tag("sup", tag("a", f"[{n}]", href=f"#{prefix}-{n}"))


def _lines(text: str) -> Html:
    """Text whose newlines are kept."""
    first, *others = text.split("\n")
    return join(first, [join(tag("br"), line) for line in others])


def _verdict(sentence: words.Said) -> Html | None:
    if not sentence.verdict:
        return None
    shown = words.VERDICT_WORDS[sentence.verdict]
    title = "; ".join((shown, *sentence.checks))
    mark = _MARK.get(sentence.verdict, shown)
    return tag("span", mark, class_=f"verdict {sentence.verdict}", title=title, role="img", aria_label=shown)


def _evidence(
    found: list[Card], images: Mapping[int, str], players: Mapping[int, Html | None], prefix: str
) -> Html | None:
    if not found:
        return None
    shown = [_card(card, images.get(card.n), players.get(card.n), prefix) for card in found]
    return tag("section", tag("h2", "Evidence"), shown)


def _player(card: Card, clip: Clip | None, mode: Mode) -> Html | None:
    if mode == "notebook":
        # a clip is in the page already: its first frame shows at once
        return tag(clip.media, src=clip.address, controls="", preload="auto") if clip is not None else None
    media, address = card.player or ("", "")
    return tag(media, src=address, controls="", preload="metadata") if media else None


def _card(card: Card, image: str | None, player: Html | None, prefix: str) -> Html:
    return tag(
        "article",
        _head(card),
        _picture(card, image),
        tag("figure", player) if player else None,
        tag("blockquote", card.quote, dir="auto") if card.quote else None,
        tag("p", card.through, dir="auto") if card.through else None,
        _details("More", _pairs([*card.facts, *([("Link", card.link)] if card.link else [])])),
        class_="card",
        id=f"{prefix}-{card.n}",
    )


def _head(card: Card) -> Html:
    title = tag("strong", card.title)
    if card.link:
        title = tag("a", title, href=card.link, rel="noopener noreferrer nofollow", title=card.link)
    where = " · ".join(part for part in (card.kind_words, card.where, card.id) if part)
    number_ = tag("span", str(card.n), class_="n")
    return tag("div", number_, tag("div", title, tag("span", where, class_="where")), class_="head")


def _picture(card: Card, image: str | None) -> Html | None:
    if image is None:
        return None
    words_ = ", ".join(part for part in (card.kind_words, card.title, card.where) if part)
    return tag("figure", tag("img", src=image, alt=words_, loading="lazy"))


def _hit(card: Card, score: float | None, image: str | None) -> Html:
    shown = None if score is None else min(max(score, 0.0), 1.0)
    meter = None if shown is None else tag("meter", min="0", max="1", value=f"{shown:.3f}", aria_label="score")
    foot = tag("div", meter, "" if shown is None else f"{shown:.2f}", class_="score")
    quote = tag("blockquote", words_of(card.quote, 320), dir="auto") if card.quote else None
    through = tag("p", card.through, dir="auto") if card.through else None
    return tag("article", _picture(card, image), _head(card), quote, through, foot, class_="card")


def _checks(answer: Mapping[str, Any]) -> Html | None:
    rows = [
        [
            "".join(piece if isinstance(piece, str) else f" [{piece}]" for piece in sentence.pieces),
            verdict,
            "\n".join(sentence.checks),
        ]
        for sentence in words.said(answer)
        if (verdict := words.VERDICT_WORDS.get(sentence.verdict, ""))
    ]
    return _details("How each sentence was checked", _table(["Sentence", "Verdict", "Checks"], rows)) if rows else None


def _plan(answer: Mapping[str, Any]) -> Html | None:
    rows = [[line.question, line.state, line.detail] for line in words.plan(answer)]
    return _details("Plan", _table(["Question", "State", "Sought in, found"], rows)) if rows else None


def _rest(answer: Mapping[str, Any]) -> Html:
    searched = tag("ul", [tag("li", line) for line in words.coverage(answer)])
    return _details("What was searched, and what it took", join(searched, _pairs(words.costs(answer))))


def _details(summary: str, content: Html | None) -> Html:
    return tag("details", tag("summary", summary), content)


def _pairs(rows: list[tuple[str, str]]) -> Html:
    return tag("dl", [join(tag("dt", name), tag("dd", value)) for name, value in rows])


def _table(heads: list[str], rows: list[list[str]], title: str = "") -> Html | None:
    if not rows:
        return None
    top = tag("thead", tag("tr", [tag("th", head, scope="col") for head in heads]))
    lines = [tag("tr", [tag("td", _lines(cell)) for cell in row]) for row in rows]
    return join(tag("h2", title) if title else None, tag("table", top, tag("tbody", lines)))


def _whole(body: Html, title: str, mode: Mode) -> str:
    sheet = tag("div", body, class_="sheet")
    if mode == "notebook":
        return join(style(CSS), tag("div", sheet, class_="sourcehound"))
    digest = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; img-src data:; media-src file:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        style(CSS),
    )
    return (
        "<!doctype html>\n" + tag("html", head, tag("body", tag("main", sheet), class_="sourcehound"), lang="en") + "\n"
    )


def _prefix(answer: Mapping[str, Any]) -> str:
    """Two answers in one notebook keep their own anchors."""
    known = json.dumps([words_of(answer.get(key)) for key in ("thread", "id", "question", "text")])
    return "c" + hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:8]
