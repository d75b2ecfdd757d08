"""Prompts: one Markdown file for each thing a model is asked. Imports nothing of ours.

A prompt's variables stand in it as `{{name}}`; rendering with one missing or one too many fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")

__all__ = ["Prompt", "load", "names"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt by its name, with its text."""

    name: str
    text: str

    @property
    def variables(self) -> frozenset[str]:
        """The variables that stand in it."""
        return frozenset(_VARIABLE.findall(self.text))

    def render(self, **values: str) -> str:
        """Put values in; what looks like a variable inside a value stays as it is.

        Raises:
            KeyError: a variable is missing or one too many is given.
        """
        odd = self.variables ^ set(values)
        if odd:
            message = f"prompt {self.name}: missing or unused variables {sorted(odd)}"
            raise KeyError(message)
        return _VARIABLE.sub(lambda match: values[match[1]], self.text)


def load(name: str) -> Prompt:
    """A prompt by its name.

    Raises:
        FileNotFoundError: there is none.
    """
    return Prompt(name, (files(__name__) / f"{name}.md").read_text(encoding="utf-8").strip())


def names() -> tuple[str, ...]:
    """Every prompt's name."""
    return tuple(
        sorted(entry.name.removesuffix(".md") for entry in files(__name__).iterdir() if entry.name.endswith(".md"))
    )
