"""Late interaction in little room: bytes of a passage and what ranking loses, against all vectors as the encoder gives them.

The vectors are the states of MiniLM's tokens: a real late interaction, but one that was never trained as such (trained ones
need weights that do not come with the program). Sets: hotpotqa's even questions and nq_oracle of the real data; without
these, made passages asked for by some of their words. And the two stages against comparing with everything that is kept.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.ground import Ground
from bench.row import Bench, Row
from bench.turns import in_turns
from bench.wording import passage
from sourcehound.agent.evaluate.collection import Question, Texts
from sourcehound.agent.evaluate.measures import measured
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.encoders.encoder import FloatArray, Vectors
from sourcehound.tools.encoders.minilm import MiniLm
from sourcehound.tools.encoders.minilm_late import MiniLmLate
from sourcehound.tools.evidence import Locator
from sourcehound.tools.index.clusters import pooled
from sourcehound.tools.index.compact import Compact, Effort
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.late import max_sim, search_late, to_keep, write
from sourcehound.tools.index.schemes import Scheme, pack, row_bytes, unpack
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.encode import words_of
from sourcehound.tools.library.units import Unit, write_units

SETS = {"hotpotqa": slice(0, None, 2), "nq_oracle": slice(None)}
"""Text sets and which of their questions are asked."""
MEASURE = "nDCG@10"
K = 10
SEED = 11
LEAST_MISSED = 1e-3
_ASKED_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of keeping vectors, and its goals.

    Attributes:
        vectors: of a passage at most, 0 for all.
        bytes_goal: bytes against all vectors at single precision, at most.
        missed_goal: what nDCG@10 lacks to 1 against what it lacks with those, at most.
    """

    vectors: int
    scheme: Scheme
    bytes_goal: float
    missed_goal: float

    def __str__(self) -> str:
        return f"{self.vectors or 'all'} {self.scheme}"


