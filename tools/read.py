"""The tool `read`: more of a document, page or transcript around a place that a search found."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.evidence_pixels import recalled
from sourcehound.tools.library.units import load_units, page_called, rows_near, to_evidence
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome


class ReadArguments(Arguments):
    """Arguments of `read`."""

    evidence: str = Field(description="id of evidence to read on from, as E2")
    page: int | None = Field(default=None, ge=1, description="read this page of the same document instead")
    before: int = Field(default=1, ge=0, le=5, description="passages before")
    after: int = Field(default=2, ge=0, le=10, description="passages after")


class Read:
    """Reads the passages around a place, in the order of the source; a page's number is its printed one where it has one."""

    name: ClassVar[str] = "read"
    purpose: ClassVar[str] = "read more of a document or transcript around evidence"
    event: ClassVar[Event] = "read"
    Args: ClassVar[type[Arguments]] = ReadArguments

    def run(self, args: ReadArguments, desk: Desk) -> Outcome:
        """Read on."""
        start = recalled(args.evidence, desk, self.name)
        connection = desk.library.catalogue.connection
        page, taken = None, ""
        if args.page is not None:
            page, taken = page_called(connection, start.source.sha256, args.page)
        rows = rows_near(connection, start, page=page, before=args.before, after=args.after)
        if args.page is not None and not rows:
            raise ToolInputError(f"{start.source.title} has no text on {taken}", tool=self.name)
        units = load_units(connection, rows)
        evidence = [to_evidence(connection, units[row]) for row in rows if row in units]
        found: tuple[Evidence, ...] = tuple(item for item in evidence if item is not None)
        note = f"{len(found)} passages" + (f" on {taken}" if taken else "") if found else "nothing more to read there"
        return Outcome(evidence=found, note=note)
