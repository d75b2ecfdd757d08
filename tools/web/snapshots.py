"""Fetched pages as they were, kept under the hash of their bytes, so that a citation can be checked later.

Two threads or programs may write the same page at the same time: both write the same bytes, and a file appears whole or
not at all. Knows nothing of what is in a page.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sourcehound.tools.errors import BusyError, SourceUnavailable

if TYPE_CHECKING:
    from sourcehound.tools.web.fetch import Fetched

_SUFFIXES: Final = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/tiff": ".tiff",
}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
# what a server's charset may name: the encodings of the WHATWG list under Python's names. Others of Python's codecs are
# no encodings of pages, and some take quadratic time
_CHARSETS: Final = frozenset(
    {
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "cp1252",
        "gbk",
        "gb18030",
        "big5",
        "big5hkscs",
        "euc_jp",
        "shift_jis",
    }
    | {"cp932", "iso2022_jp", "euc_kr", "cp949", "koi8-r", "koi8-u", "cp866", "mac-roman", "mac-cyrillic", "tis-620"}
    | {"cp874", *(f"cp{n}" for n in range(1250, 1259)), *(f"iso8859-{n}" for n in range(2, 17))}
)
_AS_BROWSERS_DO: Final = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gbk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A stored page.

    Attributes:
        sha256: hash of the stored bytes; the evidence's source carries it.
        path: where they lie; the suffix tells a reader the type.
    """

    sha256: str
    path: Path


class Snapshots:
    """A content-addressed store of pages.

    Args:
        folder: where to keep them; made when the first page comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, fetched: Fetched) -> Snapshot:
        """Keep a page. Text is kept as UTF-8, where the server named an encoding that holds.

        Raises:
            BusyError: it cannot be written (disk full, no permission).
        """
        body = stored_bytes(fetched)
        sha256 = hashlib.sha256(body).hexdigest()
        path = self._place(sha256) / f"{sha256}{_SUFFIXES.get(fetched.media_type, '.bin')}"
        try:
            if not path.exists():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(path, body)
        except OSError as error:
            raise BusyError(f"cannot keep a page of the web in {self._folder}: {error.strerror}") from error
        return Snapshot(sha256=sha256, path=path)

    def find(self, sha256: str) -> Snapshot:
        """Where a page is kept.

        Raises:
            SourceUnavailable: reason `missing`: there is none of that hash.
        """
        if _SHA256.fullmatch(sha256):
            for path in sorted(self._place(sha256).glob(f"{sha256}.*")):
                if path.suffix != ".tmp":
                    return Snapshot(sha256=sha256, path=path)
        raise SourceUnavailable(f"no snapshot {sha256[:64]!a} of a page is kept", reason="missing")

    def get(self, sha256: str) -> bytes:
        """The bytes of a page, checked against their hash.

        Raises:
            SourceUnavailable: reason `missing`: there is none of that hash, or it was altered since.
        """
        path = self.find(sha256).path
        try:
            body = path.read_bytes()
        except OSError as error:
            message = f"the snapshot {sha256[:12]} cannot be read: {error.strerror}"
            raise SourceUnavailable(message, reason="missing") from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise SourceUnavailable(f"the snapshot {sha256[:12]} was altered since it was kept", reason="missing")
        return body

    def forget(self, sha256: str) -> None:
        """Erase a page, if it is there."""
        if _SHA256.fullmatch(sha256):
            for path in self._place(sha256).glob(f"{sha256}.*"):
                path.unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2]


def stored_bytes(fetched: Fetched) -> bytes:
    """The bytes that are kept of a page: the server's, or for text in a named encoding the same text in UTF-8.

    The encoding stands in a header that is not kept. UTF-8 is known by itself; but HTML may also name an encoding inside,
    and the header outranks that, so there a mark at the beginning says it from then on.
    """
    is_html = fetched.media_type in {"text/html", "application/xhtml+xml"}
    if not fetched.charset or not (is_html or fetched.media_type.startswith("text/")):
        return fetched.body
    try:
        name = codecs.lookup(fetched.charset).name
        name = _AS_BROWSERS_DO.get(name, name)
        text = fetched.body.decode(name) if name in _CHARSETS else None
    except (LookupError, UnicodeDecodeError):
        text = None
    if text is None:
        return fetched.body
    return (codecs.BOM_UTF8 if is_html else b"") + text.removeprefix("\ufeff").encode("utf-8")


def _write(path: Path, body: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
