"""TREC run files: one line for each item found, as trec_eval and its like read them."""

from __future__ import annotations

from urllib.parse import quote

from sourcehound.agent.evaluate.measures import Run, scores

TAG = "sourcehound"
_SAFE = "/#=?&+,;:@!$'()*[]~"


def run_file(found: Run) -> str:
    r"""A run as the text of its file.

    Blanks and odd characters in names are percent-encoded. Scores are 1 / rank: what these files are sorted by.

    Example:
        >>> run_file({"q1": ["two words"]})
        'q1 Q0 two%20words 1 1.000000000 sourcehound\n'
    """
    return "".join(
        f"{_column(question)} Q0 {_column(item)} {rank} {score:.9f} {TAG}\n"
        for question, items in found.items()
        for rank, (item, score) in enumerate(scores(items).items(), 1)
    )


def _column(name: str) -> str:
    return quote(name, safe=_SAFE)
