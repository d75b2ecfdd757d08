"""Made passages and vectors, any number of them, the same ones each time: words as rare as in real text, vectors in clusters.

Made block by block, so that a million need no memory. Knows nothing of libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.asked import STOP_WORDS

DIMENSION = 384
BLOCK = 5000
"""Passages made at once; every number of passages begins with the same ones."""
_N_WORDS = 30_000
_SHIFT = 2.7
_PASSAGE = (50, 110)
_QUESTION = (10, 14)
_N_CENTRES = 1000
_WIDTH = 0.8
_STEP = 0.5
_ONSETS = "b br ch d dr f fl g gr h k kl l m n p pl qu r s sh st t tr v w z".split()
_VOWELS = "a e i o u ai ou".split()
_CODAS = ["", *"k l m n r rt st x".split()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Words of a passage, in their order, and a vector near the passage's own."""

    text: str
    row: FloatArray
    passage: int


@dataclass(frozen=True)
class MadeUnits:
    """Passages of 50 to 110 words in a Zipf-Mandelbrot draw, English function words the commonest; and unit vectors.

    Args:
        seed: of everything.

    Source:
        Mandelbrot's law with the shift 2.7 that he found for English text (1953): the chance of a word falls with the
        inverse of its rank and a constant.
    """

    seed: int = 7

    @cached_property
    def words(self) -> list[str]:
        """The vocabulary, the commonest first."""
        chance = np.random.default_rng([self.seed, 0])
        made: dict[str, None] = dict.fromkeys(sorted(STOP_WORDS))
        while len(made) < _N_WORDS:
            syllables = [
                "".join(chance.choice(part) for part in (_ONSETS, _VOWELS, _CODAS))
                for _ in range(int(chance.integers(2, 4)))
            ]
            made["".join(syllables)] = None
        return list(made)

    @cached_property
    def _chances(self) -> FloatArray:
        falling = 1 / (np.arange(1, _N_WORDS + 1) + _SHIFT)
        return np.cumsum(falling / falling.sum())

    @cached_property
    def _centres(self) -> FloatArray:
        return np.random.default_rng([self.seed, 1]).standard_normal((_N_CENTRES, DIMENSION)).astype(np.float32)

    def blocks(self, first: int, last: int) -> Iterator[tuple[list[str], FloatArray]]:
        """Passages `first` to `last` with their vectors, some thousands at a time.

        Args:
            first: a multiple of `BLOCK`.
            last: one after the last.

        Yields:
            Texts, and float32 of shape (n_texts, `DIMENSION`), each of unit length.
        """
        for number in range(first // BLOCK, -(-last // BLOCK)):
            texts, rows = self._block(number)
            n_wanted = min(BLOCK, last - number * BLOCK)
            yield texts[:n_wanted], rows[:n_wanted]

    def questions(self, n_units: int, n: int, *, seed: int) -> list[Question]:
        """Questions to the first `n_units` passages, each of as many words as a person's."""
        chance = np.random.default_rng([self.seed, 2, seed])
        picked = sorted(chance.choice(n_units, min(n, n_units), replace=False).tolist())
        made: list[Question] = []
        for number in sorted({passage // BLOCK for passage in picked}):
            texts, rows = self._block(number)
            for passage in (passage for passage in picked if passage // BLOCK == number):
                words = texts[passage % BLOCK].split()
                places = np.sort(chance.choice(len(words), int(chance.integers(*_QUESTION)), replace=False))
                near = rows[passage % BLOCK] + _STEP / DIMENSION**0.5 * chance.standard_normal(DIMENSION)
                row = (near / np.linalg.norm(near)).astype(np.float32)
                made.append(Question(text=" ".join(words[place] for place in places), row=row, passage=passage))
        return made

    def _block(self, number: int) -> tuple[list[str], FloatArray]:
        chance = np.random.default_rng([self.seed, 3, number])
        lengths = chance.integers(*_PASSAGE, BLOCK)
        drawn = np.searchsorted(self._chances, chance.random(int(lengths.sum())))
        ends = np.cumsum(lengths)
        texts = [
            " ".join(self.words[word] for word in drawn[end - length : end])
            for end, length in zip(ends, lengths, strict=True)
        ]
        rows = self._centres[chance.integers(0, _N_CENTRES, BLOCK)]
        rows = rows + _WIDTH * chance.standard_normal((BLOCK, DIMENSION), dtype=np.float32)
        return texts, (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
