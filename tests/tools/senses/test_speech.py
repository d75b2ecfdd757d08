"""Speech: words on the media clock, in order; nothing where nobody speaks."""

import json
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.encoders.weights import MissingWeightsError, locate
from sourcehound.tools.errors import ConfigError, ToolInputError
from sourcehound.tools.senses.sense import Utterance
from sourcehound.tools.senses.speech import WhisperSpeech
from sourcehound.tools.senses.stretches import RATE
from sourcehound.tools.senses.whisper_engine import Segment, SpokenWord, Transcript

UNUSED = Path("unused")


def segment(
    *words: tuple[str, float, float], no_speech: float = 0.1, mean_log_chance: float = -0.3, compression: float = 1.2
) -> Segment:
    spoken = tuple(SpokenWord(text=text, start_s=start, end_s=end, chance=0.9) for text, start, end in words)
    return Segment(words=spoken, no_speech=no_speech, mean_log_chance=mean_log_chance, compression=compression)


class ScriptedTranscriber:
    """Says for each stretch what it is told, and remembers the languages it was asked for."""

    producer = "scripted 1"

    def __init__(self, *said: tuple[str | None, float, list[Segment]]) -> None:
        self._said = iter(said)
        self.asked: list[str | None] = []
        self.n_taken = 0

    def transcribe(self, samples: FloatArray, *, language: str | None) -> Transcript:
        self.asked.append(language)
        found, certainty, segments = next(self._said)
        return Transcript(language=language or found, certainty=certainty, segments=self._take(segments))

    def _take(self, segments: list[Segment]) -> Iterator[Segment]:
        for one in segments:
            self.n_taken += 1
            yield one


def hear(*segments: Segment, origin_s: float = 0.0, seconds: float = 20) -> list[Utterance]:
    speech = WhisperSpeech(cache=UNUSED, transcriber=ScriptedTranscriber(("en", 0.99, list(segments))))
    return list(speech.hear(np.zeros(int(seconds * RATE), np.float32), origin_s=origin_s))


def spans(utterances: list[Utterance]) -> list[tuple[float, float]]:
    return [(word.start_s, word.end_s) for utterance in utterances for word in utterance.words]


def test_words_carry_media_time_and_keep_their_spelling():
    (heard,) = hear(segment((" Mr.", 1.0, 1.4), (" Dashwood,", 1.4, 2.0), (" £42", 2.1, 2.5)), origin_s=5.0)
    assert heard.text == "Mr. Dashwood, £42"
    assert heard.language == "en"
    assert spans([heard]) == [(6.0, 6.4), (6.4, 7.0), (7.1, 7.5)]
    assert heard.words[0].score == 0.9


def test_a_pause_of_a_second_ends_an_utterance():
    heard = hear(segment((" one", 0.0, 0.5), (" two", 1.4, 1.9), (" three", 2.9, 3.2)))
    assert [utterance.text for utterance in heard] == ["one two", "three"]


def test_times_never_run_backwards_nor_past_the_end():
    heard = hear(segment((" a", 1.0, 3.0), (" b", 2.0, 2.5), (" c", 2.4, 2.4)), segment((" d", 2.0, 9.9)), seconds=4)
    times = spans(heard)
    assert all(start < end for start, end in times)
    assert all(here[1] <= following[0] for here, following in pairwise(times))
    assert times[-1][1] <= 4


def test_words_invented_in_silence_are_dropped():
    quiet = segment((" You", 1.0, 2.0), no_speech=0.9, mean_log_chance=-1.5)
    unsure_but_spoken = segment((" mumbled", 3.0, 4.0), no_speech=0.2, mean_log_chance=-1.5)
    assert [u.text for u in hear(quiet, unsure_but_spoken)] == ["mumbled"]


def test_a_phrase_that_goes_round_and_round_is_dropped():
    assert hear(segment((" thanks", 1.0, 2.0), compression=6.0)) == []


def test_empty_words_are_left_out():
    assert hear(segment((" ", 0.0, 1.0))) == []


