"""The runner of checks: takes a sentence apart and puts every check to it.

One of the three places where any exception is caught: a check that raises is an `error`, which leaves its sentence
`unchecked`, never `supported`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from sourcehound.agent.state import Sentence
from sourcehound.agent.verify.boxes import check_box
from sourcehound.agent.verify.check import Check, CheckResult, Claim, undecided
from sourcehound.agent.verify.dates import check_dates
from sourcehound.agent.verify.hashes import check_hash
from sourcehound.agent.verify.intervals import check_interval
from sourcehound.agent.verify.names import check_names
from sourcehound.agent.verify.negation import check_negation
from sourcehound.agent.verify.numbers import check_numbers
from sourcehound.agent.verify.own import read_claim
from sourcehound.agent.verify.quotes import check_quote
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.terms import check_terms
from sourcehound.tools.errors import SourcehoundError
from sourcehound.tools.evidence import Evidence

T = TypeVar("T")

CHECKS: Final[Mapping[str, Check]] = {
    "hash": check_hash,
    "quote": check_quote,
    "number": check_numbers,
    "date": check_dates,
    "name": check_names,
    "negation": check_negation,
    "terms": check_terms,
    "box": check_box,
    "interval": check_interval,
}
"""Every check that code makes, in the order in which it is shown. A new one is a file of its own and a line here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A sentence with the results of its checks."""

    claim: Claim
    results: tuple[CheckResult, ...]


def examine(
    sentence: Sentence, evidence: Sequence[Evidence], ctx: Sources, checks: Mapping[str, Check] = CHECKS
) -> Examined:
    """Put every check to a sentence. Never raises."""
    claim, error = _attempt("quote", lambda: read_claim(sentence, evidence, ctx))
    results = [error] if error else []
    asked = claim or Claim(text=sentence.text, core=sentence.text, quoted=sentence.quoted)
    for name, check in checks.items():
        result, error = _attempt(name, lambda check=check: check(asked, evidence, ctx))
        found = result or error
        if found is not None and found not in results:
            results.append(found)
    return Examined(claim=asked, results=tuple(results))


def _attempt(name: str, work: Callable[[], T]) -> tuple[T | None, CheckResult | None]:
    """What work gives, or the `error` that it ended in."""
    try:
        return work(), None
    except SourcehoundError as error:
        return None, undecided(name, error.message)
    except Exception as error:  # noqa: BLE001  the runner of checks: one of the three named places
        return None, undecided(name, f"a fault of ours ({type(error).__name__})")
