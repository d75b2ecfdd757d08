"""An option that several commands have is the same option in each."""

from __future__ import annotations

from typing import Any

import typer.main

from sourcehound.agent.doors.cli import app

OWN = {"question", "resume", "ndjson", "output", "open_"}


def options_of(name: str) -> dict[str, tuple[object, ...]]:
    """An option's switches, help and default by its name, without those that the command has alone."""
    group: Any = typer.main.get_command(app)
    return {
        option.name: (option.opts, option.secondary_opts, getattr(option, "help", ""), option.default)
        for option in group.commands[name].params
        if option.name not in OWN
    }


def test_ask_and_chat_take_a_question_under_the_same_options():
    ask = options_of("ask")
    assert ask == options_of("chat")
    assert {"model", "seer", "judge", "web", "within", "type_", "max_tokens", "timeout", "attach", "thread"} <= set(ask)


def test_find_narrows_by_the_same_options_as_ask():
    ask, find = options_of("ask"), options_of("find")
    assert (find["within"], find["type_"]) == (ask["within"], ask["type_"])


def test_every_command_takes_a_home_a_library_json_and_quiet():
    group: Any = typer.main.get_command(app)
    commands = {**group.commands, **group.commands["threads"].commands}
    for name, command in commands.items():
        switches = {switch for option in command.params for switch in option.opts}
        assert {"--home", "--library", "--json", "-q"} <= switches, name
    assert next(option for option in commands["demo"].params if option.name == "library").default == "demo"
