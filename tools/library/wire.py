"""What crosses the pipe between the program and a reader process: framed messages of JSON and raw arrays, never pickle.

A message is a 4-byte big-endian length, that many bytes of JSON, then the arrays that the JSON lists under `arrays`,
one after another. Knows nothing of processes or formats. Whoever receives checks everything: a reader that was taken
over by a hostile file may send what it likes.
"""

from __future__ import annotations

import json
import math
import re
import struct
import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, BinaryIO, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.evidence import Box, Space

T = TypeVar("T")
Array = NDArray[np.uint8] | NDArray[np.float32]
_DTYPES = frozenset({"uint8", "float32"})
_LENGTH = struct.Struct(">I")
_CHUNK = 1 << 20
_PIXEL_AXES = _CHANNELS = 3
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class WireError(Exception):
    """The other end stopped in mid-message, or sent what no honest end sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Pixels cut from a picture, a page or a film.

    Attributes:
        pixels: uint8, shape (height, width, 3), RGB.
        space: the full plane before the cut.
        box: which part of the plane this is, in the plane's unit.
        at_s: media time of the frame, None where there is no time.
    """

    pixels: Pixels
    space: Space
    box: Box
    at_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Sound: 16 kHz mono float32 in -1..1, shape (n,), and the media time of its first sample."""

    samples: FloatArray
    origin_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: its JSON object and its arrays."""

    header: dict[str, Any]
    arrays: tuple[Array, ...] = ()


def send(stream: BinaryIO, message: Message) -> None:
    """Write one message and flush.

    Raises:
        OSError: the other end is gone.
    """
    arrays = [np.ascontiguousarray(array) for array in message.arrays]
    listed = [{"dtype": array.dtype.name, "shape": array.shape} for array in arrays]
    header = json.dumps(message.header | {"arrays": listed}, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(header)) + header)
    for array in arrays:
        if array.size:
            stream.write(array.data.cast("B"))
    stream.flush()


def receive(stream: BinaryIO, *, max_bytes: int) -> Message | None:
    """Read one message; None at a clean end of the stream.

    Args:
        stream: where to read.
        max_bytes: largest message taken.

    Raises:
        WireError: the stream ends in mid-message, or the message is malformed or too large.
    """
    first = stream.read(_LENGTH.size)
    if not first:
        return None
    if len(first) < _LENGTH.size:
        raise WireError("the stream ended in mid-message")
    (length,) = _LENGTH.unpack(first)
    if length > max_bytes:
        raise WireError(f"a header of {length} bytes")
    try:
        header = json.loads(_exactly(stream, length))
    except (ValueError, RecursionError) as error:
        raise WireError("a header that is no JSON") from error
    if not isinstance(header, dict):
        raise WireError("a header that is no object")
    listed = header.pop("arrays", [])
    if not isinstance(listed, list):
        raise WireError("arrays that are no list")
    left = max_bytes - length
    arrays: list[Array] = []
    for entry in listed:
        array = _array(stream, entry, left)
        left -= array.nbytes
        arrays.append(array)
    return Message(header=header, arrays=tuple(arrays))


def _array(stream: BinaryIO, entry: object, left: int) -> Array:
    if not isinstance(entry, dict) or entry.get("dtype") not in _DTYPES:
        raise WireError("an array of an unknown type")
    shape: object = entry.get("shape")
    if not isinstance(shape, list) or not all(type(n) is int and n >= 0 for n in shape):
        raise WireError("an array without a shape")
    dtype = np.dtype(entry["dtype"])
    size = math.prod(shape) * dtype.itemsize
    if size > left:
        raise WireError(f"an array of {size} bytes")
    return np.frombuffer(_exactly(stream, size), dtype=dtype).reshape(shape)


def _exactly(stream: BinaryIO, size: int) -> bytearray:
    # grows with what really arrives: a lie about the size costs no memory
    data = bytearray()
    while len(data) < size:
        chunk = stream.read(min(_CHUNK, size - len(data)))
        if not chunk:
            raise WireError("the stream ended in mid-message")
        data += chunk
    return data


