"""A vision-language model, or a language model, asked for the states of its tokens instead of for words.

Shared by everything that embeds with one. Knows nothing of prompts or of how states become rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sourcehound.tools.encoders.adapters import Adapter
from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.loading import explained, load_network, load_tokenizer
from sourcehound.tools.encoders.vlm_processor import as_pictures, load_vlm_processor

_HEAD = ("lm_head.",)
"""What words would come out of: nothing asks for it, and embedding models are saved without it."""


@dataclass(frozen=True, slots=True)
class States:
    """What a network made of a batch.

    Attributes:
        of_tokens: torch, shape (batch, tokens, width): after the last layer and its normalisation.
        ids: torch, shape (batch, tokens).
        mask: torch, shape (batch, tokens), 1 for a token and 0 for padding, on the right.
    """

    of_tokens: Any
    ids: Any
    mask: Any


@dataclass(frozen=True, slots=True)
class VlmNetwork:
    """A network with its processor. Safe to use from several threads, one after another.

    Attributes:
        model: transformers' class for generation, with its weights.
        processor: makes its inputs; None for a model that takes text only.
        tokenizer: the processor's, or its own.
    """

    model: Any
    processor: Any
    tokenizer: Any

    @classmethod
    def load(
        cls,
        folder: ModelFolder,
        *,
        adapter: Adapter | None = None,
        pixels: int | None = None,
        prepare: Callable[[Any], None] | None = None,
        threads: int = 1,
    ) -> Self:
        """Load what generates words from pictures, or from words alone, by the type that its folder names.

        Weights are float32, and bfloat16 on a GPU, as they are published.

        Args:
            folder: the model's.
            adapter: what is added to its weights.
            pixels: of a picture at most; None for what the folder says.
            prepare: what is done to the network before the adapter is added.
            threads: of torch, >= 1.

        Raises:
            ConfigError: the folder does not hold all of it.
        """
        import torch
        from transformers.models.auto.modeling_auto import (
            MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
            MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
        )

        sees = MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES.get(folder.model_type)
        class_name = sees or MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[folder.model_type]
        dtype = "bfloat16" if torch.cuda.is_available() else "float32"
        model = load_network(folder, class_name, unused=_HEAD, dtype=dtype, threads=threads)
        if prepare is not None:
            prepare(model)
        if adapter is not None:
            adapter.merge(model)
        if sees is None:
            return cls(model, None, load_tokenizer(folder, padding_side="right"))
        processor = load_vlm_processor(folder, model, pixels=pixels)
        return cls(model, processor, processor.tokenizer)

    @property
    def picture_mark(self) -> str:
        """What stands for a picture in a prompt."""
        return str(getattr(self.processor, "boi_token", None) or self.processor.image_token)

    def turn(self, text: str, *, pictures: int = 0) -> str:
        """A person's turn in the model's own way of writing a conversation, up to where its answer begins.

        A model that has no way of its own is given the pictures and the text as they are.
        """
        speaker = self.processor or self.tokenizer
        if not speaker.chat_template:
            return "\n".join((*[self.picture_mark] * pictures, text)) if pictures else text
        content: Any = text
        if self.processor is not None:
            content = [{"type": "image"}] * pictures + [{"type": "text", "text": text}]
        conversation = [{"role": "user", "content": content}]
        return str(speaker.apply_chat_template(conversation, add_generation_prompt=True, tokenize=False))

    def states_of_texts(self, prompts: Sequence[str]) -> States:
        """States of prompts without pictures, padded on the right."""
        inputs = self.tokenizer(list(prompts), padding=True, return_tensors="pt", **self._begins(prompts[0]))
        return self._states(inputs)

    def states_of_pictures(self, prompt: str, pictures: Sequence[Pixels], *, side: int | None = None) -> States:
        """States of one prompt that holds a mark for each picture; `side` is that of `as_pictures`."""
        images = [as_pictures(pictures, side=side)]
        return self._states(self.processor(text=[prompt], images=images, return_tensors="pt", **self._begins(prompt)))

    def without_last_mlp(self) -> None:
        """Leave out what the last layer adds to states after its attention; the normalisation after it stays."""
        self.model.get_decoder().layers[-1].mlp.register_forward_hook(_nothing)

    def _begins(self, prompt: str) -> dict[str, bool]:
        """A prompt that holds the first token already is not given another."""
        first = self.tokenizer.bos_token
        return {"add_special_tokens": not (first and prompt.startswith(first))}

    def _states(self, inputs: Any) -> States:
        import torch

        inputs = inputs.to(self.model.device)
        if "pixel_values" in inputs:
            inputs["pixel_values"] = inputs["pixel_values"].to(self.model.dtype)
        with torch.inference_mode():
            states = self.model.base_model(**inputs, use_cache=False).last_hidden_state
        return States(of_tokens=states, ids=inputs["input_ids"], mask=inputs["attention_mask"])


def width_of(folder: ModelFolder) -> int:
    """Numbers of a state, known without loading the weights.

    Raises:
        ConfigError: the folder's configuration does not say.
    """
    for config in (folder.config.get("text_config") or {}, folder.config):
        if "hidden_size" in config:
            return int(config["hidden_size"])
    from transformers import AutoConfig

    with explained(folder):
        config = AutoConfig.from_pretrained(folder.path, local_files_only=True, trust_remote_code=False)
        return int(config.get_text_config().hidden_size)


def _nothing(_module: Any, _args: Any, output: Any) -> Any:
    """Zeros in place of a module's output."""
    return output * 0
