"""What Word, PowerPoint and Excel files share: faults as one line, and title and dates of the core properties.

Knows nothing of what is in them.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.naming import one_line

_EMPTY_TITLES = frozenset(
    {"word document", "powerpoint presentation", "presentation", "document", "untitled", "slide 1"}
)
"""What programs write when nobody gave a title."""
_FAULTS = (
    *(AttributeError, TypeError, LookupError, ValueError, ArithmeticError, AssertionError, RecursionError),
    *(OSError, EOFError, SyntaxError, zipfile.BadZipFile, zlib.error),
)


@contextmanager
def faults_told(path: Readable, *own: type[Exception]) -> Generator[None]:
    """Turn what an office library raises about a document that breaks the rules into a MediaError.

    The libraries assume valid documents and fail with whatever comes first where one is not: a missing part, attribute or
    relation. A fault in our own code would look the same: so there is a test for each construct that is read.

    Args:
        path: the document.
        own: errors of the library's own.

    Raises:
        MediaError: instead of the library's error.
    """
    try:
        yield
    except (*own, *_FAULTS) as error:
        said = one_line(str(error).replace(str(path), "the file"))
        raise MediaError(f"a damaged office file: {said or type(error).__name__}", path=str(path)) from error


def stated_title(title: str | None) -> str:
    """The title in the core properties, empty where it is only what the program put there."""
    shown = one_line(title or "")
    return "" if shown.casefold() in _EMPTY_TITLES else shown


def stated_dates(created: datetime | None, modified: datetime | None) -> dict[str, str]:
    """Dates of the core properties as ISO 8601 in UTC, which office files mean when they name no zone."""
    found = {"created": created, "modified": modified}
    return {name: _utc(date).isoformat() for name, date in found.items() if date is not None}


def _utc(date: datetime) -> datetime:
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
