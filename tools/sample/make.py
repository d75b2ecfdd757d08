"""Make the sample library anew: `python -m sourcehound.tools.sample.make FOLDER`.

Run by people who work on Sourcehound when the story changes, never when it is installed or used. The same versions of
Pillow, PyAV and espeak-ng give the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sourcehound.tools.errors import InputError, SourcehoundError
from sourcehound.tools.sample import film, papers, photos, report, story

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

PICTURES: dict[str, tuple[Callable[[np.random.Generator], photos.Painting], int]] = {
    "quay.jpg": (photos.quay, 17),
    "otter.jpg": (photos.otter, 29),
    "plate.jpg": (photos.plate, 31),
    "noticeboard.jpg": (photos.noticeboard, 41),
    "steps.webp": (photos.steps, 53),
    "chart.png": (photos.chart, 61),
    "wiring.png": (photos.wiring, 67),
}
"""Name of each picture, what paints it, and its seed."""

REPORT_SEED = 73
FILM_SEED = 11

_EXIF: dict[str, tuple[str, str]] = {
    "quay.jpg": ("Loading the crate", story.PHOTO_TAKEN),
    "otter.jpg": ("Homeward bound", "2024:03:16 15:22:48"),
    "plate.jpg": ("Bolted down at last", story.PLATE_TAKEN),
    "noticeboard.jpg": ("Noticeboard, spring times", "2024:04:05 09:03:20"),
}
"""Description and date of the photographs that a camera would have written."""

_LYING = 6
"""EXIF orientation: turn by 90 degrees clockwise to display."""


def paint_picture(name: str) -> photos.Painting:
    """Paint one of `PICTURES`, upright as it is displayed."""
    import numpy as np

    paint, seed = PICTURES[name]
    return paint(np.random.default_rng(seed))


def make(folder: Path) -> None:
    """Write every file of the sample below `folder`, which is made if it is missing.

    Raises:
        ConfigError: espeak-ng is missing.
    """
    import numpy as np

    (folder / "photos").mkdir(parents=True, exist_ok=True)
    film.write_film(folder / "film.mp4", FILM_SEED)
    film.write_memo(folder / "storm-report.mp3")
    for name in PICTURES:
        _save(paint_picture(name).image, folder / "photos" / name)
    report.write_report(folder / "report.pdf", np.random.default_rng(REPORT_SEED))
    papers.write_texts(folder)
    papers.write_minutes(folder / "minutes.docx")
    papers.write_levels(folder / "levels.xlsx")


def _save(image: Image.Image, path: Path) -> None:
    from PIL import Image

    if path.suffix == ".png":
        image.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    elif path.suffix == ".webp":
        image.save(path, quality=82, method=6)
    else:
        _save_photograph(image, path)


def _save_photograph(image: Image.Image, path: Path) -> None:
    from PIL import ExifTags, Image

    description, taken = _EXIF[path.name]
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = description
    exif[ExifTags.Base.Make] = "Halcyon"
    exif[ExifTags.Base.Model] = "Field 2"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if path.name == "noticeboard.jpg":
        exif[ExifTags.Base.Orientation] = _LYING
        image = image.transpose(Image.Transpose.ROTATE_90)
    image.save(path, quality=82, optimize=True, exif=exif)


def main(arguments: Sequence[str]) -> int:
    """Run the script; returns its exit code, a failure said in one line on stderr."""
    try:
        if len(arguments) != 1:
            raise InputError(
                "Name one folder to write the sample to", remedy="python -m sourcehound.tools.sample.make FOLDER"
            )
        make(Path(arguments[0]))
    except SourcehoundError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
