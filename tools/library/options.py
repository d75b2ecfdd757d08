"""How a library works: what a person may choose. Light: names choices and loads nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sourcehound.tools.index.compact import Compact
from sourcehound.tools.index.recipe import Recipe
from sourcehound.tools.library.regions import Regions

if TYPE_CHECKING:
    from sourcehound.tools.index.choose import EngineSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a library works; the settings of the same names are described in settings.py of the agent."""

    text: str = "auto"
    picture: str = "auto"
    weights: Path | None = None
    engine: EngineSetting = "auto"
    chroma_url: str = ""
    page: str = "auto"
    compact: Compact = field(default_factory=Compact)
    regions: Regions = field(default_factory=Regions)
    threads: int = 2
    recipe: Recipe = field(default_factory=Recipe)
