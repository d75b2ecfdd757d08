"""Readers: asks separate processes to look into files, so that no foreign byte is decoded in the program itself.

A reader that crashes, hangs, needs too much or sends nonsense costs one file, never the program. Knows nothing of the
library or of what is done with a reading.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Box
from sourcehound.tools.library import wire
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.process import Process, ProcessError
from sourcehound.tools.library.readers.detect import HEAD_BYTES, detect
from sourcehound.tools.library.readers.formats import Format, Skip
from sourcehound.tools.library.readers.reader import Place
from sourcehound.tools.library.reading import Reading, Shot
from sourcehound.tools.library.sandbox import Protections
from sourcehound.tools.library.vetting import vet
from sourcehound.tools.library.wire import Message, Picture, Samples, WireError

__all__ = ["Picture", "Readers", "Samples"]

_DEFAULT_PIXELS = 25_000_000
_DECODED_PER_SECOND = 20.0
"""Seconds of sound that any decoder here manages in one second, by a wide margin."""


class Readers:
    """Up to `n` reader processes, started when first needed and kept warm. Safe to use from several threads.

    Args:
        limits: bounds of each process and file.
        n: how many processes at most; a call waits for a free one. A film that is being streamed has one of its own.
    """

    def __init__(self, *, limits: Limits | None = None, n: int = 2) -> None:
        self._limits = limits or Limits()
        self._free = threading.BoundedSemaphore(n)
        self._lock = threading.Lock()
        self._idle: list[Process] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes. A call in another thread ends its own when it is done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.close()

    def protections(self) -> Protections:
        """What holds for the processes on this machine (starts one if none is warm).

        Raises:
            MediaError: no process starts.
        """
        with self._free:
            process = self._take("")
            self._give_back(process)
            return process.protections

    def detect(self, path: str) -> Format | Skip:
        """Which format a file has, or why it is not read. Looks at its first bytes only, and decodes nothing.

        Raises:
            MediaError: the file cannot be opened, is no regular file, or is too large for its format.
        """
        head, size = _look(path)
        kind = detect(path, head)
        if isinstance(kind, Format) and not kind.streamed and size > self._limits.max_file_bytes:
            raise MediaError(f"larger than {self._limits.max_file_bytes >> 20} MiB", path=path)
        return kind

    def read(self, path: str) -> Reading:
        """Take the first look at a file of any known format.

        Raises:
            MediaError: it is not read or cannot be read; one line says why.
        """
        message = self._one(path, "read", {}, seconds=self._limits.seconds)
        try:
            reading = wire.unpack(Reading, message.header.get("reading"))
            vet(reading, self._limits)
        except WireError as error:
            raise _nonsense(path, error) from error
        return reading

    def picture(
        self,
        path: str,
        *,
        page: int | None = None,
        at_s: float | None = None,
        box: Box | None = None,
        max_pixels: int = _DEFAULT_PIXELS,
        scale: float = 1.0,
    ) -> Picture:
        """Cut a picture from a picture file (EXIF rotation applied), a page, or a film.

        Args:
            path: the file.
            page: physical page, from 1, of a document; the first if left out.
            at_s: media time of a film's frame.
            box: the part to cut out, in the units of the place's own plane, at full resolution.
            max_pixels: a larger result is scaled down to this many.
            scale: pixels for one point of a page.

        Raises:
            MediaError: it cannot be read, or has no such place.
        """
        place = Place(page=page, at_s=at_s, box=box, scale=scale, max_pixels=max_pixels)
        message = self._one(path, "picture", wire.pack(place), seconds=self._limits.seconds)
        return self._picture(path, message, max_pixels=max_pixels)

    def frames(self, path: str, times_s: Sequence[float], *, max_side: int = 0) -> tuple[Picture, ...]:
        """The frames of a film that are on screen at these media times, in the order asked.

        Args:
            path: the film.
            times_s: media times in seconds.
            max_side: longer side of the pictures in pixels; 0 keeps their size.

        Raises:
            MediaError: it cannot be read as a film.
        """
        options = {"times_s": [float(t) for t in times_s], "max_side": max_side}
        messages = self._ask(path, "frames", options, seconds=self._limits.seconds)
        return tuple(self._picture(path, message, max_pixels=self._limits.max_pixels) for message in messages)

    def film(self, path: str) -> Iterator[Shot | Picture]:
        """Decode a film once, in flat memory: the frames kept of a shot, then the shot that closes them.

        Raises:
            MediaError: it cannot be read as a film.
        """
        for message in self._ask(path, "film", {}, seconds=self._limits.seconds):
            if message.header.get("kind") == "picture":
                yield self._picture(path, message, max_pixels=self._limits.max_pixels)
                continue
            try:
                yield wire.unpack(Shot, message.header.get("shot"))
            except WireError as error:
                raise _nonsense(path, error) from error

    def samples(self, path: str, *, start_s: float = 0.0, end_s: float | None = None) -> Samples:
        """The sound of a film or recording between two media times, as 16 kHz mono.

        Raises:
            MediaError: it cannot be read, or has no sound.
        """
        span_s = (self._limits.max_media_s if end_s is None else end_s) - start_s
        seconds = self._limits.seconds + max(0.0, span_s) / _DECODED_PER_SECOND
        message = self._one(path, "samples", {"start_s": start_s, "end_s": end_s}, seconds=seconds)
        try:
            return wire.samples_of(message)
        except WireError as error:
            raise _nonsense(path, error) from error

    def _picture(self, path: str, message: Message, *, max_pixels: int) -> Picture:
        try:
            return wire.picture_of(message, max_pixels=max_pixels)
        except WireError as error:
            raise _nonsense(path, error) from error

    def _one(self, path: str, op: str, options: dict[str, Any], *, seconds: float) -> Message:
        messages = list(self._ask(path, op, options, seconds=seconds))
        if len(messages) != 1:
            raise MediaError("its reader sent nonsense: not one answer", path=path)
        return messages[0]

    def _ask(self, path: str, op: str, options: dict[str, Any], *, seconds: float) -> Iterator[Message]:
        """One message for each thing asked for; `seconds` is the limit of each step."""
        kind = self.detect(path)
        if isinstance(kind, Skip):
            raise MediaError(kind.reason, path=path)
        if op != "read" and op not in kind.can:
            raise MediaError(f"a {kind.name} file has no {op}", path=path)
        header = {
            "op": op,
            "path": os.fsencode(Path(path).absolute()).hex(),
            "module": kind.module,
            "seconds": seconds if op != "film" else self._limits.max_media_s,
            "options": options,
        }
        # a film that is being streamed waits for nobody, so that its frames can be asked for meanwhile
        turn = nullcontext() if op == "film" else self._free
        with turn, closing(self._exchange(path, header, seconds)) as messages:
            yield from messages

    def _exchange(self, path: str, header: dict[str, Any], seconds: float) -> Generator[Message]:
        process = self._take(path)
        done = False
        try:
            process.send(header)
            while (message := process.receive(seconds)).header.get("kind") != "end":
                if message.header.get("kind") == "error":
                    done = message.header.get("spent") is not True
                    retry = message.header.get("retry") is True
                    raise MediaError(_line(message.header.get("message")), path=path, retry=retry)
                yield message
            done = True
        except ProcessError as error:
            raise MediaError(error.message, path=path, retry=error.retry) from error
        finally:
            # whoever stops in the middle leaves a process that still talks: that one is of no more use
            if done:
                self._give_back(process)
            else:
                process.close()

    def _take(self, path: str) -> Process:
        with self._lock:
            if self._closed:
                raise MediaError("the readers are closed", path=path, retry=True)
            while self._idle:
                process = self._idle.pop()
                if process.is_alive:
                    return process
                process.close()
        try:
            return Process(self._limits)
        except (ProcessError, OSError) as error:
            raise MediaError(f"no reader process starts: {error}", path=path, retry=True) from error

    def _give_back(self, process: Process) -> None:
        with self._lock:
            if not self._closed and process.n_requests < self._limits.max_requests:
                self._idle.append(process)
                return
        process.close()


def _look(path: str) -> tuple[bytes, int]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(Path(path), flags)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise MediaError(f"cannot be opened: {why}", path=path, retry=True) from error
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise MediaError("is no regular file", path=path)
        try:
            return file.read(HEAD_BYTES), status.st_size
        except OSError as error:
            raise MediaError(f"cannot be opened: {error.strerror}", path=path, retry=True) from error


def _line(message: object) -> str:
    # what a reader says may be the file's own words: one line, no control characters
    text = message if isinstance(message, str) else "cannot be read"
    return "".join(character if character.isprintable() else " " for character in text)[:300]


def _nonsense(path: str, error: WireError) -> MediaError:
    return MediaError(f"its reader sent nonsense: {error}", path=path)
