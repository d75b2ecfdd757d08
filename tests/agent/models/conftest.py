"""A small thread as a planner sees it: a question, two calls, four pieces of evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sourcehound.agent.models.planner import View
from sourcehound.agent.state import PlanItem, Request
from sourcehound.tools.evidence import Evidence, Kind, Locator, Source, Space
from sourcehound.tools.ledger import Record
from sourcehound.tools.toolbox import TOOLS

LOCAL_TOOLS = tuple(tool.name for tool in TOOLS if tool.name not in {"web_search", "read_page"})
LEFT = {"steps": 12.0, "tool_calls": 40.0, "tokens": 200_000.0, "seconds": 600.0}
GAUGE = "The new tide gauge was carried to Needle Island by the Silver Heron. We had it on the rock before noon."


def evidence_of(number: int, kind: Kind, name: str, quote: str | None, **where: Any) -> Evidence:
    """Evidence with an id, in a file of `/lib`; `detail=` and `parent=` go to the evidence, the rest to the locator."""
    detail, parent = where.pop("detail", {}), where.pop("parent", None)
    return Evidence(
        id=f"E{number}",
        kind=kind,
        unit_id=f"u{number}",
        source=Source(
            path=f"/lib/{name}", uri=f"file:///lib/{name}", sha256="0" * 64, media_type="text/plain", title=name
        ),
        locator=Locator(**where),
        quote=quote,
        producer="reader 1",
        detail=detail,
        parent=parent,
    )


@pytest.fixture
def evidence() -> dict[str, Evidence]:
    """Four pieces of evidence of four kinds, by id."""
    crop = Space(unit="px", width=800, height=600)
    found = (
        evidence_of(1, "text", "gauge.md", GAUGE, chars=(0, len(GAUGE))),
        evidence_of(2, "page", "report.pdf", "The hut holds the battery.", page=6, page_label="4"),
        evidence_of(
            3, "moment", "film.mp4", "SILVER HERON\nA5-417", start_s=11.5, end_s=24.0, detail={"tags": "harbour, boat"}
        ),
        evidence_of(4, "crop", "quay.jpg", "A5-417", boxes=((10.0, 20.0, 90.0, 60.0),), space=crop, parent="E3"),
    )
    return {item.id: item for item in found}


@pytest.fixture
def begun() -> View:
    """The view before anything was searched."""
    return View(
        request=Request(question="Which boat carried the new tide gauge to Needle Island, and what is its number?"),
        plan=(),
        records=(),
        evidence={},
        tools=LOCAL_TOOLS,
        left=LEFT,
        kinds_here={"passage": 20, "page": 7, "image": 9, "moment": 5, "speech": 3},
    )


@pytest.fixture
def view(begun: View, evidence: dict[str, Evidence]) -> View:
    """The view after two rounds of calls, one of which failed."""
    records = (
        record(0, "search_text", {"query": "tide gauge boat"}, ("E1", "E2"), note="2 found"),
        record(0, "search_moments", {"query": "boat number"}, ("E3",), note="1 found"),
        record(1, "crop", {"evidence": "E3", "phrase": "A5"}, ("E4", "E3"), note="A5-417"),
        record(1, "read", {"evidence": "E9"}, (), error="no evidence E9; cite an id that a search gave, as E1"),
    )
    plan = (
        PlanItem(question="Which boat carried the gauge?", kinds=("text",), state="enough", evidence=("E1",)),
        PlanItem(question="What is the boat's number?", kinds=("image", "moment")),
    )
    return replace(begun, records=records, evidence=evidence, plan=plan)


def record(
    step: int, tool: str, args: dict[str, Any], found: tuple[str, ...], *, note: str = "", error: str = ""
) -> Record:
    """A call that was done."""
    return Record(
        step=step, turn=0, tool=tool, args=args, note=note, evidence=found, fresh=len(found), error=error, images=0
    )


@pytest.fixture
def made() -> Callable[..., Evidence]:
    """Makes evidence, see `evidence_of`."""
    return evidence_of
