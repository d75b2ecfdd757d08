"""Embedding by a model that was never trained to embed: it is asked for one word, and the state before that word is the row.

Knows nothing of networks: it says how they are asked (vlm.py asks them).

Source:
    FreeRet (Zhu et al. 2025, arXiv:2509.24621): section 3.2, the last layer's MLP is left out, because it turns meaning
    into the next word; section 3.3, the prompt says what the row is for, that it must rest on the content, and which
    words are noise. Before it E5-V (Jiang et al. 2024, arXiv:2407.12580): "Summary above content in one word".
    Differs: the normalisation after the last layer stays, of which the paper says nothing; the sentence on the task is a
    general one unless an instruction takes its place, where the paper has one for each data set.
"""

from __future__ import annotations

from sourcehound.tools.encoders.vlm_recipes import Asked, Recipe

_TASK = "You are required to assess if a query is related to a document."


def _prompt(asked: Asked) -> str:
    kinds = [
        "video" if asked.frames else "images" if asked.pictures > 1 else "image" if asked.pictures else "",
        "text" if asked.text or not asked.pictures else "",
    ]
    content = " and ".join(filter(None, kinds))
    constraints = (
        asked.instruction or _TASK,
        f"Based on the {content} above, output one word:",
        f"• Capture the semantics of the {content}.",
        "• Do not use function words, prepositions, or symbols.",
    )
    return "\n".join(filter(None, (asked.text, *constraints)))


FREERET = Recipe(name="freeret", prompt=_prompt, spoken=True, skips_last_mlp=True)
