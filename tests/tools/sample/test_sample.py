"""The committed files of the sample tell the story that its questions are asked about."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.sample import QUESTION, QUESTIONS, Hop, sample_folder
from sourcehound.tools.sample.film import SEALS
from sourcehound.tools.sample.make import PICTURES, paint_picture
from sourcehound.tools.sample.story import ACTIONS, FLEET, SCENES, STORM_PEAK_AT, STORM_PEAK_M, scene_span

FILES = {
    "film.mp4",
    "levels.xlsx",
    "minutes.docx",
    "notes/gauge.md",
    "notes/getting-about.md",
    "notes/lamp.md",
    "photos/chart.png",
    "photos/noticeboard.jpg",
    "photos/otter.jpg",
    "photos/plate.jpg",
    "photos/quay.jpg",
    "photos/steps.webp",
    "photos/wiring.png",
    "report.pdf",
    "storm-night.csv",
    "storm-report.mp3",
    "visit.html",
}
HOPS = [hop for question in QUESTIONS for hop in question.hops]
BOXED = sorted({(hop.file, hop.box) for hop in HOPS if hop.box})


def pdf_text(page: int) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(sample_folder() / "report.pdf")
    text = document[page - 1].get_textpage().get_text_bounded()
    document.close()
    return " ".join(text.split())


def grey_frames() -> tuple[np.ndarray, np.ndarray]:
    """Times (n,) and frames (n, 360, 640) of the film, grey."""
    import av

    with av.open(str(sample_folder() / "film.mp4")) as container:
        pairs = [(frame.time, frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]
    return np.array([time for time, _ in pairs]), np.stack([frame for _, frame in pairs])


def loudness(name: str, start_s: float, end_s: float) -> float:
    """Root mean square, -1..1 being full scale, of a stretch of sound."""
    import av

    with av.open(str(sample_folder() / name)) as container:
        rate = container.streams.audio[0].rate
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    stretch = samples[round(start_s * rate) : round(end_s * rate)].astype(np.float64)
    return float(np.sqrt(np.mean(stretch**2)))


def test_the_folder_holds_exactly_the_files_of_the_story() -> None:
    folder = sample_folder()
    assert {str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()} == FILES


def test_the_files_stay_below_two_and_a_half_megabytes_together() -> None:
    assert sum(path.stat().st_size for path in sample_folder().rglob("*") if path.is_file()) < 2_500_000


def test_every_file_is_in_a_folder_that_the_wheel_carries() -> None:
    folder = sample_folder()
    globs = ("*", "**/*")  # as package-data in pyproject.toml
    carried = {path for pattern in globs for path in folder.glob(pattern) if path.is_file()}
    assert len(carried) == len(FILES)


def test_questions_have_distinct_ids_and_five_have_no_answer() -> None:
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    assert Counter(question.answerable for question in QUESTIONS) == {True: 12, False: 5}


def test_answerable_questions_rest_on_places_and_the_others_on_none() -> None:
    for question in QUESTIONS:
        assert bool(question.hops) == bool(question.must_say) == question.answerable, question.id
        assert all(piece.lower() in question.answer.lower() for piece in question.must_say), question.id


def test_the_demo_question_needs_text_and_picture_and_speech() -> None:
    demo = QUESTIONS[0]
    assert demo.question == QUESTION
    assert [hop.kind for hop in demo.hops] == ["text", "image", "speech"]
    assert len({hop.file for hop in demo.hops}) == 3


def test_every_hop_names_a_file_of_the_sample() -> None:
    assert {hop.file for hop in HOPS} <= FILES


def test_the_note_says_who_carried_the_gauge_and_not_the_registration() -> None:
    note = (sample_folder() / "notes/gauge.md").read_text(encoding="utf-8")
    assert QUESTIONS[0].hops[0].quote in note
    assert "AS-417" not in note


def test_pictures_of_the_notes_have_a_caption_and_exist() -> None:
    shown: list[str] = []
    for note in (sample_folder() / "notes").glob("*.md"):
        for caption, target, below in re.findall(r"!\[(.+)\]\((.+)\)\n\n\*(.+)\.", note.read_text(encoding="utf-8")):
            assert (note.parent / target).is_file()
            assert caption not in below
            shown.append(Path(target).name)
    assert sorted(shown) == ["otter.jpg", "plate.jpg", "quay.jpg", "steps.webp"]


@pytest.mark.parametrize(("file", "box"), BOXED)
def test_lettering_stands_in_the_box_that_the_questions_name(file: str, box: tuple[float, ...]) -> None:
    assert box in {tuple(map(float, found)) for found in paint_picture(Path(file).name).boxes.values()}


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_committed_pictures_are_what_the_script_paints(name: str) -> None:
    from PIL import Image, ImageOps

    with Image.open(sample_folder() / "photos" / name) as image:
        committed = np.asarray(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.float64)
    painted = np.asarray(paint_picture(name).image, dtype=np.float64)
    assert committed.shape == painted.shape
    assert np.abs(committed - painted).mean() < 4


def test_the_noticeboard_lies_on_its_side_until_its_exif_is_obeyed() -> None:
    from PIL import ExifTags, Image, ImageOps

    with Image.open(sample_folder() / "photos/noticeboard.jpg") as image:
        assert image.getexif()[ExifTags.Base.Orientation] == 6
        assert image.size == (1333, 1000)
        assert ImageOps.exif_transpose(image).size == (1000, 1333)


def test_the_photo_of_the_boat_knows_its_date_and_description() -> None:
    from PIL import ExifTags, Image

    with Image.open(sample_folder() / "photos/quay.jpg") as image:
        exif = image.getexif()
        assert exif[ExifTags.Base.ImageDescription] == "Loading the crate"
        assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2024:03:14 07:05:12"


def test_the_report_has_printed_labels_and_a_title() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(sample_folder() / "report.pdf")
    assert [document.get_page_label(page) for page in range(len(document))] == ["i", "ii", "1", "2", "3", "4", "5"]
    assert document.get_metadata_value("Title") == "Lantern Rock Tide Station: report for 2023 to 2024"
    document.close()


def test_the_table_of_the_report_gives_the_skippers_by_registration() -> None:
    text = pdf_text(4)
    assert all(" ".join(row) in text for row in FLEET)
    assert "Silver Heron" not in text


def test_figures_of_the_report_have_their_captions() -> None:
    assert "Figure 1. Highest water of each month" in pdf_text(5)
    assert "3.91" in pdf_text(5)
    assert "Figure 2. The gauge hut on Needle Island, seen from the landing steps." in pdf_text(6)


def test_the_scanned_page_has_a_picture_and_no_text_layer() -> None:
    import pypdfium2

    assert pdf_text(7) == ""
    document = pypdfium2.PdfDocument(sample_folder() / "report.pdf")
    dark = document[6].render(scale=1, grayscale=True).to_numpy() < 140
    document.close()
    assert 0.002 < dark.mean() < 0.2


def test_the_minutes_hold_what_was_decided_in_a_table() -> None:
    from docx import Document

    rows = Document(str(sample_folder() / "minutes.docx")).tables[0].rows
    assert [tuple(cell.text for cell in row.cells) for row in rows][1:] == list(ACTIONS)


def test_the_workbook_gives_the_offset_of_the_new_gauge() -> None:
    from openpyxl import load_workbook

    book = load_workbook(sample_folder() / "levels.xlsx")
    assert book.sheetnames == ["Instruments", "Highest water"]
    rows = {row[0]: row for row in book["Instruments"].iter_rows(values_only=True)}
    assert rows["KX-204"] == ("KX-204", "Tide gauge T6", "Needle Island", 12, 1.482)
    assert max(float(str(row[1])) for row in book["Highest water"].iter_rows(min_row=2, values_only=True)) == 3.91


def test_the_readings_peak_where_the_story_says() -> None:
    with (sample_folder() / "storm-night.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    peak = max(rows, key=lambda row: float(row["Needle Island (m)"]))
    assert (peak["time"], float(peak["Needle Island (m)"])) == (STORM_PEAK_AT, STORM_PEAK_M)


def test_the_film_is_as_long_as_its_scenes_and_begins_at_zero() -> None:
    import av

    with av.open(str(sample_folder() / "film.mp4")) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == (640, 360)
        assert video.duration is not None
        assert video.time_base is not None
        assert video.start_time == 0
        assert sound.start_time == 0
        assert float(video.duration * video.time_base) == pytest.approx(sum(scene.seconds for scene in SCENES), abs=0.1)


def test_the_film_cuts_where_its_scenes_begin() -> None:
    times, frames = grey_frames()
    change = np.array([np.abs(a.astype(float) - b).mean() for a, b in pairwise(frames)])
    cuts = times[1:][change > 12]
    assert cuts == pytest.approx([scene_span(scene.name)[0] for scene in SCENES[1:]], abs=0.05)


@pytest.mark.parametrize(
    "hop", [hop for hop in HOPS if hop.kind == "speech"], ids=lambda hop: f"{hop.file}@{hop.start_s}"
)
def test_speech_is_loud_inside_its_span_and_silent_around_it(hop: Hop) -> None:
    assert hop.start_s is not None
    assert hop.end_s is not None
    assert loudness(hop.file, hop.start_s, hop.end_s) > 0.03
    assert loudness(hop.file, hop.start_s - 0.35, hop.start_s - 0.1) < 0.005
    assert loudness(hop.file, hop.end_s + 0.1, hop.end_s + 0.35) < 0.005


def test_the_moment_of_the_seals_is_its_scene_and_shows_eleven() -> None:
    hop = next(hop for hop in HOPS if hop.kind == "moment")
    assert (hop.start_s, hop.end_s) == scene_span("seals")
    assert len(SEALS) == 11


def test_written_files_do_not_answer_the_unanswerable() -> None:
    folder = sample_folder()
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in {".md", ".html", ".csv"}]
    whole = " ".join([*texts, *(pdf_text(page) for page in range(1, 8))]).lower()
    assert not re.search(r"horsepower|engine|telephone|aground|portrait|parlour", whole)


def test_an_unknown_scene_is_refused() -> None:
    with pytest.raises(KeyError):
        scene_span("intermission")
