"""The tasks that `eval` and `ablate` know, each with the layouts it is loaded from."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path

from sourcehound.agent.evaluate import beir, captioned, composed, mmdocir, moment_set, page_set, vidore
from sourcehound.agent.evaluate.collection import Collection
from sourcehound.tools.errors import InputError

Loader = Callable[[Path, str], Collection]

PAGE_LAYOUTS: dict[str, Loader] = {
    page_set.QUESTIONS: page_set.load,
    mmdocir.ANNOTATIONS: mmdocir.load,
    vidore.QUERIES: vidore.load,
}
"""The layouts of page sets, by a file that each has; the first that is there decides."""


def load_pages(path: Path, split: str = "") -> Collection:
    """Read a page set in whichever of `PAGE_LAYOUTS` it is.

    Raises:
        InputError: it is in none of them, or a line is wrong.
    """
    for name, loader in PAGE_LAYOUTS.items():
        if (path / name).is_file():
            return loader(path, split)
    raise InputError(f"{path} has none of {', '.join(PAGE_LAYOUTS)}", remedy="give the folder of a page set")


TASKS: dict[str, Loader] = {
    "text": beir.load,
    "pages": load_pages,
    "images": captioned.load,
    "composed": composed.load,
    "moments": moment_set.load,
}
"""Each task's loader: takes a folder or file and the name of a split, empty for the layout's own."""


def load(task: str, path: str | os.PathLike[str], split: str = "") -> Collection:
    """Read a collection.

    Args:
        task: a key of `TASKS`.
        path: its folder or file.
        split: a split of its labels, empty for the layout's own.

    Raises:
        InputError: there is no such task or path, or its files are not in a known layout.
    """
    if task not in TASKS:
        near = difflib.get_close_matches(task, TASKS, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(TASKS)}"
        raise InputError(f"no task is named {task!r}", remedy=remedy)
    place = Path(os.path.abspath(os.path.expanduser(os.fspath(path))))
    if not place.exists():
        raise InputError(f"no such file or folder: {place}", remedy="check the spelling of the path")
    return TASKS[task](place, split)
