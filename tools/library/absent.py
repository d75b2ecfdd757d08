"""An encoder that made vectors and cannot be opened here any more: it has a name and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from sourcehound.tools.encoders.encoder import Item, Stamp, Takes
from sourcehound.tools.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Stands in for an encoder whose folder is gone or holds other weights now; see `Encoder`.

    Attributes:
        stamp: what the vectors were made with.
    """

    stamp: Stamp

    @property
    def takes(self) -> Takes:
        """See `Encoder.takes`."""
        return frozenset({"text", "picture"})

    @property
    def gives(self) -> Literal["single", "multi"]:
        """See `Encoder.gives`."""
        return "single"

    def is_here(self) -> bool:
        """Never."""
        return False

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> NoReturn:
        """See `Encoder.encode`.

        Raises:
            ConfigError: always.
        """
        del items, as_, instruction
        raise ConfigError(
            f"the encoder {self.stamp} is not here any more",
            remedy="put it back, or run `sourcehound reindex` with another one",
        )
