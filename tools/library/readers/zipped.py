"""Reads zip archives: the words of their members, each by the reader of its format, under its name.

Nothing is unpacked onto the disk, and no member's name is ever used as a path. Pictures, films, recordings and archives
inside are named as not looked into. Knows nothing of what is in a member.
"""

from __future__ import annotations

import stat
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.members import is_safe, plain_sections, read_inside, shown_name
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.readers.reader import BROKEN
from sourcehound.tools.library.reading import Reading, Section

READER = "zip 1"
_MEDIA_TYPE = "application/zip"
_MAX_MEMBERS = 1_000
_MAX_RATIO = 200
"""How many times its packed size a member may unpack to; texts stay below 50."""
_SMALL_BYTES = 8 << 20
"""Up to this size any ratio is harmless."""
_SHARE_OF_MEMORY = 16
_MAX_UNPACKED = 512 << 20
_SHARE_OF_TIME = 0.6
"""How much of a reader's time is spent before the rest is left out: the last member may take long."""
_ENCRYPTED = 0x1
_UNIX = 3
_NAMED = 12
"""Members named for each reason; more are counted."""
_MOST_REASONS = 40


def read(path: Readable, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> Reading:
    """Read the members of a zip archive that have words.

    Args:
        path: the archive.
        limits: of a file.
        clock: seconds, for the share of the time that may be spent.

    Raises:
        MediaError: it is damaged, all of it is locked by a password, or its members overlap.
    """
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise MediaError(f"a damaged zip archive: {error}", path=str(path)) from error
        with archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members, path)
            walk = _Walk(archive=archive, limits=limits, until_s=clock() + _SHARE_OF_TIME * limits.seconds, clock=clock)
            sections, cut = joined(walk.sections(members), limits)
    return Reading(
        title=title_from_name(path),
        media_type=_MEDIA_TYPE,
        reader=READER,
        sections=sections,
        warnings=(*walk.warnings(), *cut, *walk.told),
    )


def _check(members: Sequence[zipfile.ZipInfo], path: Readable) -> None:
    if not members:
        raise MediaError("an archive without a file in it", path=str(path))
    if all(member.flag_bits & _ENCRYPTED for member in members):
        raise MediaError("is locked by a password: unpack it to have it read", path=str(path))
    with path.open("rb") as file:
        size = file.seek(0, 2)
    if sum(member.compress_size for member in members) > size:
        raise MediaError("its members overlap: a decompression bomb", path=str(path))


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Goes through the members and notes why some are left out.

    Attributes:
        told: what the members' own readers warn of.
    """

    archive: zipfile.ZipFile
    limits: Limits
    until_s: float
    clock: Callable[[], float]
    told: list[str] = field(default_factory=list[str])
    _left: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _names: dict[str, int] = field(default_factory=dict[str, int])
    _unpacked: int = 0

    def sections(self, members: Sequence[zipfile.ZipInfo]) -> Iterator[Section]:
        """The sections of every member that is read, in the archive's order."""
        for number, member in enumerate(members):
            name = self._name(member.filename)
            reason = self._reason(member, number)
            if reason:
                self._leave(reason, name)
                continue
            try:
                reading = read_inside(member.filename, self._unpack(member), self.limits)
            except MediaError as error:
                self._leave(error.message, name)
                continue
            self.told.extend(f"{name}: {line}" for line in (*reading.warnings, *_unseen(reading)))
            yield from plain_sections(reading, name)

    def warnings(self) -> Iterator[str]:
        """A line for each reason why members are left out, the members named in it."""
        for reason, names in list(self._left.items())[:_MOST_REASONS]:
            more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
            yield f"left out, {reason}: {', '.join(names[:_NAMED])}{more}"
        if len(self._left) > _MOST_REASONS:
            n_more = sum(map(len, list(self._left.values())[_MOST_REASONS:]))
            yield f"left out for other reasons: {n_more:,} more"

    def _leave(self, reason: str, name: str) -> None:
        self._left.setdefault(reason, []).append(name)

    def _name(self, filename: str) -> str:
        """The name that is shown, numbered where the archive has it twice."""
        name = shown_name(filename)
        if not is_safe(filename):
            self.told.append(f"{name}: its name leads out of the archive; it is read where it is and never written")
        self._names[name] = self._names.get(name, 0) + 1
        return name if self._names[name] == 1 else f"{name} ({self._names[name]})"

    def _reason(self, member: zipfile.ZipInfo, number: int) -> str:
        """Why a member is not even unpacked; empty if it is."""
        base = shown_name(member.filename).rpartition("/")[2]
        is_bomb = member.file_size > _SMALL_BYTES and member.file_size > _MAX_RATIO * max(1, member.compress_size)
        reasons = (
            (number >= _MAX_MEMBERS, f"only {_MAX_MEMBERS:,} members are read"),
            (bool(member.flag_bits & _ENCRYPTED), "locked by a password"),
            (base.startswith(".") or "__MACOSX/" in member.filename, "hidden"),
            (member.create_system == _UNIX and stat.S_ISLNK(member.external_attr >> 16), "links, never followed"),
            (is_bomb, "unpacks to so many times its size that it is a decompression bomb"),
            (member.file_size > self.limits.memory_bytes // _SHARE_OF_MEMORY, "larger than a member may be"),
            (self._unpacked + member.file_size > _MAX_UNPACKED, f"more than {_MAX_UNPACKED >> 20} MiB unpacked"),
            (self.clock() > self.until_s, "no time was left: unpack it to have it read"),
        )
        return next((reason for applies, reason in reasons if applies), "")

    def _unpack(self, member: zipfile.ZipInfo) -> bytes:
        """A member's bytes, never more than the archive's list says.

        Raises:
            MediaError: it is damaged, or packed in a way that is not known.
        """
        self._unpacked += member.file_size
        try:
            return self.archive.read(member)
        except (NotImplementedError, RuntimeError) as error:
            raise MediaError(f"damaged or packed in an unknown way ({error})", path=member.filename) from error
        except BROKEN as error:
            raise MediaError("damaged", path=member.filename) from error


def _unseen(reading: Reading) -> Iterator[str]:
    """What of a member has no words."""
    if reading.blank_pages:
        yield f"{len(reading.blank_pages):,} of its pages have no text, and are not looked at here"
    if not reading.sections:
        yield "no words in it"
