"""The two networks of PP-OCR behind two calls: find lettering, read one line of it.

Only the three networks whose hashes are pinned are ever loaded, and from their files: RapidOCR's own look-up, which
would download what it misses, is passed by. Knows nothing of tiles, order or what is worth keeping.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.encoders.weights import locate

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_NETWORKS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}


class Engine(Protocol):
    """Finds lettering and reads it."""

    @property
    def producer(self) -> str:
        """Program and version."""
        ...

    def find(self, picture: Pixels) -> FloatArray:
        """Find lines of lettering.

        Returns:
            float32, shape (n_lines, 4, 2): corners x, y in the picture's pixels, clockwise from the line's top left.
        """
        ...

    def read(self, line: Pixels) -> tuple[str, float]:
        """Read a picture of one line: its words, and the mean score in 0..1 of the letters that were recognised."""
        ...


class RapidEngine:
    """RapidOCR with its default networks; loaded at the first call, once. Safe to use from several threads.

    Args:
        weights: a folder to look for the weights in first.
        cache: where the hashes of files already checked are kept.
        threads: threads that share one run, >= 1. They sleep while they wait: spinning doubled the processor time.

    Raises:
        ConfigError: from any call: the weights are missing or differ from their hash.
    """

    def __init__(self, *, weights: Path | None, cache: Path, threads: int = 2) -> None:
        self._weights = weights
        self._cache = cache
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: Any = None

    @property
    def producer(self) -> str:
        """Program and version, known without loading it."""
        return f"rapidocr {version('rapidocr')}"

    def find(self, picture: Pixels) -> FloatArray:
        """Find lines of lettering (see `Engine`)."""
        found = self._run(picture, use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return np.zeros((0, 4, 2), np.float32)
        return np.asarray(found.boxes, np.float32).reshape(-1, 4, 2)

    def read(self, line: Pixels) -> tuple[str, float]:
        """Read a picture of one line, turned round first if it stands on its head (see `Engine`)."""
        read = self._run(line, use_det=False, use_cls=True, use_rec=True)
        if not read.txts:
            return "", 0.0
        return str(read.txts[0]), float(read.scores[0])

    def _run(self, picture: NDArray[np.uint8], **steps: bool) -> Any:
        with self._lock:  # the steps are kept in the loaded object, so that two calls at once would mix
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded(np.ascontiguousarray(picture[:, :, ::-1]), **steps)  # it takes BGR

    def _load(self) -> Any:
        folder = locate("rapidocr", weights_path=self._weights, cache_dir=self._cache)
        from omegaconf import flag_override
        from rapidocr import RapidOCR

        loaded: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_preprocess_img": False,  # tiles are scaled before: its own scaling misplaces long pictures
                "Det.limit_type": "max",
                "Det.limit_side_len": 1 << 16,
            }
        )
        with flag_override(loaded.cfg, "allow_objects", values=True):
            for part, name in _NETWORKS.items():
                loaded.cfg[part].session = self._session(folder / name)
        return loaded

    def _session(self, path: Path) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.enable_cpu_mem_arena = False  # pictures differ in size, an arena would keep the largest for good
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
