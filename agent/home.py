"""The home folder: where everything that Sourcehound keeps lies. Knows nothing of what is in it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sourcehound.tools.errors import BusyError, ConfigError


def home_folder(named: str | os.PathLike[str] | None) -> Path:
    """The home folder, made if it is missing: what cannot be kept is said before any work is done.

    Args:
        named: by the person; None or empty for the platform's folder for user data.

    Raises:
        ConfigError: it cannot be made.
        BusyError: the disk is full.
    """
    home = Path(named or _default()).expanduser().absolute()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise BusyError(f"no space left to make {home}", remedy="free some space and try again") from error
        raise ConfigError(
            f"cannot make the home folder {home}: {error.strerror}", remedy="name another: --home or SOURCEHOUND_HOME"
        ) from error
    return home


def _default() -> str:
    import platformdirs

    return platformdirs.user_data_dir("sourcehound", appauthor=False)
