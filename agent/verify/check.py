"""What a check is: it looks at one claim and the evidence that it cites, and says passed, failed, error or not applicable.

Knows nothing of any one check, nor of how results become a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sourcehound.agent.verify.sources import Sources
from sourcehound.tools.evidence import Evidence

Result = Literal["passed", "failed", "error", "not_applicable"]
Verdict = Literal["supported", "not_supported", "contradicted", "unchecked", "unreachable", "given"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a draft, as the checks see it.

    Attributes:
        text: the whole sentence.
        core: the words that claim something: without a fixed lead-in, if it has one.
        own: the core is whole sentences, lines, or a bare value of the cited sources (derived, never a drafter's word).
        quoted: the words that the drafter says it repeats; they must stand in the sources.
    """

    text: str
    core: str
    own: bool = False
    quoted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The outcome of one check.

    Attributes:
        by: `code`, or the model that judged.
        detail: one line: what was compared, and what did not agree.
        means: the verdict that a failure brings; no part of the document.
    """

    check: str
    result: Result
    by: str = "code"
    detail: str = ""
    means: Verdict = "not_supported"

    def to_json(self) -> dict[str, Any]:
        """The check as the answer document has it."""
        return {"check": self.check, "result": self.result, "by": self.by, "detail": self.detail}


Check = Callable[[Claim, Sequence[Evidence], Sources], CheckResult]
"""Looks at one claim and what it cites. May raise: the runner makes an `error` of it."""


def passed(check: str, detail: str = "") -> CheckResult:
    """It was compared and agrees."""
    return CheckResult(check=check, result="passed", detail=detail)


def failed(check: str, detail: str, *, means: Verdict = "not_supported") -> CheckResult:
    """It was compared and does not agree."""
    return CheckResult(check=check, result="failed", detail=detail, means=means)


def undecided(check: str, detail: str) -> CheckResult:
    """It should have been compared and could not be; the sentence can no longer be `supported`."""
    return CheckResult(check=check, result="error", detail=detail)


def not_applicable(check: str, detail: str = "") -> CheckResult:
    """There is nothing of this kind to compare."""
    return CheckResult(check=check, result="not_applicable", detail=detail)


def shown(words: str, most: int = 60) -> str:
    """Words for a detail: one line, cut."""
    line = " ".join(words.split())
    return f"“{line if len(line) <= most else line[: most - 1] + '…'}”"
