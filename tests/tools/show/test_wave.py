"""A waveform shows what is loud, and the moment where it is."""

from collections.abc import Sequence

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.senses.sense import HeardWord
from sourcehound.tools.show.canvas import ACCENT, PANEL
from sourcehound.tools.show.lettering import Lettering
from sourcehound.tools.show.wave import WIDTH_PX, around, wave

TINT = (255, 243, 196)


def tone(start_s: float, end_s: float, length_s: float = 4.0):
    t = np.arange(int(length_s * 16000)) / 16000
    return np.where((t >= start_s) & (t < end_s), np.sin(t * 900.0), 0.0).astype(np.float32)


def array_of(
    samples: FloatArray, drawn: tuple[float, float], moment: tuple[float, float], words: Sequence[HeardWord] = ()
) -> Pixels:
    return np.asarray(wave(Lettering(), samples, drawn, moment, words))[1:-1, 1:-1]


def test_the_moment_is_tinted_and_its_sound_stands_out():
    array = array_of(tone(1, 2), (10.0, 14.0), (11.0, 12.0))
    assert array.shape[1] == WIDTH_PX
    left, right = 16 + 292, 16 + 584  # 1168 pixels for 4 s
    assert tuple(array[4, left + 20]) == TINT
    assert tuple(array[4, left - 10]) == PANEL
    assert tuple(array[4, right + 10]) == PANEL
    inked = (array[:190, left + 10 : right - 10] == ACCENT).all(axis=2).sum(axis=0)
    assert inked.min() > 60
    assert (array[:190, 40:280] == ACCENT).all(axis=2).sum() == 0


def test_silence_and_a_short_recording_are_drawn():
    assert array_of(np.zeros(16000, np.float32), (0.0, 1.0), (0.2, 0.4)).shape[1] == WIDTH_PX
    assert array_of(np.zeros(0, np.float32), (0.0, 1.0), (0.2, 0.4)).shape[1] == WIDTH_PX


def test_words_make_the_strip_higher_and_those_outside_are_left_out():
    words = [HeardWord(text=" rose", start_s=0.3, end_s=0.5, score=0.9)]
    far = [HeardWord(text=" never", start_s=90.0, end_s=91.0, score=0.9)]
    plain = array_of(tone(0, 1, 1), (0.0, 1.0), (0.2, 0.6))
    assert array_of(tone(0, 1, 1), (0.0, 1.0), (0.2, 0.6), words).shape[0] > plain.shape[0]
    assert array_of(tone(0, 1, 1), (0.0, 1.0), (0.2, 0.6), far).shape == plain.shape


def test_many_words_never_fill_more_than_four_rows():
    words = [HeardWord(text=f" word{k}", start_s=k * 0.01, end_s=k * 0.01 + 0.01, score=0.9) for k in range(90)]
    few = array_of(tone(0, 1, 1), (0.0, 1.0), (0.2, 0.6), words[:1])
    many = array_of(tone(0, 1, 1), (0.0, 1.0), (0.2, 0.6), words)
    assert many.shape[0] - few.shape[0] == 3 * 23


def test_a_little_of_what_comes_before_and_after_is_drawn():
    assert around(10.0, 12.0) == (9.5, 12.5)
    assert around(0.1, 1.0) == (0.0, 1.5)
    assert around(100.0, 200.0) == (95.0, 205.0)
