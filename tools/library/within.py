"""Which files and sources a person's scope leaves: by their paths and by their dates. Knows nothing of searching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.dating import file_date, is_from, said
from sourcehound.tools.library.scan import in_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A scope; without any field all there is.

    Attributes:
        globs: every one must match a file's path; None and empty ones leave all.
        since: first day, month or year.
        until: last day, month or year.
    """

    globs: Sequence[str | None] = ()
    since: str | None = None
    until: str | None = None

    @property
    def is_all(self) -> bool:
        """Whether it leaves everything."""
        return not any(self.globs) and not self.has_period

    @property
    def has_period(self) -> bool:
        """Whether it is narrowed by dates."""
        return self.since is not None or self.until is not None

    @property
    def words(self) -> str:
        """It in words, as `within '*.pdf', dated since 2024`; empty if it leaves everything."""
        places = [f"within {glob!r}" for glob in self.globs if glob]
        return ", ".join([*places, *filter(None, [said(self.since, self.until)])])

    def takes(self, shown: str, dated: str, mtime_ns: int) -> bool:
        """Whether a file belongs to it.

        Args:
            shown: its path.
            dated: the date of its source; empty for one that no sync has dated yet: then its own counts.
            mtime_ns: when it was changed last.
        """
        if not all(in_scope(shown, glob) for glob in self.globs):
            return False
        return not self.has_period or is_from(dated or file_date(mtime_ns), self.since, self.until)


EVERYTHING = Within()


def files_in(catalogue: Catalogue, scope: Within) -> list[tuple[bytes, int]]:
    """Path and source of every file that was read and belongs to a scope."""
    rows = catalogue.connection.execute(
        "SELECT f.path, f.shown, f.source, s.dated, f.mtime_ns FROM files f JOIN sources s ON s.id = f.source"
    )
    return [(path, source) for path, shown, source, dated, mtime_ns in rows if scope.takes(shown, dated, mtime_ns)]