WAYS = (
    Way(vectors=0, scheme="int8", bytes_goal=0.26, missed_goal=1.05),
    Way(vectors=0, scheme="bit", bytes_goal=0.036, missed_goal=1.25),
    Way(vectors=64, scheme="float16", bytes_goal=0.32, missed_goal=1.25),
    Way(vectors=64, scheme="int8", bytes_goal=0.16, missed_goal=1.25),
    Way(vectors=32, scheme="int8", bytes_goal=0.08, missed_goal=1.25),
    Way(vectors=32, scheme="bit", bytes_goal=0.0125, missed_goal=1.25),
    Way(vectors=16, scheme="int8", bytes_goal=0.04, missed_goal=1.25),
    Way(vectors=8, scheme="int8", bytes_goal=0.021, missed_goal=1.25),
)
TIME_GOAL = 0.5
MISSED_GOAL = 1.0
MISSED = 0.05
"""Share of the ten best that the candidates may lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Passages and questions with their vectors.

    Attributes:
        names: of the passages.
        items: float32, shape (n_tokens, 384), of each passage.
        queries: the same of each question.
    """

    name: str
    names: tuple[str, ...]
    items: tuple[FloatArray, ...]
    questions: tuple[Question, ...]
    queries: tuple[FloatArray, ...]


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure.

    Raises:
        MissingWeightsError: the weights are not on this machine.
        ConfigError: ir-measures is not installed.
    """
    encoder = MiniLmLate(text=MiniLm(weights_path=None, cache_dir=ground.home / "cache"))
    sets = [_encoded(encoder, name, *texts) for name, texts in _texts(ground).items()]
    quality = [row for asked in sets for row in _quality(asked, with_bytes=asked is sets[0])]
    return (*quality, *_two_stages(ground, encoder, sets[0]))


def _texts(ground: Ground) -> dict[str, tuple[Mapping[str, str], tuple[Question, ...]]]:
    """For each set its passages by name, as the program encodes them, and its questions."""
    found: dict[str, tuple[Mapping[str, str], tuple[Question, ...]]] = {}
    for name, half in SETS.items():
        folder = Path(ground.data or "") / "text" / name
        if ground.data is None or not folder.is_dir():
            continue
        collection = load("text", folder)
        if isinstance(collection.material, Texts):
            texts = {text.name: words_of("passage", text.text, text.title) for text in collection.material.read()}
            found[name] = (texts, collection.questions[half])
    return found or {"made": _made(ground.sizes.n_passages)}


def _made(n_passages: int) -> tuple[Mapping[str, str], tuple[Question, ...]]:
    chance = random.Random(SEED)
    texts = {str(n): passage(chance, 100) for n in range(n_passages)}
    return texts, tuple(
        Question(id=name, text=" ".join(chance.sample(text.split(), _ASKED_WORDS)), relevant={name: 1})
        for name, text in texts.items()
    )


def _encoded(encoder: MiniLmLate, name: str, texts: Mapping[str, str], questions: tuple[Question, ...]) -> Asked:
    return Asked(
        name=name,
        names=tuple(texts),
        items=tuple(encoder.text.encode_tokens(list(texts.values()))),
        questions=questions,
        queries=tuple(encoder.text.encode_tokens([question.text for question in questions])),
    )


def _quality(asked: Asked, *, with_bytes: bool) -> list[Row]:
    full = _ndcg(asked, asked.items)
    all_bytes = _bytes(asked.items, "float32")
    few: dict[int, list[FloatArray]] = {}
    rows: list[Row] = []
    for way in WAYS:
        if way.vectors not in few:
            few[way.vectors] = [pooled(item, way.vectors) for item in asked.items]
        if with_bytes:
            rows.append(
                Row(
                    name=f"late bytes {way}",
                    ours=_bytes(few[way.vectors], way.scheme),
                    against="all vectors, float32",
                    other=all_bytes,
                    goal=way.bytes_goal,
                    unit="bytes a passage",
                )
            )
        kept = [unpack(pack(item, way.scheme).tobytes(), way.scheme, item.shape) for item in few[way.vectors]]
        rows.append(
            Row(
                name=f"late missed {way} {asked.name}",
                ours=1 - _ndcg(asked, kept),
                against="all vectors, float32, MiniLM's untrained token states",
                other=1 - full,
                goal=way.missed_goal,
                unit=f"{MEASURE} short of 1",
            )
        )
    return rows


def _bytes(items: Sequence[FloatArray], scheme: Scheme) -> float:
    """Bytes of an item on the average; of few vectors with the one that it is found by."""
    found_by = 0 if scheme == "float32" else row_bytes("float16", items[0].shape[1])
    return float(np.mean([len(item) * row_bytes(scheme, item.shape[1]) for item in items])) + found_by


def _ndcg(asked: Asked, items: Sequence[FloatArray]) -> float:
    rows = np.concatenate(items)
    starts = np.cumsum([0, *map(len, items)])[:-1]
    found: dict[str, list[str]] = {}
    for question, query in zip(asked.questions, asked.queries, strict=True):
        order = np.argsort(-max_sim(query, rows, starts), kind="stable")[:K]
        found[question.id] = [asked.names[place] for place in order]
    values = measured([MEASURE], asked.questions, found)[MEASURE].values()
    # where nothing is missed there is still a ratio
    return min(float(np.mean(list(values))), 1 - LEAST_MISSED)


def _two_stages(ground: Ground, encoder: MiniLmLate, asked: Asked) -> tuple[Row, Row]:
    folder = ground.folder / "late"
    shutil.rmtree(folder, ignore_errors=True)
    catalogue, stamp = Catalogue(folder), str(encoder.stamp)
    _keep(catalogue, stamp, asked)
    engine = ExactEngine(lambda: catalogue.connection, folder / "vectors", warn=ground.tell)
    n_items = len(asked.items)

    def search(effort: Effort) -> list[set[int]]:
        return [
            {
                scored.unit
                for scored in search_late(catalogue.connection, engine, "passage", stamp, query, k=K, effort=effort)
            }
            for query in asked.queries[: ground.sizes.n_queries]
        ]

    some, every = Effort(), Effort(candidates=n_items)
    turns = in_turns(lambda: search(some), lambda: search(every), rounds=ground.sizes.rounds, clock=ground.clock)
    shares = [len(best - found) / len(best) for found, best in zip(search(some), search(every), strict=True)]
    catalogue.close()
    n_queries = len(shares)
    return (
        Row(
            name="late time",
            ours=1000 * turns.ours_s / n_queries,
            against=f"comparing with all {n_items} passages; ours with {some.candidates} candidates",
            other=1000 * turns.other_s / n_queries,
            goal=TIME_GOAL if n_items > 2 * some.candidates else 1.5,
            unit="ms a question",
        ),
        Row(
            name="late candidates missed",
            ours=float(np.mean(shares)),
            against=f"one of {round(1 / MISSED)} of the nearest {K}",
            other=MISSED,
            goal=MISSED_GOAL,
            unit="share",
        ),
    )


def _keep(catalogue: Catalogue, stamp: str, asked: Asked) -> None:
    owner = np.repeat(np.arange(len(asked.items)), [len(item) for item in asked.items])
    kept = to_keep(stamp, "multi", Vectors(rows=np.concatenate(asked.items), owner=owner), Compact())
    with catalogue.transaction() as connection:
        connection.execute(
            "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
            " VALUES (1, '', 0, 'text/plain', '', '', '{}', '')"
        )
        units = [
            Unit(kind="passage", text=name, about="", locator=Locator(chars=(place, place + 1)), producer="bench")
            for place, name in enumerate(asked.names)
        ]
        write(connection, write_units(connection, 1, "", "", units), kept)


BENCH = Bench(name="late", about="many vectors a passage in little room, searched in two stages", run=run)
