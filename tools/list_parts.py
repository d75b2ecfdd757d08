"""The tool `list_parts`: the pages, headings, tables or figures of documents, counted and listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.evidence_pixels import recalled
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.page_names import Taken, pages_called
from sourcehound.tools.library.parts import Listed, count_of, evidence_of, list_parts
from sourcehound.tools.library.within import Within, files_in
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome, PageName

COUNTED = "counted"
"""Key of evidence's `detail`: how many there are of its kind in its document (on its page, if one was named), as `3 table`."""
MOST_DOCUMENTS = 5
_MOST_NAMED = 12
_CAPTION = 60


class ListPartsArguments(Arguments):
    """Arguments of `list_parts`."""

    kind: Literal["page", "heading", "table", "figure"] = Field(description="what to list")
    evidence: str | None = Field(default=None, description="id of evidence of the document, as E2")
    within: str | None = Field(default=None, max_length=400, description="only in files matching this glob")
    page: PageName | None = Field(default=None, description="only on this page")
    n: int = Field(default=12, ge=1, le=40, description="most results")


class ListParts:
    """Lists what a document is made of, in its own order, and says how many there are."""

    name: ClassVar[str] = "list_parts"
    purpose: ClassVar[str] = "list and count the pages, headings, tables or figures of a document"
    event: ClassVar[Event] = "read"
    Args: ClassVar[type[Arguments]] = ListPartsArguments

    def run(self, args: ListPartsArguments, desk: Desk) -> Outcome:
        """List."""
        catalogue = desk.library.catalogue
        sources = _documents(args, desk)
        taken = None if args.page is None else pages_called(catalogue.connection, args.page, sources)
        if taken is not None and sources and not taken:
            raise ToolInputError(f"no document here has a page {args.page}", tool=self.name)
        chosen = [source for source in sources if taken is None or source in taken]
        found: list[Evidence] = []
        notes: list[str] = []
        for source in chosen[:MOST_DOCUMENTS]:
            place = None if taken is None else taken[source]
            parts = list_parts(catalogue.connection, source, args.kind, page=place.page if place else None)
            (title,) = catalogue.connection.execute("SELECT title FROM sources WHERE id = ?", (source,)).fetchone()
            found += _evidence(catalogue, source, parts, args, place)
            notes.append(_note(title, args.kind, parts, place))
        if len(chosen) > MOST_DOCUMENTS:
            notes.append(f"{len(chosen) - MOST_DOCUMENTS} more documents: name one by evidence or within")
        return Outcome(
            evidence=tuple(found),
            note="; ".join(notes) if notes else "no document is in scope",
            facts={"kind": args.kind},
        )


def _documents(args: ListPartsArguments, desk: Desk) -> list[int]:
    """The sources in scope, in the order of their paths; one alone where evidence names it."""
    scope = Within(globs=(desk.within, args.within), since=desk.since, until=desk.until)
    sources = list(dict.fromkeys(source for _, source in sorted(files_in(desk.library.catalogue, scope))))
    if args.evidence is None:
        return sources
    sha256 = recalled(args.evidence, desk, ListParts.name).source.sha256
    row = desk.library.catalogue.connection.execute("SELECT id FROM sources WHERE sha256 = ?", (sha256,)).fetchone()
    return [source for source in sources if row is not None and source == row[0]]


def _evidence(
    catalogue: Catalogue, source: int, parts: Sequence[Listed], args: ListPartsArguments, place: Taken | None
) -> Iterator[Evidence]:
    """The first of some parts, each with how many there are; where there are none, a page of the document instead."""
    pages = () if parts else list_parts(catalogue.connection, source, "page", page=place.page if place else 1)
    for part in (parts or pages)[: args.n]:
        evidence = evidence_of(catalogue.connection, source, part)
        if evidence is not None:
            said = {COUNTED: f"{count_of(parts)} {args.kind}"} | ({"taken": place.words} if place else {})
            yield replace(evidence, detail=evidence.detail | said)


def _note(title: str, kind: str, parts: Sequence[Listed], place: Taken | None) -> str:
    count = count_of(parts)
    head = f"{title} has {count} {kind}{'' if count == 1 else 's'}" + (f" on {place.words}" if place else "")
    bare = sum(not part.label for part in parts)
    if 0 < bare < len(parts) and count < len(parts):
        head += f" with a label, and {bare} without"
    if kind == "page" or not parts:
        return head
    named = ", ".join(map(_named, parts[:_MOST_NAMED]))
    return f"{head}: {named}" + (", …" if len(parts) > _MOST_NAMED else "")


def _named(part: Listed) -> str:
    name = part.label if part.kind != "heading" else ""
    name = name or part.caption[:_CAPTION] or f"{part.kind} {part.number}"
    return name if part.page is None else f"{name} (page {part.page_label or part.page})"
