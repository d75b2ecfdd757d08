"""The sandbox, tried from inside: a stand-in for a reader that was taken over tries what it must not do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sourcehound.tools.library import sandbox
from sourcehound.tools.library.pool import Readers

PROBE = """
import ctypes, json, os, socket, subprocess, sys, threading
from sourcehound.tools.library import sandbox
from sourcehound.tools.library.limits import Limits

allowed, other, folder, parent = sys.argv[1:5]
protections = sandbox.confine_process(Limits(memory_bytes=1 << 30))
found = {}

def attempt(name, what):
    try:
        what()
    except (OSError, MemoryError, RuntimeError, subprocess.SubprocessError) as error:
        found[name] = "refused"
    else:
        found[name] = "done"

def outside_thread():
    attempt("read the file", lambda: open(allowed).read())
    attempt("read another file", lambda: open(other).read())
    attempt("list its folder", lambda: os.listdir(folder))
    attempt("import a module", lambda: __import__("fractions"))

attempt("tcp", lambda: socket.create_connection(("127.0.0.1", 9), 1))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt("unix socket", lambda: socket.socketpair())
attempt("resolve a name", lambda: socket.getaddrinfo("example.org", 80))
attempt("write", lambda: open(folder + "/new", "w"))
attempt("append", lambda: open(other, "a"))
attempt("delete", lambda: os.unlink(other))
attempt("rename", lambda: os.rename(other, other + "2"))
attempt("make a folder", lambda: os.mkdir(folder + "/more"))
attempt("link", lambda: os.symlink("/", folder + "/root"))
attempt("change rights", lambda: os.chmod(other, 0))
attempt("run a program", lambda: os.execv("/bin/true", ["true"]))
attempt("start a program", lambda: subprocess.run(["/bin/true"]))
attempt("fork", lambda: os.fork())
attempt("signal the parent", lambda: os.kill(int(parent), 0))
attempt("trace", lambda: ctypes.CDLL(None, use_errno=True).ptrace(16, int(parent), 0, 0) and (_ for _ in ()).throw(OSError()))
attempt("take memory", lambda: bytearray(2 << 30))
thread = threading.Thread(target=lambda: (sandbox.confine_thread([allowed], []), outside_thread()))
thread.start(); thread.join()
attempt("signal itself", lambda: os.kill(os.getpid(), 0))
print(json.dumps({"found": found, "protections": [protections.limits, protections.no_network, protections.one_file]}))
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these walls")


@linux_only
def test_a_reader_that_was_taken_over_gets_nowhere(tmp_path: Path) -> None:
    allowed, other = tmp_path / "allowed.txt", tmp_path / "other.txt"
    for path in (allowed, other):
        path.write_text("words", encoding="utf-8")
    arguments = [str(allowed), str(other), str(tmp_path), str(os.getpid())]
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    told = json.loads(ended.stdout)
    if told["protections"] != [True, True, True]:
        pytest.skip(f"this system offers only {told['protections']}")
    may = {"read the file", "import a module", "signal itself"}
    assert {name for name, result in told["found"].items() if result == "done"} == may
    assert {path.name for path in tmp_path.iterdir()} == {"allowed.txt", "other.txt"}
    assert len(told["found"]) > 20


def test_the_pool_says_which_walls_stand() -> None:
    with Readers(n=1) as readers:
        found = readers.protections()
    assert found.limits
    if sys.platform == "linux":
        assert found == sandbox.Protections(limits=True, no_network=True, one_file=sandbox.landlock_version() > 0)


def test_the_filter_is_a_program_that_the_kernel_can_take() -> None:
    for column, arch in enumerate((0xC000003E, 0xC00000B7)):
        steps = sandbox.filter_program(arch, column)
        assert len(steps) < 4096
        assert steps[-1][3] == 0x7FFF0000
        for at, (_, yes, no, _) in enumerate(steps[:-1]):
            assert at + 1 + max(yes, no) < len(steps)
