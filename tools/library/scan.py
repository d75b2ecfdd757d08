"""Which files there are: walks folders without following links, and hashes what changed.

Knows nothing of formats or of the catalogue.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sourcehound.tools.errors import MediaError

_CHUNK = 1 << 20
_CHANGED = "changed while it was read; it is taken up by the next `add`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A directory entry: a regular file to index, or something left out with its reason.

    Attributes:
        ctime_ns: when the file system last changed it; unlike its modification time nobody can set it back.
        beside: a mark of the files that are read with it, which changes when one of them does; empty for none.
        skipped: why it is left out, empty for a file to index.
        failed: why it could not be looked at, empty if it could.
        is_folder: whether it is a folder to go into, which `walk` does by itself.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0
    beside: str = ""
    skipped: str = ""
    failed: str = ""
    is_folder: bool = False


def walk(root: str, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Iterator[Found]:
    """Every entry below a folder (or the one file), in no order.

    Args:
        root: absolute path.
        include: globs of the path below the root or of the name; empty for everything.
        exclude: globs likewise; they win. What they leave out is not found at all.
    """
    try:
        status = os.lstat(root)
    except OSError as error:
        yield Found(path=root, failed=f"cannot be looked at: {error.strerror}")
        return
    if not stat.S_ISDIR(status.st_mode):
        yield _entry(root, status)
        return
    folders = [root]
    while folders:
        folder = folders.pop()
        for found in _entries(folder):
            below = os.path.relpath(found.path, root)
            name = os.path.basename(found.path)
            if found.path != folder and _matches(below, name, exclude):
                continue
            if found.is_folder:
                folders.append(found.path)
            elif found.failed or not include or _matches(below, name, include):
                yield found


def _entries(folder: str) -> Iterator[Found]:
    """What is directly in a folder, or the folder itself if it cannot be opened; what vanishes meanwhile is left out."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        yield Found(path=folder, failed=f"folder cannot be opened: {error.strerror}")
        return
    for entry in entries:
        try:
            yield _entry(entry.path, entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Found(path=entry.path, failed=f"cannot be looked at: {error.strerror}")


def hash_file(path: str, *, expected: Found, on_bytes: Callable[[int], None] = lambda _: None) -> str:
    """SHA-256 of a regular file, read without following links.

    Args:
        path: absolute path.
        expected: size and time it had when it was found.
        on_bytes: told how many bytes were read, chunk by chunk.

    Raises:
        MediaError: it cannot be opened, is no regular file, or changed while it was read (`retry` is set).
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise MediaError(f"cannot be opened: {error.strerror}", path=path, retry=True) from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise MediaError("is no regular file", path=path)
        hasher = hashlib.sha256()
        n_read = 0
        try:
            # a file that somebody writes to all the time has no end
            while n_read <= expected.size and (chunk := file.read(_CHUNK)):
                hasher.update(chunk)
                n_read += len(chunk)
                on_bytes(len(chunk))
        except OSError as error:
            raise MediaError(f"cannot be read: {error.strerror}", path=path, retry=True) from error
        status = os.fstat(handle)
    if (n_read, status.st_size, status.st_mtime_ns) != (expected.size, expected.size, expected.mtime_ns):
        raise MediaError(_CHANGED, path=path, retry=True)
    return hasher.hexdigest()


def check_unchanged(found: Found) -> None:
    """Make sure that what lies at a path is still what was found there.

    Raises:
        MediaError: it is gone or was changed meanwhile (`retry` is set).
    """
    try:
        status = os.lstat(found.path)
    except OSError as error:
        raise MediaError(f"cannot be opened: {error.strerror}", path=found.path, retry=True) from error
    if (status.st_size, status.st_mtime_ns) != (found.size, found.mtime_ns):
        raise MediaError(_CHANGED, path=found.path, retry=True)


def is_gone(path: str) -> bool:
    """Whether there is nothing at a path: not merely that one may not look."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def in_scope(path: str, within: str | None) -> bool:
    """Whether a path matches a person's `--in` glob.

    The glob is tried against the whole path and against every tail of it that starts at a folder; a folder's own name
    or path takes everything below it.
    """
    if not within:
        return True
    pattern = os.path.expanduser(within).rstrip("/")
    if pattern.startswith("/"):
        return path == pattern or path.startswith(pattern + "/") or fnmatch.fnmatchcase(path, pattern)
    tail = "/" + path.lstrip("/")
    deep = pattern.replace("**/", "*").replace("/**", "/*")
    return any(fnmatch.fnmatchcase(tail, f"*/{form}") for form in (pattern, f"{pattern}/*", deep))


def _matches(below: str, name: str, globs: Sequence[str]) -> bool:
    return any(
        fnmatch.fnmatchcase(name, glob) or fnmatch.fnmatchcase(below, glob) or in_scope("/" + below, glob)
        for glob in globs
    )


def _entry(path: str, status: os.stat_result) -> Found:
    hidden = os.path.basename(path).startswith(".")
    skipped, is_folder = "", stat.S_ISDIR(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        skipped = "symbolic link, never followed"
    elif is_folder and hidden:
        skipped, is_folder = "hidden folder, not entered", False
    elif not is_folder and not stat.S_ISREG(status.st_mode):
        skipped = "not a regular file"
    elif hidden:
        skipped = "hidden file"
    return Found(
        path=path,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        skipped=skipped,
        is_folder=is_folder,
    )
