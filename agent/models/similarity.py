"""Cosines of words to words by the library's text encoder, each text encoded once.

A planner judges the same candidates at every step and for every part of a question; only what is new is encoded. Knows
nothing of questions.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item

MOST_KEPT = 4096
"""Texts whose rows are kept, the least used let go first: 6 MB at 384 dimensions."""


class TextSimilarity:
    """Compares texts. Safe to use from several threads.

    Args:
        encoder: the text encoder in use.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._guard = threading.Lock()
        self._rows: OrderedDict[str, FloatArray] = OrderedDict()

    def __call__(self, text: str, others: Sequence[str]) -> Sequence[float] | None:
        """Cosines in -1..1 of a text to others, None where the encoder's weights are missing."""
        if not others or not self._encoder.is_here():
            return None
        query = self._encoder.encode([Item(text=text)], as_="query").rows[0]
        with self._guard:
            fresh = [other for other in dict.fromkeys(others) if other not in self._rows]
            if fresh:
                rows = self._encoder.encode([Item(text=other) for other in fresh], as_="item").rows
                self._rows.update(zip(fresh, rows, strict=True))
            for other in others:
                self._rows.move_to_end(other)
            matrix = np.stack([self._rows[other] for other in others])
            while len(self._rows) > MOST_KEPT:
                self._rows.popitem(last=False)
        return [float(cosine) for cosine in matrix @ query]
