"""Reading label files: JSON Lines, JSON and tab-separated values, with one clear line for what is wrong in them.

Knows nothing of what the labels mean.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sourcehound.tools.errors import InputError

_CHUNK = 1 << 20


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file that are not blank, with their numbers from 1.

    Raises:
        InputError: it cannot be read, or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", remedy="check the path and its layout") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text ({error.reason})", remedy="convert it to UTF-8") from error


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON Lines file, each with its place as `FILE:LINE`.

    Raises:
        InputError: it cannot be read, or a line is no JSON object.
    """
    for number, line in lines(path):
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{where} is not JSON: {error}", remedy="one JSON object on each line") from error
        if not isinstance(row, dict):
            raise InputError(f"{where} is no JSON object", remedy="one JSON object on each line")
        yield where, row


def document(path: Path) -> Any:
    """A JSON file.

    Raises:
        InputError: it cannot be read, or is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", remedy="check the path and its layout") from error
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}", remedy="mend the file") from error


def listed(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON file that is one list, each with its place as `FILE: [0]`.

    Raises:
        InputError: it cannot be read, or is no list of objects.
    """
    data = document(path)
    if not isinstance(data, list):
        raise InputError(f"{path} is no JSON list", remedy="check the path and its layout")
    for number, row in enumerate(data):
        if not isinstance(row, dict):
            raise InputError(f"{path}: [{number}] is no JSON object", remedy="mend the file")
        yield f"{path}: [{number}]", row


def text_of(row: Mapping[str, Any], where: str, *names: str) -> str:
    """The text under the first of some names that an object has; a whole number is taken as text.

    Raises:
        InputError: it has none of them, or something else under it.
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str):
            return value
        if value is not None:
            raise InputError(f"{where}: {name!r} must be text, not {value!r}", remedy="mend the line")
    raise InputError(f"{where} has no {' or '.join(map(repr, names))}", remedy="docs/EVALUATION.md shows the layouts")


def numbers_of(row: Mapping[str, Any], where: str, name: str) -> tuple[int, ...]:
    """The whole numbers listed under a name; empty if it is not there.

    Raises:
        InputError: there is something else.
    """
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(n, int) and not isinstance(n, bool) for n in value):
        raise InputError(f"{where}: {name!r} must be a list of whole numbers, not {value!r}", remedy="mend the line")
    return tuple(value)


def texts_of(row: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
    """The texts listed under a name; empty if it is not there.

    Raises:
        InputError: there is something else.
    """
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InputError(f"{where}: {name!r} must be a list of texts, not {value!r}", remedy="mend the line")
    return tuple(value)


def objects_of(row: Mapping[str, Any], where: str, name: str) -> tuple[dict[str, Any], ...]:
    """The objects listed under a name; empty if it is not there.

    Raises:
        InputError: there is something else.
    """
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise InputError(f"{where}: {name!r} must be a list of objects", remedy="mend the line")
    return tuple(value)


def sha256_of(*paths: Path) -> str:
    """One hash over the bytes of some files, in this order.

    Raises:
        InputError: one cannot be read.
    """
    hasher = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    hasher.update(chunk)
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}", remedy="check the path and its layout") from error
    return hasher.hexdigest()
