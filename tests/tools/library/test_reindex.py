"""Reindex: the old encoders answer until everything is encoded by the new ones, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.made_library import N_PASSAGES, N_SOURCES, MadeUp, MadeUpEncoders, Room, make, opened, workshop
from sourcehound.tools.encoders.encoder import Encoder, Item
from sourcehound.tools.errors import ConfigError, MediaError
from sourcehound.tools.index import made_with
from sourcehound.tools.index.choose import open_engine
from sourcehound.tools.index.engine import DenseEngine
from sourcehound.tools.index.made_with import Role
from sourcehound.tools.library import pages
from sourcehound.tools.library.answering import Answering
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.encode import encode_pending
from sourcehound.tools.library.jobs import work
from sourcehound.tools.library.reindex import Reindex, Reindexed, begin, making, switch
from sourcehound.tools.library.status import status
from sourcehound.tools.library.units import set_about
from sourcehound.tools.library.wire import Picture

N_TEXTS = N_SOURCES * (N_PASSAGES + 1)
"""Passages, and pictures by what is said of them."""


class StoppedError(Exception):
    """A test's stand-in for a kill."""


@dataclass
class Desk:
    """A made-up library."""

    catalogue: Catalogue
    answering: Answering
    engine: DenseEngine
    told: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    slept: list[float] = field(default_factory=list[float])
    stop_at: int = 0

    def wanted(self, name: str = "new") -> dict[Role, Encoder]:
        return {"text": MadeUp(f"{name}-text"), **self.answering.of_pictures(MadeUp(f"{name}-picture"))}

    def run(self, wanted: dict[Role, Encoder] | None = None, **options: Any) -> Reindexed:
        def progress(stage: str, done: int, total: int, label: str) -> None:
            del label
            self.told.append((stage, done, total))
            if len(self.told) == self.stop_at:
                raise StoppedError

        work = Reindex(
            catalogue=self.catalogue,
            answering=self.answering,
            workshop=lambda: workshop(self.catalogue, self.answering),
            engine=self.engine,
            sleep=self.slept.append,
            progress=progress,
        )
        return work.run(self.wanted() if wanted is None else wanted, **options)

    def rows(self, query: str, *values: object) -> list[Any]:
        return self.catalogue.connection.execute(query, values).fetchall()

    def stamps(self) -> dict[str, int]:
        """How many units have vectors of each stamp, by the encoder's name."""
        found = self.rows("SELECT stamp, COUNT(*) FROM vectors GROUP BY stamp")
        return {stamp.partition("@")[0]: n for stamp, n in found}

    def found(self, text: str) -> int:
        """The passage that the encoder which answers puts first."""
        encoder = self.answering.encoder("text")
        query = encoder.encode([Item(text=text)], as_="query").rows[0]
        return self.engine.search("passage", str(encoder.stamp), query, k=1)[0].unit


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    make(tmp_path)
    with opened(tmp_path) as (catalogue, answering):
        engine = open_engine(lambda: catalogue.connection, tmp_path / "vectors", warn=print)
        yield Desk(catalogue=catalogue, answering=answering, engine=engine)
        engine.close()


def test_everything_is_encoded_anew_then_switched_at_once_and_the_old_vectors_go(desk: Desk):
    assert desk.found(". words 7 of 3") == 2 * 32 + 8
    done = desk.run()
    assert {role: (str(old and old.spec), new.spec) for role, (old, new) in done.switched.items()} == {
        "text": ("old-text", "new-text"),
        "picture": ("old-picture", "new-picture"),
        "likeness": ("old-picture", "new-picture"),
    }
    assert (done.encoded, done.unseen) == (N_TEXTS, 0)
    assert desk.stamps() == {"new-text": N_TEXTS + N_SOURCES, "new-picture": N_SOURCES}
    assert desk.found(". words 7 of 3") == 2 * 32 + 8
    assert desk.slept == [2.0]
    assert made_with.gone(desk.catalogue.connection) == ()
    assert [stage for stage, *_ in desk.told if stage in {"encoding", "removing"}][-1] == "removing"
    again = desk.run()
    assert (again.switched, again.encoded, again.removed) == ({}, 0, 0)


