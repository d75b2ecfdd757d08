"""Sourcehound for LangChain programs: the agent's tools as LangChain tools, and `find` as a retriever.

Imported only when somebody asks for them, because langchain-core is slow to import. Knows nothing of the graph.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import ConfigDict, Field

from sourcehound.agent.asking import default_request
from sourcehound.agent.deps import WEB_TOOLS
from sourcehound.agent.models.notes import CLOSE, OPEN, evidence_line
from sourcehound.agent.state import State
from sourcehound.tools.errors import ToolError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.show.place import place
from sourcehound.tools.tool import Desk, Tool

if TYPE_CHECKING:
    from sourcehound.agent.runner import Runner
    from sourcehound.tools.index.hit import Hit

_EXCERPT = 600

Result = tuple[str, list[dict[str, Any]]]


class Finds(Protocol):
    """What the retriever needs of a `Sourcehound`."""

    @property
    def find(self) -> Callable[..., Sequence[Hit]]:
        """Ranks what the library holds."""
        ...


class Scratch:
    """What one set of tools has found, with its ids; kept in memory, so that no saved thread is touched. Thread-safe.

    Args:
        now: the time, ISO 8601 in UTC.
    """

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._by_place: dict[str, Evidence] = {}

    def mint(self, found: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Give evidence its ids, in order; the same place keeps the id it has, and gains what a later look read there."""
        with self._guard:
            return tuple(self._mint(evidence) for evidence in found)

    def known(self) -> tuple[Evidence, ...]:
        """All of it, in the order of its ids."""
        with self._guard:
            return tuple(self._by_place.values())

    def recall(self, evidence_id: str) -> Evidence | None:
        """A piece of it by its id."""
        return next((evidence for evidence in self.known() if evidence.id == evidence_id.strip().upper()), None)

    def _mint(self, evidence: Evidence) -> Evidence:
        old = self._by_place.get(evidence.place_key)
        if old is None:
            minted = evidence.with_id(f"E{len(self._by_place) + 1}", self._now())
        else:
            reader = evidence if evidence.quote else old
            minted = replace(
                old, quote=reader.quote, producer=reader.producer, detail={**old.detail, **evidence.detail}
            )
        self._by_place[evidence.place_key] = minted
        return minted


def as_tools(runner: Runner, *, question: str = "", web: bool | None = None) -> list[BaseTool]:
    """The agent's tools for another agent.

    Each gives a note for the model, and as its artifact the evidence documents with their ids and places. What one finds
    another can be asked about by its id, as `look(evidence="E3")`. A wrong argument or an unreachable source comes back
    as an error message for the model.

    Args:
        runner: of the library.
        question: the person's own words: once private files have been read, a web query holds no others but public ones.
        web: whether the tools of the web are among them; as the settings say if None.
    """
    request = default_request(question, runner.settings)
    request = request if web is None else replace(request, web=web)
    scratch = Scratch(runner.deps.clock.now)
    # no saved thread has an empty name: the tools know what they found, and nothing else
    state = State(request=request.to_json())

    def run(tool: Tool, **args: Any) -> Result:
        desk = replace(runner.deps.desk(state), known=scratch.known, recall=scratch.recall)
        return _run(tool, args, desk, scratch)

    wanted = [tool for tool in runner.deps.tools.values() if request.web or tool.name not in WEB_TOOLS]
    return [_structured(tool, run) for tool in wanted]


def _structured(tool: Tool, run: Callable[..., Result]) -> BaseTool:
    return StructuredTool.from_function(
        func=partial(run, tool),
        name=tool.name,
        description=tool.purpose,
        args_schema=tool.Args,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=_wrong,
    )


def _run(tool: Tool, args: dict[str, Any], desk: Desk, scratch: Scratch) -> Result:
    try:
        outcome = tool.run(tool.Args.model_validate(args), desk)
    except ToolError as error:
        raise ToolException(str(error)) from error
    minted = scratch.mint(outcome.evidence)
    lines = [outcome.note, OPEN, *(evidence_line(evidence, _EXCERPT) for evidence in minted), CLOSE]
    content = "\n".join(filter(None, lines)) if minted else outcome.note or "nothing found"
    return content, [_plain(evidence.to_json()) for evidence in minted]


def _wrong(error: Any) -> str:
    """What a model has to mend in its arguments."""
    problems = (f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors()[:4])
    return f"wrong arguments: {'; '.join(problems)}"


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """The document as JSON has it: lists for tuples."""
    return json.loads(json.dumps(document))


class SourcehoundRetriever(BaseRetriever):
    """`find` as a retriever: a document for each hit, its place in the metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    hound: Any
    """The `Sourcehound`; not typed for pydantic, which would import it."""
    k: int = Field(default=10, ge=1)
    """Most documents."""
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Further options of `find`."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **options: Any
    ) -> list[Document]:
        del run_manager
        hits = self.hound.find(query, **{**self.options, **options, "n": self.k if k is None else k})
        return [_document(hit) for hit in hits]


def as_retriever(hound: Finds, **options: Any) -> BaseRetriever:
    """`find` as a LangChain retriever.

    Args:
        hound: the library; it stays open as long as the retriever is used.
        **options: those of `find`, `k` being LangChain's name for `n`.
    """
    k = options.pop("k", None)
    n = options.pop("n", 10)
    return SourcehoundRetriever(hound=hound, k=n if k is None else k, options=options)


def _document(hit: Hit) -> Document:
    evidence = hit.evidence
    where = place(evidence.locator)
    return Document(
        id=evidence.unit_id,
        page_content=evidence.quote or ", ".join(filter(None, (evidence.source.title, where))),
        metadata={
            "uri": evidence.uri,
            "kind": evidence.kind,
            "score": hit.score,
            "locator": _plain(evidence.locator.to_json()),
            "title": evidence.source.title,
            "source": evidence.source.path or evidence.source.uri,
            "media_type": evidence.source.media_type,
        },
    )
