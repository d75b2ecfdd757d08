"""Every fault of a model server at every call site: the question ends in bounded time, answered or told; find goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sourcehound.agent import Sourcehound
from sourcehound.agent.deps import Roles
from sourcehound.agent.graph import build_graph
from sourcehound.agent.models.calling import Policy
from sourcehound.agent.models.named import open_chat_model
from sourcehound.agent.models.prompted import PromptedPlanner
from sourcehound.agent.testing import FakeClock, FakeOpenAI, Served
from sourcehound.tools.errors import SourcehoundError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
GAUGE = "The new tide gauge was carried to Needle Island by the Silver Heron."
QUESTION = "Which boat carried the new tide gauge to Needle Island?"
GOOD = {
    "plan": Served(text='CALL search_text {"query": "tide gauge Needle Island boat"}'),
    "assess": Served(text="Q1: enough E1"),
    "draft": Served(text=f"{GAUGE} [E1]"),
}
MIXED_UP = {"choices": [{"index": 0, "message": {"role": "user", "content": "and what do you say?"}}]}
LISTED = {"choices": [{"index": 0, "message": {"role": "assistant", "content": [{"type": "text", "text": "hm"}]}}]}
TEMPORARY, SETTINGS, LANDS = 75, 78, 0
FAULTS: dict[str, tuple[Served, int]] = {
    "hangs before its header": (Served(hangs=True), TEMPORARY),
    "drips without end": (Served(text="x", drips=True), TEMPORARY),
    "drops the connection midway": (Served(text="Q1: enough E1", cut=60), TEMPORARY),
    "429 with a wait": (Served(status=429, text="slow", headers={"retry-after": "3"}), TEMPORARY),
    "429 with a long wait": (Served(status=429, text="slow", headers={"retry-after": "3600"}), TEMPORARY),
    "429 without a wait": (Served(status=429, text="slow"), TEMPORARY),
    "500": (Served(status=500, text="oops"), TEMPORARY),
    "502": (Served(status=502, body=b"<html>bad gateway</html>"), TEMPORARY),
    "503": (Served(status=503, text="loading model"), TEMPORARY),
    "529": (Served(status=529, text="overloaded"), TEMPORARY),
    "no body": (Served(body=b""), TEMPORARY),
    "cut JSON": (Served(body=b'{"choices": [{"message": {"content": "Q1'), TEMPORARY),
    "no UTF-8": (Served(body=b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'), TEMPORARY),
    "wrong schema": (Served(body=b'{"choices": "none"}'), TEMPORARY),
    "9 MB": (Served(body=b" " * 9_000_000), TEMPORARY),
    "packed": (Served(text="x" * 1000, packed=True), TEMPORARY),
    "401": (Served(status=401, text="bad key"), SETTINGS),
    "404": (Served(status=404, text="no such model"), SETTINGS),
    "context too short": (Served(status=400, text="maximum context length is 64 tokens"), TEMPORARY),
    "an empty reply": (Served(text=""), LANDS),
    "prose": (Served(text="As an AI model I cannot do that."), LANDS),
    "another language": (Served(text="Das weiß ich leider nicht."), LANDS),
    "an unknown tool": (Served(text='CALL teleport {"to": "island"}'), LANDS),
    "a thousand calls": (Served(calls=[("search_text", {"query": f"q{n}"}) for n in range(1000)]), LANDS),
    "an endless reply": (Served(text="Q1: enough E1\n" * 40_000), LANDS),
    "roles mixed up": (Served(body=json.dumps(MIXED_UP).encode()), LANDS),
    "content as a list": (Served(body=json.dumps(LISTED).encode()), LANDS),
}


@pytest.fixture(scope="module")
def hound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcehound]:
    """A library of one note."""
    folder = tmp_path_factory.mktemp("faults")
    notes = folder / "notes"
    notes.mkdir()
    (notes / "gauge.md").write_text(f"# Gauge\n\n{GAUGE} We had it on the rock before noon.\n", encoding="utf-8")
    with Sourcehound(home=folder / "home") as hound:
        hound.add(notes)
        yield hound


def ended(hound: Sourcehound) -> int:
    """0 if the question ended as an answer document, else the exit code of the error, which is one line with a remedy."""
    try:
        document = hound.ask(QUESTION).document
    except SourcehoundError as error:
        is_told = bool(error.remedy) and "\n" not in str(error)
        return error.exit_code if is_told else 70
    return 0 if document["status"] in {"answered", "partial", "abstained"} else 70


EVERYWHERE = [name for name, (_, wanted) in FAULTS.items() if wanted == LANDS] + ["hangs before its header", "401"]
"""What each call site handles itself; the others end in the one place where all of them call the model."""
CASES = [(fault, "assess") for fault in FAULTS] + [(fault, site) for fault in EVERYWHERE for site in ("plan", "draft")]


@pytest.mark.parametrize(("fault", "site"), CASES)
def test_a_fault_ends_as_an_answer_or_as_an_error_that_says_what_to_do(hound: Sourcehound, fault: str, site: str):
    served, wanted = FAULTS[fault]
    sites = list(GOOD)
    script = [*(GOOD[before] for before in sites[: sites.index(site)]), served]
    clock = FakeClock()
    with FakeOpenAI(script) as server:
        planner = PromptedPlanner(
            open_chat_model(f"openai:fake@{server.url}", environ={}),
            name="openai:fake",
            policy=Policy(timeout_s=0.5, tries=2),
            sleep=clock.sleep,
            monotonic=clock.monotonic,
        )
        hound.runner.deps = replace(hound.runner.deps, roles=lambda _: Roles(planner=planner))
        hound.runner.graph = build_graph(hound.runner.deps, hound.runner.saver)
        assert ended(hound) == wanted
        assert len(server.asked) <= 16
    assert hound.find("tide gauge", n=1).document["hits"]