def pack(value: Any) -> Any:
    """Plain JSON values of a dataclass (fields at their default left out), tuple, mapping or scalar.

    Lone surrogates, which no database takes, become U+FFFD: one character for one, so that offsets stay.
    """
    if isinstance(value, str):
        return value if value.isascii() else _LONE_SURROGATE.sub("\ufffd", value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [pack(item) for item in value]
    if isinstance(value, dict):
        return {pack(key): pack(item) for key, item in value.items()}
    packed: dict[str, Any] = {}
    for name, default in _defaults(type(value)):
        item = getattr(value, name)
        if item != default:
            packed[name] = pack(item)
    return packed


def unpack(kind: type[T], data: object) -> T:
    """Build a dataclass from what `pack` made of it, every value checked against its annotation.

    Raises:
        WireError: a field is missing, unknown, or of another type; a number is not finite.
    """
    return _build(kind, data)


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, None if field.default is MISSING else field.default) for field in fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, data: Any) -> Any:
    if kind in {str, int, bool, float}:
        return _scalar(kind, data)
    if is_dataclass(kind):
        if not isinstance(data, dict):
            raise WireError("an object was expected")
        hints = _hints(kind)  # pyright: ignore[reportArgumentType]  dataclasses are classes here
        try:
            return kind(**{name: _build(hints[name], item) for name, item in data.items()})  # pyright: ignore[reportCallIssue]
        except (KeyError, TypeError) as error:
            raise WireError("a field is missing or unknown") from error
    return _generic(get_origin(kind), get_args(kind), data)


def _generic(origin: Any, args: tuple[Any, ...], data: Any) -> Any:
    if origin in {Union, types.UnionType}:
        if data is None and type(None) in args:
            return None
        return _build(next(arg for arg in args if arg is not type(None)), data)
    if origin is Literal and data in args:
        return data
    if origin is dict and isinstance(data, dict):
        return {_build(args[0], key): _build(args[1], item) for key, item in data.items()}
    if origin is tuple and isinstance(data, list):
        if args[-1] is Ellipsis:
            return tuple(_build(args[0], item) for item in data)
        if len(data) == len(args):
            return tuple(_build(arg, item) for arg, item in zip(args, data, strict=True))
    raise WireError("a value of another type was expected")


def _scalar(kind: type, data: Any) -> Any:
    if kind is float and type(data) in {int, float} and math.isfinite(data):
        return float(data)
    if type(data) is not kind or kind is float:
        raise WireError(f"{kind.__name__} was expected")
    if kind is str and _LONE_SURROGATE.search(data):
        raise WireError("text with lone surrogates")
    return data


def picture_message(picture: Picture) -> Message:
    """A picture as a message."""
    return Message(
        header={
            "kind": "picture",
            "space": pack(picture.space),
            "box": pack(picture.box),
            "at_s": picture.at_s,
        },
        arrays=(picture.pixels,),
    )


def picture_of(message: Message, *, max_pixels: int) -> Picture:
    """The picture in a message.

    Raises:
        WireError: it is no honest picture.
    """
    if len(message.arrays) != 1:
        raise WireError("a picture without its pixels")
    pixels = message.arrays[0]
    if pixels.dtype != np.uint8 or pixels.ndim != _PIXEL_AXES or pixels.shape[2] != _CHANNELS or not pixels.size:
        raise WireError("pixels of another shape")
    if pixels.shape[0] * pixels.shape[1] > max_pixels:
        raise WireError("more pixels than asked for")
    header = _build(_PictureHeader, {key: value for key, value in message.header.items() if key != "kind"})
    return Picture(pixels=pixels.astype(np.uint8, copy=False), space=header.space, box=header.box, at_s=header.at_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PictureHeader:
    space: Space
    box: Box
    at_s: float | None = None


def samples_of(message: Message) -> Samples:
    """The sound in a message.

    Raises:
        WireError: it is no honest sound.
    """
    if len(message.arrays) != 1 or message.arrays[0].dtype != np.float32 or message.arrays[0].ndim != 1:
        raise WireError("samples of another shape")
    samples = message.arrays[0].astype(np.float32, copy=False)
    if not np.isfinite(samples).all():
        raise WireError("samples that are no numbers")
    return Samples(samples=samples, origin_s=_build(float, message.header.get("origin_s")))
