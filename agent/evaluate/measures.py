"""The measures of ranked lists, by ir-measures: one value for each question.

Names are ir-measures' own: `nDCG@10`, `R@10`, `RR`, `AP`, `P@5`, `Success@5` (a hit among the first five). Knows nothing of
where the lists come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sourcehound.tools.errors import ConfigError

Qrels = Mapping[str, Mapping[str, int]]
"""For each question the grade of each right item, > 0."""
Run = Mapping[str, Sequence[str]]
"""For each question the items found, best first, each once."""
Values = Mapping[str, Mapping[str, float]]
"""For each measure its value for each question, in the order of the questions."""


def measured(names: Sequence[str], qrels: Qrels, run: Run) -> Values:
    """Measure every question that has right items; one that found nothing counts 0.

    Args:
        names: measures as ir-measures writes them.
        qrels: right items, at least one for each question.
        run: what was found.

    Raises:
        ConfigError: ir-measures is not installed.

    Source:
        MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures", ECIR 2022.

    Example:
        >>> measured(["RR"], {"q": {"b": 1}}, {"q": ["a", "b"]})["RR"]["q"]
        0.5
    """
    try:
        import ir_measures
    except ImportError as error:
        raise ConfigError("ir-measures is not installed", remedy='pip install "sourcehound[eval]"') from error
    asked = [ir_measures.parse_measure(name) for name in names]
    values: dict[str, dict[str, float]] = {str(measure): dict.fromkeys(qrels, 0.0) for measure in asked}
    scored = {question: scores(run.get(question, ())) for question in qrels}
    judged = {question: dict(grades) for question, grades in qrels.items()}
    for metric in ir_measures.iter_calc(asked, judged, scored):
        values[str(metric.measure)][metric.query_id] = float(metric.value)
    return values


def scores(items: Sequence[str]) -> dict[str, float]:
    """Scores that put items in this order: what trec_eval sorts by, and what run files hold.

    A hit's own score is its strength, not its rank, so that two hits may have the same.
    """
    return {item: 1.0 / place for place, item in enumerate(items, 1)}
