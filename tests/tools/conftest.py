"""A small real library for tests of tools: a few text files, a drawn picture, indexed once for each test session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from sourcehound.tools.library.library import Library

NOW = "2026-01-02T03:04:05Z"


def write_files(folder: Path) -> None:
    """Notes that lead to a picture with lettering."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gauge.md").write_text(
        "# The gauge\n\nThe tide gauge was carried to Needle Island by the Silver Heron.\n\n"
        "![The boat](boat.png)\n*The Silver Heron at the quay*\n\n## Weather\n\nIt rained for three days.\n",
        encoding="utf-8",
    )
    (folder / "crew.txt").write_text("Joan Barlow is the skipper of the boat AS-417.\n", encoding="utf-8")
    picture = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(picture).text((60, 100), "SILVER HERON AS-417", fill="black", font=ImageFont.load_default(size=64))
    picture.save(folder / "boat.png")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The library, indexed."""
    home = tmp_path_factory.mktemp("home")
    files = tmp_path_factory.mktemp("files")
    write_files(files)
    opened = Library(home=home, name="tiny", now=lambda: NOW)
    if not (opened.text_encoder.is_here() and opened.picture_encoder.is_here()):
        opened.close()
        pytest.skip("the weights are not installed")
    opened.add([str(files)])
    yield opened
    opened.close()
