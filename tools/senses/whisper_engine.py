"""Whisper base behind one call: samples in, segments with word times out.

Only weights whose hashes are pinned are loaded, from their folder, and only arrays are handed over: given a path the
library would open it itself. Knows nothing of media time or of what is worth keeping.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.encoders.weights import locate

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_LANGUAGE_SEGMENTS = 4
"""Half-minutes of speech asked for their language until one is sure."""

_SILENCE_MS = 500
"""Silence this long is cut out: measured on read verse, lines then start within 0.11 s of where they should (median),
within 0.26 s at the library's own 2000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    """A word with the space before it, if any; seconds from the first sample; a chance in 0..1."""

    text: str
    start_s: float
    end_s: float
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What was recognised in one go.

    Attributes:
        no_speech: chance in 0..1 that nobody speaks.
        mean_log_chance: mean logarithm of the tokens' chances, <= 0.
        compression: bytes of the text divided by its bytes when compressed; repetition makes it large.
    """

    words: tuple[SpokenWord, ...]
    no_speech: float
    mean_log_chance: float
    compression: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was recognised in a stretch of sound.

    Attributes:
        language: ISO 639-1; None where nobody speaks.
        certainty: chance in 0..1 of that language; 1 where it was given.
        segments: in order, recognised as they are taken.
    """

    language: str | None
    certainty: float
    segments: Iterator[Segment]


class Transcriber(Protocol):
    """Recognises speech in up to some minutes of sound."""

    @property
    def producer(self) -> str:
        """Program, version and model."""
        ...

    def transcribe(self, samples: FloatArray, *, language: str | None) -> Transcript:
        """Recognise samples (float32, shape (n,), 16 kHz mono, n >= 1); the language is detected if None."""
        ...


class WhisperEngine:
    """faster-whisper with Whisper base, 8-bit; loaded at the first call, once. Safe to use from several threads.

    Silence is cut out by its voice detector first: on silence alone Whisper writes words that nobody said.

    Args:
        weights: a folder to look for the weights in first.
        cache: where joined weights and the hashes of files already checked are kept.
        threads: threads that share one run, >= 1.
        seed: of the sampling that is tried where the most likely words repeat themselves or are unlikely.
    """

    def __init__(self, *, weights: Path | None, cache: Path, threads: int = 2, seed: int = 0) -> None:
        self._weights = weights
        self._cache = cache
        self._threads = threads
        self._seed = seed
        self._lock = threading.Lock()
        self._loaded: WhisperModel | None = None

    @property
    def producer(self) -> str:
        """Program, version and model, known without loading it."""
        return f"faster-whisper {version('faster-whisper')} base"

    def transcribe(self, samples: FloatArray, *, language: str | None) -> Transcript:
        """Recognise samples (see `Transcriber`).

        Raises:
            ConfigError: the weights are missing or differ from their hash.
            BusyError: weights that come in parts cannot be joined: the disk is full or read-only.
        """
        import ctranslate2
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        model = self._model()
        detector = VadOptions(min_silence_duration_ms=_SILENCE_MS)
        if language is None and not get_speech_timestamps(samples, detector):
            return (
                _nobody()
            )  # else it would ask silence for its language, which costs as much as half a minute of speech
        ctranslate2.set_random_seed(self._seed)
        segments, info = model.transcribe(
            samples,
            language=language,
            beam_size=5,
            vad_filter=True,
            vad_parameters=detector,
            condition_on_previous_text=False,  # else a phrase that repeats itself goes on into the next half-minute
            word_timestamps=True,
            language_detection_segments=_LANGUAGE_SEGMENTS,
        )
        if info.duration_after_vad == 0:
            return _nobody()
        return Transcript(
            language=info.language, certainty=info.language_probability, segments=(_segment(s) for s in segments)
        )

    def _model(self) -> WhisperModel:
        with self._lock:
            if self._loaded is None:
                folder = locate("whisper-base", weights_path=self._weights, cache_dir=self._cache)
                locate("silero-vad", weights_path=None, cache_dir=self._cache)  # it loads that one by itself: check it
                from faster_whisper import WhisperModel

                self._loaded = WhisperModel(
                    str(folder),
                    device="cpu",
                    compute_type="int8",
                    cpu_threads=self._threads,
                    local_files_only=True,
                )
            return self._loaded


def _nobody() -> Transcript:
    return Transcript(language=None, certainty=0.0, segments=iter(()))


def _segment(found: Any) -> Segment:
    return Segment(
        words=tuple(
            SpokenWord(text=word.word, start_s=float(word.start), end_s=float(word.end), chance=float(word.probability))
            for word in found.words or ()
        ),
        no_speech=found.no_speech_prob,
        mean_log_chance=found.avg_logprob,
        compression=found.compression_ratio,
    )
