"""Networks and tokenizers out of a folder, through transformers: safetensors only, no code but ours, no network.

What a folder lacks is refused and never filled with random numbers. Knows nothing of what a network is for.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from sourcehound.tools.encoders.adapters import Adapter
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.errors import ConfigError

_LOCAL = {"local_files_only": True, "trust_remote_code": False}


def load_network(
    folder: ModelFolder,
    class_name: str,
    *,
    adapter: Adapter | None = None,
    unused: Sequence[str] = (),
    dtype: str = "float32",
    threads: int = 1,
    **options: Any,
) -> Any:
    """A network with its weights, ready to be asked, on the GPU if there is one.

    Args:
        folder: the model's.
        class_name: the class of transformers that it is, as `CLIPModel`.
        adapter: what is added to its weights.
        unused: beginnings of names of weights that may be missing, as nothing asks for them.
        dtype: of the weights in memory, as torch names it.
        threads: of torch, >= 1; they are the process's, so the network that is loaded last says how many.
        options: what else the class needs.

    Raises:
        ConfigError: the folder does not hold such a network whole, or the adapter does not fit.
    """
    import torch
    import transformers

    torch.set_num_threads(threads)
    folder.need_weights()
    with explained(folder):
        model, report = getattr(transformers, class_name).from_pretrained(
            folder.path,
            use_safetensors=True,
            dtype=getattr(torch, dtype),
            output_loading_info=True,
            **({"local_files_only": True} | options),
        )
    missing = sorted(name for name in report["missing_keys"] if not name.startswith(tuple(unused)))
    if missing:  # transformers has filled them with random numbers
        raise ConfigError(
            f"the weights in {folder.path} lack {len(missing)} tensors, as {missing[0]}",
            remedy="replace it, or name it as what it is",
        )
    if adapter is not None:
        adapter.merge(model)
    return model.eval().requires_grad_(requires_grad=False).to("cuda" if torch.cuda.is_available() else "cpu")


def load_tokenizer(folder: ModelFolder, **options: Any) -> Any:
    """The tokenizer of a folder.

    Raises:
        ConfigError: the folder lacks it.
    """
    import transformers

    with explained(folder):
        return transformers.AutoTokenizer.from_pretrained(folder.path, **_LOCAL, **options)


def load_processor(folder: ModelFolder, class_name: str, **options: Any) -> Any:
    """What makes a network's input of pictures.

    Args:
        folder: the model's.
        class_name: the class of transformers; one whose name ends in `Pil`, which needs no torchvision.
        options: what is set otherwise than the folder says.

    Raises:
        ConfigError: the folder lacks its configuration.
    """
    import transformers

    with explained(folder):
        return getattr(transformers, class_name).from_pretrained(folder.path, local_files_only=True, **options)


@contextmanager
def explained(folder: ModelFolder) -> Generator[None]:
    """Turn what transformers raises about a folder into one line, and keep its chatter off our own."""
    import transformers
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError

    transformers.utils.logging.disable_progress_bar()
    chatter = logging.getLogger("transformers")
    level = chatter.level
    chatter.setLevel(logging.ERROR)  # what it warns of here is checked by us, or said in our own words
    try:
        yield
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError, StrictDataclassError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ConfigError(f"cannot load the model in {folder.path}: {reason}", remedy="replace it") from error
    finally:
        chatter.setLevel(level)
