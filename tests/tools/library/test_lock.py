from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sourcehound.tools.errors import BusyError
from sourcehound.tools.library.lock import exclusive

HOLDER = """
import sys
from pathlib import Path
from sourcehound.tools.library.lock import exclusive
with exclusive(Path(sys.argv[1]), "library test"):
    print("held", flush=True)
    sys.stdin.read()
"""


class Clock:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


def test_the_second_writer_waits_five_seconds_and_then_names_the_holder(tmp_path: Path):
    clock = Clock()
    lock = tmp_path / "deep" / "library.lock"
    with (
        exclusive(lock, "library default"),
        pytest.raises(BusyError, match=f"library default is being written by process {os.getpid()}") as failure,
        exclusive(lock, "library default", monotonic=lambda: clock.now, sleep=clock.sleep),
    ):
        pass
    assert failure.value.exit_code == 75
    assert 5.0 <= clock.now < 5.5
    assert failure.value.remedy


def test_the_second_writer_goes_on_as_soon_as_the_first_is_done(tmp_path: Path):
    lock = tmp_path / "library.lock"
    first = exclusive(lock, "it")
    first.__enter__()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            first.__exit__(None, None, None)

    with exclusive(lock, "it", monotonic=lambda: 0.0, sleep=sleep):
        assert lock.read_text(encoding="ascii") == str(os.getpid())
    assert len(waits) == 3


def test_the_lock_is_free_after_an_error_inside(tmp_path: Path):
    lock = tmp_path / "library.lock"
    with pytest.raises(KeyError), exclusive(lock, "it"):
        raise KeyError
    with exclusive(lock, "it", wait_s=0):
        pass


def test_a_killed_holder_frees_the_lock_and_its_pid_is_not_believed(tmp_path: Path):
    lock = tmp_path / "library.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=f"process {holder.pid}"), exclusive(lock, "it", wait_s=0):
            pass
        holder.kill()
        holder.wait()
        with exclusive(lock, "it", wait_s=0):
            assert lock.read_text(encoding="ascii") == str(os.getpid())


def test_a_child_process_does_not_inherit_the_lock(tmp_path: Path):
    lock = tmp_path / "library.lock"
    with exclusive(lock, "it"):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    # the kernel lets the parent go on a moment before it closes the child's copies, hence the usual wait
    try:
        with exclusive(lock, "it"):
            pass
    finally:
        child.communicate(b"\n")