def test_utterances_are_recognised_as_they_are_asked_for():
    transcriber = ScriptedTranscriber(("en", 0.9, [segment((" one", 0, 1)), segment((" two", 3, 4))]))
    heard = WhisperSpeech(cache=UNUSED, transcriber=transcriber).hear(np.zeros(5 * RATE, np.float32))
    assert (transcriber.asked, transcriber.n_taken) == ([], 0)
    assert next(heard).text == "one"
    assert transcriber.n_taken == 1


def test_long_recordings_keep_their_clock_and_the_language_once_it_is_sure():
    transcriber = ScriptedTranscriber(
        (None, 0.0, []), ("de", 0.3, [segment((" eins", 1, 2))]), ("fr", 0.9, [segment((" deux", 1, 2))]), ("xx", 1, [])
    )
    sound = np.ones(1000 * RATE, np.float32)
    for cut in (290, 570, 860):
        sound[cut * RATE : (cut + 1) * RATE] = 0
    heard = list(WhisperSpeech(cache=UNUSED, transcriber=transcriber).hear(sound, origin_s=10.0))
    assert transcriber.asked == [None, None, None, "fr"]
    assert [utterance.language for utterance in heard] == ["de", "fr"]
    assert 10 + 290 + 1 < heard[0].words[0].start_s < 10 + 291 + 1
    assert 10 + 570 + 1 < heard[1].words[0].start_s < 10 + 571 + 1


def test_pieces_are_heard_as_one_recording():
    transcriber = ScriptedTranscriber(("en", 0.9, [segment((" whole", 0.9, 1.2))]))
    pieces = [np.zeros(RATE, np.float32), np.zeros(RATE, np.float32)]
    heard = list(WhisperSpeech(cache=UNUSED, transcriber=transcriber).hear_pieces(pieces))
    assert [utterance.text for utterance in heard] == ["whole"]


def test_two_channels_are_refused_at_once():
    with pytest.raises(ToolInputError, match="mono"):
        WhisperSpeech(cache=UNUSED, transcriber=ScriptedTranscriber()).hear(np.zeros((10, 2), np.float32))


def test_weights_that_differ_from_their_hash_are_refused(tmp_path: Path):
    for name in ("model.bin", "tokenizer.json", "vocabulary.txt", "config.json"):
        (tmp_path / name).write_bytes(b"not a network")
    with pytest.raises(ConfigError, match="SHA-256"):
        next(WhisperSpeech(weights=tmp_path, cache=tmp_path / "cache").hear(np.zeros(RATE, np.float32)))


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> WhisperSpeech:
    cache = tmp_path_factory.mktemp("cache")
    try:
        locate("whisper-base", weights_path=None, cache_dir=cache)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))
    return WhisperSpeech(cache=cache, threads=1)


def silence() -> FloatArray:
    return np.zeros(5 * RATE, np.float32)


def hiss() -> FloatArray:
    return (0.05 * np.random.default_rng(1).standard_normal(5 * RATE)).astype(np.float32)


def hum() -> FloatArray:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(5 * RATE) / RATE)).astype(np.float32)


@pytest.mark.parametrize("sound", [silence(), hiss(), hum(), silence()[:1]], ids=["silence", "hiss", "hum", "1 sample"])
def test_nothing_is_heard_where_nobody_speaks(whisper: WhisperSpeech, sound: FloatArray):
    assert list(whisper.hear(sound)) == []


def samples_of(path: Path) -> FloatArray:
    import av

    resampler = av.AudioResampler("fltp", "mono", RATE)
    with av.open(str(path)) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([part.to_ndarray()[0] for part in [*frames, *resampler.resample(None)]]).astype(np.float32)


def test_a_sentence_read_aloud_is_heard_word_for_word(whisper: WhisperSpeech):
    folder = os.environ.get("SOURCEHOUND_DATA")
    if not folder:
        pytest.skip("SOURCEHOUND_DATA names no folder")
    audio = Path(folder, "audio")
    rows = [json.loads(line) for line in (audio / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()]
    row = next(row for row in rows if row["text"] == "he was not an ill disposed young man")
    heard = list(whisper.hear(samples_of(audio / row["audio"]), origin_s=100.0))
    assert re.findall(r"[a-z]+", " ".join(u.text for u in heard).lower()) == row["text"].split()
    assert {utterance.language for utterance in heard} == {"en"}
    times = spans(heard)
    assert times[0][0] >= 100
    assert all(start < end for start, end in times)
