"""The tasks that `eval` and `ablate` know, each with the layouts it is loaded from."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path

from sourcehound.agent.evaluate import beir, captioned, page_set
from sourcehound.agent.evaluate.collection import Collection
from sourcehound.tools.errors import InputError

Loader = Callable[[Path, str], Collection]

TASKS: dict[str, Loader] = {"text": beir.load, "pages": page_set.load, "images": captioned.load}
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
