"""A library: one folder that holds the catalogue and what is derived from it, and the senses and encoders made at first use.

The one object that doors and tools share. Nothing heavy is imported or loaded before it is needed. Knows nothing of agents.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcehound.tools.encoders.encoder import Encoder
from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.index.engine import DenseEngine
from sourcehound.tools.index.recipe import Recipe
from sourcehound.tools.library.answering import Answering
from sourcehound.tools.library.caches import refresh
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.left_out import left_out, told
from sourcehound.tools.library.lock import exclusive, holder
from sourcehound.tools.library.options import Options
from sourcehound.tools.library.status import searched, status
from sourcehound.tools.library.sync import Changes, Progress, forget, no_progress, standing, sync
from sourcehound.tools.library.within import EVERYTHING, Within
from sourcehound.tools.library.workshop import Workshop
from sourcehound.tools.senses.ranker import Ranker
from sourcehound.tools.senses.sense import Ocr, Speech

if TYPE_CHECKING:
    from sourcehound.tools.library.pool import Readers
    from sourcehound.tools.library.reindex import Reindexed

__all__ = ["Library", "Options"]


def _quiet(*_: object) -> None:
    return None


@dataclass
class Library:
    """A library's folder, opened. Safe to use from several threads; close it at the end.

    Args:
        home: Sourcehound's home folder.
        name: the library's name.
        now: the time, ISO 8601 in UTC.
        options: models and engine.
        warn: told of what a person should know, one line each.
        open_ranker: opens the model that a recipe names to judge hits.
    """

    home: Path
    name: str
    now: Callable[[], str]
    options: Options = field(default_factory=Options)
    warn: Callable[[str], None] = _quiet
    open_ranker: Callable[[Recipe], Ranker] | None = None

    def __post_init__(self) -> None:
        self.folder = self.home / "libraries" / self.name
        self.cache = self.home / "cache"

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened at first use."""
        return Catalogue(self.folder)

    @cached_property
    def readers(self) -> Readers:
        """The reader processes, started at first use."""
        from sourcehound.tools.library.pool import Readers

        return Readers()

    @cached_property
    def encoders(self) -> Encoders:
        """The encoders; nothing is loaded before the first use."""
        return Encoders(weights_path=self.options.weights, cache_dir=self.cache, threads=self.options.threads)

    @cached_property
    def answering(self) -> Answering:
        """Which encoders answer: those that everything is encoded by, whatever the settings name by now."""
        return Answering(
            connect=lambda: self.catalogue.connection,
            encoders=self.encoders,
            text=self.options.text,
            picture=self.options.picture,
            page=self.options.page,
            library=self.name,
        )

    @property
    def text_encoder(self) -> Encoder:
        """Words into the space of words; may be another one from one moment to the next, so take it once for a search."""
        return self.answering.encoder("text")

    @property
    def picture_encoder(self) -> Encoder:
        """Pictures into the space that words are sought in."""
        return self.answering.encoder("picture")

    @property
    def likeness_encoder(self) -> Encoder:
        """Pictures into the space that pictures are sought in: a CLIP-like model's own, else the classifier's features."""
        return self.answering.encoder("likeness")

    @property
    def page_encoder(self) -> Encoder | None:
        """Pages as they look into the space that words are sought in; None where they are sought by their words alone."""
        return self.answering.pages()

    def refuse_other_encoders(self) -> None:
        """Refuse to work with other encoders than the index was made with, unless `reindex` is at it.

        Raises:
            ConfigError: names both, and the command that makes the index anew.
        """
        self.answering.check()

    @cached_property
    def ranker(self) -> Ranker | None:
        """Judges hits once more; None where the recipe names nobody.

        Raises:
            ConfigError: the recipe names a model that cannot be opened.
        """
        recipe = self.options.recipe
        if recipe.rerank.startswith("hf:"):
            from sourcehound.tools.encoders.cross_encoder import CrossEncoder

            folder = Path(recipe.rerank.removeprefix("hf:")).expanduser().absolute()
            return CrossEncoder(folder, cache_dir=self.cache, threads=self.options.threads)
        if recipe.rerank and self.open_ranker is None:
            raise ConfigError(f"nobody here can open the model {recipe.rerank}", remedy="name hf:FOLDER in find.rerank")
        return self.open_ranker(recipe) if recipe.rerank and self.open_ranker else None

    @cached_property
    def ocr(self) -> Ocr:
        """Reads lettering."""
        from sourcehound.tools.senses.ocr import RapidOcr

        return RapidOcr(weights=self.options.weights, cache=self.cache, threads=self.options.threads)

    @cached_property
    def speech(self) -> Speech:
        """Recognises speech."""
        from sourcehound.tools.senses.speech import WhisperSpeech

        return WhisperSpeech(weights=self.options.weights, cache=self.cache, threads=self.options.threads)

    @cached_property
    def engine(self) -> DenseEngine:
        """Dense search: exact for small kinds, Chroma for large ones or by setting."""
        from sourcehound.tools.index.choose import open_engine

        return open_engine(
            lambda: self.catalogue.connection,
            self.folder / "vectors",
            warn=self.warn,
            setting=self.options.engine,
            server=self.options.chroma_url,
        )

    def add(
        self,
        paths: Sequence[str],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        progress: Progress = no_progress,
    ) -> Changes:
        """Index files and folders; again touches only what changed. What readers leave out of a file is warned of.

        Raises:
            InputError: none of the paths exists.
            BusyError: another process writes this library, or the disk is full.
        """
        from sourcehound.tools.library import encode, jobs, pages, reindex

        with exclusive(self.folder / "library.lock", f"library {self.name}"):
            self.answering.check()
            page, in_part = self.page_encoder, left_out(self.catalogue)
            changes = sync(
                self.catalogue, self.readers, paths, now=self.now, include=include, exclude=exclude, progress=progress
            )
            # a picture encoder that was found since takes over as soon as it has seen everything
            reindex.begin(self.catalogue, self.answering, self.answering.by_settings("picture"), instead=False)
            with self.catalogue.transaction() as connection:
                pages.begin(connection, page)
            coming = self.answering.coming("text")
            successor = "" if coming is None else str(coming.stamp)

            def fill(tell: Progress = no_progress) -> None:
                encoder = self.text_encoder
                if encoder.is_here():
                    encode.encode_pending(
                        self.catalogue, encoder, successor=successor, compact=self.options.compact, progress=tell
                    )

            fill(progress)
            jobs.work(self._workshop(), progress=progress, after=fill)
            reindex.switch(self.catalogue, self.answering)
            self._refresh(reindex.remove_gone(self.catalogue))
            for line in told(left_out(self.catalogue), in_part):
                self.warn(line)
        return changes

    def reindex(
        self,
        *,
        text: str = "",
        picture: str = "",
        page: str = "",
        progress: Progress = no_progress,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Reindexed:
        """Encode everything by other encoders while the old ones answer, then switch; the same call goes on after a kill.

        Args:
            text: spec of the text encoder, empty for what the settings name.
            picture: spec of the picture encoder, likewise.
            page: spec of the encoder of pages as they look, likewise.
            progress: told of each step.
            sleep: waits that many seconds.

        Without any spec, what is derived is made anew too: the word index and the engines' caches.

        Raises:
            ConfigError: an encoder is unknown, or its weights are missing.
            BusyError: another process writes this library, or the disk is full.
        """
        from sourcehound.tools.library import reindex

        with exclusive(self.folder / "library.lock", f"library {self.name}"):
            named = self.answering.named({"text": text, "picture": picture, "page": page})
            wanted = named or self.answering.by_settings("text", "picture", "page")
            run = reindex.Reindex(
                catalogue=self.catalogue,
                answering=self.answering,
                workshop=self._workshop,
                engine=self.engine,
                compact=self.options.compact,
                regions=self.options.regions,
                progress=progress,
                sleep=sleep,
            )
            return run.run(wanted, rebuild=not named)

    def _refresh(self, gone: Collection[str] = ()) -> None:
        refresh(self.catalogue.connection, self.engine, set(filter(None, self.stamps().values())), gone=gone)

    def standing(self, paths: Sequence[str]) -> tuple[set[str], set[str]]:
        """The hashes of the sources that only files at or below some paths hold, and of those that others hold too.

        Raises:
            InputError: the library holds nothing at a path.
        """
        return standing(self.catalogue, paths)

    def forget(self, paths: Sequence[str]) -> int:
        """Forget files and folders, with the pictures made of citations and the vectors in every cache.

        Returns how many files were forgotten.

        Raises:
            InputError: the library holds nothing at a path.
            BusyError: another process writes this library.
        """
        with exclusive(self.folder / "library.lock", f"library {self.name}"):
            n_files, _ = forget(self.catalogue, paths)
            shutil.rmtree(self.folder / "shown", ignore_errors=True)
            self._refresh()
        return n_files

    def stamps(self) -> Mapping[str, str | None]:
        """The stamp of each encoder in use, None where its weights are missing."""
        return {name: str(encoder.stamp) if encoder.is_here() else None for name, encoder in self._in_use().items()}

    def _in_use(self) -> dict[str, Encoder]:
        found = {"text": self.text_encoder, "picture": self.picture_encoder, "likeness": self.likeness_encoder}
        page = self.page_encoder
        return found if page is None else {**found, "page": page}

    def status(self) -> dict[str, Any]:
        """The status document."""
        from sourcehound.tools.library.reindex import making

        return status(self.catalogue, self.name, self.stamps()) | {
            "making": making(self.catalogue),
            "writer": holder(self.folder / "library.lock"),
        }

    def searched(self, scope: Within = EVERYTHING) -> dict[str, Any]:
        """What a search of a scope covers: `{"files", "units", "pending"}`."""
        return searched(self.catalogue, scope, stamp=self.stamps()["text"])

    def close(self) -> None:
        """End the reader processes and close the database."""
        if "readers" in self.__dict__:
            self.readers.close()
        if "engine" in self.__dict__:
            self.engine.close()
        if "catalogue" in self.__dict__:
            self.catalogue.close()

    def has_weights(self, name: str) -> bool:
        """Whether a known set of weights is here.

        Raises:
            ConfigError: it differs from its hash.
        """
        from sourcehound.tools.encoders.weights import is_here

        return is_here(name, weights_path=self.options.weights, cache_dir=self.cache)

    def _workshop(self) -> Workshop:
        return Workshop(
            catalogue=self.catalogue,
            readers=self.readers,
            ocr=self.ocr,
            speech=self.speech,
            text_encoder=self.text_encoder,
            picture_encoder=self.picture_encoder,
            likeness_encoder=self.likeness_encoder,
            page_encoder=self.answering.coming("page") or self.page_encoder,
            compact=self.options.compact,
            regions=self.options.regions,
            coming=tuple(filter(None, (self.answering.coming("picture"), self.answering.coming("likeness")))),
        )
