"""The picture encoder on pictures of 640 by 480 pixels, against its bare network on pixels that are ready."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.ground import Ground
from bench.row import Bench, Row
from bench.turns import in_turns
from sourcehound.agent.settings import Settings
from sourcehound.tools.encoders.efficientnet_lite import SIDE_PX, classifier_session
from sourcehound.tools.encoders.encoder import Item, Pixels
from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.encoders.tensors import map_tensors

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession

GOAL = 1 / 0.9
SEED = 3
SIZE_PX = (480, 640)
_BATCH = 8


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure; every round has new pictures, for the encoder remembers what it saw last.

    Raises:
        MissingWeightsError: the weights are not on this machine.
    """
    import numpy as np

    n_pictures = ground.sizes.n_pictures
    threads = int(Settings.load(ground.home, {})["compute.threads"])
    encoders = Encoders(weights_path=None, cache_dir=ground.home / "cache", threads=threads)
    encoder = encoders.pictures("effnet-features")
    chance = np.random.default_rng(SEED)
    fresh = iter([_pictures(chance, n_pictures) for _ in range(ground.sizes.rounds + 1)])
    encoder.encode([Item(pictures=(_pictures(chance, 1)[0],))], as_="item")  # converts the weights, once
    session = _bare(ground, threads)
    ready = chance.standard_normal((_BATCH, 3, SIDE_PX, SIDE_PX), dtype=np.float32)
    sizes = [min(_BATCH, n_pictures - start) for start in range(0, n_pictures, _BATCH)]
    turns = in_turns(
        lambda: encoder.encode([Item(pictures=(picture,)) for picture in next(fresh)], as_="item"),
        lambda: [session.run(None, {"pixels": ready[:size]}) for size in sizes],
        rounds=ground.sizes.rounds,
        clock=ground.clock,
    )
    row = Row(
        name="picture_encoder",
        ours=1000 * turns.ours_s / n_pictures,
        against=f"the bare onnxruntime session, batches of {_BATCH}, pixels given",
        other=1000 * turns.other_s / n_pictures,
        goal=GOAL,
        unit=f"ms a picture of {SIZE_PX[1]} by {SIZE_PX[0]}",
    )
    return (row,)


def _bare(ground: Ground, threads: int) -> InferenceSession:
    (converted,) = (ground.home / "cache" / "weights").glob("efficientnet-lite1-*.safetensors")
    return classifier_session(map_tensors(converted), threads=threads)


def _pictures(chance: np.random.Generator, n_pictures: int) -> Sequence[Pixels]:
    """Smooth coloured pictures, all different: uint8, (480, 640, 3)."""
    import numpy as np
    from PIL import Image

    height, width = SIZE_PX
    coarse = chance.integers(0, 256, (n_pictures, 12, 16, 3), dtype=np.uint8)
    return [np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)) for small in coarse]


BENCH = Bench(name="picture_encoder", about="pictures through the picture encoder", run=run)
