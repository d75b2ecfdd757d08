"""The first look: kind, true length, size as shown, tags, chapters and subtitles of films and recordings."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.media import read

LIMITS = Limits()


def pictures(films: Any, n: int = 50) -> list[Any]:
    return [films.frame(i, size=(48, 64)) for i in range(n)]


def remux(source: Any, target: Any, stream: Any) -> None:
    for packet in source.demux():
        if packet.size:
            packet.stream = stream
            target.mux(packet)


def test_a_films_size_length_and_rate_are_found(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "red_kite.mp4", pictures(films), tags={"title": "The red kite"})
    reading = read(path, LIMITS)
    media = reading.media
    assert media is not None
    assert (reading.title, reading.media_type) == ("The red kite", "video/mp4")
    assert (media.width, media.height, media.fps, media.has_video, media.has_audio) == (64, 48, 25.0, True, False)
    assert (media.duration_s, media.origin_s) == (2.0, 0.0)


def test_a_late_start_is_no_part_of_the_length(films: Any, tmp_path: Path):
    times = [5 + Fraction(n, 25) for n in range(50)]
    media = read(films.write(tmp_path / "late.mkv", pictures(films), times=times), LIMITS).media
    assert media is not None
    assert (media.duration_s, media.origin_s) == (2.0, 5.0)


def test_the_longest_stream_ends_the_film(films: Any, tmp_path: Path):
    sound = (Fraction(0), np.zeros(48_000 * 3, np.float32))
    media = read(films.write(tmp_path / "both.mkv", pictures(films), sound=sound, sound_codec="flac"), LIMITS).media
    assert media is not None
    assert media.has_audio
    assert media.duration_s == pytest.approx(3.0, abs=0.1)


def test_the_size_is_the_one_shown_after_rotation(films: Any, tmp_path: Path):
    media = read(films.write(tmp_path / "turned.mp4", pictures(films, 5), rotation=90), LIMITS).media
    assert media is not None
    assert (media.width, media.height) == (48, 64)


def test_a_film_that_breaks_off_says_so_and_gives_its_true_length(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "torn.mkv", pictures(films, 200), options={"g": "10"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    reading = read(path, LIMITS)
    assert reading.media is not None
    assert 1.0 < reading.media.duration_s < 6.0
    assert any(warning.startswith("breaks off at") for warning in reading.warnings)


def test_a_live_recording_without_a_length_is_counted(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "live.ts", pictures(films))
    assert read(path, LIMITS).media is not None
    media = read(path, LIMITS).media
    assert media is not None
    assert media.duration_s == pytest.approx(2.0, abs=0.001)


def test_a_film_finds_the_subtitles_beside_it_once(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "talk.mp4", pictures(films))
    cue = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"
    for name, words in (
        ("talk.de.srt", "Ein Milan"),
        ("talk.srt", "A kite"),
        ("talk.en.vtt", "A kite"),
        ("walk.srt", "No"),
    ):
        (tmp_path / name).write_text(
            ("WEBVTT\n\n" if name.endswith("vtt") else "") + cue.format(words), encoding="utf-8"
        )
    sections = read(path, LIMITS).sections
    assert [(section.role, section.part, section.text) for section in sections] == [
        ("subtitle", "subtitles de", "Ein Milan\n"),
        ("subtitle", "subtitles en", "A kite\n"),
    ]
    assert [section.start for section in sections] == [0, 11]


def test_subtitles_beyond_the_end_of_a_film_are_cut_or_left_out_with_a_warning(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "talk.mp4", pictures(films))
    (tmp_path / "talk.srt").write_text(
        "1\n00:00:01,500 --> 00:00:09,000\nThe end.\n\n2\n00:00:02,000 --> 00:00:04,000\nToo late.\n", encoding="utf-8"
    )
    reading = read(path, LIMITS)
    (section,) = reading.sections
    assert [(a.start_s, a.end_s) for a in section.anchors] == [(1.5, 2.0)]
    assert section.text == "The end.\n"
    assert reading.warnings == ("talk.srt: 1 of its lines left out, whose times do not lie within the film",)


def test_broken_subtitles_beside_a_film_are_a_warning(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "talk.mp4", pictures(films, 5))
    (tmp_path / "talk.srt").write_text("nothing", encoding="utf-8")
    reading = read(path, LIMITS)
    assert reading.sections == ()
    assert reading.warnings == ("talk.srt beside it cannot be read: subtitles without a single timed line",)


def test_subtitles_inside_a_film_are_shifted_with_it(films: Any, tmp_path: Path):
    import av

    plain = films.write(tmp_path / "plain.mkv", pictures(films), times=[7 + Fraction(n, 25) for n in range(50)])
    words = tmp_path / "words.srt"
    cues = "1\n00:00:07,500 --> 00:00:08,000\nA <i>kite</i>.\n\n2\n00:00:08,250 --> 00:00:08,750\nGone!\n"
    words.write_text(cues, encoding="utf-8")
    path = tmp_path / "titled.mkv"
    with av.open(str(plain)) as film, av.open(str(words)) as lines, av.open(str(path), "w") as target:
        video = target.add_stream_from_template(film.streams.video[0])
        subtitles = target.add_stream_from_template(lines.streams.subtitles[0])
        subtitles.metadata["language"] = "eng"
        for source, stream in ((film, video), (lines, subtitles)):
            remux(source, target, stream)
    (section,) = read(path, LIMITS).sections
    assert (section.role, section.part) == ("subtitle", "subtitles eng")
    assert [(a.start_s, a.end_s, section.text[a.start : a.end]) for a in section.anchors] == [
        (0.5, 1.0, "A kite."),
        (1.25, 1.75, "Gone!"),
    ]


def test_chapters_and_a_description_become_text(films: Any, tmp_path: Path):
    import av

    path = tmp_path / "chapters.mkv"
    plain = films.write(tmp_path / "plain.mkv", pictures(films))
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        target.metadata["description"] = "How red kites build their nests."
        target.set_chapters(
            [
                {"id": 1, "start": 0, "end": 1000, "time_base": Fraction(1, 1000), "metadata": {"title": "Nests"}},
                {"id": 2, "start": 1000, "end": 2000, "time_base": Fraction(1, 1000), "metadata": {"title": "Flight"}},
            ]
        )
        remux(source, target, target.add_stream_from_template(source.streams.video[0]))
    chapters, description = read(path, LIMITS).sections
    assert [(a.start_s, a.end_s, chapters.text[a.start : a.end]) for a in chapters.anchors] == [
        (0.0, 1.0, "Nests"),
        (1.0, 2.0, "Flight"),
    ]
    assert (description.part, description.text) == ("description", "How red kites build their nests.\n")


def test_a_recording_keeps_its_tags_and_its_cover_is_no_film(tmp_path: Path):
    import av
    from av.stream import Disposition

    path = tmp_path / "song.mp3"
    with av.open(str(path), "w") as container:
        container.metadata.update({"title": "Kite song", "artist": "Ann Lee", "date": "2021"})
        stream = container.add_stream("libmp3lame", rate=48_000, layout="mono")
        cover = container.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 16, 16, "rgb24"
        cover.disposition = Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        container.mux(cover.encode(picture) + cover.encode())
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame) + stream.encode())
    reading = read(path, LIMITS)
    assert reading.media is not None
    assert (reading.title, reading.media_type) == ("Kite song", "audio/mpeg")
    assert (reading.media.has_video, reading.media.has_audio, reading.media.width) == (False, True, 0)
    assert reading.media.tags == {"title": "Kite song", "artist": "Ann Lee", "date": "2021"}
    assert reading.dates == {"dated": "2021"}


def with_sound(films: Any, path: Path) -> bytes:
    sound = (Fraction(0), np.zeros(48_000, np.float32))
    options = {"deadline": "realtime", "cpu-used": "8"}
    films.write(path, pictures(films, 25), codec="libvpx-vp9", options=options, sound=sound, sound_codec="flac")
    return path.read_bytes()


def test_a_codec_that_nobody_knows_costs_its_stream_only(films: Any, tmp_path: Path):
    path = tmp_path / "odd.mkv"
    data = with_sound(films, path)
    path.write_bytes(data.replace(b"V_VP9", b"V_ZZ9"))
    heard = read(path, LIMITS)
    assert heard.media is not None
    assert (heard.media.has_video, heard.media.has_audio, heard.media_type) == (False, True, "audio/x-matroska")
    assert heard.warnings == ("its video is in a format that is not decoded",)
    path.write_bytes(data.replace(b"A_FLAC", b"A_ZZZZ"))
    seen = read(path, LIMITS)
    assert seen.media is not None
    assert (seen.media.has_video, seen.media.has_audio) == (True, False)
    path.write_bytes(data.replace(b"A_FLAC", b"A_ZZZZ").replace(b"V_VP9", b"V_ZZ9"))
    with pytest.raises(MediaError, match="is in a format that is not decoded"):
        read(path, LIMITS)


def test_frames_of_another_codec_leave_the_sound(films: Any, tmp_path: Path):
    path = tmp_path / "posing.mkv"
    path.write_bytes(with_sound(films, path).replace(b"V_VP9", b"V_VP8"))
    reading = read(path, LIMITS)
    assert reading.media is not None
    assert (reading.media.has_video, reading.media.has_audio) == (False, True)
    assert reading.warnings == ("not one of its frames can be decoded; only its sound is read",)


def test_a_film_whose_frames_are_all_broken_raises_media_error(films: Any, tmp_path: Path):
    options = {"deadline": "realtime", "cpu-used": "8"}
    path = films.write(tmp_path / "broken.mkv", pictures(films, 5), codec="libvpx-vp9", options=options)
    path.write_bytes(path.read_bytes().replace(b"V_VP9", b"V_VP8"))
    with pytest.raises(MediaError, match="not one of its frames can be decoded"):
        read(path, LIMITS)


def test_the_header_of_a_film_too_large_to_count_is_believed(
    films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = films.write(tmp_path / "large.mp4", pictures(films))
    monkeypatch.setattr("sourcehound.tools.library.readers.survey._COUNTED_BYTES", 100)
    media = read(path, LIMITS).media
    assert media is not None
    assert media.duration_s == 2.0


def test_the_hostile_collection_is_read_or_refused():
    folder = os.environ.get("SOURCEHOUND_DATA")
    if folder is None:
        pytest.skip("SOURCEHOUND_DATA names no folder with the shared data")
    refused: list[str] = []
    for path in sorted(Path(folder, "hostile", "media").iterdir()):
        try:
            assert read(path, LIMITS).media is not None
        except MediaError:
            refused.append(path.name)
    assert refused == ["bad.wav", "null.wav"]
