"""The measures of ranked lists, by ir-measures and by own_measures.py: one value for each question.

Names are mostly ir-measures' own: `nDCG@10`, `R@10`, `RR`, `AP`, `P@5`, `Success@5` (a hit among the first five). Knows
nothing of where the lists come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sourcehound.agent.evaluate.collection import Question
from sourcehound.agent.evaluate.own_measures import is_own, value
from sourcehound.tools.errors import ConfigError

Run = Mapping[str, Sequence[str]]
"""For each question the items found, best first, each once."""
Values = Mapping[str, Mapping[str, float]]
"""For each measure its value for each question, in the order of the questions."""


def measured(names: Sequence[str], questions: Sequence[Question], run: Run) -> Values:
    """Measure every question; one that found nothing counts 0.

    Args:
        names: measures as ir-measures writes them, or of own_measures.py.
        questions: each with something to be found.
        run: what was found.

    Raises:
        ConfigError: ir-measures is not installed.

    Source:
        MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures", ECIR 2022.

    Example:
        >>> question = Question(id="q", text="", relevant={"b": 1})
        >>> measured(["RR"], [question], {"q": ["a", "b"]})["RR"]["q"]
        0.5
    """
    theirs = _by_ir_measures([name for name in names if not is_own(name)], questions, run)
    return {
        name: {one.id: value(name, one, run.get(one.id, ())) for one in questions} if is_own(name) else theirs[name]
        for name in names
    }


def check_installed() -> None:
    """Make sure that there is something to measure with, before any work is done.

    Raises:
        ConfigError: ir-measures is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise ConfigError("ir-measures is not installed", remedy='pip install "sourcehound[eval]"') from error
    del ir_measures


def _by_ir_measures(names: Sequence[str], questions: Sequence[Question], run: Run) -> dict[str, dict[str, float]]:
    check_installed()
    import ir_measures

    values = {name: dict.fromkeys((question.id for question in questions), 0.0) for name in names}
    if names:
        asked = [ir_measures.parse_measure(name) for name in names]
        judged = {question.id: dict(question.relevant) for question in questions}
        scored = {question.id: scores(run.get(question.id, ())) for question in questions}
        for metric in ir_measures.iter_calc(asked, judged, scored):
            values[str(metric.measure)][metric.query_id] = float(metric.value)
    return values


def scores(items: Sequence[str]) -> dict[str, float]:
    """Scores that put items in this order: what trec_eval sorts by, and what run files hold.

    A hit's own score is its strength, not its rank, so that two hits may have the same.
    """
    return {item: 1.0 / place for place, item in enumerate(items, 1)}
