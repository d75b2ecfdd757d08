"""From the results of checks to a verdict. Fail-closed: what is not shown to hold is not `supported`.

Code alone supports only the sources' own words, with every check passed; all else is for a judge. Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sourcehound.agent.verify.check import CheckResult, Verdict
from sourcehound.agent.verify.runner import Examined

_GRAVEST: Final[tuple[Verdict, ...]] = ("unreachable", "contradicted", "not_supported", "unchecked")
_MUST_PASS: Final = frozenset({"hash", "quote"})


def verdict_of(examined: Examined) -> Verdict:
    """The verdict that code gives to a sentence that cites something."""
    failures = {result.means for result in examined.results if result.result == "failed"}
    if failures:
        return next(verdict for verdict in _GRAVEST if verdict in failures)
    if any(result.result == "error" for result in examined.results):
        return "unchecked"
    has_passed = {result.check for result in examined.results if result.result == "passed"}
    return "supported" if examined.claim.own and has_passed >= _MUST_PASS else "unchecked"


def may_be_judged(verdict: Verdict, results: Sequence[CheckResult]) -> bool:
    """Whether a judge may rule: only on what code neither decided nor failed to decide."""
    return verdict == "unchecked" and all(result.result in {"passed", "not_applicable"} for result in results)
