"""The text encoder on passages of 120 tokens: against a fixed bar, the bare network, and itself with one worker."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.ground import BenchError, Ground
from bench.row import Bench, Row
from bench.turns import in_turns
from bench.wording import passage
from sourcehound.agent.settings import Settings
from sourcehound.tools.encoders.minilm import MiniLm
from sourcehound.tools.encoders.minilm_graph import minilm_session
from sourcehound.tools.encoders.tensors import map_tensors
from sourcehound.tools.encoders.weights import locate

N_TOKENS = 120
MARKERS = 2
"""The tokens that open and close each text."""
BAR_A_SECOND = 40.0
BARE_GOAL = 1 / 0.9
WORKERS_GOAL = 1 / 1.6
SEED = 7
_BATCH = 8


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure.

    Raises:
        MissingWeightsError: the weights are not on this machine.
    """
    threads = int(Settings.load(ground.home, {})["compute.threads"])
    chance = random.Random(SEED)
    texts = [passage(chance, N_TOKENS - MARKERS) for _ in range(ground.sizes.n_passages)]
    return (*_against_bare(ground, texts, threads), _workers(ground, texts))


def _against_bare(ground: Ground, texts: Sequence[str], threads: int) -> tuple[Row, Row]:
    import numpy as np
    from tokenizers import Tokenizer

    encoder = MiniLm(weights_path=None, cache_dir=ground.home / "cache", threads=threads)
    folder = locate("minilm", weights_path=None, cache_dir=ground.home / "cache")
    tensors = map_tensors(folder / "model.safetensors")
    session = minilm_session(tensors, threads=threads)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    ids = [tokenizer.encode(text).ids for text in texts]
    if {len(text_ids) for text_ids in ids} != {N_TOKENS}:
        raise BenchError(f"the passages are not of {N_TOKENS} tokens")
    batches = [np.asarray(ids[start : start + _BATCH], dtype=np.int64) for start in range(0, len(ids), _BATCH)]
    turns = in_turns(
        lambda: encoder.encode_texts(texts),
        lambda: [session.run(None, {"token_ids": batch, "mask": np.ones_like(batch)}) for batch in batches],
        rounds=ground.sizes.rounds,
        clock=ground.clock,
    )
    ours = 1000 * turns.ours_s / len(texts)
    other = 1000 * turns.other_s / len(texts)
    unit = f"ms a passage of {N_TOKENS} tokens"
    bar = f"a fixed bar, {BAR_A_SECOND:g} a second"
    bare = f"the bare onnxruntime session, batches of {_BATCH}, tokens given"
    return (
        Row(name="encoder", ours=ours, against=bar, other=1000 / BAR_A_SECOND, goal=1.0, unit=unit),
        Row(name="encoder_bare", ours=ours, against=bare, other=other, goal=BARE_GOAL, unit=unit),
    )


def _workers(ground: Ground, texts: Sequence[str]) -> Row:
    workers = [MiniLm(weights_path=None, cache_dir=ground.home / "cache", threads=1) for _ in range(2)]
    halves = (texts[::2], texts[1::2])
    with ThreadPoolExecutor(len(workers)) as pool:
        turns = in_turns(
            lambda: list(pool.map(lambda worker, half: worker.encode_texts(half), workers, halves)),
            lambda: workers[0].encode_texts(texts),
            rounds=ground.sizes.rounds,
            clock=ground.clock,
        )
    return Row(
        name="encoder_two",
        ours=1000 * turns.ours_s / len(texts),
        against="one worker of one thread, ours has two",
        other=1000 * turns.other_s / len(texts),
        goal=WORKERS_GOAL,
        unit=f"ms a passage of {N_TOKENS} tokens",
    )


BENCH = Bench(name="encoder", about="passages of 120 tokens through the text encoder", run=run)
