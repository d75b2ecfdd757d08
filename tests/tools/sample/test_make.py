"""The script that makes the sample: same bytes each time, failures in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.errors import ConfigError
from sourcehound.tools.sample import papers, report
from sourcehound.tools.sample.film import still
from sourcehound.tools.sample.make import REPORT_SEED, main
from sourcehound.tools.sample.voice import say


def test_papers_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        papers.write_texts(tmp_path / name)
        papers.write_minutes(tmp_path / name / "minutes.docx")
        papers.write_levels(tmp_path / name / "levels.xlsx")
        report.write_report(tmp_path / name / "report.pdf", np.random.default_rng(REPORT_SEED))
    made = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(made) == 8
    for path in made:
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes(), path


def test_the_same_moment_of_the_film_is_painted_alike() -> None:
    assert still("mooring", 3.0, 11).tobytes() == still("mooring", 3.0, 11).tobytes()
    assert still("mooring", 3.0, 11).tobytes() != still("mooring", 1.0, 11).tobytes()


def test_without_a_folder_the_script_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.strip().endswith("(python -m sourcehound.tools.sample.make FOLDER)")


def test_without_espeak_the_script_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="espeak-ng"):
        say("Good morning.", voice="en-us", words_per_minute=140)
    assert main([str(tmp_path / "made")]) == 78
    message = capsys.readouterr().err
    assert "apt-get install espeak-ng" in message
    assert message.count("\n") == 1
