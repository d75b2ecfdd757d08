"""SubRip, WebVTT and TTML become one timed transcript each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.subtitles import (
    parse_cues,
    read,
    read_beside,
    read_file,
    to_section,
    within,
)
from sourcehound.tools.library.readers.timed_text import Cue, parse_ttml
from sourcehound.tools.library.reading import Section

LIMITS = Limits()
SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>A red kite</i>\r\nover the lake.\r\n\r\n"
    "2\r\n00:01:02,25 --> 01:00:00,000\r\n- Yes.\r\n"
)
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE made by hand

intro
00:01.000 --> 00:02.500 align:start position:10%
<v Ann Lee>Hello &amp; <c.loud>welcome</c>

01:00:00.000 --> 01:00:01.000
<00:59:00.500>one <b>word</b>
"""


def lines(section: Section) -> list[tuple[float | None, float | None, str]]:
    return [(a.start_s, a.end_s, section.text[a.start : a.end]) for a in section.anchors]


def test_subrip_is_read_with_times_and_without_markup(tmp_path: Path):
    path = tmp_path / "red_kite.srt"
    path.write_bytes(SRT.encode())
    reading = read(path, LIMITS)
    (section,) = reading.sections
    assert (reading.title, reading.media_type, section.role) == ("red kite", "application/x-subrip", "subtitle")
    assert lines(section) == [(1.0, 2.5, "A red kite over the lake."), (62.25, 3600.0, "- Yes.")]
    assert section.text == "A red kite over the lake.\n- Yes.\n"


def test_webvtt_is_read_without_notes_styles_and_identifiers(tmp_path: Path):
    path = tmp_path / "talk.vtt"
    path.write_text(VTT, encoding="utf-8-sig")
    assert lines(read_file(path, LIMITS)) == [(1.0, 2.5, "Ann Lee: Hello & welcome"), (3600.0, 3601.0, "one word")]


def test_the_language_is_what_the_name_has_beyond_the_films(tmp_path: Path):
    path = tmp_path / "talk.pt-BR.srt"
    path.write_text(SRT, encoding="utf-8")
    section, n_beyond = read_beside(path, LIMITS, stem="talk", end_s=9.0)
    assert (section.part, n_beyond) == ("subtitles pt-BR", 1)
    assert lines(section) == [(1.0, 2.5, "A red kite over the lake.")]


def test_cues_are_cut_to_the_film_and_left_out_beyond_it():
    cues = [Cue(start_s=start, end_s=end, text="a") for start, end in ((-2, -1), (-1, 1), (1, 2), (8, 99), (9, 10))]
    assert [(cue.start_s, cue.end_s) for cue in within(cues, 9.0)] == [(0.0, 1), (1, 2), (8, 9.0)]


def test_subtitles_of_another_film_are_refused(tmp_path: Path):
    path = tmp_path / "talk.srt"
    path.write_text("1\n00:01:00,000 --> 00:01:02,000\nLate.\n", encoding="utf-8")
    with pytest.raises(MediaError, match="without a single timed line within the film"):
        read_beside(path, LIMITS, stem="talk", end_s=9.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_subtitles_in_old_encodings_are_read(tmp_path: Path, encoding: str):
    path = tmp_path / "old.srt"
    path.write_bytes("1\n00:00:01,000 --> 00:00:02,000\nUn été à Malmö\n".encode(encoding))
    assert lines(read_file(path, LIMITS)) == [(1.0, 2.0, "Un été à Malmö")]


def test_captions_that_roll_up_are_not_repeated():
    cues = [
        Cue(start_s=0.0, end_s=2.0, text="we begin"),
        Cue(start_s=2.0, end_s=4.0, text="we begin\nwith a lake"),
        Cue(start_s=4.0, end_s=6.0, text="with a lake\nand a kite"),
        Cue(start_s=9.0, end_s=10.0, text="and a kite"),
    ]
    section = to_section(cues, part="subtitles", producer="x", limits=LIMITS)
    assert section.text == "we begin\nwith a lake\nand a kite\nand a kite\n"


def test_cues_that_end_before_they_begin_are_left_out():
    section = to_section(parse_cues("00:05.000 --> 00:03.000\nno\n"), part="", producer="x", limits=LIMITS)
    assert section.anchors == ()


def test_ttml_times_of_every_kind_are_read():
    document = """<?xml version="1.0"?>
    <tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
        ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:tickRate="10000000">
      <head><metadata><title>not said</title></metadata></head>
      <body><div begin="10s">
        <p begin="00:00:01.5" end="00:00:02.25">a <span>red<br/>kite</span> flies</p>
        <p begin="00:00:03:15" dur="500ms">frames</p>
        <p begin="40000000t" end="0.1m">ticks</p>
        <p><span begin="7s" end="8s">inner</span></p>
      </div></body></tt>"""
    frame_s = 1001 / 30_000
    cues = parse_ttml(document.encode(), "x.ttml")
    assert [cue.text for cue in cues] == ["a red\nkite flies", "frames", "ticks", "inner"]
    assert [cue.start_s for cue in cues] == pytest.approx([11.5, 13 + 15 * frame_s, 14.0, 17.0])
    assert [cue.end_s for cue in cues] == pytest.approx([12.25, 13.5 + 15 * frame_s, 16.0, 18.0])


def test_ttml_opens_no_other_file(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("canary", encoding="utf-8")
    path = tmp_path / "evil.ttml"
    body = '<body><p begin="1s" end="2s">said &x;</p></body>'
    path.write_text(f'<!DOCTYPE tt [<!ENTITY x SYSTEM "file://{secret}">]><tt>{body}</tt>', encoding="utf-8")
    assert "canary" not in read_file(path, LIMITS).text


def test_a_subtitle_file_without_a_time_raises_media_error(tmp_path: Path):
    path = tmp_path / "notes.srt"
    path.write_text("nothing timed in here\n", encoding="utf-8")
    with pytest.raises(MediaError, match="without a single timed line"):
        read(path, LIMITS)


@pytest.mark.parametrize("content", [b"<tt><unclosed>", b"\x00\x01\x02\xff" * 50])
def test_broken_timed_text_raises_media_error(tmp_path: Path, content: bytes):
    path = tmp_path / "broken.ttml"
    path.write_bytes(content)
    with pytest.raises(MediaError):
        read(path, LIMITS)


def test_a_link_is_not_followed(tmp_path: Path):
    target = tmp_path / "there.srt"
    target.write_text(SRT, encoding="utf-8")
    link = tmp_path / "link.srt"
    os.symlink(target, link)
    with pytest.raises(MediaError, match="plain files"):
        read(link, LIMITS)


def test_more_text_than_the_limit_is_cut_at_a_cue():
    cues = parse_cues(SRT.replace("\r\n", "\n"))
    section = to_section(cues, part="", producer="x", limits=Limits(max_text_chars=28))
    assert section.text == "A red kite over the lake.\n"
