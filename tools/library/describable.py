"""What of a library a model may be asked to write about, what is still to do, and what that will come to.

Knows nothing of models or of how anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.within import EVERYTHING, Within, files_in

Task = Literal["captions", "questions"]
TASKS: tuple[Task, ...] = ("captions", "questions")

MOST_ATTEMPTS = 3
"""How often an item is tried whose reply cannot be read or whose picture cannot be opened."""
N_QUESTIONS = 5
MOST_FRAMES = 4
"""Frames of a moment that are shown, evenly taken."""
MOST_WORDS_CHARS = 4000
TOKENS_PER_PICTURE = 1600
"""What hosted models count for a picture of the size that is sent, at most."""
_CHARS_PER_TOKEN = 4
_PROMPT_TOKENS = 260
_CAPTION_TOKENS = 180
_QUESTION_TOKENS = 24
_PDF = "application/pdf"

# a passage is described where its document has no pages; a page or picture by its words and by what is seen
_ITEMS = """
SELECT u.id, u.source_id, u.kind, MIN(length(u.text), :most) + MIN(length(u.about), :most),
  COALESCE(json_array_length(u.locator, '$.frames_s'), 0), s.media_type, COALESCE(d.attempts, 0), u.text <> ''
FROM units u JOIN sources s ON s.id = u.source_id LEFT JOIN described d ON d.unit = u.id AND d.task = :task
WHERE (u.kind IN ('image', 'moment', 'page') OR (u.kind = 'passage' AND NOT EXISTS
    (SELECT 1 FROM units p WHERE p.source_id = u.source_id AND p.kind IN ('page', 'image', 'moment'))))
  AND (d.state IS NULL OR d.state = 'todo' OR (d.state = 'failed' AND d.attempts < :attempts)
    OR (:anew AND d.model <> :model))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be written.

    Attributes:
        tasks: captions, questions, or both.
        scope: of the files.
        limit: most calls of this run; 0 for as many as there are items.
        n_questions: for each item, at most.
        anew: whether what another model wrote is written again.
    """

    tasks: tuple[Task, ...] = TASKS
    scope: Within = EVERYTHING
    limit: int = 0
    n_questions: int = N_QUESTIONS
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One call to make: a task for a unit."""

    unit: int
    source: int
    kind: UnitKind
    task: Task
    chars: int
    n_pictures: int
    attempts: int
    has_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run will come to; tokens are estimates, those of pictures the most that hosted models count.

    Attributes:
        kinds: calls by kind of unit.
        left: calls that the limit leaves for later.
    """

    calls: int
    pictures: int
    tokens_in: int
    tokens_out: int
    kinds: dict[str, int]
    left: int = 0

    def to_json(self) -> dict[str, Any]:
        """As `describe --json` prints it."""
        return {
            "calls": self.calls,
            "pictures": self.pictures,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "kinds": self.kinds,
            "left": self.left,
        }


def waiting(catalogue: Catalogue, wanted: Wanted, *, model: str) -> tuple[Item, ...]:
    """The items to write about, newest files first, a unit's tasks together; what was begun and did not end comes last."""
    order: dict[int, int] = {}
    newest = "SELECT source, MAX(mtime_ns) FROM files WHERE source IS NOT NULL GROUP BY source"
    times = dict(catalogue.connection.execute(newest).fetchall())
    for _, source in files_in(catalogue, wanted.scope):
        order[source] = -times.get(source, 0)
    items = [item for task in TASKS if task in wanted.tasks for item in _items(catalogue, wanted, task, model)]
    items = [item for item in items if item.source in order]
    items.sort(key=lambda item: (item.attempts > 0, order[item.source], item.source, item.unit, item.task))
    return tuple(items)


def within_limit(items: Sequence[Item], wanted: Wanted) -> Sequence[Item]:
    """As many items as a run may make calls."""
    return items[: wanted.limit] if wanted.limit else items


def cost_of(items: Sequence[Item], wanted: Wanted) -> Cost:
    """What a run over some items will come to."""
    todo = within_limit(items, wanted)
    kinds: dict[str, int] = {}
    for item in todo:
        kinds[item.kind] = kinds.get(item.kind, 0) + 1
    pictures = sum(item.n_pictures for item in todo)
    chars = sum(item.chars for item in todo)
    n_captions = sum(item.task == "captions" for item in todo)
    n_asked = (len(todo) - n_captions) * wanted.n_questions
    return Cost(
        calls=len(todo),
        pictures=pictures,
        tokens_in=len(todo) * _PROMPT_TOKENS + chars // _CHARS_PER_TOKEN + pictures * TOKENS_PER_PICTURE,
        tokens_out=n_captions * _CAPTION_TOKENS + n_asked * _QUESTION_TOKENS,
        kinds=kinds,
        left=len(items) - len(todo),
    )


def _items(catalogue: Catalogue, wanted: Wanted, task: Task, model: str) -> Iterator[Item]:
    values = {
        "most": MOST_WORDS_CHARS,
        "task": task,
        "attempts": MOST_ATTEMPTS,
        "anew": wanted.anew,
        "model": model,
    }
    rows = catalogue.connection.execute(_ITEMS, values).fetchall()
    for unit, source, kind, chars, n_frames, media_type, attempts, has_text in rows:
        is_seen = kind in {"image", "moment"} or (kind == "page" and media_type == _PDF)
        if is_seen or (has_text and task == "questions"):
            yield Item(
                unit=unit,
                source=source,
                kind=kind,
                task=task,
                chars=chars,
                n_pictures=min(max(n_frames, 1), MOST_FRAMES) if is_seen else 0,
                attempts=attempts,
                has_text=bool(has_text),
            )
