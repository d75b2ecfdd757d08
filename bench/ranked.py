"""One labelled set, ranked by the program and by the plain parts on the same questions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.judged import Goal, Judged
from bench.plain import Document, Encode, Plain
from bench.plain_pages import pages_of
from bench.plain_pictures import PlainPictures
from sourcehound.agent.evaluate.collection import Collection, Texts
from sourcehound.agent.evaluate.measures import Values, measured
from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.agent.evaluate.report import Evaluation, Plan, clusters_of, evaluate
from sourcehound.agent.evaluate.system import System
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.encoders.encoder import Encoder, Item
from sourcehound.tools.encoders.named import Encoders

HALVES = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}
Rank = Callable[[str, str | None], Mapping[str, Sequence[str]]]
"""What each plain part finds for a query, of one document only if one is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The program's evaluation, and the plain parts' values by scope and part."""

    evaluation: Evaluation
    plain: Mapping[str, Mapping[str, Values]]

    def judged(self, name: str, measure: str, part: tuple[str, str], goal: Goal, bar: float | None) -> Judged:
        """One line of the table.

        Args:
            name: of the line.
            measure: one that the set is measured by.
            part: the scope, and which half of the questions.
            goal: to be reached.
            bar: see `Judged`.
        """
        scope, half = part
        asked = {question.id for question in self.evaluation.collection.questions[HALVES[half]]}
        run = next(run for run in self.evaluation.runs if run.scope.name == scope)
        questions = [question for question in run.questions if question.id in asked]
        return Judged(
            name=name,
            measure=measure,
            ours={question.id: run.values[measure][question.id] for question in questions},
            plain={
                by: {question.id: values[measure][question.id] for question in questions}
                for by, values in self.plain[scope].items()
            },
            clusters=clusters_of(questions),
            goal=goal,
            bar=bar,
        )


def rank(
    task: str, path: Path, work: Path, *, scopes: tuple[str, ...], without: tuple[str, ...], tell: Callable[[str], None]
) -> Ranked:
    """Rank a set by the program with its defaults, and by the plain parts.

    Args:
        task: as `eval` names it.
        path: the set.
        work: folder to keep indexes and vectors in.
        scopes: those that are ranked.
        without: senses that are left out.
        tell: takes lines about what takes long.

    Raises:
        InputError: the set is not there or not as its layout says.
        ConfigError: weights are missing.
    """
    collection = load(task, path)
    home = work / "home"
    tell(f"{path}: the program")
    evaluation = evaluate(collection, System(home=home, without=without), Plan(scopes=scopes), warn=tell)
    tell(f"{path}: the plain parts")
    encoders = Encoders(weights_path=None, cache_dir=home / "cache")
    plain = _plain(collection, partial(_kept, encoders.text("minilm"), work / "plain"), encoders)
    values: dict[str, dict[str, Values]] = {}
    for run in evaluation.runs:
        found: dict[str, dict[str, Sequence[str]]] = {}
        for question in run.questions:
            for part, names in plain(question.text, question.file if run.scope.own_document else None).items():
                found.setdefault(part, {})[question.id] = names
        values[run.scope.name] = {
            part: measured(run.scope.measures, run.questions, names) for part, names in found.items()
        }
    return Ranked(evaluation=evaluation, plain=values)


def _plain(collection: Collection, encode: Encode, encoders: Encoders) -> Rank:
    material = collection.material
    if isinstance(material, Numbered):
        pictures = PlainPictures(material.files, encoders)
        return lambda query, _: pictures.rank(query)
    if isinstance(material, Texts):
        texts = [f"{given.title}. {given.text}" for given in material.read()]
        names = [given.name for given in material.read()]
        return Plain([Document(name=n, text=t, pieces=(t,)) for n, t in zip(names, texts, strict=True)], encode).rank
    return Plain(_pages(collection.path, material.paths), encode).rank


def _pages(root: Path, folders: Sequence[str]) -> list[Document]:
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.pdf"))
    return [page for file in files for page in pages_of(file, str(file.relative_to(root)))]


def _kept(encoder: Encoder, folder: Path, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of texts; those of many texts are kept in the folder of work."""
    few = len(texts) == 1
    mark = hashlib.sha256("\0".join((str(encoder.stamp), *texts)).encode("utf-8", "replace")).hexdigest()[:16]
    file = folder / f"{mark}.npy"
    if not few and file.exists():
        return np.load(file)
    rows = encoder.encode([Item(text=text) for text in texts], as_="query" if few else "item").rows
    if not few:
        folder.mkdir(parents=True, exist_ok=True)
        np.save(part := file.with_suffix(".part.npy"), rows)
        part.replace(file)
    return rows
