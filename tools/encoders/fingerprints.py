"""SHA-256 of large files, computed once for each state of a file and remembered in a small JSON file.

Knows nothing of what the files hold. A file counts as unchanged while its path, size and modification time are; whoever
can forge those can replace the program too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from sourcehound.tools.errors import ConfigError


class Fingerprints:
    """Hashes of files, remembered between runs.

    Args:
        memory: the JSON file that keeps them; made, with its folder, when first needed.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory

    def sha256_of(self, path: Path) -> str:
        """Hash a file, or recall its hash if the file has not changed since.

        Returns:
            64 lower-case hex digits.

        Raises:
            ConfigError: the file cannot be read.
        """
        try:
            state = path.stat()
            identity = [state.st_size, state.st_mtime_ns]
            known = self._recall().get(str(path))
            if isinstance(known, list) and known[:2] == identity and len(known) == 3:
                return str(known[2])
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ConfigError(f"cannot read {path}: {error.strerror}", remedy="make the file readable") from error
        self._remember(str(path), [*identity, sha256])
        return sha256

    def _recall(self) -> dict[str, Any]:
        try:
            known = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # none yet, or cut short by a crash: hashing again is all it costs
        return known if isinstance(known, dict) else {}

    def _remember(self, path: str, entry: list[int | str]) -> None:
        # Two processes may each drop the other's newest entry; that file is then hashed once more.
        entries = json.dumps(self._recall() | {path: entry}, indent=0).encode("utf-8", "surrogatepass")
        with contextlib.suppress(OSError):  # a read-only or full disk costs the memory, not the check
            write_whole(self._memory, entries)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers see all of it or nothing: under a temporary name, then renamed.

    Raises:
        OSError: the folder cannot be written or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".writing")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the new name with none of the content
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
