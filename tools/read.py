"""The tool `read`: more of a document, page or transcript around a place that a search found."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.evidence_pixels import recalled
from sourcehound.tools.library.page_names import Taken, page_called
from sourcehound.tools.library.units import load_units, rows_near, to_evidence
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome, PageName


class ReadArguments(Arguments):
    """Arguments of `read`."""

    evidence: str = Field(description="id of evidence to read on from, as E2")
    page: PageName | None = Field(default=None, description="read this page of the same document instead, as 14 or iii")
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
        taken = None if args.page is None else self._taken(args.page, start, desk)
        page, part, words = (None, "", "") if taken is None else (taken.page, taken.part, taken.words)
        rows = rows_near(connection, start, page=page, part=part, before=args.before, after=args.after)
        if taken is not None and not rows:
            raise ToolInputError(f"{start.source.title} has no text on {words}", tool=self.name)
        units = load_units(connection, rows)
        evidence = [to_evidence(connection, units[row]) for row in rows if row in units]
        found: tuple[Evidence, ...] = tuple(item for item in evidence if item is not None)
        note = f"{len(found)} passages" + (f" on {words}" if words else "") if found else "nothing more to read there"
        return Outcome(evidence=found, note=note)

    def _taken(self, name: str, start: Evidence, desk: Desk) -> Taken:
        taken = page_called(desk.library.catalogue.connection, start.source.sha256, name)
        if taken is None:
            raise ToolInputError(f"{start.source.title} has no page {name}", tool=self.name)
        return taken
