"""Ctrl-C is heard by the step that waits, and by whoever listened before."""

from __future__ import annotations

import signal
import threading

import pytest

from sourcehound.agent.interrupt import listening


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
