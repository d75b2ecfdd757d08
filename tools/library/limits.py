"""What a reader may use and how much it may hand back. Knows nothing of how a limit is enforced."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one reader process and of one file in it.

    Attributes:
        memory_bytes: address space of the process.
        seconds: wall clock and processor time of one request; for what streams (frames of a film), of each step.
        max_media_s: longest film or recording that is read to its end, seconds of media time.
        max_file_bytes: largest document or picture; films and recordings are streamed and may be larger.
        max_pixels: largest picture that is decoded, width x height.
        max_text_chars: characters kept of one file; the rest is left out with a warning.
        max_pages: pages read of one document; the rest is left out with a warning.
        max_objects: drawing objects of one page that are looked at for figures and hidden words.
        max_reply_bytes: largest message that the client takes from a reader.
        max_requests: files after which a warm process is replaced by a fresh one.
    """

    memory_bytes: int = 2 << 30
    seconds: float = 60.0
    max_media_s: float = 12 * 3600.0
    max_file_bytes: int = 1 << 30
    max_pixels: int = 150_000_000
    max_text_chars: int = 20_000_000
    max_pages: int = 5_000
    max_objects: int = 20_000
    max_reply_bytes: int = 3 << 30
    max_requests: int = 500
