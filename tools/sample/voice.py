"""Spoken words for the sample's film and recording, by the program espeak-ng: needed to make them, not to use them."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from typing import TYPE_CHECKING

from sourcehound.tools.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 22050

_QUIET = 200  # of 32768: espeak-ng pads its words with near silence


def say(text: str, *, voice: str, words_per_minute: int) -> NDArray[np.int16]:
    """Speak a sentence.

    Args:
        text: the words.
        voice: espeak-ng's name of a voice, as `en-us`.
        words_per_minute: how fast.

    Returns:
        int16, shape (n_samples,), mono, `RATE_HZ`, silence at both ends trimmed away.

    Raises:
        ConfigError: espeak-ng is not installed, or fails.
    """
    import numpy as np

    program = shutil.which("espeak-ng")
    if program is None:
        raise ConfigError(
            "The sample's speech needs the program espeak-ng, which is not installed",
            remedy="apt-get install espeak-ng, or brew install espeak-ng",
        )
    command = [program, "-v", voice, "-s", str(words_per_minute), "--stdout", text]
    spoken = subprocess.run(command, capture_output=True, check=False)
    if spoken.returncode != 0 or not spoken.stdout:
        raise ConfigError(f"espeak-ng could not speak with the voice {voice}: {spoken.stderr.decode(errors='replace')}")
    with wave.open(io.BytesIO(spoken.stdout)) as sound:
        if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE_HZ, 1, 2):
            raise ConfigError(f"espeak-ng spoke at {sound.getframerate()} Hz instead of {RATE_HZ} Hz mono")
        # a streamed header holds no true length, so everything after it is read
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype=np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > _QUIET)
    if loud.size == 0:
        raise ConfigError(f"espeak-ng was silent for: {text}")
    return samples[loud[0] : loud[-1] + 1]


def silence(seconds: float) -> NDArray[np.int16]:
    """A stretch without sound: int16, shape (n_samples,)."""
    import numpy as np

    return np.zeros(round(seconds * RATE_HZ), dtype=np.int16)
