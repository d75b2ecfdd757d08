"""Words to encode, read and search: plain ones, each a single token to the text encoder. Knows nothing of files."""

from __future__ import annotations

import random

WORDS = tuple(
    "the water rose over old stone harbour wall during night storm while two men on island wrote down its height by hand"
    " before first light came and small boat left pier for open sea with new clock in wooden box under her deck".split()
)


def passage(chance: random.Random, n_words: int) -> str:
    """Words drawn by chance."""
    return " ".join(chance.choices(WORDS, k=n_words))


def sentence(chance: random.Random) -> str:
    """Words drawn by chance, with a capital letter and a full stop."""
    return passage(chance, chance.randint(8, 16)).capitalize() + "."
