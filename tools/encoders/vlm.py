"""Embedding by a vision-language model: any mix of words, pictures and frames is one item and one row.

Models that were trained for it, each asked as it was trained (vlm_recipes.py), and any other without training (freeret.py).
Knows nothing of where vectors are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from sourcehound.tools.encoders.adapters import Adapter
from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item, Stamp, Takes, Vectors
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.freeret import FREERET
from sourcehound.tools.encoders.gathered import gathered
from sourcehound.tools.encoders.picture_items import check_picture
from sourcehound.tools.encoders.rows import cut, kept
from sourcehound.tools.encoders.spec import Kind, Pooling, Spec
from sourcehound.tools.encoders.vlm_network import States, VlmNetwork, width_of
from sourcehound.tools.encoders.vlm_processor import first_tokens, without_marks
from sourcehound.tools.encoders.vlm_recipes import Asked, Recipe, recipe_of
from sourcehound.tools.errors import ToolInputError

_BATCH = 8
_WAYS = {"last": "lasttoken", "mean": "mean", "cls": "cls", "max": "max"}


class Head(Protocol):
    """What makes rows of states."""

    @property
    def name(self) -> str:
        """As in stamps."""
        ...

    @property
    def gives(self) -> Kind:
        """One row an item, or several."""
        ...

    def width(self, folder: ModelFolder) -> int:
        """Numbers of a row, known without loading the weights."""
        ...

    def prepare(self, model: Any) -> None:
        """Add to a network what its class in transformers lacks, before its adapter is merged."""
        ...

    def rows(self, model: Any, states: States, *, only_pictures: bool) -> list[Any]:
        """Rows of each item of a batch, torch, shape (n_rows, width), of any length.

        Args:
            model: the network.
            states: of its tokens.
            only_pictures: whether the items have no words of their own.
        """
        ...


@dataclass(frozen=True, slots=True)
class PooledHead:
    """One row: states pooled."""

    pooling: Pooling

    @property
    def name(self) -> str:
        """The way of pooling."""
        return self.pooling

    @property
    def gives(self) -> Kind:
        """One row an item."""
        return "single"

    def width(self, folder: ModelFolder) -> int:
        """The network's own."""
        return width_of(folder)

    def prepare(self, model: Any) -> None:
        """Nothing is lacking."""

    def rows(self, model: Any, states: States, *, only_pictures: bool) -> list[Any]:
        """One row for each item."""
        from sourcehound.tools.encoders.pooling import pooled

        del model, only_pictures
        rows = pooled(states.of_tokens, states.mask, (_WAYS[self.pooling],))
        return [rows[index : index + 1] for index in range(len(rows))]


