from __future__ import annotations

import pytest

from sourcehound.tools.index.chance import chances
from sourcehound.tools.index.routing import kinds_named, leanings


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Which boat is in the photo of the quay?", ("image",)),
        ("What is said in the film about seals?", ("moment", "speech")),
        ("Which row of the table on page 4 names the skipper?", ("page",)),
        ("Who wrote the letter of 1961?", ("text",)),
        ("Who is the skipper of AS-417?", ()),
    ],
)
def test_words_for_kinds_of_source_are_known(question: str, kinds: tuple[str, ...]):
    assert kinds_named(question) == kinds


def test_a_named_kind_gains_and_nothing_is_ruled_out():
    plain, favoured = chances("image", [0.6]), chances("image", [0.6], leaning=leanings("a photo of it")["image"])
    assert plain[0] < favoured[0] < 1
    assert leanings("who is it") == {}
