"""Notebooks: each cell a section under the headings above it; outputs bounded, pictures left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import notebook
from sourcehound.tools.library.reading import Reading


def read(tmp_path: Path, document: Any) -> Reading:
    path = tmp_path / "wind_study.ipynb"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return notebook.read(path, Limits())


def markdown(*lines: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": list(lines)}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def test_cells_are_sections_in_order_under_the_headings_above(tmp_path: Path):
    cells = [
        markdown("# Wind\n", "Measured at sea."),
        code("x = 1"),
        markdown("## Result\n", "```\n# no heading\n```\n"),
        code("y = 2"),
        markdown("# Outlook\n"),
        code("z = 3"),
    ]
    reading = read(tmp_path, {"cells": cells, "nbformat": 4})
    assert [(section.part, section.headings) for section in reading.sections] == [
        ("cell 1", ()),
        ("cell 2", ("Wind",)),
        ("cell 3", ("Wind",)),
        ("cell 4", ("Wind", "Result")),
        ("cell 5", ("Wind", "Result")),
        ("cell 6", ("Outlook",)),
    ]
    assert reading.sections[0].text == "# Wind\nMeasured at sea."
    assert reading.title == "Wind"


def test_what_a_cell_printed_follows_its_code_and_pictures_are_counted(tmp_path: Path):
    printed = {"output_type": "stream", "text": ["mean 7.2\n", "max 31\n"]}
    result = {"output_type": "execute_result", "data": {"text/plain": "42", "image/png": "iVBOR"}}
    figure = {"output_type": "display_data", "data": {"text/plain": "<Figure size 64x48>", "image/png": "iVBOR"}}
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no wind", "traceback": ["\x1b[31m…"]}
    reading = read(tmp_path, {"cells": [code("print(wind)", printed, result, figure, error)]})
    assert reading.sections[0].text == "print(wind)\n\nmean 7.2\nmax 31\n\n42\n\nValueError: no wind"
    assert reading.warnings == ("pictures among its outputs are not looked at (2)",)


def test_output_is_bounded(tmp_path: Path):
    reading = read(tmp_path, {"cells": [code("train()", {"output_type": "stream", "text": "epoch\n" * 10_000})]})
    assert len(reading.sections[0].text) < 11_000
    assert "only the first 10,000 characters" in reading.warnings[0]


def test_a_notebook_of_format_3_is_read(tmp_path: Path):
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Wind"},
        {"cell_type": "code", "input": "x = 1", "outputs": [{"output_type": "pyout", "text": ["1"]}]},
    ]
    reading = read(tmp_path, {"worksheets": [{"cells": cells}], "nbformat": 3})
    assert [section.text for section in reading.sections] == ["## Wind", "x = 1\n\n1"]
    assert reading.sections[1].headings == ("Wind",)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ([], "without cells"),
        ({"cells": 7}, "without cells"),
        ({"worksheets": {}}, "without cells"),
    ],
)
def test_what_is_no_notebook_raises_media_error(tmp_path: Path, document: Any, why: str):
    with pytest.raises(MediaError, match=why):
        read(tmp_path, document)


def test_cells_that_break_the_rules_are_let_be(tmp_path: Path):
    cells = [
        7,
        None,
        {"cell_type": "code", "source": {"a": 1}, "outputs": "none"},
        {"cell_type": "code", "source": ["ok ", 5, "still"], "outputs": [None, {"data": [1]}, {"text": 5}]},
        {"cell_type": "heading", "level": "x", "source": "H"},
    ]
    reading = read(tmp_path, {"cells": cells, "metadata": {"title": 5}})
    assert [section.text for section in reading.sections] == ["ok still", "# H"]
