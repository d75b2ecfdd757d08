"""A labelled collection: what is searched, what is asked, and which items are right.

One shape for every task, so that runs, measures and reports know nothing of layouts on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sourcehound.agent.evaluate.pictures import Pictures
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
        file: absolute path of the document it was asked of, where there is one.
        picture: absolute path of the picture it refers to, where there is one.
        cluster: questions of one cluster are drawn together by the bootstrap (the captions of one picture).
        groups: labels that results are broken down by.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    file: str | None = None
    picture: str | None = None
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
    """Files that are searched as `add` reads them.

    Attributes:
        paths: absolute paths of files and folders.
        include: globs of the files to take, everything if empty.
        counted: the kind of unit that is an item; None where each file is one.
    """

    paths: tuple[str, ...]
    include: tuple[str, ...] = ()
    counted: UnitKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A labelled collection, read from disk.

    Attributes:
        task: as the command line names it.
        path: absolute path it was read from.
        split: the split of its labels, empty if it has none.
        labels_sha256: hash of the files that hold questions and labels.
        material: what is searched.
        kinds: kinds of unit that are searched.
        questions: in the order of their file.
        item_of: the name of the item that a hit belongs to, None for one that is no item.
        measures: names as ir-measures writes them, or of this project's own measures; the first `n_main` are what a set
            of this task is mostly judged by.
        scopes: searched one after the other; `document` narrows each question to its own document.
        notes: what was left out and why, one line each.
    """

    task: str
    path: Path
    split: str
    labels_sha256: str
    material: Texts | Files | Pictures
    kinds: tuple[UnitKind, ...]
    questions: tuple[Question, ...]
    item_of: Callable[[Evidence], str | None]
    measures: tuple[str, ...]
    n_main: int = 1
    scopes: tuple[str, ...] = (WHOLE,)
    notes: tuple[str, ...] = field(default=())