class VlmEmbedder:
    """A model that makes rows of words, pictures and frames in any mix. Safe to use from several threads.

    Args:
        folder: the model's; one that takes text only takes no pictures.
        spec: names it; its options come before the recipe's.
        cache_dir: where the hashes of weights are kept.
        recipe: how it is asked.
        head: how states become rows; None for the recipe's way of pooling, or the spec's.
        adapter: what is added to its weights.
        takes: what the model takes.
        threads: of torch, >= 1.

    Raises:
        ConfigError: the folder holds no weights, or an option does not fit the model.
    """

    def __init__(
        self,
        *,
        folder: ModelFolder,
        spec: Spec,
        cache_dir: Path,
        recipe: Recipe,
        head: Head | None = None,
        adapter: Adapter | None = None,
        takes: Takes = frozenset({"text", "picture", "frames"}),
        threads: int = 1,
    ) -> None:
        folder.need_weights()
        self._folder = folder
        self._spec = spec
        self._cache_dir = cache_dir
        self._threads = threads
        self._recipe = recipe
        self._head: Head = head or PooledHead(spec.pooling or recipe.pooling)
        self._adapter = adapter
        self._takes: Takes = takes
        self._dimension = kept(self._head.width(folder), spec.dimension, encoder=f"hf:{folder.path}")
        self._lock = threading.Lock()
        self._loaded: VlmNetwork | None = None

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights; the recipe and its limits count as preprocessing."""
        parts = (self._folder.model_type, self._recipe.name, self._head.name, f"{self._tokens}tok")
        pixels = f"{self._pixels}px" if self._pixels else "px"
        return Stamp(
            encoder=str(self._spec),
            weights=self._folder.fingerprint(self._cache_dir, more=self._adapter.files if self._adapter else ()),
            dimension=self._dimension,
            preprocessing="-".join((*parts, pixels, "1")),
        )

    @property
    def takes(self) -> Takes:
        """What an item may hold, in any mix."""
        return self._takes

    @property
    def gives(self) -> Kind:
        """One row an item, or several where the head gives several."""
        return self._head.gives

    def is_here(self) -> bool:
        """Whether the weights are still in the folder."""
        return bool(self._folder.weight_files())

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode items; of a text, what lies beyond the most tokens is cut off.

        Args:
            items: words, pictures, frames, or any mix of them, which is one thing.
            as_: which of the recipe's prompts they stand in.
            instruction: what is asked for, instead of what the spec or the recipe says.

        Raises:
            ToolInputError: an item holds what the model does not take.
            ConfigError: the folder does not hold what the model needs.
        """
        for index, item in enumerate(items):
            self._check(item, index)
        if instruction is None:
            instruction = self._spec.instruction if as_ == "query" else self._spec.item_instruction
        if not items:
            return gathered([], self._dimension)
        with self._lock:  # a tokenizer is changed by each call
            network = self._load()
            asked = [self._asked(network, item, as_, instruction) for item in items]
            rows = self._rows(network, items, asked)
        return gathered(rows, self._dimension)

    @property
    def _tokens(self) -> int:
        return self._spec.tokens or self._recipe.tokens

    @property
    def _pixels(self) -> int | None:
        return self._spec.pixels or self._recipe.pixels

    def _check(self, item: Item, index: int) -> None:
        pictures = (*item.pictures, *item.frames)
        if pictures and "picture" not in self._takes:
            raise ToolInputError(f"{self._spec} takes text only, item {index} holds pictures")
        for picture in pictures:
            check_picture(picture, index)

    def _asked(self, network: VlmNetwork, item: Item, as_: Literal["query", "item"], instruction: str | None) -> Asked:
        return Asked(
            text=first_tokens(without_marks(item.text, network.tokenizer), network.tokenizer, self._tokens),
            pictures=len(item.pictures) + len(item.frames),
            frames=len(item.frames),
            instruction=instruction,
            as_=as_,
            mark=network.picture_mark if network.processor else "",
        )

    def _rows(self, network: VlmNetwork, items: Sequence[Item], asked: Sequence[Asked]) -> list[FloatArray]:
        """Rows of each item: texts in batches of like length, items with pictures one by one, so that none is padded."""
        rows: list[FloatArray] = [np.empty((0, self._dimension), dtype=np.float32)] * len(items)
        prompts = [self._prompt(network, one) for one in asked]
        texts = [index for index, one in enumerate(asked) if not one.pictures]
        texts.sort(key=lambda index: len(prompts[index]))
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            states = network.states_of_texts([prompts[index] for index in batch])
            for index, found in zip(batch, self._cut(network, states, only_pictures=False), strict=True):
                rows[index] = found
        for index in (index for index, one in enumerate(asked) if one.pictures):
            pictures = (*items[index].pictures, *items[index].frames)
            states = network.states_of_pictures(prompts[index], pictures, side=self._recipe.side)
            (rows[index],) = self._cut(network, states, only_pictures=not asked[index].text)
        return rows

    def _prompt(self, network: VlmNetwork, asked: Asked) -> str:
        prompt = self._recipe.prompt(asked)
        if self._recipe.spoken:
            prompt = network.turn(prompt, pictures=asked.pictures)
        return prompt or " "  # nothing at all has no token

    def _cut(self, network: VlmNetwork, states: States, *, only_pictures: bool) -> list[FloatArray]:
        """Rows of each item of a batch, of unit length, cut to the dimension that is kept."""
        rows = self._head.rows(network.model, states, only_pictures=only_pictures)
        return [cut(of_item.float().cpu().numpy(), self._spec.dimension) for of_item in rows]

    def _load(self) -> VlmNetwork:
        if self._loaded is None:
            loaded = VlmNetwork.load(
                self._folder,
                adapter=self._adapter,
                pixels=self._pixels,
                prepare=self._head.prepare,
                threads=self._threads,
            )
            if self._recipe.skips_last_mlp:
                loaded.without_last_mlp()
            self._loaded = loaded
        return self._loaded


def open_vlm(folder: ModelFolder, spec: Spec, cache_dir: Path, *, threads: int = 1) -> Encoder:
    """Open a model that was trained to embed, or any other by asking it for one word; one that sees, or takes text only."""
    sees = any(key in folder.config for key in ("vision_config", "vision_tower", "image_token_id"))
    takes: Takes = frozenset({"text", "picture", "frames"}) if sees else frozenset({"text"})
    recipe = recipe_of(folder) or FREERET
    adapter = Adapter.find(spec.adapter, folder.path)
    return VlmEmbedder(
        folder=folder,
        spec=spec,
        cache_dir=cache_dir,
        recipe=recipe,
        adapter=adapter,
        takes=takes,
        threads=threads,
    )