@pytest.mark.parametrize("stop_at", [1, 2, 3, 4, 6, 9, 10])
def test_the_old_encoder_answers_until_the_switch_wherever_the_work_stops(desk: Desk, stop_at: int):
    desk.stop_at = stop_at
    with pytest.raises(StoppedError):
        desk.run()
    assert {desk.answering.encoder(role).stamp.encoder for role in ("text", "picture")} == {"old-text", "old-picture"}
    assert desk.found(". words 7 of 3") == 2 * 32 + 8
    assert desk.stamps()["old-text"] == N_TEXTS + N_SOURCES
    desk.stop_at = 0
    assert set(desk.run().switched) == {"text", "picture", "likeness"}


def test_a_second_run_encodes_only_what_the_first_did_not(desk: Desk):
    desk.stop_at = 2
    with pytest.raises(StoppedError):
        desk.run()
    [text, *_] = making(desk.catalogue)
    assert (text["role"], text["encoded"], text["of"]) == ("text", 128, N_TEXTS)
    desk.stop_at = 0
    assert desk.run().encoded == N_TEXTS - 128
    assert making(desk.catalogue) == []


def test_nothing_counts_as_pending_while_the_old_encoder_answers(desk: Desk):
    desk.stop_at = 2
    with pytest.raises(StoppedError):
        desk.run({"text": MadeUp("new-text")})
    stamp = str(desk.answering.encoder("text").stamp)
    files = status(desk.catalogue, "x", {"text": stamp})["files"]
    assert (files["indexed"], files["pending"]) == (N_SOURCES, 0)


def test_words_that_change_meanwhile_are_encoded_by_both(desk: Desk):
    desk.stop_at = 2
    with pytest.raises(StoppedError):
        desk.run()
    with desk.catalogue.transaction() as connection:  # as `add` does
        set_about(connection, 1, "now about oars")
    successor = made_with.coming(desk.catalogue.connection, "text")
    assert successor is not None
    former = desk.answering.encoder("text")
    assert encode_pending(desk.catalogue, former, successor=successor.stamp) == 1
    assert desk.found("now about oars. words 0 of 1") == 1
    desk.stop_at = 0
    desk.run()
    assert desk.found("now about oars. words 0 of 1") == 1


def test_what_was_never_encoded_is_found_by_the_old_encoder_first(desk: Desk):
    with desk.catalogue.transaction() as connection:
        connection.execute("UPDATE units SET encoded = '' WHERE id <= 3")
        connection.execute("DELETE FROM vectors WHERE unit <= 3")
    desk.stop_at = 2
    with pytest.raises(StoppedError):
        desk.run()
    assert desk.found(". words 0 of 1") == 1


def test_turning_to_a_third_encoder_or_back_gives_the_second_up(desk: Desk):
    for name, expected in (("third", {"third-text", "third-picture"}), ("old", {"old-text", "old-picture"})):
        desk.stop_at = len(desk.told) + 2
        with pytest.raises(StoppedError):
            desk.run(desk.wanted("second"))
        desk.stop_at = 0
        desk.run(desk.wanted(name))
        assert set(desk.stamps()) == expected
        assert desk.rows("SELECT COUNT(*) FROM answering") == [(3,)]


def test_a_picture_that_cannot_be_opened_is_told_and_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    good: Callable[..., Picture] = Room.picture

    def picture(self: Room, path: str, **options: Any) -> Picture:
        if path.endswith("3"):
            raise MediaError("the disk is away", path=path, retry=True)
        return good(self, path, **options)

    monkeypatch.setattr(Room, "picture", picture)
    assert desk.run().unseen == 1
    assert desk.stamps()["new-picture"] == N_SOURCES - 1
    assert desk.rows("SELECT source, attempts, retry FROM jobs WHERE state = 'failed'") == [(3, 0, 1)]
    monkeypatch.undo()
    assert desk.run().unseen == 0
    assert desk.stamps()["new-picture"] == N_SOURCES


