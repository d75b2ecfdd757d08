"""The status of an answer is the contract's, from its verdicts and its plan alone."""

from __future__ import annotations

from typing import cast

import pytest

from sourcehound.agent.answer import status_of
from sourcehound.agent.state import ItemState, PlanItem


@pytest.mark.parametrize(
    ("states", "verdicts", "status"),
    [
        (["enough"], ["supported", "given"], "answered"),
        (["enough"], ["given"], "answered"),
        (["enough", "partly"], ["supported"], "partial"),
        (["enough"], ["supported", "unchecked"], "partial"),
        (["enough"], ["unchecked"], "abstained"),
        (["enough"], [], "abstained"),
        (["nothing"], ["given"], "abstained"),
        (["enough"], ["given", "not_supported"], "abstained"),
    ],
)
def test_a_status_follows_from_the_plan_and_the_verdicts(states: list[str], verdicts: list[str], status: str):
    plan = [PlanItem(question="q", state=cast("ItemState", state)) for state in states]
    assert status_of(plan, [{"verdict": verdict} for verdict in verdicts]) == status
