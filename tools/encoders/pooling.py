"""From the states of tokens to one row for each text, in torch.

Knows nothing of where states come from or who says how they are pooled (layout.py).

Source:
    Sentence-BERT (Reimers and Gurevych 2019, arXiv:1908.10084), section 3: cls, mean and max; SGPT (Muennighoff 2022,
    arXiv:2202.08904), section 4.1: the mean weighted by position; E5-mistral (Wang et al. 2024, arXiv:2401.00368): the
    last token.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sourcehound.tools.encoders.layout import Dense


def pooled(states: Any, mask: Any, ways: Sequence[str], *, skip: int = 0) -> Any:
    """One row for each text.

    Args:
        states: torch, shape (batch, tokens, width).
        mask: torch, shape (batch, tokens), 1 for a token and 0 for padding, on the right.
        ways: of pooling; the results are joined.
        skip: first tokens that do not count, as a prompt's.

    Returns:
        torch float32, shape (batch, width * ways).
    """
    import torch

    counted = mask.clone()
    counted[:, :skip] = 0
    states = states.float()
    return torch.cat([_pooled(states, mask, counted, way) for way in ways], dim=-1)


def _pooled(states: Any, mask: Any, counted: Any, way: str) -> Any:
    import torch

    every = torch.arange(len(states), device=states.device)
    if way == "cls":
        return states[every, counted.argmax(dim=1)]
    if way == "lasttoken":
        return states[every, (mask.sum(dim=1) - 1).clamp(min=0)]
    weights = counted.unsqueeze(-1).float()  # (batch, tokens, 1)
    if way == "max":
        return states.masked_fill(weights == 0, -torch.inf).max(dim=1).values
    if way == "weightedmean":
        weights = weights * torch.arange(1, states.shape[1] + 1, device=states.device).view(1, -1, 1)
    total = weights.sum(dim=1).clamp(min=1e-9)  # (batch, 1)
    return (states * weights).sum(dim=1) / (total.sqrt() if way == "mean_sqrt_len_tokens" else total)


def dense_layers(layers: Sequence[Dense], device: Any) -> Any:
    """The dense layers after pooling as one module, with their weights.

    Raises:
        ValueError: a file lacks `linear.weight`.
    """
    import torch
    from safetensors.torch import load_file

    steps: list[Any] = []
    for layer in layers:
        tensors = load_file(layer.weights)
        if "linear.weight" not in tensors:
            raise ValueError(f"{layer.weights} lacks linear.weight")
        weight, bias = tensors["linear.weight"].float(), tensors.get("linear.bias")
        linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
        linear.weight = torch.nn.Parameter(weight)
        if bias is not None:
            linear.bias = torch.nn.Parameter(bias.float())
        steps += [linear, getattr(torch.nn, layer.activation)()]
    return torch.nn.Sequential(*steps).eval().requires_grad_(requires_grad=False).to(device)
