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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A directory entry: a regular file to index, or something left out with its reason.

    Attributes:
        skipped: why it is left out, empty for a file to index.
        failed: why it could not be looked at, empty if it could.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    skipped: str = ""
    failed: str = ""


def walk(root: str, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Iterator[Found]:
    """Every entry below a folder (or the one file), in no order.

    Args:
        root: absolute path.
        include: globs of the path below the root or of the name; empty for everything.
        exclude: globs likewise; they win. What they leave out is not found at all.
    """
    status = os.lstat(root)
    if not stat.S_ISDIR(status.st_mode):
        yield _entry(root, status)
        return
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Found(path=folder, failed=f"folder cannot be opened: {error.strerror}")
            continue
        for entry in entries:
            below = os.path.relpath(entry.path, root)
            if _matches(below, entry.name, exclude):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield Found(path=entry.path, failed=f"cannot be looked at: {error.strerror}")
                continue
            if stat.S_ISDIR(status.st_mode):
                if entry.name.startswith("."):
                    yield Found(path=entry.path, skipped="hidden folder, not entered")
                else:
                    folders.append(entry.path)
            elif not include or _matches(below, entry.name, include):
                yield _entry(entry.path, status)


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
        try:
            while chunk := file.read(_CHUNK):
                hasher.update(chunk)
                on_bytes(len(chunk))
        except OSError as error:
            raise MediaError(f"cannot be read: {error.strerror}", path=path, retry=True) from error
        status = os.fstat(handle)
    if (status.st_size, status.st_mtime_ns) != (expected.size, expected.mtime_ns):
        raise MediaError("changed while it was read; it is taken up by the next `add`", path=path, retry=True)
    return hasher.hexdigest()


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
    name = os.path.basename(path)
    if stat.S_ISLNK(status.st_mode):
        return Found(path=path, skipped="symbolic link, never followed")
    if not stat.S_ISREG(status.st_mode):
        return Found(path=path, skipped="not a regular file")
    if name.startswith("."):
        return Found(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns, skipped="hidden file")
    return Found(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)
