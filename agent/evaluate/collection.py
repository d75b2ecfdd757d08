"""A labelled collection: what is searched, what is asked, and which items are right.

One shape for every task, so that runs, measures and reports know nothing of layouts on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.tools.evidence import Evidence, UnitKind
from sourcehound.tools.library.given import Given

WHOLE = "all"
OWN_DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query and the items that answer it.

    Attributes:
        id: unique in its collection.
        text: the words; may be empty if there is a picture.
        relevant: grade of each right item by its name, > 0; empty for a question that no item answers.
        layouts: boxes that hold the answer, as items of the scope that looks for them (layouts.py).
        file: absolute path of the document or film it was asked of, where there is one.
        picture: absolute path of the picture it refers to, where there is one.
        excluded: items that are no answer, as the picture referred to itself; they are taken out of what was found.
        subset: items among which the right one is sought too, for measures of that.
        cluster: questions of one cluster are drawn together by the bootstrap (the captions of one picture).
        groups: labels that results are broken down by.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    layouts: tuple[str, ...] = ()
    file: str | None = None
    picture: str | None = None
    excluded: frozenset[str] = frozenset()
    subset: frozenset[str] = frozenset()
    cluster: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Documents that are searched as texts.

    Attributes:
        origin: absolute path of the file that holds them.
        read: reads them anew, in order.
        n_texts: how many there are.
        sha256: hash of the file.
    """

    origin: str
    read: Callable[[], Iterator[Given]]
    n_texts: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files that are searched where they are, as `add` reads them.

    Attributes:
        paths: absolute paths of files and folders.
        include: globs of the files to take, everything if empty.
        counted: the kind of unit that is an item.
    """

    paths: tuple[str, ...]
    include: tuple[str, ...] = ()
    counted: UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One way of asking every question: among what, for what, and how it is measured.

    Attributes:
        name: `all`, `document` or another.
        kinds: kinds of unit that are searched.
        own_document: whether each question is asked of its own document only.
        item_of: the name of the item that a hit belongs to, None for one that is no item.
        measures: names as ir-measures writes them, or of own_measures.py; the first `n_main` are what it is mostly judged
            by.
        asks: whether a question has an answer here.
    """

    name: str = WHOLE
    kinds: tuple[UnitKind, ...]
    own_document: bool = False
    item_of: Callable[[Evidence], str | None]
    measures: tuple[str, ...]
    n_main: int = 1
    asks: Callable[[Question], bool] = lambda question: bool(question.relevant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A labelled collection, read from disk.

    Attributes:
        task: as the command line names it.
        path: absolute path it was read from.
        split: the split of its labels, empty if it has none.
        labels_sha256: hash of the files that hold questions and labels.
        material: what is searched.
        questions: in the order of their file.
        scopes: asked one after the other.
        notes: what was left out and why, one line each.
    """

    task: str
    path: Path
    split: str = ""
    labels_sha256: str
    material: Texts | Files | Numbered
    questions: tuple[Question, ...]
    scopes: tuple[Scope, ...]
    notes: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[UnitKind]:
        """Kinds of unit that any scope searches."""
        return frozenset(kind for scope in self.scopes for kind in scope.kinds)
