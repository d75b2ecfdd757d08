"""The system under test: the real library, filled by the real writing path, searched by the real `find`.

Each collection has a library of its own, named after what it holds and what makes it, so that a second run indexes nothing
and a killed one goes on. Knows nothing of measures.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcehound.agent.evaluate.collection import Collection, Files, Question, Scope, Texts
from sourcehound.agent.evaluate.left_out import SENSES, MuteReaders, NoOcr, NoSpeech
from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.agent.hound import Sourcehound, utc_now
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import UNIT_KINDS
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.library.encode import encode_pending
from sourcehound.tools.library.given import put_texts
from sourcehound.tools.library.lock import exclusive
from sourcehound.tools.library.taking import Progress, no_progress

DEPTH = 200
"""Hits asked for: as many as the command line may ask for."""
_INDEXING = ("encoders.", "index.")
_NOT_INDEXING = ("index.engine", "index.chroma_url")
_UNRELATED = ("ask.", "web.", "model", "seer", "judge")
"""Settings that neither `add` nor `find` reads."""
_NAME_LENGTH = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The options of the system under test.

    Attributes:
        settings: values by key, over those of the environment and of config.toml.
        without: senses that are left out when files are added: `ocr`, `speech`.
        home: Sourcehound's home folder, None for the usual one.
        library: beginning of the name of the library.
        fresh: whether what an earlier run indexed is thrown away.
    """

    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    without: tuple[str, ...] = ()
    home: str | os.PathLike[str] | None = None
    library: str = ""
    fresh: bool = False

    def __post_init__(self) -> None:
        for sense in self.without:
            if sense not in SENSES:
                raise InputError(f"no sense is named {sense!r}", remedy=f"there are {', '.join(SENSES)}")

    @contextmanager
    def over(
        self, collection: Collection, *, warn: Callable[[str], None], progress: Progress = no_progress
    ) -> Generator[Sourcehound]:
        """Open the collection's library, with everything in it.

        Args:
            collection: what it holds.
            warn: told of what a person should know, one line each.
            progress: told of each step of the indexing.

        Raises:
            ConfigError: a setting is wrong, or the weights of an encoder are missing.
            BusyError: another process writes this library, or the disk is full.
        """
        with self._nameless() as nameless:
            name = self._name(collection, nameless)
            places = [nameless.home / "libraries" / name, nameless.home / "evaluated" / name]
        for place in places if self.fresh else ():
            shutil.rmtree(place, ignore_errors=True)
        with Sourcehound(home=self.home, library=name, settings=dict(self.settings), warn=warn) as hound:
            if "ocr" in self.without:
                vars(hound.library)["ocr"] = NoOcr()
            if "speech" in self.without:
                vars(hound.library)["speech"] = NoSpeech()
            if isinstance(collection.material, Numbered) and collection.material.mute:
                vars(hound.library)["readers"] = MuteReaders()
            _put(hound, collection.material, progress)
            yield hound

    def searching(self) -> dict[str, Any]:
        """The values of the settings that indexing and `find` read.

        Raises:
            ConfigError: a setting is wrong.
        """
        with self._nameless() as hound:
            return {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in hound.settings.values.items()
                if not key.startswith(_UNRELATED)
            }

    def _nameless(self) -> Sourcehound:
        """Opened for its settings only: no library is made."""
        return Sourcehound(home=self.home, settings=dict(self.settings))

    def _name(self, collection: Collection, hound: Sourcehound) -> str:
        """The name of the library that these options make of this collection."""
        material = collection.material
        held = [material.paths, material.include] if isinstance(material, Files) else material.sha256
        made_by = {key: value for key, value in hound.settings.values.items() if _is_indexing(key)}
        identity = [str(collection.path), held, made_by, sorted(self.without)]
        mark = hashlib.sha256(json.dumps(identity, sort_keys=True).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        folder = re.sub(r"[^A-Za-z0-9]+", "-", collection.path.name).strip("-")[:_NAME_LENGTH]
        return "-".join(filter(None, (self.library, "eval", collection.task, folder, mark)))


def search(hound: Sourcehound, collection: Collection, question: Question, scope: Scope) -> tuple[Hit, ...]:
    """The hits of one question, best first, weak ones too.

    Raises:
        ConfigError: the index was made with another encoder.
    """
    within = question.file if scope.own_document else None
    if within is not None and isinstance(collection.material, Numbered):
        within = str(collection.material.place(_numbered_folder(hound), within))
    return tuple(
        hound.find(question.text, like=question.picture, type=scope.kinds, within=within, n=DEPTH, min_score=0.0)
    )


def options_of(hound: Sourcehound, system: System) -> dict[str, Any]:
    """Every option of the system and every model with its revision, for the report."""
    from importlib.metadata import version

    status = hound.status()
    return {
        "program": f"sourcehound {version('sourcehound')}",
        "library": hound.library.name,
        "settings": system.searching(),
        "models": dict(hound.library.stamps()),
        "without": list(system.without),
        "units": status["units"],
        "files": status["files"],
        "waiting": status["waiting"],
        "depth": DEPTH,
        "min_score": 0.0,
    }


def _put(hound: Sourcehound, material: Texts | Files | Numbered, progress: Progress) -> None:
    if isinstance(material, Texts):
        _put_texts(hound, material, progress)
    elif isinstance(material, Files):
        hound.add(*material.paths, include=material.include, progress=progress)
    else:
        folder = _numbered_folder(hound)
        material.lay_out(folder)
        hound.add(folder, progress=progress)


def _numbered_folder(hound: Sourcehound) -> Path:
    """Where numbered files are laid out; numbers for the names of its folders too: they are searched as words."""
    return hound.home / "evaluated" / hound.library.name / "0" / "0"


def _put_texts(hound: Sourcehound, texts: Texts, progress: Progress) -> None:
    library = hound.library
    with exclusive(library.folder / "library.lock", f"library {library.name}"):
        put_texts(
            library.catalogue, texts.read(), origin=texts.origin, n_texts=texts.n_texts, now=utc_now, progress=progress
        )
        encode_pending(library.catalogue, library.text_encoder, progress=progress)
        for stamp in filter(None, set(library.stamps().values())):
            for kind in UNIT_KINDS:
                library.engine.refresh(kind, stamp)


def _is_indexing(key: str) -> bool:
    return key.startswith(_INDEXING) and key not in _NOT_INDEXING
