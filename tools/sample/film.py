"""The sample's film and recording: painted scenes with clear cuts, titles, and spoken words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sourcehound.tools.errors import ConfigError
from sourcehound.tools.sample import paint, story
from sourcehound.tools.sample.canvas import Canvas, Colour, Point, mix
from sourcehound.tools.sample.voice import RATE_HZ, say, silence

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame
    from av.container import OutputContainer
    from numpy.typing import NDArray
    from PIL import Image

WIDTH, HEIGHT, FPS = 640, 360, 12
SEALS: tuple[Point, ...] = (
    *((x, 206.0) for x in (70.0, 190.0, 310.0, 440.0, 560.0)),
    *((x, 250.0) for x in (130.0, 262.0, 396.0, 520.0)),
    *((x, 296.0) for x in (330.0, 500.0)),
)
"""Where the eleven seals lie."""

_PAUSE_S = 0.5
_ROPES_AT_S = 2.5
_FLASHES_S = ((1.0, 1.6), (2.4, 3.0))
_SAND: tuple[Colour, Colour] = ((222, 202, 160), (186, 160, 116))


def write_film(path: Path, seed: int) -> None:
    """Write the film: H.264 at 12 frames a second, one key frame at each cut, AAC sound.

    Raises:
        ConfigError: speech cannot be made, or does not fit its scene.
    """
    import av
    from av.codec.context import Flags

    spoken = narration()
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.metadata["title"] = "A day at Lantern Rock"
        picture = container.add_stream("libx264", rate=FPS)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.options = {"crf": "27", "preset": "slow", "threads": "1", "x264-params": "scenecut=40:keyint=96"}
        picture.codec_context.flags |= Flags.bitexact
        sound = container.add_stream("aac", rate=RATE_HZ, layout="mono")
        sound.bit_rate = 48_000
        sound.codec_context.flags |= Flags.bitexact
        for image in frames(seed):
            for packet in picture.encode(av.VideoFrame.from_image(image)):
                container.mux(packet)
        for packet in picture.encode():
            container.mux(packet)
        _encode_sound(container, spoken)


def write_memo(path: Path) -> None:
    """Write the spoken memo as MP3.

    Raises:
        ConfigError: speech cannot be made.
    """
    import av
    import numpy as np

    parts = [silence(_PAUSE_S)]
    for sentence in story.MEMO:
        parts += [say(sentence, voice="en-us+m3", words_per_minute=140), silence(_PAUSE_S)]
    with av.open(str(path), "w", format="mp3", options={"fflags": "+bitexact", "id3v2_version": "3"}) as container:
        container.metadata.update({"title": "Storm report", "artist": story.STATION, "date": "2024-04-10"})
        stream = container.add_stream("libmp3lame", rate=RATE_HZ, layout="mono")
        stream.bit_rate = 48_000
        _encode_sound(container, np.concatenate(parts))


def narration() -> NDArray[np.int16]:
    """What is said in the film: int16 mono at `RATE_HZ`, each scene's words beginning 0.5 s into the scene.

    Raises:
        ConfigError: a scene is shorter than its words.
    """
    import numpy as np

    parts: list[NDArray[np.int16]] = []
    for scene in story.SCENES:
        words = say(scene.says, voice="en-us", words_per_minute=140)
        rest = scene.seconds - _PAUSE_S - words.size / RATE_HZ
        if rest < _PAUSE_S:
            raise ConfigError(f"The scene {scene.name} is {_PAUSE_S - rest:.1f} s too short for its words")
        parts += [silence(_PAUSE_S), words, silence(rest)]
    return np.concatenate(parts)


def frames(seed: int) -> Iterator[Image.Image]:
    """Every frame of the film, 640 x 360, in order."""
    for scene in story.SCENES:
        draw = _SCENES[scene.name]
        for number in range(round(scene.seconds * FPS)):
            yield _frame(draw, seed, number / FPS, scene.title)


def still(name: str, at_s: float, seed: int) -> Image.Image:
    """One frame of a scene, `at_s` seconds after its beginning."""
    title = next(scene.title for scene in story.SCENES if scene.name == name)
    return _frame(_SCENES[name], seed, at_s, title)


def _frame(
    draw: Callable[[Canvas, np.random.Generator, float], None], seed: int, at_s: float, title: str
) -> Image.Image:
    import numpy as np

    canvas = Canvas(WIDTH, HEIGHT)
    draw(canvas, np.random.default_rng(seed), at_s)
    wide = 24 + 13 * len(title)
    canvas.rectangle((18, 308, 18 + wide, 346), paint.INK, radius=4)
    canvas.words((18 + wide / 2, 327), title, 22, paint.WHITE, anchor="mm")
    return canvas.finish()


def _encode_sound(container: OutputContainer, samples: NDArray[np.int16]) -> None:
    from fractions import Fraction

    stream = container.streams.audio[0]
    for start in range(0, samples.size, 4096):
        frame = _sound_frame(samples[start : start + 4096])
        frame.pts, frame.time_base = start, Fraction(1, RATE_HZ)
        for packet in stream.encode(frame):
            container.mux(packet)
    for packet in stream.encode():
        container.mux(packet)


def _sound_frame(samples: NDArray[np.int16]) -> AudioFrame:
    from av import AudioFrame

    frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = RATE_HZ
    return frame


def _dawn(canvas: Canvas, rng: np.random.Generator, at_s: float) -> None:
    canvas.gradient(0, 230, paint.DAWN_SKY)
    canvas.disc((150, 236 - 5 * at_s), 30, (255, 226, 160))
    paint.clouds(canvas, rng, 150, count=4, colour=(214, 168, 160))
    paint.ridge(canvas, rng, 232, 60, (112, 96, 122))
    paint.sea(canvas, rng, 230, paint.DAWN_SEA, phase=at_s)
    paint.lighthouse(canvas, (450, 270), 210, lit=True)


def _battery(canvas: Canvas, _rng: np.random.Generator, at_s: float) -> None:
    canvas.gradient(0, 260, ((92, 100, 98), (120, 126, 120)))
    canvas.gradient(260, 360, ((84, 72, 62), (62, 52, 46)))
    for plank in range(12):
        canvas.line([(plank * 60, 0), (plank * 60, 260)], (84, 92, 90), 1.5)
    canvas.rectangle((70, 150, 330, 280), (40, 44, 48), radius=8)
    canvas.rectangle((70, 150, 330, 185), (180, 52, 44), radius=8)
    canvas.words((200, 232), "12 V BATTERY", 24, paint.WHITE, anchor="mm")
    for pole, colour in ((110, (200, 60, 50)), (290, (60, 62, 70))):
        canvas.rectangle((pole - 12, 132, pole + 12, 152), (170, 172, 168))
        canvas.line([(pole, 134), (pole + 60, 70), (470, 90 + pole / 10)], colour, 4)
    canvas.rectangle((410, 60, 570, 250), (214, 184, 62), radius=12)
    canvas.rectangle((428, 82, 552, 142), (176, 196, 170), radius=4)
    reading = "13.2 V" if at_s > 1.0 else "--.- V"
    canvas.words((490, 112), reading, 32, paint.INK, anchor="mm")
    canvas.disc((490, 196), 32, (60, 60, 64))
    canvas.line([(490, 196), (508, 174)], paint.WHITE, 4)


def _sea(canvas: Canvas, rng: np.random.Generator, at_s: float) -> None:
    canvas.gradient(0, 170, paint.DAY_SKY)
    paint.clouds(canvas, rng, 140, count=5, colour=(242, 244, 243))
    paint.ridge(canvas, rng, 172, 90, (110, 136, 112))
    paint.sea(canvas, rng, 170, paint.DAY_SEA, phase=1.4 * at_s)
    bob = 4 * math.sin(1.8 * at_s)
    left = 30 + 30 * at_s
    canvas.polygon([(left - 90, 262), (left, 252 + bob), (left + 6, 264 + bob)], (196, 214, 216))
    paint.boat(canvas, (left, 262 + bob), 270, paint.HERON, crate=True)


def _mooring(canvas: Canvas, rng: np.random.Generator, at_s: float) -> None:
    canvas.gradient(0, 150, paint.DAY_SKY)
    paint.clouds(canvas, rng, 120, count=4, colour=(242, 244, 243))
    paint.ridge(canvas, rng, 152, 50, (122, 144, 126))
    paint.sea(canvas, rng, 150, paint.DAY_SEA, phase=at_s)
    left = 210 - 90 * math.exp(-0.9 * at_s)
    bob = 2 * math.sin(1.6 * at_s)
    paint.boat(canvas, (left, 252 + bob), 330, paint.HERON)
    if at_s > _ROPES_AT_S:
        canvas.line([(left + 12, 214 + bob), (192, 268)], (222, 208, 170), 2.5)
        canvas.line([(left + 336, 178 + bob), (512, 268)], (222, 208, 170), 2.5)
    paint.pier(canvas, rng, (0, 276, 640, 360))


def _seals(canvas: Canvas, rng: np.random.Generator, at_s: float) -> None:
    canvas.gradient(0, 110, ((150, 176, 196), (224, 228, 220)))
    paint.ridge(canvas, rng, 112, 40, (134, 150, 146))
    paint.sea(canvas, rng, 110, paint.DAY_SEA, phase=at_s)
    canvas.gradient(168, HEIGHT, _SAND)
    for wave in range(3):
        row = 166 + wave * 3 + 2 * math.sin(at_s + wave)
        canvas.line([(0, row), (220, row - 2), (430, row + 2), (640, row)], (238, 238, 228), 1.5)
    for number, (x, y) in enumerate(SEALS):
        grey = mix((84, 82, 84), (146, 136, 122), (number * 0.37) % 1)
        nod = 1.2 * math.sin(at_s * 1.3 + number)
        paint.seal(canvas, (x, y + nod), 66 + (y - 206) * 0.2, grey, facing=1 if number % 3 else -1)


def _night(canvas: Canvas, rng: np.random.Generator, at_s: float) -> None:
    canvas.gradient(0, 250, paint.NIGHT_SKY)
    for _ in range(70):
        star = (float(rng.uniform(0, WIDTH)), float(rng.uniform(0, 180)))
        canvas.disc(star, float(rng.uniform(0.4, 1.2)), (214, 218, 230))
    paint.ridge(canvas, rng, 252, 50, (20, 26, 44))
    paint.sea(canvas, rng, 250, paint.NIGHT_SEA, phase=at_s)
    lit = any(start <= at_s < end for start, end in _FLASHES_S)
    if lit:
        lamp = (430.0, 74.0)
        for spread, share in ((70, 0.25), (40, 0.5)):
            beam: Colour = mix((24, 32, 58), (255, 240, 180), share)
            canvas.polygon([lamp, (0, lamp[1] - spread), (0, lamp[1] + spread * 0.8)], beam)
    lamp = paint.lighthouse(canvas, (430, 290), 236, lit=lit)
    if lit:
        canvas.disc(lamp, 16, (255, 246, 206))


_SCENES: dict[str, Callable[[Canvas, np.random.Generator, float], None]] = {
    "dawn": _dawn,
    "battery": _battery,
    "sea": _sea,
    "mooring": _mooring,
    "seals": _seals,
    "night": _night,
}
