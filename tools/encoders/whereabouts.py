"""Which models lie on this machine: in a given folder of models, or in the hub's local cache. Read only.

Knows nothing of what models are good for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sourcehound.tools.encoders.families import CLIP_LIKE, family_of, open_folder
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.known_encoders import BUILT_IN_FAMILY, KnownEncoder, known_encoders
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.encoders.weights import MissingWeightsError, locate
from sourcehound.tools.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A known encoder and how it stands on this machine.

    Attributes:
        known: the encoder.
        spec: names it in a setting; None where it does not lie here.
        problem: why it cannot be used, one line; None where it can, and where nothing of it lies here.
    """

    known: KnownEncoder
    spec: str | None
    problem: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether it can be used as it is. Its weights are not loaded to tell."""
        return self.spec is not None and self.problem is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where models are looked for.

    Attributes:
        weights_path: a folder of model folders, or a model folder itself.
        cache_dir: where hashes of weights are kept.
        hub_cache: the hub's local cache; None for the place that huggingface_hub itself would take.
    """

    weights_path: Path | None
    cache_dir: Path
    hub_cache: Path | None = None

    def weights(self, name: str) -> Path:
        """The folder of a set of known weights.

        Raises:
            ConfigError: it is missing (`MissingWeightsError`), or differs from its hash.
        """
        return locate(name, weights_path=self.weights_path, cache_dir=self.cache_dir, hub_cache=self.hub_cache)

    def model(self, hub: str) -> Path | None:
        """See `find_model`."""
        return find_model(hub, weights_path=self.weights_path, hub_cache=self.hub_cache)


def standings(places: Places) -> tuple[Standing, ...]:
    """How every known encoder stands on this machine, in the table's order. Reads small files only."""
    return tuple(
        _built_in(known, places) if known.family == BUILT_IN_FAMILY else _in_folder(known, places)
        for known in known_encoders()
    )


def _built_in(known: KnownEncoder, places: Places) -> Standing:
    try:
        for name in known.weights:
            places.weights(name)
    except MissingWeightsError as error:
        return Standing(known=known, spec=None, problem=f"missing: {error.remedy}")
    except ConfigError as error:
        return Standing(known=known, spec=known.name, problem=error.message)
    return Standing(known=known, spec=known.name)


def _in_folder(known: KnownEncoder, places: Places) -> Standing:
    path = _folder(known, places)
    if path is None:
        return Standing(known=known, spec=None)
    spec = Spec.of_folder(path)
    try:
        open_folder(spec, places.cache_dir)
    except ConfigError as error:
        return Standing(known=known, spec=str(spec), problem=error.message)
    return Standing(known=known, spec=str(spec))


def _folder(known: KnownEncoder, places: Places) -> Path | None:
    found = None if known.hub is None else places.model(known.hub)
    if found is not None or not known.weights:
        return found
    try:
        carried = places.weights(known.weights[0])
    except ConfigError:
        return None
    return carried if (carried / "config.json").is_file() else None


def find_clip_like(*, weights_path: Path | None, hub_cache: Path | None = None) -> Path | None:
    """The first CLIP-like model that lies on this machine and is whole.

    Args:
        weights_path: a folder of model folders, or a model folder itself.
        hub_cache: the hub's local cache; None for the place that huggingface_hub itself would take.
    """
    given = () if weights_path is None else (weights_path, *sorted(weights_path.glob("*/")))
    for path in (*given, *sorted(_hub(hub_cache).glob("models--*/snapshots/*/"))):
        try:
            folder = ModelFolder.read(path)
            family = family_of(folder)
        except ConfigError:
            continue
        if family.name in CLIP_LIKE and any(folder.has(name) for name in ("model*.safetensors", "**/*.onnx")):
            return path
    return None


def find_model(hub: str, *, weights_path: Path | None, hub_cache: Path | None = None) -> Path | None:
    """The folder of a model by its name on the hub; None where it does not lie here.

    Args:
        hub: as `BAAI/bge-small-en-v1.5`.
        weights_path: a folder that may hold it as `BAAI/bge-small-en-v1.5` or as `bge-small-en-v1.5`.
        hub_cache: the hub's local cache; None for its usual place.
    """
    for path in _places(hub, weights_path, hub_cache):
        if (path / "config.json").is_file():
            return path
    return None


def _places(hub: str, weights_path: Path | None, hub_cache: Path | None) -> Iterator[Path]:
    if weights_path is not None:
        yield from (weights_path / hub, weights_path / hub.rpartition("/")[2])
    yield from sorted((_hub(hub_cache) / f"models--{hub.replace('/', '--')}" / "snapshots").glob("*/"))


def _hub(hub_cache: Path | None) -> Path:
    if hub_cache is not None:
        return hub_cache
    from huggingface_hub.constants import HF_HUB_CACHE  # honours HF_HOME and HF_HUB_CACHE

    return Path(HF_HUB_CACHE)