def test_what_failed_before_is_tried_again_by_reindex_alone(desk: Desk):
    with desk.catalogue.transaction() as connection:
        connection.execute("UPDATE jobs SET state = 'failed', attempts = 3 WHERE source = 2")
        connection.execute("DELETE FROM vectors WHERE unit = 64 AND stamp LIKE 'old-picture%'")
    for instead, expected in ((False, ("failed", 3)), (True, ("todo", 0))):
        begin(desk.catalogue, desk.answering, desk.wanted("old"), instead=instead)
        assert desk.rows("SELECT state, attempts FROM jobs WHERE source = 2") == [expected]


def test_pictures_that_wait_for_weights_keep_their_old_vectors(desk: Desk):
    begin(desk.catalogue, desk.answering, desk.wanted())
    with desk.catalogue.transaction() as connection:
        connection.execute("UPDATE jobs SET state = 'lacking' WHERE source = 2")
    assert switch(desk.catalogue, desk.answering) == {}
    assert desk.answering.encoder("picture").stamp.encoder == "old-picture"


def test_without_another_encoder_what_is_derived_is_made_anew(desk: Desk):
    with desk.catalogue.transaction() as connection:
        connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
        connection.execute("UPDATE units SET encoded = '' WHERE id = 5")
    assert desk.rows("SELECT rowid FROM words WHERE words MATCH 'words'") == []
    done = desk.run(desk.wanted("old"), rebuild=True)
    assert (done.encoded, done.switched) == (1, {})
    assert len(desk.rows("SELECT rowid FROM words WHERE words MATCH 'words'")) == N_SOURCES * N_PASSAGES
    assert len(desk.rows("SELECT unit FROM forward")) == N_SOURCES * (N_PASSAGES + 2)


def test_pages_are_looked_at_by_the_new_encoder_before_it_answers(desk: Desk):
    with desk.catalogue.transaction() as connection:
        connection.execute("UPDATE sources SET media_type = 'application/pdf' WHERE id <= 3")
    desk.run({"page": MadeUp("old-page")})
    assert answering(desk).pages() == MadeUp("old-page")
    begin(desk.catalogue, desk.answering, {"page": MadeUp("new-page")})
    with desk.catalogue.transaction() as connection:  # as `add` does meanwhile
        pages.begin(connection, answering(desk).pages())
    assert answering(desk).pages() == MadeUp("old-page")
    assert [(m["role"], m["encoded"], m["of"]) for m in making(desk.catalogue)] == [("page", 0, 3)]
    done = desk.run({"page": MadeUp("new-page")})
    assert (set(done.switched), done.removed) == ({"page"}, 3)
    assert answering(desk).pages() == MadeUp("new-page")
    assert answering(desk, page="").pages() is None
    assert desk.stamps()["new-page"] == 3
    with pytest.raises(ConfigError, match="reindex --page another-page"):
        answering(desk, page="another-page").check()


def answering(desk: Desk, **settings: str) -> Answering:
    return Answering(connect=lambda: desk.catalogue.connection, encoders=MadeUpEncoders(), **settings)


def test_settings_that_name_another_encoder_are_refused_until_it_is_being_made_ready(desk: Desk):
    answering(desk).check()
    named = answering(desk, text="new-text")
    with pytest.raises(ConfigError, match=r"made with old-text@.*not with new-text@") as refused:
        named.check()
    assert "`sourcehound reindex --text new-text`" in (refused.value.remedy or "")
    with pytest.raises(ConfigError, match="reindex --picture new-picture"):
        answering(desk, picture="new-picture").check()
    begin(desk.catalogue, desk.answering, desk.wanted())
    named.check()
    assert named.encoder("text").stamp.encoder == "old-text"


