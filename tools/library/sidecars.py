"""Sidecars: the subtitle files beside a film or recording that are read with it, as marks of whether they changed.

Knows nothing of what is in them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import PurePath

from sourcehound.tools.evidence import digest
from sourcehound.tools.library.readers.formats import is_subtitles


@dataclass(slots=True)
class Sidecars:
    """Looks for sidecars, folder by folder: it remembers the folder it was asked about last."""

    _folder: str = ""
    _marks: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """For each name without its suffix, and without a language, what there is of it."""

    def mark_of(self, path: str) -> str:
        """Changes whenever a subtitle file of the same name comes, changes or goes; empty where there is none."""
        folder, name = os.path.split(path)
        if is_subtitles(name):
            return ""
        if folder != self._folder:
            self._folder, self._marks = folder, _marks(folder)
        found = self._marks.get(PurePath(name).stem)
        return digest(*found) if found else ""


def _marks(folder: str) -> dict[str, list[str]]:
    """Name, size and times of every subtitle file of a folder; nothing of one that cannot be looked into."""
    marks: dict[str, list[str]] = {}
    try:
        entries = sorted((entry for entry in os.scandir(folder) if is_subtitles(entry.name)), key=lambda e: e.name)
        statuses = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError:
        return {}
    for name, status in statuses:
        stem = PurePath(name).stem
        for bare in dict.fromkeys((stem, PurePath(stem).stem)):
            mark = f"{name} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
            marks.setdefault(bare, []).append(mark)
    return marks
