"""What `ask` and `stream` take beside the question, by the names of the long flags, and the request that it makes.

Knows nothing of how a question is answered.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

from sourcehound.agent.settings import Settings
from sourcehound.agent.state import BUILT_IN, Request
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import UNIT_KINDS, UnitKind
from sourcehound.tools.library.dating import check_order, period


class AskOptions(TypedDict, total=False):
    """Options of a question; one that is left out, or None, is taken from the settings."""

    model: str | None
    """Model string of the planner."""
    seer: str | None
    judge: str | None
    web: bool | None
    within: str | None
    """Glob of paths (`--in`)."""
    since: str | None
    """First day, month or year that a source may be of: `2024-05-03`, `2024-05`, `2024`."""
    until: str | None
    """The last one."""
    type: Sequence[str] | str
    """Kinds to search, all if empty."""
    max_steps: int | None
    max_tool_calls: int | None
    max_tokens: int | None
    timeout: float | None
    """Seconds."""
    attach: Sequence[str | os.PathLike[str]] | str | os.PathLike[str]
    """Files to ask about."""
    thread: str | None
    """The thread to go on with; a new one gets this id."""
    continue_: bool
    """Go on with the last thread."""
    resume: bool
    """Go on with a question that was stopped; models, budgets and web may be given anew."""
    resume_if_there: bool
    """Resume if there is such a thread, else begin it."""
    reply: Callable[[str], str] | None
    """Answers the planner's questions; without it the planner does without."""


def checked(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, one file to attach made a list of one.

    Raises:
        TypeError: there is no such option.
    """
    refuse_unknown(options, AskOptions.__annotations__)
    attach = options.get("attach")
    return {**options, "attach": [attach]} if isinstance(attach, str | os.PathLike) else dict(options)


def refuse_unknown(options: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse an option that there is not.

    Raises:
        TypeError: names it and the one it is near to, as Python has it for any function.
    """
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f", did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
            message = f"unexpected option {name!r}{hint}"
            raise TypeError(message)


def default_request(question: str, settings: Settings, *, interactive: bool = False) -> Request:
    """A question with the models and budgets of the settings alone."""
    return Request(
        question=question,
        model=settings["model"] or BUILT_IN,
        seer=settings["seer"] or None,
        judge=settings["judge"] or None,
        web=settings["web.enabled"],
        max_steps=settings["ask.max_steps"],
        max_tool_calls=settings["ask.max_tool_calls"],
        max_tokens=settings["ask.max_tokens"],
        timeout_s=settings["ask.timeout"],
        interactive=interactive,
    )


def asked_request(question: str, settings: Settings, options: Mapping[str, Any], *, interactive: bool) -> Request:
    """A question as it was asked: the options over the settings.

    Raises:
        InputError: a kind is unknown, a date is none, or a file to attach does not exist.
    """
    since, until = dates_of(options.get("since"), options.get("until"))
    kinds: Sequence[str] | str = options.get("type") or ()
    attached = tuple(os.path.abspath(os.path.expanduser(path)) for path in options.get("attach") or ())
    for path in attached:
        if not os.path.isfile(path):
            raise InputError(f"no such file: {path}", remedy="check --attach")
    request = replace(
        default_request(question, settings, interactive=interactive),
        within=options.get("within"),
        since=since,
        until=until,
        kinds=kinds_of(kinds) if kinds else (),
        attached=attached,
    )
    return over_given(request, options)


def over_given(request: Request, options: Mapping[str, Any]) -> Request:
    """A request with the models, budgets and web that were given; what was not given stays as it is."""
    given = {_FIELDS.get(name, name): options[name] for name in _OVER if options.get(name) is not None}
    changed = replace(request, **given)
    return replace(changed, model=changed.model or BUILT_IN, seer=changed.seer or None, judge=changed.judge or None)


def kinds_of(type_: Sequence[str] | str) -> tuple[UnitKind, ...]:
    """Kinds of unit from a list or a comma-separated text; all of them if it is empty.

    Raises:
        InputError: a kind is unknown.
    """
    names = [name.strip() for name in (type_.split(",") if isinstance(type_, str) else type_) if name.strip()]
    for name in names:
        if name not in UNIT_KINDS:
            raise InputError(f"unknown type {name!r}", remedy=f"use {', '.join(UNIT_KINDS)}")
    return tuple(kind for kind in UNIT_KINDS if kind in names) or UNIT_KINDS


def dates_of(since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """First and last day, month or year of a period, checked.

    Raises:
        InputError: one is no date, or the period ends before it begins.
    """
    first, last = period(since, "--since"), period(until, "--until")
    check_order(first, last)
    return first, last


_OVER = ("model", "seer", "judge", "web", "max_steps", "max_tool_calls", "max_tokens", "timeout")
_FIELDS = {"timeout": "timeout_s"}
"""Fields of a request that are named unlike their option."""
