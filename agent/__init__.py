"""Sourcehound: ask across documents, photos, videos, recordings and the web; every sentence tied to its exact place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sourcehound.agent.documents import Answer, Citation, Hits, IndexReport
    from sourcehound.agent.hound import Sourcehound

__all__ = ["Answer", "Citation", "Hits", "IndexReport", "Sourcehound"]


def __getattr__(name: str) -> Any:
    """The public names, imported when first used, so that `--help` stays quick."""
    if name == "Sourcehound":
        from sourcehound.agent.hound import Sourcehound

        return Sourcehound
    if name in __all__:
        from sourcehound.agent import documents

        return getattr(documents, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
