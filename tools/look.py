"""The tool `look`: a question about pictures, crops or frames, put to the seer; without one, what OCR reads and says so."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from sourcehound.tools.crop import read_enlarged
from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.evidence_pixels import picture_of, pixels_of, recalled
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome

MOST_PICTURES = 4


class LookArguments(Arguments):
    """Arguments of `look`."""

    evidence: tuple[str, ...] = Field(
        min_length=1, max_length=MOST_PICTURES, description="ids of pictures, crops, pages or moments"
    )
    question: str = Field(min_length=3, max_length=400, description="what to find out from them")


class Look:
    """Asks the seer; its answer is a note with the picture as evidence, not a quote."""

    name: ClassVar[str] = "look"
    purpose: ClassVar[str] = "ask a question about what is seen in pictures, crops, pages or frames"
    event: ClassVar[Event] = "look"
    Args: ClassVar[type[Arguments]] = LookArguments

    def run(self, args: LookArguments, desk: Desk) -> Outcome:
        """Look at the pictures."""
        shown = [recalled(name, desk, self.name) for name in args.evidence]
        if desk.seer is None:
            return self._without_seer(shown, desk)
        pictures: list[Pixels] = [pixels for evidence in shown for pixels in pixels_of(evidence, desk.library)]
        sight = desk.seer.look(args.question, pictures)
        said = sight.answer or "cannot be told from the pictures"
        seen = tuple(
            replace(evidence, id="", score=None, detail={**evidence.detail, "seen": said, "seen_by": sight.by})
            for evidence in shown
        )
        return Outcome(
            evidence=seen, note=f"{sight.by}: {said}", facts={"question": args.question}, images=len(pictures)
        )

    def _without_seer(self, shown: list[Evidence], desk: Desk) -> Outcome:
        read: list[str] = []
        found: list[Evidence] = []
        for evidence in shown:
            lines = read_enlarged(picture_of(evidence, desk.library, self.name), desk)
            words = "\n".join(line.text for line in lines)
            tags = evidence.detail.get("tags", "")
            read.append(f"{evidence.id}: lettering {words!r}" + (f", roughly recognised: {tags}" if tags else ""))
            if words:
                found.append(replace(evidence, id="", quote=words, producer=desk.library.ocr.producer, score=None))
        if not read:
            raise ToolInputError("nothing to look at", tool=self.name)
        note = "no seer is configured, so this is only what OCR reads: " + "; ".join(read)
        return Outcome(evidence=tuple(found), note=note[:1200], facts={"seer": None})
