from __future__ import annotations

import pytest

from bench.ground import is_busy
from bench.row import Row, table
from bench.turns import in_turns


def _row(ours: float) -> Row:
    return Row(name="find", ours=ours, against="a bar", other=4.0, goal=1.5, unit="ms")


def test_a_row_is_met_up_to_its_goal():
    assert _row(6.0).ratio == 1.5
    assert _row(6.0).is_met
    assert not _row(6.1).is_met


def test_a_row_rounds_what_it_prints_to_four_digits():
    assert _row(1.23456).to_json() == {
        "name": "find",
        "ours": 1.235,
        "against": "a bar",
        "other": 4.0,
        "ratio": 0.3086,
        "goal": 1.5,
        "unit": "ms",
    }


def test_the_table_marks_what_missed_its_goal():
    _, met, missed = table([_row(4.0), _row(700.0)]).splitlines()
    assert met.split() == ["ok", "find", "4", "4", "ms", "1.00", "1.50", "a", "bar"]
    assert missed.split()[:3] == ["MISS", "find", "700"]


def test_both_sides_take_turns_and_the_first_of_each_does_not_count():
    ran: list[str] = []
    now = [0.0]

    def work(name: str, seconds: float) -> None:
        ran.append(name)
        now[0] += seconds

    turns = in_turns(lambda: work("ours", 1.0), lambda: work("other", 3.0), rounds=3, clock=lambda: now[0])
    assert ran == ["ours", "other"] * 4
    assert turns.ours == (1.0, 1.0, 1.0)
    assert turns.ours_s == 1.0
    assert turns.other_s == 3.0


@pytest.mark.parametrize(("load", "busy"), [(0.2, False), (0.9, True)])
def test_a_machine_with_much_waiting_is_busy(load: float, busy: bool):
    assert is_busy(load) == busy
