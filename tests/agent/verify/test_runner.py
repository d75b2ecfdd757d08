"""The runner of checks is fail-closed: whatever goes wrong, nothing is supported by it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sourcehound.agent.state import Sentence
from sourcehound.agent.verify.check import CheckResult, Claim
from sourcehound.agent.verify.runner import CHECKS, examine
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.verdicts import may_be_judged, verdict_of
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Evidence
from tests.agent.verify.conftest import Shelf

WORDS = "It measures the tide every 6 minutes."


@pytest.mark.parametrize(
    "fault", [ZeroDivisionError("secret"), MediaError("cannot be decoded", path="x"), RecursionError()]
)
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_that_raises_leaves_its_sentence_unchecked(shelf: Shelf, name: str, fault: Exception) -> None:
    def raises(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
        raise fault

    evidence = [shelf.exact(WORDS)]
    sentence = Sentence(text=WORDS, cites=("E1",))
    assert verdict_of(examine(sentence, evidence, shelf.sources())) == "supported"
    examined = examine(sentence, evidence, shelf.sources(), {**CHECKS, name: raises})
    result = next(result for result in examined.results if result.check == name)
    assert result.result == "error"
    assert "secret" not in result.detail
    assert verdict_of(examined) == "unchecked"
    assert not may_be_judged("unchecked", examined.results)


def test_sources_that_raise_leave_the_sentence_unchecked(shelf: Shelf) -> None:
    class Broken(Sources):
        def words(self, evidence: Evidence) -> tuple[str, ...]:
            raise ZeroDivisionError

    broken = Broken.__new__(Broken)
    examined = examine(Sentence(text=WORDS, cites=("E1",)), [shelf.exact(WORDS)], broken)
    assert verdict_of(examined) == "unchecked"


def test_a_failure_beside_an_error_is_a_failure(shelf: Shelf) -> None:
    def raises(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
        raise ZeroDivisionError

    sentence = Sentence(text="It measures the tide every 9 minutes.", cites=("E1",))
    examined = examine(sentence, [shelf.exact(WORDS)], shelf.sources(), {**CHECKS, "box": raises})
    assert verdict_of(examined) == "contradicted"


def test_no_check_at_all_supports_nothing(shelf: Shelf) -> None:
    examined = examine(Sentence(text=WORDS, cites=("E1",)), [shelf.exact(WORDS)], shelf.sources(), {})
    assert verdict_of(examined) == "unchecked"


def test_every_check_of_a_sound_sentence_is_listed_in_order(shelf: Shelf) -> None:
    examined = examine(Sentence(text=WORDS, cites=("E1",)), [shelf.exact(WORDS)], shelf.sources())
    assert [result.check for result in examined.results] == list(CHECKS)
    assert {result.by for result in examined.results} == {"code"}
