"""Text sets in the BEIR layout: `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` or `qrels/SPLIT.tsv`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sourcehound.agent.evaluate import labels
from sourcehound.agent.evaluate.collection import Collection, Question, Scope, Texts
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.given import Given

MEASURES = ("nDCG@10", "R@10", "R@100", "RR", "AP", "P@5", "Success@1", "Success@5")
_BEIR_COLUMNS = 3
_TREC_COLUMNS = 4


def load(path: Path, split: str = "") -> Collection:
    """Read a text set.

    Args:
        path: its folder.
        split: which of `qrels/*.tsv`; empty for `qrels.tsv`, else `qrels/test.tsv`.

    Raises:
        InputError: a file is missing or a line of it is wrong.

    Source:
        Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models",
        NeurIPS 2021, whose layout this is.
    """
    corpus, queries = path / "corpus.jsonl", path / "queries.jsonl"
    qrels, split = qrels_file(path, split)
    relevant = read_qrels(qrels)
    questions = tuple(
        Question(id=name, text=labels.text_of(row, where, "text"), relevant=relevant.get(name, {}))
        for where, row in labels.rows(queries)
        if (name := labels.text_of(row, where, "_id", "id"))
    )
    origin = str(corpus)
    return Collection(
        task="text",
        path=path,
        split=split,
        labels_sha256=labels.sha256_of(queries, qrels),
        material=Texts(
            origin=origin,
            read=partial(_documents, corpus),
            n_texts=sum(1 for _ in labels.lines(corpus)),
            sha256=labels.sha256_of(corpus),
        ),
        questions=questions,
        scopes=(Scope(kinds=("passage",), item_of=partial(_document_of, origin + "/"), measures=MEASURES),),
    )


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Judgements by question and item: three columns as BEIR has them, or the four of TREC; only grades above 0.

    Raises:
        InputError: a line has other columns, or a grade that is no whole number.
    """
    relevant: dict[str, dict[str, int]] = {}
    for number, line in labels.lines(path):
        cells = line.split("\t") if "\t" in line else line.split()
        if number == 1 and not cells[-1].strip().lstrip("-").isdigit():
            continue  # a head
        if len(cells) == _TREC_COLUMNS:
            cells = [cells[0], *cells[2:]]
        if len(cells) != _BEIR_COLUMNS or not cells[2].strip().lstrip("-").isdigit():
            raise InputError(
                f"{path}:{number} is no judgement: {line[:60]!r}",
                remedy="query-id, corpus-id and a whole number, by tabs",
            )
        if int(cells[2]) > 0:
            relevant.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    return relevant


def qrels_file(path: Path, split: str) -> tuple[Path, str]:
    """The file of judgements of a split, and the split that it is of.

    Raises:
        InputError: there is none.
    """
    choices = [(path / "qrels" / f"{split}.tsv", split)] if split else []
    choices = choices or [(path / "qrels.tsv", ""), (path / "qrels" / "test.tsv", "test")]
    found = next((choice for choice in choices if choice[0].is_file()), None)
    if found is None:
        names = " nor ".join(str(file.relative_to(path)) for file, _ in choices)
        raise InputError(f"{path} has no {names}", remedy="give a folder in the BEIR layout")
    return found


def _documents(corpus: Path) -> Iterator[Given]:
    for where, row in labels.rows(corpus):
        name = labels.text_of(row, where, "_id", "id")
        title = labels.text_of(row | {"title": row.get("title") or ""}, where, "title")
        yield Given(name=name, title=title, text=labels.text_of(row, where, "text"))


def _document_of(prefix: str, evidence: Evidence) -> str | None:
    path = evidence.source.path or ""
    return path.removeprefix(prefix) if path.startswith(prefix) else None
