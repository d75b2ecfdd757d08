"""Calls of PDFium for what a page has thousands of: its objects, and the boxes of its words.

pypdfium2 makes a Python object of each handle and checks each argument; with handles as plain addresses the same calls
cost half. Knows nothing of what they are for.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

ADDRESS = ctypes.c_void_p
"""The type of a handle that comes back as a whole number."""


@cache
def plain(name: str, answer: type[ctypes.c_void_p | ctypes.c_int]) -> Callable[..., Any]:
    """A function of PDFium that takes the address of a handle, then numbers of C's int and places made by `byref`.

    Args:
        name: of the function.
        answer: what it returns: `ADDRESS` for a handle (None where PDFium gives none), or a number.
    """
    import pypdfium2.raw as pdfium

    return ctypes.CFUNCTYPE(answer, ADDRESS)(ctypes.cast(getattr(pdfium, name), ADDRESS).value or 0)


def address(handle: Any) -> int:
    """Where PDFium keeps what a handle of pypdfium2 stands for: equal for two handles of the same thing."""
    return ctypes.cast(handle, ADDRESS).value or 0
