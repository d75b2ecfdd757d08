"""Refuses office files that unpack to far more than they are, before anything in them is unpacked.

Only the list at the end of the zip archive is read. Python's `zipfile` never unpacks more of a member than that list says,
so its sums are a true bound. Knows nothing of documents.
"""

from __future__ import annotations

import zipfile
from io import SEEK_END

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.held import Readable

_MAX_MEMBERS = 20_000
_MAX_RATIO = 200
"""How many times its packed size XML may unpack to; true documents stay below 50."""
_SMALL_BYTES = 32 << 20
"""Up to this total any ratio is harmless."""
_SHARE_OF_MEMORY = 4
_XML_SHARE_OF_MEMORY = 16
"""A tree of XML takes about ten times the bytes of its text."""
_ENCRYPTED = 0x1


def check_archive(path: Readable, limits: Limits, *, what: str = "office file") -> frozenset[str]:
    """Check an office file's list of members.

    Args:
        path: the file.
        limits: memory of the process that is going to unpack it.
        what: what people call such a file.

    Returns:
        The names of its members.

    Raises:
        MediaError: it is no zip archive, is locked by a password, or unpacks to too much.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            size = file.seek(0, SEEK_END)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise MediaError(f"a damaged {what}: {error}", path=str(path)) from error
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise MediaError("is locked by a password", path=str(path))
    if len(members) > _MAX_MEMBERS:
        raise MediaError(f"holds {len(members)} parts, more than {_MAX_MEMBERS}", path=str(path))
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    in_xml = sum(member.file_size for member in members if member.filename.lower().endswith((".xml", ".rels", ".vml")))
    if packed > size:
        raise MediaError("its parts overlap: a decompression bomb", path=str(path))
    if unpacked > _SMALL_BYTES and unpacked > _MAX_RATIO * max(1, packed):
        raise MediaError(
            f"unpacks to {unpacked // max(1, packed)} times its size: a decompression bomb", path=str(path)
        )
    if unpacked > limits.memory_bytes // _SHARE_OF_MEMORY or in_xml > limits.memory_bytes // _XML_SHARE_OF_MEMORY:
        raise MediaError(f"unpacks to {unpacked >> 20} MiB, more than a reader may hold", path=str(path))
    return frozenset(member.filename for member in members)
