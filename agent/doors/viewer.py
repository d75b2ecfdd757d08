"""The system's viewer of pictures: whether anybody would see it, and opening a file in it.

Knows nothing of what is in the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path


def has_screen(platform: str, environ: Mapping[str, str]) -> bool:
    """Whether a picture can be opened where this runs: on Linux a terminal may have no screen beside it."""
    return platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def not_opened(path: Path, launch: Callable[[str], int], *, platform: str, environ: Mapping[str, str]) -> str:
    """Open a file in the viewer; says in one line why it was not, empty if it was.

    Args:
        path: the file.
        launch: starts the viewer and returns 0 if it could.
        platform: as `sys.platform` names it.
        environ: the environment, which knows of a screen.
    """
    if not has_screen(platform, environ):
        return f"there is no screen here; open the file yourself: {path}"
    if launch(str(path)) != 0:
        return f"no viewer could open it; open the file yourself: {path}"
    return ""
