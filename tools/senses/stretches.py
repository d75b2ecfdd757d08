"""Cuts long sound where it is quiet, so that hours of it are worked on in flat memory.

Knows samples only: no words, no files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray

RATE = 16_000
"""Samples a second."""

_LONGEST_S = 300
_SEARCHED_S = 30
"""The cut lies in the last so many seconds of a stretch; hardly anybody speaks as long without a pause."""
_QUIET_S = 0.3
_STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples (float32, shape (n,), 16 kHz) and how many came before them."""

    samples: FloatArray
    start: int


def stretches(pieces: Iterable[FloatArray]) -> Iterator[Stretch]:
    """Re-cut sound into stretches of about five minutes, each but the last ended in the quietest place at hand.

    Args:
        pieces: float32, shape (n,) each, that follow each other; of any lengths.

    Yields:
        Stretches of at most 330 s that hold every sample once, in order.
    """
    held: list[FloatArray] = []
    n_held = start = 0
    for piece in pieces:
        for at in range(0, len(piece), RATE * _SEARCHED_S):
            part = piece[at : at + RATE * _SEARCHED_S]
            held.append(part)
            n_held += len(part)
            if n_held >= RATE * _LONGEST_S:
                whole = np.concatenate(held)
                cut = RATE * (_LONGEST_S - _SEARCHED_S) + _quietest(whole[RATE * (_LONGEST_S - _SEARCHED_S) :])
                yield Stretch(whole[:cut], start)
                held, n_held, start = [whole[cut:].copy()], n_held - cut, start + cut  # a view would keep the whole
    if n_held:
        yield Stretch(np.concatenate(held), start)


def _quietest(samples: FloatArray) -> int:
    """The middle of the quietest 0.3 s, as an index; samples are at least as long."""
    step = int(RATE * _STEP_S)
    n_steps = len(samples) // step
    energy = np.square(samples[: n_steps * step], dtype=np.float64).reshape(n_steps, step).sum(axis=1)  # (n_steps,)
    width = round(_QUIET_S / _STEP_S)
    windows = np.convolve(energy, np.ones(width), mode="valid")  # (n_steps - width + 1,)
    return (int(windows.argmin()) + width // 2) * step
