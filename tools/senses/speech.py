"""Speech recognition: utterances with word times on the media clock, as they are heard.

Knows samples only: no files. Numbers, names and punctuation stay as they were recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.senses.sense import HeardWord, Utterance
from sourcehound.tools.senses.stretches import RATE, stretches
from sourcehound.tools.senses.whisper_engine import Segment, Transcriber, WhisperEngine

_NO_SPEECH = 0.6
_LOG_CHANCE = -1.0
_COMPRESSION = 2.4
_BREATH_S = 1.0
"""A pause this long ends an utterance: Whisper's segments run on over pauses."""
_SHORTEST_S = 0.02
"""Alignment's own step; it gives some words no time at all, and a link to those would show nothing."""
_SURE = 0.5
"""A language less certain than this holds for its stretch only, and is asked for again."""


class WhisperSpeech:
    """Whisper base on the CPU: 99 languages, one for each recording. Safe to use from several threads.

    Args:
        weights: a folder to look for the weights in first.
        cache: where joined weights and the hashes of files already checked are kept.
        threads: threads that share one run, >= 1.
        transcriber: a recogniser to use instead.
    """

    def __init__(
        self, *, weights: Path | None = None, cache: Path, threads: int = 2, transcriber: Transcriber | None = None
    ) -> None:
        self._transcriber = transcriber or WhisperEngine(weights=weights, cache=cache, threads=threads)
        self.producer = self._transcriber.producer

    def hear(self, samples: FloatArray, *, origin_s: float = 0.0) -> Iterator[Utterance]:
        """Recognise a whole recording.

        Args:
            samples: float32, shape (n,), 16 kHz mono, within -1..1.
            origin_s: media time of the first sample.

        Returns:
            Utterances in order of time, each recognised when it is asked for.

        Raises:
            ToolInputError: the array has more than one channel.
            ConfigError: from the iterator: the weights are missing or differ from their hash.
            BusyError: from the iterator: weights that come in parts cannot be joined.
        """
        if samples.ndim != 1:
            raise ToolInputError(f"samples are mono, shape (n,), got shape {samples.shape}")
        return self.hear_pieces((samples,), origin_s=origin_s)

    def hear_pieces(self, pieces: Iterable[FloatArray], *, origin_s: float = 0.0) -> Iterator[Utterance]:
        """Recognise a recording that comes in pieces; holds about five minutes of it at a time.

        Args:
            pieces: samples as for `hear`, that follow each other without a gap.
            origin_s: media time of the first sample.

        Yields:
            Utterances as `hear` does; a word across two pieces is whole.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
            BusyError: weights that come in parts cannot be joined.
        """
        language: str | None = None
        now_s = origin_s
        for stretch in stretches(pieces):
            transcript = self._transcriber.transcribe(stretch.samples, language=language)
            if transcript.language is None:
                continue
            if transcript.certainty >= _SURE:
                language = transcript.language
            start_s = origin_s + stretch.start / RATE
            end_s = start_s + len(stretch.samples) / RATE
            for segment in transcript.segments:
                if _is_invented(segment):
                    continue
                words = _on_media_clock(segment, start_s, not_before_s=now_s, not_after_s=end_s)
                for breath in _breaths(words):
                    now_s = breath[-1].end_s
                    yield Utterance(words=tuple(breath), language=transcript.language)


def _is_invented(segment: Segment) -> bool:
    """Whether Whisper wrote what nobody said: it is sure of no speech and unsure of its words, or goes round and round.

    Source:
        Whisper (Radford et al. 2022, arXiv:2212.04356), section 4.5, its thresholds. Differs: what is still
        over a threshold after all its attempts is left out, not kept.
    """
    is_silent = segment.no_speech > _NO_SPEECH and segment.mean_log_chance < _LOG_CHANCE
    return is_silent or segment.compression > _COMPRESSION


def _on_media_clock(
    segment: Segment, start_s: float, *, not_before_s: float, not_after_s: float
) -> Iterator[HeardWord]:
    """Words in media time, none of which starts before the one before it has ended: alignment sometimes turns back."""
    now_s = not_before_s
    for word in segment.words:
        if not word.text.strip():
            continue
        begin_s = min(max(start_s + word.start_s, now_s), not_after_s - _SHORTEST_S)
        now_s = min(max(start_s + word.end_s, begin_s + _SHORTEST_S), not_after_s)
        chance = min(max(word.chance, 0.0), 1.0)
        yield HeardWord(text=word.text, start_s=round(begin_s, 3), end_s=round(now_s, 3), score=chance)


def _breaths(words: Iterable[HeardWord]) -> Iterator[list[HeardWord]]:
    breath: list[HeardWord] = []
    for word in words:
        if breath and word.start_s - breath[-1].end_s >= _BREATH_S:
            yield breath
            breath = []
        breath.append(word)
    if breath:
        yield breath