def test_who_is_not_named_keeps_what_the_library_was_made_with(desk: Desk):
    assert answering(desk).wanted("text").stamp.encoder == "old-text"
    begin(desk.catalogue, desk.answering, desk.wanted())
    assert answering(desk).wanted("text").stamp.encoder == "new-text"
    with opened(desk.catalogue.folder / "fresh", text="auto") as (_, fresh):
        assert fresh.wanted("text").stamp.encoder == "minilm"


def test_a_model_that_is_found_takes_over_from_a_rough_one_once_it_has_seen_everything(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    rough: dict[Role, Encoder] = {"picture": MadeUp("conse"), "likeness": MadeUp("effnet-features")}
    desk.run(rough)

    def pictures(self: MadeUpEncoders, spec: str, /) -> Encoder:
        del self
        return MadeUp("hf:/clip" if spec == "auto" else spec)

    monkeypatch.setattr(MadeUpEncoders, "pictures", pictures)
    auto = answering(desk)
    auto.check()
    assert auto.encoder("picture") == MadeUp("conse")
    begin(desk.catalogue, auto, auto.by_settings("picture"), instead=False)  # as `add` does
    assert switch(desk.catalogue, auto) == {}
    assert auto.encoder("picture") == MadeUp("conse")
    work(workshop(desk.catalogue, auto), program="1")
    assert set(switch(desk.catalogue, auto)) == {"picture", "likeness"}
    assert auto.encoder("picture") == auto.encoder("likeness") == MadeUp("hf:/clip")


def test_an_encoder_that_is_away_is_not_replaced_by_another(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def gone(self: MadeUpEncoders, spec: str, /) -> Encoder:
        del self
        raise ConfigError(f"{spec} is not there")

    monkeypatch.setattr(MadeUpEncoders, "pictures", gone)
    away = answering(desk)
    away.check()
    encoder = away.encoder("picture")
    assert (encoder.is_here(), encoder.stamp.encoder) == (False, "old-picture")
    with pytest.raises(ConfigError, match="not here any more"):
        encoder.encode([Item(text="a boat")], as_="query")


def forget_regions(desk: Desk) -> None:
    """As a library is that was made before pictures had regions."""
    with desk.catalogue.transaction() as connection:
        connection.execute("DELETE FROM regions")


def test_pictures_that_were_encoded_before_there_were_regions_get_them_and_nothing_else_changes(desk: Desk):
    forget_regions(desk)
    same: dict[Role, Encoder] = {role: desk.answering.encoder(role) for role in ("text", "picture", "likeness")}
    others = "SELECT unit, stamp, n, blob FROM vectors WHERE stamp LIKE 'old-text%' ORDER BY unit"
    before = desk.rows(others)
    done = desk.run(same)
    assert (done.switched, done.encoded, done.parted, done.unseen) == ({}, 0, N_SOURCES, 0)
    assert desk.rows("SELECT COUNT(DISTINCT unit) FROM regions") == [(N_SOURCES,)]
    assert desk.rows(others) == before
    assert desk.run(same).parted == 0


@pytest.mark.parametrize("stop_at", [1, 2, 4])
def test_regions_are_gone_on_with_where_a_run_stopped(desk: Desk, stop_at: int):
    forget_regions(desk)
    same: dict[Role, Encoder] = {role: desk.answering.encoder(role) for role in ("picture", "likeness")}
    desk.stop_at = stop_at
    with pytest.raises(StoppedError):
        desk.run(same)
    assert desk.found(". words 7 of 3") == 2 * 32 + 8
    desk.stop_at = 0
    assert desk.run(same).parted == N_SOURCES - (stop_at - 1)
    assert desk.rows("SELECT COUNT(*) FROM jobs WHERE state <> 'done'") == [(0,)]


def test_words_are_reindexed_without_a_look_at_pictures(desk: Desk):
    forget_regions(desk)
    assert desk.run({"text": MadeUp("new-text")}).parted == 0
    assert desk.rows("SELECT COUNT(*) FROM regions") == [(0,)]
