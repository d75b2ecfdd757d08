"""The tool `frames`: frames of a span of a film, read one by one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from sourcehound.tools.crop import read_enlarged
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence, Locator, unit_id
from sourcehound.tools.evidence_pixels import file_of, recalled
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome

MOST_SPAN_S = 120.0


class FramesArguments(Arguments):
    """Arguments of `frames`."""

    evidence: str = Field(description="id of a moment, or of any evidence of the film, as E4")
    start_s: float | None = Field(default=None, ge=0, description="first second; the moment's own if left out")
    end_s: float | None = Field(default=None, ge=0, description="second after the last")
    n: int = Field(default=4, ge=1, le=12, description="how many frames, evenly spread")


class Frames:
    """Shows frames of a span and what is read in them."""

    name: ClassVar[str] = "frames"
    purpose: ClassVar[str] = "see frames of a span of a film and read their lettering"
    event: ClassVar[Event] = "moment"
    Args: ClassVar[type[Arguments]] = FramesArguments

    def run(self, args: FramesArguments, desk: Desk) -> Outcome:
        """Decode frames of a span and read each."""
        film = recalled(args.evidence, desk, self.name)
        if not film.source.media_type.startswith("video/"):
            raise ToolInputError(f"{film.id} is no film: {film.source.media_type}", tool=self.name)
        start_s = args.start_s if args.start_s is not None else film.locator.start_s or 0.0
        end_s = args.end_s if args.end_s is not None else film.locator.end_s or start_s + 1.0
        if end_s <= start_s or end_s - start_s > MOST_SPAN_S:
            raise ToolInputError(f"the span must be 0..{MOST_SPAN_S:g} s long, not {end_s - start_s:g}", tool=self.name)
        times = [float(t) for t in np.linspace(start_s, end_s, args.n + 2)[1:-1]]
        frames = desk.library.readers.frames(file_of(film, self.name), times)
        lines: list[str] = []
        for frame in frames:
            lines.extend(line.text for line in read_enlarged(frame, desk) if line.text not in lines)
        seen = tuple(round(frame.at_s, 3) for frame in frames if frame.at_s is not None)
        where = Locator(start_s=start_s, end_s=end_s, frames_s=seen)
        found = Evidence(
            kind="moment",
            unit_id=unit_id(film.source.sha256, "moment", where, film.producer),
            parent=film.id,
            source=film.source,
            locator=where,
            quote="\n".join(lines) or None,
            producer=desk.library.ocr.producer,
        )
        return Outcome(
            evidence=(found,), note=" | ".join(lines[:12]) or "no lettering in these frames", images=len(frames)
        )
