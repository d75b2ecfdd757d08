"""Ctrl-C is heard by the step that waits, and by whoever listened before."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from sourcehound.agent.interrupt import listening


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """Python's own handler: a process in the background of a shell begins with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_sets_the_event_and_does_what_it_did_before():
    before, stop = signal.getsignal(signal.SIGINT), threading.Event()
    with pytest.raises(KeyboardInterrupt), listening(stop):
        signal.raise_signal(signal.SIGINT)
    assert stop.is_set()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_earlier_ctrl_c_is_forgotten():
    stop = threading.Event()
    stop.set()
    with listening(stop):
        assert not stop.is_set()


def test_outside_the_main_thread_nothing_is_changed():
    before, seen = signal.getsignal(signal.SIGINT), list[object]()

    def listen() -> None:
        with listening(threading.Event()):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert seen == [before]


def test_of_two_that_overlap_the_one_that_ends_first_leaves_the_other_listening():
    before, first, second = signal.getsignal(signal.SIGINT), threading.Event(), threading.Event()
    outer, inner = listening(first), listening(second)
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert second.is_set()
    inner.__exit__(None, None, None)
    signal.signal(signal.SIGINT, before)


def test_it_may_end_in_another_thread():
    before = signal.getsignal(signal.SIGINT)
    entered = listening(threading.Event())
    entered.__enter__()
    thread = threading.Thread(target=entered.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is not before
    signal.signal(signal.SIGINT, before)
