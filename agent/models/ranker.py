"""The ranker that is a language model: judges what a search brought one by one, in one list, or statement by statement.

Fail-closed: a reply that cannot be read changes nothing in the order of the search, and is told. Knows nothing of search.

Source:
    One by one: two choices without the words relevant or irrelevant, asked in both orders, after FreeRet's neutral framing.
    In one list: parts of the query judged on each candidate, then one order with reasons, after CoTRR. Statement by
    statement: propositions of the query verified on each of the best candidates, after ImageScope.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self

from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.calling import ASIDE, Caller
from sourcehound.agent.models.loose_json import first_object
from sourcehound.agent.models.notes import CLOSE, OPEN, harmless
from sourcehound.agent.models.protocol import cleaned
from sourcehound.agent.models.seer import png_of
from sourcehound.prompts import load
from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.senses.ranker import Candidate, Judged

How = Literal["point", "list", "parts"]
MOST_WORDS_CHARS = 1200
MOST_QUERY_CHARS = 600
MOST_STATEMENTS = 5
_CHOICES = ("it says or shows what was looked for", "it is about something else")
_UNTOLD = 0.5
_FULLY = 2.0
_LETTER = re.compile(r"\A[\s*_`\"'(]*([AB])\b|\b([AB])[\s*_`\"').]*\Z")
_RULED = re.compile(r"^[\s*_`#>-]*(\d+)[\s*_`.):-]*(yes|no)\b", re.IGNORECASE | re.MULTILINE)
_STATEMENT = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+(.+)$", re.MULTILINE)


class PromptedRanker:
    """Judges candidates with a chat model.

    Args:
        caller: calls the model.
        how: `point` one by one, `list` in one list, `parts` statement by statement.
        sees: whether pictures are shown to it.
        warn: told in one line of a reply that cannot be read.
    """

    def __init__(self, caller: Caller, *, how: How, sees: bool, warn: Callable[[str], None]) -> None:
        self.name = f"{caller.name} ({how})"
        self._caller = caller
        self._how = how
        self._sees = sees
        self._warn = warn

    @classmethod
    def named(cls, name: str, *, how: How, sees: bool, warn: Callable[[str], None]) -> Self:
        """The ranker of a model string.

        Raises:
            ConfigError: the model string is unknown, its package or key is missing.
        """
        from sourcehound.agent.models.named import open_chat_model

        caller = Caller(open_chat_model(name), name, policy=ASIDE, sleep=time.sleep, monotonic=time.monotonic)
        return cls(caller, how=how, sees=sees, warn=warn)

    def rank(self, query: str, candidates: Sequence[Candidate]) -> tuple[Judged, ...]:
        """See `Ranker.rank`.

        Raises:
            SourceUnavailable: the model cannot be reached.
            ConfigError: the key is refused, or there is no such model.
        """
        if not candidates:
            return ()
        asked = harmless(query, MOST_QUERY_CHARS)
        try:
            if self._how == "list":
                return self._in_a_list(asked, candidates)
            if self._how == "parts":
                return self._by_statements(asked, candidates)
            chances = [self._one(asked, candidate) for candidate in candidates]
        except ModelError as error:
            raise SourceUnavailable(error.message, reason="refused", remedy=error.remedy) from error
        return _ordered(chances)

    def _one(self, query: str, candidate: Candidate) -> float:
        """The share of two askings, the choices in either order, that say it is what was looked for."""
        votes: list[bool] = []
        for first, second in (_CHOICES, _CHOICES[::-1]):
            prompt = load("rank_point").render(query=query, found=_words(candidate), first=first, second=second)
            letter = read_letter(self._ask(prompt, [candidate]))
            if letter is not None:
                votes.append((first if letter == "A" else second) == _CHOICES[0])
        if not votes:
            self._warn(f"{self.name}: a reply was neither A nor B; what it judged keeps its place")
            return _UNTOLD
        return sum(votes) / len(votes)

    def _in_a_list(self, query: str, candidates: Sequence[Candidate]) -> tuple[Judged, ...]:
        found = "\n".join(f"{n}. {_words(candidate)}" for n, candidate in enumerate(candidates, 1))
        reply = self._ask(load("rank_list").render(query=query, found=found), candidates)
        judged = read_list(reply, len(candidates))
        if judged is None:
            self._warn(f"{self.name}: the reply is no list; the search's own order stays")
            return _ordered([_UNTOLD] * len(candidates))
        return judged

    def _by_statements(self, query: str, candidates: Sequence[Candidate]) -> tuple[Judged, ...]:
        reply = self._ask(load("rank_parts").render(query=query), [])
        statements = [harmless(match, 300) for match in _STATEMENT.findall(reply)][:MOST_STATEMENTS]
        if not statements:
            self._warn(f"{self.name}: the reply holds no statements; the search's own order stays")
            return _ordered([_UNTOLD] * len(candidates))
        numbered = "\n".join(f"{n}. {statement}" for n, statement in enumerate(statements, 1))
        chances: list[float] = []
        for candidate in candidates:
            prompt = load("rank_check").render(found=_words(candidate), statements=numbered)
            ruled = {
                int(n): said.lower() == "yes"
                for n, said in _RULED.findall(self._ask(prompt, [candidate]))
                if 1 <= int(n) <= len(statements)
            }
            chances.append(sum(ruled.values()) / len(statements) if ruled else _UNTOLD)
        return _ordered(chances)

    def _ask(self, prompt: str, candidates: Sequence[Candidate]) -> str:
        blocks: list[dict[str, Any]] = []
        if self._sees:
            for n, candidate in enumerate(candidates, 1):
                shown = [
                    {"type": "image", "base64": png_of(picture), "mime_type": "image/png"}
                    for picture in candidate.pictures()
                ]
                blocks += [{"type": "text", "text": f"Pictures of {n}:"}, *shown] if shown else []
        content = [*blocks, {"type": "text", "text": prompt}] if blocks else prompt
        return cleaned(self._caller.call([("human", content)]).text)


def read_letter(text: str) -> str | None:
    """The letter of a reply, `A` or `B`; None if it names none or both."""
    found = {first or last for first, last in _LETTER.findall(text.strip())}
    return found.pop() if len(found) == 1 else None


def read_list(text: str, n_candidates: int) -> tuple[Judged, ...] | None:
    """The order of a reply, with the mean of each candidate's parts as its chance; None if it holds no order.

    Numbers that no candidate has, and those named again, are left out.
    """
    data = first_object(text)
    order = data.get("order") if data is not None else None
    if not isinstance(order, list):
        return None
    parts = data.get("judged") if data is not None else None
    judged: dict[int, Judged] = {}
    for entry in order:
        number, why = (entry.get("n"), entry.get("why", "")) if isinstance(entry, dict) else (entry, "")
        if not str(number).isdecimal() or not 1 <= int(str(number)) <= n_candidates:
            continue
        place = int(str(number)) - 1
        judged.setdefault(place, Judged(place=place, chance=_mean(parts, place + 1), why=harmless(str(why), 200)))
    # the order is the model's last word: a chance never contradicts it
    chances = sorted((item.chance for item in judged.values()), reverse=True)
    return tuple(
        Judged(place=item.place, chance=chance, why=item.why)
        for item, chance in zip(judged.values(), chances, strict=True)
    )


def _mean(parts: object, number: int) -> float:
    given = parts.get(str(number)) if isinstance(parts, dict) else None
    values = (
        [min(_FULLY, max(0.0, float(v))) for v in given if isinstance(v, int | float)]
        if isinstance(given, list)
        else []
    )
    return sum(values) / (len(values) * _FULLY) if values else _UNTOLD


def _ordered(chances: Sequence[float]) -> tuple[Judged, ...]:
    order = sorted(range(len(chances)), key=lambda place: (-chances[place], place))
    return tuple(Judged(place=place, chance=chances[place]) for place in order)


def _words(candidate: Candidate) -> str:
    return f"{OPEN} {harmless(candidate.words, MOST_WORDS_CHARS) or '(no words)'} {CLOSE}"
