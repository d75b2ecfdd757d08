from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.encoders.minilm import MAX_TOKENS, MiniLm
from sourcehound.tools.encoders.minilm_late import MiniLmLate
from sourcehound.tools.encoders.weights import MissingWeightsError, locate
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.index.late import max_sim

TEXTS = ("A heron waits at the edge of the reeds.", "", "word " * 400)


@pytest.fixture(scope="module")
def encoder(cache_dir: Path) -> MiniLmLate:
    try:
        locate("minilm", weights_path=None, cache_dir=cache_dir)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))
    return MiniLmLate(text=MiniLm(weights_path=None, cache_dir=cache_dir))


def items(*texts: str) -> list[Item]:
    return [Item(text=text) for text in texts]


def test_each_token_has_a_row_of_unit_length_and_the_markers_have_theirs(encoder: MiniLmLate):
    found = encoder.encode(items(*TEXTS), as_="item")

    assert np.bincount(found.owner).tolist() == [13, 2, MAX_TOKENS]
    assert found.rows.shape == (13 + 2 + MAX_TOKENS, encoder.stamp.dimension)
    assert np.linalg.norm(found.rows, axis=1) == pytest.approx(np.ones(len(found.rows)), abs=1e-5)
    assert encoder.encode([], as_="item").rows.shape == (0, encoder.stamp.dimension)


def test_one_query_has_the_rows_of_an_item(cache_dir: Path, encoder: MiniLmLate):
    fresh = MiniLmLate(text=MiniLm(weights_path=None, cache_dir=cache_dir))

    query, item = fresh.encode(items(TEXTS[0]), as_="query"), encoder.encode(items(TEXTS[0]), as_="item")

    assert query.rows == pytest.approx(item.rows, abs=1e-4)


def test_the_mean_of_the_states_is_what_the_single_vector_is_made_of(encoder: MiniLmLate):
    late, single = encoder.encode(items(TEXTS[0]), as_="item"), encoder.text.encode(items(TEXTS[0]), as_="item")

    mean = late.rows.mean(axis=0)

    # the states are not of one length, so that the two differ by a little
    assert mean @ single.rows[0] / np.linalg.norm(mean) > 0.99


def test_words_find_the_text_that_has_what_they_mean(encoder: MiniLmLate):
    found = encoder.encode(items("The river floods in spring.", "Bread needs flour, salt and time."), as_="item")
    query = encoder.encode(items("how to bake a loaf"), as_="query")

    scores = max_sim(query.rows, found.rows, np.searchsorted(found.owner, [0, 1]))

    assert scores[1] > scores[0]


def test_it_has_a_stamp_of_its_own(encoder: MiniLmLate):
    assert encoder.stamp.encoder == "minilm-late"
    assert str(encoder.stamp) != str(encoder.text.stamp)
    assert (encoder.gives, encoder.takes, encoder.is_here()) == ("multi", {"text"}, True)


def test_pictures_are_refused(encoder: MiniLmLate):
    with pytest.raises(ToolInputError, match="takes text only"):
        encoder.encode([Item(pictures=(np.zeros((2, 2, 3), np.uint8),))], as_="item")
