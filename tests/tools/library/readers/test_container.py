"""What is opened at all, and where media time begins."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.readers.container import opened, origin_of, packets_of


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4", "list.mkv", "list.ts"])
@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{target}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{target}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
        "concat:{target}|{target}",
    ],
)
def test_a_playlist_is_refused_whatever_its_name(films: Any, tmp_path: Path, name: str, text: str):
    target = films.write(tmp_path / "secret.ts", [films.frame(0, size=(48, 64))] * 5)
    path = tmp_path / name
    path.write_text(text.format(target=target), encoding="utf-8")
    with pytest.raises(MediaError), opened(path):
        pass


def test_a_name_that_looks_like_a_protocol_is_a_file(films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = films.write(tmp_path / "plain.mp4", [films.frame(0, size=(48, 64))] * 5)
    monkeypatch.chdir(tmp_path)
    odd = made.rename(tmp_path / "concat:a|b.mp4")
    with opened(odd.relative_to(tmp_path)) as container:
        assert len(container.streams.video) == 1


def test_a_missing_file_raises_media_error(tmp_path: Path):
    with pytest.raises(MediaError, match="no such file"), opened(tmp_path / "none.mp4"):
        pass


def test_the_least_start_of_all_streams_is_media_time_zero(films: Any, tmp_path: Path):
    pictures = [films.frame(n, size=(48, 64)) for n in range(10)]
    sound = (Fraction(2), np.zeros(48_000, np.float32))
    times = [4 + Fraction(n, 25) for n in range(10)]
    path = films.write(tmp_path / "both.mkv", pictures, times=times, sound=sound, sound_codec="flac")
    with opened(path) as container:
        assert origin_of(container, path) == 2


def test_streams_without_a_stated_start_are_asked_for_their_first_stamp(tmp_path: Path):
    import wave

    path = tmp_path / "plain.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16_000))
    with opened(path) as container:
        assert container.streams.audio[0].start_time is None
        assert origin_of(container, path) == 0


def test_packets_behind_one_of_an_unlisted_stream_are_not_lost():
    """PyAV raises IndexError for a stream that begins in the middle of an MPEG-TS; the next call reads on behind it."""
    waiting: list[Any] = ["first", IndexError("list index out of range"), "second", "third"]

    class Container:
        def demux(self, *_: Any) -> Iterator[str]:
            while waiting:
                packet = waiting.pop(0)
                if isinstance(packet, IndexError):
                    raise packet
                yield packet

    container: Any = Container()
    assert [str(packet) for packet in packets_of(container)] == ["first", "second", "third"]
