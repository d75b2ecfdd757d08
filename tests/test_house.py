"""The house holds: directions of imports, sizes of files and functions, names, packages, nothing heavy at the door."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sourcehound.agent.state import State, Update

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for room in ("agent", "tools", "prompts") for path in (ROOT / room).rglob("*.py"))
MAY_IMPORT = {"agent": {"agent", "tools", "prompts"}, "tools": {"tools", "prompts"}, "prompts": {"prompts"}}
MOST_LINES = 350
MOST_FUNCTION_LINES = 60
BROAD_CATCHES = {"agent/act.py", "agent/doors/cli.py", "agent/verify/runner.py"}
HAND_OVER = {"agent/models/calling.py", "tools/web/background.py"}
"""Threads that hand whatever ended them to the thread that waits, which raises it or tells what it means."""
HEAVY = ("torch", "transformers", "chromadb", "langgraph", "cv2", "faster_whisper", "langchain_core", "pandas")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sourcehound."):
            found.add(node.module.split(".")[1])
        if isinstance(node, ast.Import):
            found.update(a.name.split(".")[1] for a in node.names if a.name.startswith("sourcehound."))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_import_only_downwards(path: Path):
    room = path.relative_to(ROOT).parts[0]
    assert _imports(path) <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            assert node.end_lineno - node.lineno < MOST_FUNCTION_LINES, node.name


def test_no_file_is_named_for_nothing():
    bad = {"utils", "util", "helpers", "common", "misc", "manager", "base"}
    assert not [path for path in MODULES if path.stem in bad]


def test_any_exception_is_caught_in_the_three_named_places_only():
    found = {
        str(path.relative_to(ROOT))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node)
    }
    assert found == BROAD_CATCHES | HAND_OVER


def _is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether it ends any exception: one that raises again does not."""
    caught = (
        {"BaseException"} if handler.type is None else {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
    )
    raises = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
    return bool(caught & {"Exception", "BaseException"}) and not raises


def test_every_package_on_disk_is_in_the_wheel():
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    on_disk = {
        "sourcehound." + ".".join(path.parent.relative_to(ROOT).parts) for path in MODULES if path.name == "__init__.py"
    }
    assert listed == on_disk


def test_every_key_of_an_update_is_a_field_of_the_state():
    assert set(Update.__annotations__) <= {field.name for field in dataclasses.fields(State)}


def test_nothing_happens_at_import():
    names = ["sourcehound." + ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES]
    modules = sorted(name.removesuffix(".__init__") for name in names)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED_IMPORTS, *modules], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


WATCHED_IMPORTS = """
import importlib, os, sys
def watch(event, args):
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes and str(args[0]) != os.devnull or event in DENIED:
        print(module, event, args[:2])
DENIED = {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename"}
sys.dont_write_bytecode = True
sys.addaudithook(watch)
for module in sys.argv[1:]:
    importlib.import_module(module)
"""


@pytest.mark.parametrize("name", [str(path.relative_to(ROOT)) for path in MODULES if ">>> " in path.read_text("utf-8")])
def test_examples_in_docstrings_come_true(name: str, tmp_path: Path):
    module = importlib.import_module("sourcehound." + name.removesuffix(".py").replace("/", "."))
    done = doctest.testmod(module, extraglobs={"getfixture": {"tmp_path": tmp_path}.__getitem__})
    assert done.attempted > 0
    assert done.failed == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["ask", "--help"], 0),
        (["status", "--json"], 0),
        (["find", "a red kite"], 1),
    ],
    ids=str,
)
def test_light_doors_import_nothing_heavy(arguments: list[str], code: int, tmp_path: Path):
    script = (
        f"import sys, runpy\nsys.argv = ['sourcehound', *{arguments!r}]\n"
        "try:\n    runpy.run_module('sourcehound.agent', run_name='__main__')\nexcept SystemExit as end:\n"
        f"    assert (end.code or 0) == {code}, end.code\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"SOURCEHOUND_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.splitlines()[-1] == "HEAVY []"
