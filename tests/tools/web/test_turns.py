"""Turns: one request a host at a time, a pause between, and none while the host wants to be left alone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web.clock import SystemClock
from sourcehound.tools.web.turns import Turns

if TYPE_CHECKING:
    from tests.tools.web.conftest import SetClock


def test_a_second_request_to_a_host_waits_for_the_interval_to_end(set_clock: SetClock):
    turns = Turns(set_clock, interval_s=2.0)
    with turns.take("a.example", deadline=1100):
        set_clock.seconds += 0.5
    set_clock.seconds += 0.5
    with turns.take("a.example", deadline=1100), turns.take("b.example", deadline=1100):
        pass
    assert set_clock.slept == [1.5]


def test_a_redirect_on_the_same_host_does_not_pause(set_clock: SetClock):
    turns = Turns(set_clock, interval_s=2.0)
    for pause in (True, False):
        with turns.take("a.example", deadline=1100, pause=pause):
            pass
    assert set_clock.slept == []


def test_a_request_that_failed_counts_for_the_interval_too(set_clock: SetClock):
    turns = Turns(set_clock, interval_s=2.0)
    with pytest.raises(KeyError), turns.take("a.example", deadline=1100):
        raise KeyError
    with turns.take("a.example", deadline=1100):
        pass
    assert set_clock.slept == [2.0]


def test_a_wait_longer_than_the_deadline_is_a_timeout_at_once(set_clock: SetClock):
    turns = Turns(set_clock, interval_s=50.0)
    with turns.take("a.example", deadline=1100):
        pass
    with pytest.raises(SourceUnavailable) as caught, turns.take("a.example", deadline=1010):
        pass
    assert caught.value.reason == "timeout"
    assert set_clock.slept == []


def test_a_host_that_wants_a_pause_is_refused_until_it_is_over(set_clock: SetClock):
    turns = Turns(set_clock, interval_s=0.0)
    turns.bar("a.example", 60)
    with pytest.raises(SourceUnavailable) as caught, turns.take("a.example", deadline=9999):
        pass
    assert (caught.value.reason, caught.value.retry_after_s) == ("rate_limited", 60)
    set_clock.seconds += 61
    with turns.take("a.example", deadline=9999):
        pass


def test_a_host_busy_with_another_thread_ends_with_the_time():
    clock = SystemClock()
    turns = Turns(clock, interval_s=0.0)
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.take("a.example", deadline=clock.monotonic() + 5):
            inside.set()
            done.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(5)
    with pytest.raises(SourceUnavailable) as caught, turns.take("a.example", deadline=clock.monotonic() + 0.02):
        pass
    assert caught.value.reason == "timeout"
    done.set()
    thread.join()


def test_threads_never_speak_to_one_host_at_the_same_time():
    clock = SystemClock()
    turns = Turns(clock, interval_s=0.0)
    inside = most = 0

    def ask() -> None:
        nonlocal inside, most
        for _ in range(50):
            with turns.take("a.example", deadline=clock.monotonic() + 5):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
