"""Runs questions through the graph: threads, checkpoints, events, resume. The only caller of the graph.

Knows nothing of doors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sourcehound.agent.answer import cancelled
from sourcehound.agent.asking import asked_request, over_given
from sourcehound.agent.attach import attach
from sourcehound.agent.deps import Clock, Deps
from sourcehound.agent.events import Event
from sourcehound.agent.interrupt import listening
from sourcehound.agent.models.roles import RoleMaker
from sourcehound.agent.settings import Settings
from sourcehound.agent.showing import Cited, Exhibit, Showing, find_cited
from sourcehound.agent.state import Request, State
from sourcehound.agent.threads import Thread, Threads, checkpoint_name, new_name, open_saver, prune
from sourcehound.tools.errors import InputError, SourcehoundError
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.library.library import Library
from sourcehound.tools.toolbox import TOOLS
from sourcehound.tools.web.web import Web, open_web

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver
    from langgraph.graph.state import CompiledStateGraph

_GO_ON = "go on"
_NODES_A_STEP = 2
_NODES_BESIDE = 400
"""Nodes beside `act` and `assess` of each step: the rest of the machine, and questions to the person with their replies."""


@dataclass(slots=True, kw_only=True)
class Runner:
    """Asks questions over one library."""

    library: Library
    settings: Settings
    ledger: Ledger
    threads: Threads
    deps: Deps
    saver: SqliteSaver
    graph: CompiledStateGraph[Any, Any, Any, Any]
    stop: threading.Event

    @classmethod
    def over(
        cls, library: Library, settings: Settings, *, now: Callable[[], str], monotonic: Callable[[], float]
    ) -> Runner:
        """Open the threads' database beside the library and build the graph."""
        from sourcehound.agent.graph import build_graph

        ledger = Ledger(library.folder / "threads.db", now)
        stop = threading.Event()
        roles = RoleMaker(settings, library, stop)

        @cache
        def web() -> Web:
            return open_web(
                engine=settings["web.engine"],
                allow_hosts=settings["web.allow_hosts"],
                folder=library.folder / "web",
                readers=library.readers,
            )

        deps = Deps(
            library=library,
            ledger=ledger,
            tools={tool.name: tool for tool in TOOLS},
            roles=roles,
            web=web,
            clock=Clock(now=now, monotonic=monotonic),
        )
        saver = open_saver(ledger.path)
        return cls(
            library=library,
            settings=settings,
            ledger=ledger,
            threads=Threads(ledger),
            deps=deps,
            saver=saver,
            graph=build_graph(deps, saver),
            stop=stop,
        )

    def close(self) -> None:
        """Close the databases."""
        self.saver.conn.close()
        self.ledger.close()

    def stream(self, question: str | None, **options: Any) -> Iterator[Event]:
        """Run a question, or go on with one that was stopped; yields events, the last is `done` or `error`.

        Args:
            question: None to go on with one.
            **options: as `AskOptions` has them.

        Raises:
            InputError: nothing to ask, no such thread, or none to continue.
            ConfigError: a model string is unknown or its key is missing.
            BusyError: another process is at this thread.
            ModelError: a model cannot be reached; the thread can be resumed.
        """
        seq, thread = -1, ""
        try:
            for event in self._stream(question, **options):
                seq, thread = event.seq, event.thread
                yield event
        except SourcehoundError as error:
            told = {"code": error.exit_code, "message": error.message, "remedy": error.remedy}
            yield self._event(seq + 1, thread, "error", told)
            raise

    def _stream(
        self,
        question: str | None,
        *,
        thread: str | None = None,
        continue_: bool = False,
        resume: bool = False,
        resume_if_there: bool = False,
        reply: Callable[[str], str] | None = None,
        **options: Any,
    ) -> Iterator[Event]:
        if resume_if_there and thread and self.threads.has(thread):
            resume = True
        if resume:
            saved = self.threads.get(thread) if thread else self._unfinished()
            if saved.state == "done" and saved.answer is not None:
                yield self._event(0, saved.id, "done", saved.answer)
                return
            request = replace(over_given(saved.request, options), interactive=reply is not None)
            self.deps.roles(request)
            with self.threads.writing(saved.id):
                self.threads.get(saved.id)  # whoever held it may have removed it
                yield from self._run(saved.id, request, resume=True, reply=reply)
            return
        if not question or not question.strip():
            raise InputError("nothing to ask", remedy='write the question in quotes: sourcehound ask "…"')
        if any("\ud800" <= character <= "\udfff" for character in question):
            raise InputError("the question is not valid UTF-8", remedy="write it in UTF-8")
        name = self._name(thread, continue_=continue_)
        with self.threads.writing(name):
            request = self._begin(name, question.strip(), options, interactive=reply is not None)
            yield from self._run(name, request, resume=False, reply=reply)

    def show(self, citation: str, *, caption: bool = True) -> Exhibit:
        """The picture of a citation or of evidence.

        Args:
            citation: `3`, `THREAD:3`, `E7` or `THREAD:E7`.
            caption: whether title, place and quote are drawn around it.

        Raises:
            InputError: there is no such citation.
            MediaError: its file is as it was and cannot be read any more.
        """
        return self.showing.show(self.cited(citation), caption=caption)

    def cited(self, citation: str) -> Cited:
        """What `3`, `THREAD:3`, `E7` or `THREAD:E7` names.

        Raises:
            InputError: there is no such citation.
        """
        return find_cited(self.threads, self.ledger, citation)

    @property
    def showing(self) -> Showing:
        """Makes the pictures of citations."""
        return Showing(library=self.library, ledger=self.ledger, snapshots=lambda: self.deps.web().snapshots)

    def cancelled(self, thread: str) -> dict[str, Any]:
        """The answer document of a question that was stopped: what was planned, searched and spent until then.

        The answer itself if it was there before.

        Raises:
            InputError: there is no such thread.
        """
        saved = self.threads.get(thread)
        if saved.state == "done" and saved.answer is not None:
            return saved.answer
        request = saved.request
        known = self.graph.get_state({"configurable": {"thread_id": checkpoint_name(thread, request.turn)}}).values
        names = {field.name for field in fields(State)} & set(known)
        begun: dict[str, Any] = {"request": request.to_json(), "thread": thread}
        return cancelled(self.deps, State(**(begun | {name: known[name] for name in names})))

    def _name(self, thread: str | None, *, continue_: bool) -> str:
        """The thread a new question belongs to: the last one, a named one, or a new one."""
        if not continue_:
            return thread or new_name()
        last = self.threads.last()
        if last is None:
            raise InputError("there is no thread to continue yet", remedy="leave out -c")
        return last.id

    def _begin(self, name: str, question: str, options: dict[str, Any], *, interactive: bool) -> Request:
        """Write a question down in its thread, which is held for writing."""
        request = asked_request(question, self.settings, options, interactive=interactive)
        if self.threads.has(name):
            earlier = self.threads.get(name)
            history = [*earlier.request.history]
            if earlier.answer is not None and earlier.state == "done":
                history.append((earlier.answer["question"], earlier.answer["text"]))
            request = replace(request, history=tuple(history), turn=earlier.request.turn + 1)
        self.deps.roles(request)
        self.threads.begin(request, self.deps.clock.now(), thread=name)
        return request

    def _unfinished(self) -> Thread:
        saved = self.threads.last(states=("running", "stopped"))
        if saved is None:
            raise InputError("no question is unfinished", remedy="see `sourcehound threads`")
        return saved

    def _run(self, name: str, request: Request, *, resume: bool, reply: Callable[[str], str] | None) -> Iterator[Event]:
        from langgraph.types import Command

        config: Any = {
            "configurable": {"thread_id": checkpoint_name(name, request.turn)},
            # LangGraph's own end is a fault; the budget of steps ends a run before it
            "recursion_limit": _NODES_A_STEP * request.max_steps + _NODES_BESIDE,
        }
        seq = 0
        yield self._event(seq, name, "start", {"question": request.question, "resumed": resume, "thread": name})
        ended = "stopped"
        answer: dict[str, Any] | None = None
        try:
            begin = self._where_it_was(config, request) if resume else None
            if begin is None:
                attach(self.library, self.ledger, name, request.turn, request.attached)
                begin = State(request=request.to_json(), thread=name)
            while True:
                for part in self._parts(None if begin is _GO_ON else begin, config):
                    seq += 1
                    yield self._event(seq, name, part["type"], part["data"])
                state = self.graph.get_state(config)
                asked = [i.value["question"] for task in state.tasks for i in task.interrupts]
                if not asked:
                    break
                seq += 1
                yield self._event(seq, name, "interrupt", {"question": asked[0]})
                if reply is None:
                    return
                begin = Command(resume=reply(asked[0]))
            done: dict[str, Any] = state.values["answer"]
            answer, ended = done, "done"
        finally:
            self.threads.end(name, ended, answer, self.deps.clock.now())
        prune(self.saver, checkpoint_name(name, request.turn))
        yield self._event(seq + 1, name, "usage", done["usage"])
        yield self._event(seq + 2, name, "done", done)

    def _where_it_was(self, config: Any, request: Request) -> Any:
        """What makes a stopped run go on, None if it has no checkpoint yet; a question to the person is let go in a script."""
        known = self.graph.get_state(config)
        if "request" not in known.values:  # nothing, or no more than the reducers' empty values
            return None
        asked = any(task.interrupts for task in known.tasks)
        change = {"request": request.to_json()} | ({"ask_person": ""} if asked else {})
        if asked and not request.interactive:
            self.graph.update_state(config, change, as_node="ask")
        elif known.values["request"] != request.to_json():
            self.graph.update_state(config, {"request": request.to_json()})
        return _GO_ON

    def _parts(self, begin: Any, config: Any) -> Iterator[dict[str, Any]]:
        """What the nodes say while the graph runs."""
        streamed: Any = self.graph.stream(begin, config, stream_mode=["custom"], durability="sync", version="v2")
        with listening(self.stop):
            for part in streamed:
                yield part["data"]

    def _event(self, seq: int, thread: str, type_: Any, data: dict[str, Any]) -> Event:
        return Event(seq=seq, t=self.deps.clock.now(), thread=thread, type=type_, data=data)
