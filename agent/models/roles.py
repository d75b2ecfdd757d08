"""Roles: which planner, seer and judge a question's model strings name; each made once and shared.

Knows nothing of the graph.
"""

from __future__ import annotations

import threading

from sourcehound.agent.deps import Judge, Roles
from sourcehound.agent.models.builtin.planner import BuiltInPlanner
from sourcehound.agent.models.builtin.support import Ranker
from sourcehound.agent.models.planner import Planner
from sourcehound.agent.models.similarity import TextSimilarity
from sourcehound.agent.settings import Settings
from sourcehound.agent.state import BUILT_IN, Request
from sourcehound.tools.index.words import rarity
from sourcehound.tools.library.library import Library
from sourcehound.tools.senses.sense import Seer


class RoleMaker:
    """Makes the roles of a request; a model string is opened once.

    Args:
        settings: where keys and limits are read.
        library: supplies the text encoder to the built-in planner.
        stop: ends calls that wait when it is set.
    """

    def __init__(self, settings: Settings, library: Library, stop: threading.Event) -> None:
        self._settings = settings
        self._library = library
        self._stop = stop
        self._guard = threading.Lock()
        self._planners: dict[str, Planner] = {}
        self._seers: dict[str, Seer] = {}
        self._judges: dict[str, Judge] = {}

    def __call__(self, request: Request) -> Roles:
        """The roles of a request.

        Raises:
            ConfigError: a model string is unknown, its package or key is missing.
        """
        with self._guard:
            return Roles(
                planner=self._planner(request.model),
                seer=self._seer(request.seer) if request.seer else None,
                judge=self._judge(request.judge) if request.judge else None,
            )

    def _planner(self, name: str) -> Planner:
        if name not in self._planners:
            if name == BUILT_IN:
                self._planners[name] = BuiltInPlanner(Ranker(TextSimilarity(self._library.text_encoder), self._rarity))
            else:
                from sourcehound.agent.models.prompted import PromptedPlanner

                self._planners[name] = PromptedPlanner.named(name, stop=self._stop, warn=self._library.warn)
        return self._planners[name]

    def _seer(self, name: str) -> Seer:
        if name not in self._seers:
            from sourcehound.agent.models.seer import PromptedSeer

            self._seers[name] = PromptedSeer.named(name, stop=self._stop)
        return self._seers[name]

    def _judge(self, name: str) -> Judge:
        if name not in self._judges:
            from sourcehound.agent.models.judge import PromptedJudge

            self._judges[name] = PromptedJudge.named(name, stop=self._stop)
        return self._judges[name]

    def _rarity(self, word: str) -> float:
        return rarity(self._library.catalogue.connection, word)
