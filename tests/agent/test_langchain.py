"""LangChain programs get the agent's tools and a retriever that behave as LangChain's own do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from sourcehound.agent.deps import WEB_TOOLS
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.langchain import as_retriever, as_tools
from sourcehound.tools.toolbox import TOOLS


@pytest.fixture
def tools(hound: Sourcehound) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in as_tools(hound.runner)}


def call(tool: BaseTool, **args: Any) -> ToolMessage:
    return tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": args})


def test_every_tool_is_there_with_its_purpose_and_schema(hound: Sourcehound, tools: dict[str, BaseTool]):
    assert list(tools) == [tool.name for tool in TOOLS if tool.name not in WEB_TOOLS]
    assert [tool.name for tool in as_tools(hound.runner, web=True)] == [tool.name for tool in TOOLS]
    for tool in TOOLS:
        if tool.name in tools:
            described = convert_to_openai_tool(tools[tool.name])["function"]
            assert described["description"] == tool.purpose
            assert set(described["parameters"]["properties"]) == set(tool.Args.model_fields)


def test_a_tool_gives_notes_for_the_model_and_evidence_as_its_artifact(tools: dict[str, BaseTool]):
    message = call(tools["search_text"], query="lamp on Needle Island")
    (evidence,) = message.artifact
    assert message.status == "success"
    assert (evidence["id"], evidence["kind"]) == ("E1", "text")
    assert evidence["quote"].startswith("The lamp on Needle Island")
    assert "E1 text, lamp.txt: The lamp on Needle Island" in str(message.content)
    assert json.loads(json.dumps(evidence)) == evidence


def test_what_one_tool_found_another_knows_by_its_id(tools: dict[str, BaseTool]):
    call(tools["search_text"], query="lamp on Needle Island")
    read = call(tools["read"], evidence="E1")
    assert read.status == "success"
    assert read.artifact[0]["source"]["path"].endswith("lamp.txt")


def test_the_same_place_keeps_its_id_and_no_saved_thread_is_touched(hound: Sourcehound, tools: dict[str, BaseTool]):
    before = hound.runner.threads.all()
    first = call(tools["search_text"], query="lamp on Needle Island").artifact
    again = call(tools["search_text"], query="who lit the lamp").artifact
    assert first[0]["id"] == again[0]["id"] == "E1"
    assert hound.runner.threads.all() == before
    other = {tool.name: tool for tool in as_tools(hound.runner)}
    assert call(other["search_text"], query="harbour master").artifact[0]["id"] == "E1"


@pytest.mark.parametrize(
    ("args", "words"),
    [({"question": "?"}, "wrong arguments"), ({"quary": "x"}, "quary"), ({"query": "x", "n": 999}, "n: ")],
)
def test_wrong_arguments_come_back_as_words_for_the_model(tools: dict[str, BaseTool], args: dict[str, Any], words: str):
    message = call(tools["search_text"], **args)
    assert message.status == "error"
    assert words in str(message.content)


def test_a_tools_refusal_comes_back_as_words_for_the_model(tools: dict[str, BaseTool]):
    message = call(tools["read"], evidence="E99")
    assert message.status == "error"
    assert "E99" in str(message.content)
    assert message.artifact is None


def test_tools_work_without_blocking_an_event_loop(tools: dict[str, BaseTool]):
    found = asyncio.run(tools["search_text"].ainvoke({"query": "lamp on Needle Island"}))
    assert "Ruth Calloway" in found


def test_the_retriever_gives_documents_with_their_places(hound: Sourcehound):
    retriever = as_retriever(hound, k=1)
    (document,) = retriever.invoke("lamp on Needle Island")
    assert isinstance(document, Document)
    assert document.page_content.startswith("The lamp on Needle Island")
    assert document.metadata["uri"].startswith("file:///")
    assert document.metadata["kind"] == "text"
    assert 0 <= document.metadata["score"] <= 1
    assert json.loads(json.dumps(document.metadata)) == document.metadata


def test_k_holds_in_the_constructor_and_is_overridden_by_a_call(hound: Sourcehound):
    query = "lamp harbour master boats island"
    assert len(as_retriever(hound, k=1).invoke(query)) == 1
    assert len(as_retriever(hound, n=1).invoke(query)) == 1
    assert len(as_retriever(hound, k=1).invoke(query, k=2)) == 2


def test_the_retriever_takes_the_options_of_find_and_works_asynchronously(hound: Sourcehound):
    retriever = hound.as_retriever(within="*harbour*")
    found = asyncio.run(retriever.ainvoke("lamp harbour master"))
    assert {document.metadata["title"] for document in found} == {"harbour"}


def test_a_hound_gives_its_tools(hound: Sourcehound, tools: dict[str, BaseTool]):
    assert [tool.name for tool in hound.tools] == list(tools)
