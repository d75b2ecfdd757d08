"""The reader process: takes one request after another on stdin, answers on stdout, dies when stdin closes.

Started as `python -m sourcehound.tools.library.worker` by `process.py`. Every request runs in a thread of its own that
can read only the request's file. Knows nothing of the library, of models or of who asks.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library import sandbox, wire
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import reader
from sourcehound.tools.library.readers.formats import FORMATS, subtitles_beside
from sourcehound.tools.library.reading import Shot
from sourcehound.tools.library.wire import Message, Picture

_FAULT = 70
_MAX_REQUEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the client asks for."""

    op: str
    path: str
    module: str
    seconds: float
    options: dict[str, Any]

    @classmethod
    def of(cls, header: dict[str, Any]) -> Request:
        """Read a request's header."""
        return cls(
            op=header["op"],
            path=os.fsdecode(bytes.fromhex(header["path"])),
            module=header["module"],
            seconds=header["seconds"],
            options=header["options"],
        )


def main() -> None:
    """Serve until stdin closes."""
    # whatever a decoder prints must not get between the messages
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    threading.excepthook = _end
    first = wire.receive(sys.stdin.buffer, max_bytes=_MAX_REQUEST_BYTES)
    if first is None:
        return
    limits = wire.unpack(Limits, first.header)
    protections = sandbox.confine_process(limits)
    wire.send(out, Message(header={"kind": "ready", "protections": wire.pack(protections)}))
    while (message := wire.receive(sys.stdin.buffer, max_bytes=_MAX_REQUEST_BYTES)) is not None:
        request = Request.of(message.header)
        sandbox.allow_seconds(request.seconds)
        # this thread waits for the next message meanwhile, so that a closed stdin ends even a reader that is stuck
        threading.Thread(target=_serve, args=(request, limits, out), daemon=True).start()
    os._exit(0)


def _serve(request: Request, limits: Limits, out: BinaryIO) -> None:
    beside = subtitles_beside(request.path) if request.module.endswith(".film") else ()
    sandbox.confine_thread([request.path, *beside], [str(Path(request.path).parent)] if beside else [])
    try:
        for message in _answers(request, limits):
            wire.send(out, message)
        last: dict[str, Any] = {"kind": "end"}
    except MediaError as error:
        last = {"kind": "error", "message": wire.pack(error.message), "retry": error.retry}
    except MemoryError:
        # whatever took the memory may still hold it: the next file gets a fresh process
        last = {"kind": "error", "message": "needs more memory than a reader may use", "retry": False, "spent": True}
    except reader.BROKEN as error:
        last = {"kind": "error", "message": wire.pack(_one_line(error, request.path)), "retry": False}
    wire.send(out, Message(header=last))


def _answers(request: Request, limits: Limits) -> Iterator[Message]:
    if request.module not in {kind.module for kind in FORMATS}:
        raise MediaError("no reader for this format", path=request.path)
    module: Any = importlib.import_module(request.module)
    path, options = Path(request.path), request.options
    if request.op == "read":
        reading = cast("reader.Reads", module).read(path, limits)
        yield Message(header={"kind": "reading", "reading": wire.pack(reading)})
    elif request.op == "picture":
        place = wire.unpack(reader.Place, options)
        yield wire.picture_message(cast("reader.Pictures", module).picture(path, place, limits))
    elif request.op == "frames":
        films = cast("reader.Films", module)
        for picture in films.frames(path, options["times_s"], max_side=options["max_side"], limits=limits):
            yield wire.picture_message(picture)
    elif request.op == "film":
        for step in cast("reader.Films", module).film(path, limits):
            yield _step(step)
    elif request.op == "samples":
        sounds = cast("reader.Sounds", module)
        heard = sounds.samples(path, start_s=options["start_s"], end_s=options["end_s"], limits=limits)
        yield Message(header={"kind": "samples", "origin_s": heard.origin_s}, arrays=(heard.samples,))


def _step(step: Shot | Picture) -> Message:
    if isinstance(step, Picture):
        return wire.picture_message(step)
    return Message(header={"kind": "shot", "shot": wire.pack(step)})


def _one_line(error: BaseException, path: str) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = " ".join(said.replace(repr(path), "the file").replace(path, "the file").split())
    return f"cannot be read: {line[:200] or type(error).__name__}"


def _end(problem: threading.ExceptHookArgs) -> None:
    # an exception that nobody foresaw: say it in one line and leave no half-known state behind
    sys.stderr.write(f"{problem.exc_type.__name__}: {' '.join(str(problem.exc_value).split())[:200]}\n")
    sys.stderr.flush()
    os._exit(_FAULT)


if __name__ == "__main__":
    main()
