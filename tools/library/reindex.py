"""Reindex: everything encoded by another encoder, beside the vectors that answer, then one switch, then the old ones go.

Each step can be killed and gone on with: what is encoded is committed batch by batch, who answers changes in one
transaction, and what nobody asks for any more is marked before it is removed. Called with the writer's lock held. Knows
nothing of how encoders work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcehound.tools.encoders.encoder import Encoder
from sourcehound.tools.index import made_with, words
from sourcehound.tools.index.compact import Compact
from sourcehound.tools.index.engine import DenseEngine
from sourcehound.tools.index.made_with import Maker, Role
from sourcehound.tools.library import jobs, looking
from sourcehound.tools.library.answering import ALL_ROLES, ROLES, Answering, makers
from sourcehound.tools.library.caches import refresh
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.encode import count_encoded, encode_pending, is_done
from sourcehound.tools.library.regions import Regions
from sourcehound.tools.library.taking import Progress, no_progress
from sourcehound.tools.library.workshop import Workshop

GRACE_S = 2.0
"""After a switch, for searches that had begun with the vectors that go."""
_AT_ONCE = 1000


@dataclass(slots=True, kw_only=True)
class Reindexed:
    """What was done.

    Attributes:
        switched: for each role that another encoder answers now, who did before and who does.
        encoded: units whose words were encoded.
        removed: units whose vectors of a former encoder were removed.
        parted: pictures of which only the whole had a vector, and whose regions have vectors of their own now.
        unseen: files whose pictures could not be opened; they are tried again by the next `add`.
    """

    switched: dict[Role, tuple[Maker | None, Maker]] = field(default_factory=dict[Role, tuple[Maker | None, Maker]])
    encoded: int = 0
    removed: int = 0
    parted: int = 0
    unseen: int = 0

    def to_json(self) -> dict[str, Any]:
        """As `reindex --json` prints it beside the status."""
        return {
            "switched": {
                role: {"from": None if former is None else former.stamp, "to": now.stamp}
                for role, (former, now) in self.switched.items()
            },
            "encoded": self.encoded,
            "removed": self.removed,
            "parted": self.parted,
            "unseen": self.unseen,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindex:
    """One run over a library.

    Attributes:
        answering: the library's encoders.
        workshop: makes what the slow jobs work with, the encoders that are coming among it.
        engine: searches, and keeps caches.
        compact: how many vectors of one unit become few, where an encoder gives many.
        regions: which parts of a picture get rows of their own.
        progress: told of each step.
        sleep: waits that many seconds.
    """

    catalogue: Catalogue
    answering: Answering
    workshop: Callable[[], Workshop]
    engine: DenseEngine
    sleep: Callable[[float], None]
    compact: Compact = field(default_factory=Compact)
    regions: Regions = field(default_factory=Regions)
    progress: Progress = no_progress

    def run(self, wanted: Mapping[Role, Encoder], *, rebuild: bool = False) -> Reindexed:
        """Let some roles be answered by these encoders, and bring everything of theirs up to date.

        Args:
            wanted: the encoders, `text`, `page`, or `picture` with `likeness`; their weights are here.
            rebuild: whether the word index and the engines' caches are made anew too.

        Raises:
            ConfigError: weights differ from their hash.
            BusyError: the disk is full or the library locked; the same call goes on where it was.
        """
        done, connection = Reindexed(), self.catalogue.connection
        if rebuild:
            with self.catalogue.transaction() as connection:
                words.rebuild(connection)
        begin(self.catalogue, self.answering, wanted)
        if "text" in wanted:
            done.encoded = self._encode(wanted["text"])
        looked_at: list[Role] = [role for role in wanted if role != "text"]
        if looked_at:
            whole = self._seen_whole(wanted)
            with self.catalogue.transaction() as connection:
                looking.wait_for_regions(connection, {stamp for _, stamp in whole})
            only = {looking.LOOKS[role].job for role in looked_at}
            jobs.work(self.workshop(), progress=self.progress, only=only)
            done.parted = len({unit for unit, _ in whole - self._seen_whole(wanted)})
            done.unseen = looking.files_unseen(connection, *looked_at)
        # what takes over is quick from its first search on
        refresh(connection, self.engine, {str(encoder.stamp) for encoder in wanted.values()}, anew=rebuild)
        done.switched = switch(self.catalogue, self.answering)
        if done.switched:
            self.sleep(GRACE_S)
        removed = remove_gone(self.catalogue, progress=self.progress)
        done.removed = sum(removed.values())
        refresh(connection, self.engine, (), gone=removed)
        return done

    def _seen_whole(self, wanted: Mapping[Role, Encoder]) -> frozenset[tuple[int, str]]:
        """The pictures that were encoded before there were regions, by stamps of the encoders that are to answer."""
        if not self.regions.any:
            return frozenset()
        eyes = (wanted[role] for role in wanted if role in {"picture", "likeness"})
        stamps = {str(eye.stamp) for eye in eyes if eye.gives == "single"}
        return looking.seen_whole(self.catalogue.connection, stamps)

    def _encode(self, encoder: Encoder) -> int:
        successor = made_with.coming(self.catalogue.connection, "text")
        if successor is None:
            return encode_pending(self.catalogue, encoder, compact=self.compact, progress=self.progress)
        former = self.answering.encoder("text")
        n_units = 0
        if former.is_here():  # what was never encoded is found by the one that answers first
            n_units = encode_pending(
                self.catalogue, former, successor=successor.stamp, compact=self.compact, progress=self.progress
            )
        return n_units + encode_pending(self.catalogue, encoder, compact=self.compact, progress=self.progress)


def begin(catalogue: Catalogue, answering: Answering, wanted: Mapping[Role, Encoder], *, instead: bool = True) -> None:
    """Write down who is to answer, and let every picture be looked at that lacks a row of theirs: one transaction.

    Args:
        catalogue: the library; its writer's lock is held by the caller.
        answering: its encoders.
        wanted: the encoders that are to answer; who answers already is only brought up to date.
        instead: whether they come instead of others that were to take over, and what could not be opened is tried again;
            else they come after those others, and what failed has failed.

    Raises:
        BusyError: the disk is full or the library locked.
    """
    asked: dict[Role, Maker] = makers(wanted)
    with catalogue.transaction() as connection:
        if not instead:
            asked = {role: made_with.coming(connection, role) or maker for role, maker in asked.items()}
        made_with.adopt(connection, makers({role: answering.encoder(role) for role in ROLES}))
        same: set[Role] = {role for role, maker in asked.items() if made_with.answers(connection, role) == maker}
        made_with.give_up(connection, same)
        made_with.begin(connection, {role: maker for role, maker in asked.items() if role not in same})
        for role, maker in asked.items():
            if role != "text":
                looking.wait_for(connection, role, maker.stamp, again=instead)


def switch(catalogue: Catalogue, answering: Answering) -> dict[Role, tuple[Maker | None, Maker]]:
    """Let those answer who were to take over, where nothing waits for them any more: one transaction for all roles.

    Returns:
        For each role, who answered before and who does now.

    Raises:
        BusyError: the disk is full or the library locked.
    """
    changes: dict[Role, tuple[Maker | None, Maker]] = {}
    with catalogue.transaction() as connection:
        for role in ALL_ROLES:
            successor = made_with.coming(connection, role)
            if successor is not None and _is_ready(catalogue, answering, role):
                changes[role] = (made_with.answers(connection, role), successor)
        made_with.switch(connection, changes)
        for role in changes.keys() - {"text"}:  # the former had seen what cannot be opened now
            looking.try_again(connection, role)
    return changes


def remove_gone(catalogue: Catalogue, *, progress: Progress = no_progress) -> dict[str, int]:
    """Remove the vectors that nobody asks for any more, some at a time; returns of how many units, by stamp."""
    removed: dict[str, int] = {}
    for stamp in made_with.gone(catalogue.connection):
        (total,) = catalogue.connection.execute("SELECT COUNT(*) FROM vectors WHERE stamp = ?", (stamp,)).fetchone()
        done, n_units = 0, 1
        while n_units:
            with catalogue.transaction() as connection:
                n_units = made_with.forget_gone(connection, stamp, n_units=_AT_ONCE)
            done += n_units
            progress("removing", done, max(total, done), "")
        removed[stamp] = done
    return removed


def making(catalogue: Catalogue) -> list[dict[str, Any]]:
    """For each role that another encoder is being made ready for: its name, and how much of the library it has encoded."""
    found: list[dict[str, Any]] = []
    connection = catalogue.connection
    for role in ALL_ROLES:
        maker = made_with.coming(connection, role)
        if maker is not None:
            if role == "text":
                done, total = count_encoded(catalogue, maker.stamp)
            else:
                done, total = looking.count(connection, role, maker.stamp)
            found.append({"role": role, "encoder": maker.stamp, "encoded": done, "of": total})
    return found


def _is_ready(catalogue: Catalogue, answering: Answering, role: Role) -> bool:
    """Whether all is encoded by the one that is to take over, but for what cannot be opened."""
    encoder = answering.coming(role)
    if encoder is None:
        return False
    if role == "text":
        return is_done(catalogue, encoder)
    return not looking.is_waiting(catalogue.connection, role, str(encoder.stamp))
