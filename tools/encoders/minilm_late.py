"""Late interaction without further weights: the states of MiniLM's tokens, one row each.

The network was trained for their mean only, so this is no trained late interaction. Measured alone, nDCG@10, against the
mean of the same rows: hotpotqa .859 and .836 (even queries), nq_oracle .984 and .985, musique .685 and .719; fused with
words and meaning it added nothing. Knows nothing of where vectors are kept or how they are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sourcehound.tools.encoders.encoder import Item, Stamp, Takes, Vectors
from sourcehound.tools.encoders.gathered import gathered
from sourcehound.tools.encoders.minilm import MiniLm
from sourcehound.tools.encoders.minilm_arrays import HIDDEN
from sourcehound.tools.errors import ToolInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniLmLate:
    """A row of 384 for each token of a text. Safe to use from several threads.

    Args:
        text: the encoder whose network it is.
    """

    text: MiniLm

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights."""
        return replace(self.text.stamp, encoder="minilm-late", preprocessing="256tok-states-1")

    @property
    def takes(self) -> Takes:
        """Text only."""
        return frozenset({"text"})

    @property
    def gives(self) -> Literal["multi"]:
        """A row for each token, the two markers included."""
        return "multi"

    def is_here(self) -> bool:
        """Whether the weights can be found.

        Raises:
            ConfigError: they differ from their hash.
        """
        return self.text.is_here()

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode texts; what lies beyond 256 tokens is cut off.

        Args:
            items: texts.
            as_: queries and items share one space; a few queries are encoded without loading a runtime.
            instruction: not used: the model was trained without any.

        Raises:
            ToolInputError: an item holds something other than text.
            ConfigError: the weights are missing or differ from their hash.
        """
        del instruction
        if any(item.pictures or item.frames for item in items):
            raise ToolInputError("minilm-late takes text only, an item holds pictures or frames")
        tokens = self.text.encode_tokens([item.text for item in items], few=as_ == "query")
        return gathered(tokens, HIDDEN)
