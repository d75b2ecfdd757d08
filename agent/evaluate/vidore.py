"""Page sets as ViDoRe has them: pages as pictures, queries, and which page answers which query.

`queries.jsonl` with `corpus.jsonl` (each with an `image`) and `qrels.tsv`, as its second version has them; or queries that
name their page's `image` themselves, as its first has them.
"""

from __future__ import annotations

from pathlib import Path

from sourcehound.agent.evaluate import beir, labels
from sourcehound.agent.evaluate.captioned import find_picture
from sourcehound.agent.evaluate.collection import Collection, Question, Scope
from sourcehound.agent.evaluate.numbered import Numbered

MEASURES = ("nDCG@5", "R@1", "R@5", "R@10", "nDCG@10", "RR", "Success@5")
QUERIES, CORPUS = "queries.jsonl", "corpus.jsonl"


def load(path: Path, split: str = "") -> Collection:
    """Read a page set of pictures.

    Args:
        path: its folder.
        split: which of `qrels/*.tsv`; empty for `qrels.tsv`, else `qrels/test.tsv`.

    Raises:
        InputError: a file is missing or a line is wrong.

    Source:
        Faysse et al., "ColPali: Efficient Document Retrieval with Vision Language Models", ICLR 2025, whose measure is
        nDCG@5.
    """
    queries, corpus = path / QUERIES, path / CORPUS
    if corpus.is_file():
        qrels, split = beir.qrels_file(path, split)
        right = beir.read_qrels(qrels)
        places = {
            labels.text_of(row, where, "_id", "id", "corpus-id"): find_picture(
                path, labels.text_of(row, where, "image")
            )
            for where, row in labels.rows(corpus)
        }
        files = (queries, qrels)
    else:
        rows = list(labels.rows(queries))
        images = [labels.text_of(row, where, "image", "image_filename") for where, row in rows]
        places = {image: find_picture(path, image) for image in images}
        names = [_id(row, where, number) for number, (where, row) in enumerate(rows)]
        right = {name: {image: 1} for name, image in zip(names, images, strict=True)}
        files = (queries,)
    pages = Numbered.of(places.values())
    questions = tuple(
        Question(
            id=name,
            text=labels.text_of(row, where, "query", "text"),
            relevant={pages.item(places[page]): grade for page, grade in right.get(name, {}).items() if page in places},
        )
        for number, (where, row) in enumerate(labels.rows(queries))
        for name in [_id(row, where, number)]
    )
    return Collection(
        task="pages",
        path=path,
        split=split,
        labels_sha256=labels.sha256_of(*files),
        material=pages,
        questions=questions,
        scopes=(Scope(kinds=("image",), item_of=pages.item_of, measures=MEASURES),),
        notes=("pages are searched as pictures, under numbers for names",),
    )


def _id(row: dict[str, object], where: str, number: int) -> str:
    """A query's own id; its place in the file, from 0, where it has none."""
    names = ("_id", "id", "query-id")
    return labels.text_of(row, where, *names) if any(name in row for name in names) else str(number)
