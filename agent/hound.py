"""Sourcehound in Python: one object that adds, finds, asks and streams. Every door is built on it.

Safe to use from several threads; close it, or use it as a context manager. Of doors it knows only the line
of progress under a notebook's cell.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, Unpack

from sourcehound.agent.asking import AskOptions, checked, default_request, refuse_unknown
from sourcehound.agent.documents import Answer, Hits, IndexReport
from sourcehound.agent.doors.notebook import cell_line
from sourcehound.agent.finding import FindOptions, hits_for
from sourcehound.agent.home import home_folder
from sourcehound.agent.library_options import library_options, open_ranker
from sourcehound.agent.pictures import answer_clips, answer_pictures
from sourcehound.agent.settings import Settings
from sourcehound.agent.threads import Threads
from sourcehound.tools.errors import InputError
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.sync import Progress

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import BaseTool
    from langgraph.graph.state import CompiledStateGraph

    from sourcehound.agent.describing import DescribeOptions, DescribeReport
    from sourcehound.agent.events import Event
    from sourcehound.agent.runner import Runner
    from sourcehound.agent.showing import Exhibit


def utc_now() -> str:
    """The time, ISO 8601 in UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _quiet(*_: object) -> None:
    return None


class Sourcehound:
    """Ask across your documents, photos, videos, recordings and the web.

    Args:
        home: folder of everything Sourcehound keeps; `SOURCEHOUND_HOME`, else the platform's user data folder.
        library: name of the library.
        settings: values by key, as `{"index.engine": "exact"}`; see `sourcehound.agent.settings.TABLE`.
        warn: told of what a person should know, one line each.

    Raises:
        InputError: no name for a library.
        ConfigError: the home folder cannot be made, or a setting is wrong.
        BusyError: the disk is full.

    Example:
        >>> with Sourcehound(home=getfixture("tmp_path")) as hound:
        ...     hound.status()["files"]["found"]
        0
    """

    def __init__(
        self,
        *,
        home: str | os.PathLike[str] | None = None,
        library: str = "default",
        settings: dict[str, Any] | None = None,
        warn: Callable[[str], None] = _quiet,
    ) -> None:
        if not library or any(mark in library for mark in "/\\\0") or library.startswith("."):
            raise InputError(f"{library!r} is no name for a library", remedy="use letters, digits, - and _")
        self.home = home_folder(home or os.environ.get("SOURCEHOUND_HOME"))
        self.settings = Settings.load(self.home, os.environ, settings)
        self._guard = threading.RLock()
        self._runner: Runner | None = None
        self.library = Library(
            home=self.home,
            name=library,
            now=utc_now,
            warn=warn,
            options=library_options(self.settings),
            open_ranker=lambda recipe: open_ranker(recipe, warn),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the reader processes and close the databases."""
        with self._guard:
            if self._runner is not None:
                self._runner.close()
                self._runner = None
        self.library.close()

    @property
    def runner(self) -> Runner:
        """Runs questions through the graph; made at first use, because it imports langgraph."""
        with self._guard:
            if self._runner is None:
                from sourcehound.agent.runner import Runner

                self._runner = Runner.over(self.library, self.settings, now=utc_now, monotonic=time.monotonic)
            return self._runner

    def add(
        self,
        *paths: str | os.PathLike[str],
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> IndexReport:
        """Index files and folders; again touches only what changed.

        Args:
            paths: files and folders; `~` is expanded, links are never followed.
            include: globs of files to take.
            exclude: globs of files and folders to leave out.
            progress: told of each step; a notebook shows them under its cell if it is left out.

        Raises:
            InputError: none of the paths exists.
            BusyError: another process writes this library, or the disk is full.
        """
        with cell_line() as line:
            changes = self.library.add(
                [_absolute(path) for path in paths],
                include=include,
                exclude=exclude,
                progress=progress or line.progress,
            )
        return IndexReport(document=self.status() | {"changes": changes.to_json()}, missing=tuple(changes.missing))

    def reindex(
        self,
        *,
        text: str = "",
        picture: str = "",
        page: str = "",
        background: bool = False,
        progress: Progress | None = None,
    ) -> IndexReport:
        """Encode everything by the encoders of some specs, the old ones answering until all is done, as the command does.

        Raises:
            ConfigError: an encoder is unknown, or its weights are missing.
            BusyError: another process writes this library, or the disk is full.
        """
        from sourcehound.agent.reindexing import start

        if background:
            begun = start(self.home, self.library.name, self.settings, text=text, picture=picture, page=page)
            return IndexReport(document=self.status() | {"background": begun.to_json()})
        with cell_line() as line:
            done = self.library.reindex(text=text, picture=picture, page=page, progress=progress or line.progress)
        return IndexReport(document=self.status() | {"reindexed": done.to_json()})

    def describe(self, **options: Unpack[DescribeOptions]) -> DescribeReport:
        """Have a model write captions, descriptions of scenes and questions about pictures, moments and pages.

        What is written helps to find them and is never quoted as theirs. The same call goes on where it was stopped.

        Args:
            **options: see `DescribeOptions`.

        Raises:
            ConfigError: no model is named, or it cannot be used.
            SourceUnavailable: it cannot be reached; what was written stays.
            BusyError: another process writes this library, or the disk is full.
        """
        from sourcehound.agent.describing import describe

        with cell_line() as line:
            return describe(self.library, self.settings, {"progress": line.progress, **options})

    def forget(self, *paths: str | os.PathLike[str]) -> int:
        """Forget files and folders, and the quotes that saved threads took from them; returns how many files.

        Raises:
            InputError: the library holds nothing at a path.
            BusyError: another process writes this library.
        """
        wanted = [_absolute(path) for path in paths]
        gone, kept = self.library.standing(wanted)
        with closing(Ledger(self.library.folder / "threads.db", utc_now)) as ledger:
            threads = Threads(ledger)
            # the quotes go first: a kill in between leaves the files, and the same command forgets the rest
            for sha256 in (gone | threads.sources_at(wanted)) - kept:
                threads.forget_source(sha256)
        return self.library.forget(wanted)

    def status(self) -> dict[str, Any]:
        """The status document: every file found is accounted for."""
        return self.library.status()

    def find(self, query: str = "", **options: Unpack[FindOptions]) -> Hits:
        """Rank passages, pages, images, moments and speech without any language model.

        Args:
            query: words; may be left out with `like` or `more`.
            **options: see `FindOptions`.

        Raises:
            InputError: neither words nor a picture, an unknown kind, a weight or date that is none, or a `like` that cannot be
                opened.
            TypeError: there is no such option.
        """
        refuse_unknown(options, FindOptions.__annotations__)
        return hits_for(self.library, query, options)

    def ask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """Answer a question, each sentence tied to its place.

        Raises:
            InputError, ConfigError, BusyError, ModelError: as the command line has them.
            TypeError: there is no such option.
        """
        answer: dict[str, Any] | None = None
        with closing(self.stream(question, **options)) as events, cell_line() as line:
            for event in events:
                line.event(event)
                if event.type == "done":
                    answer = event.data
        return self._answer(answer)

    def stream(self, question: str | None = None, **options: Unpack[AskOptions]) -> Generator[Event]:
        """Ask, and follow the events as they happen; the last is `done` with the answer document.

        Whoever stops listening (`close`, `break` and forget, Ctrl-C) stops the question; `resume=True` goes on with it.

        Args:
            question: the question; None with `resume=True`.
            **options: see `AskOptions`.

        Raises:
            TypeError: there is no such option.
        """
        return self._events(question, checked(options))

    def _events(self, question: str | None, options: dict[str, Any]) -> Generator[Event]:
        yield from self.runner.stream(question, **options)

    async def aask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """`ask`, without blocking the event loop; when it is cancelled, the question stops and can be resumed."""
        answer: dict[str, Any] | None = None
        async with aclosing(self.astream(question, **options)) as events:
            with cell_line() as line:
                async for event in events:
                    line.event(event)
                    if event.type == "done":
                        answer = event.data
        return self._answer(answer)

    async def astream(self, question: str | None = None, **options: Unpack[AskOptions]) -> AsyncGenerator[Event]:
        """`stream`, without blocking the event loop.

        The question runs in one thread of its own, which `reply` is called in too. Closed or cancelled, the step that is
        running ends first; then the question is stopped and can be resumed.
        """
        from sourcehound.agent.aside import aside

        async with aclosing(aside(self.stream(question, **options))) as events:
            async for event in events:
                yield event

    def _answer(self, document: dict[str, Any] | None) -> Answer:
        if document is None:
            raise InputError("the question waits for a reply", remedy="use stream(reply=…)")
        return Answer(document, self.pictures_of(document), answer_clips(self.runner, document["thread"]))

    def check_models(self, *, model: str | None = None, seer: str | None = None, judge: str | None = None) -> None:
        """Open models by their strings, so that a wrong one is known before a question is asked; None: as in the settings.

        Raises:
            ConfigError: a model string is unknown, its package or key is missing.
        """
        given = {role: name for role, name in (("model", model), ("seer", seer), ("judge", judge)) if name is not None}
        self.runner.deps.roles(replace(default_request("", self.settings), **given))

    def show(self, citation: str) -> Exhibit:
        """The picture of a citation: `3`, `THREAD:3`, or an evidence id as `E7` or `THREAD:E7`.

        Where its file changed or is gone, the words that were read are shown, and `text` says so.

        Raises:
            InputError: there is no such citation.
        """
        return self.runner.show(citation)

    def pictures_of(self, answer: dict[str, Any]) -> Callable[[int], bytes | None]:
        """Makes the pictures of an answer's citations, by number, for a page or notebook."""
        return answer_pictures(self.runner, answer["thread"])

    @property
    def graph(self) -> CompiledStateGraph[Any, Any, Any, Any]:
        """The compiled LangGraph machine."""
        return self.runner.graph

    @property
    def tools(self) -> list[BaseTool]:
        """The agent's tools as LangChain tools."""
        from sourcehound.agent.langchain import as_tools

        return as_tools(self.runner)

    def as_retriever(self, **options: Any) -> BaseRetriever:
        """`find` as a LangChain retriever; options are those of `find`."""
        from sourcehound.agent.langchain import as_retriever

        return as_retriever(self, **options)


def _absolute(path: str | os.PathLike[str]) -> str:
    return os.path.abspath(os.path.expanduser(os.fspath(path)))
