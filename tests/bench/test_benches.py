"""Every bench runs, small, and gives rows of the contract's shape. How long anything takes is not asked here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.__main__ import benches, main, measure
from bench.ground import BenchError, Ground
from bench.pdf_text import lines_with_boxes, made_pdf, words_in_boxes
from bench.row import Bench
from sourcehound.tools.encoders.weights import is_here

KEYS = {"name", "ours", "against", "other", "ratio", "goal", "unit"}
NEEDS = {"encoder": "minilm", "picture_encoder": "efficientnet-lite1", "late": "minilm"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("bench", benches(), ids=lambda bench: bench.name)
def test_a_bench_gives_rows_whose_ratio_is_ours_over_other(bench: Bench, ground: Ground):
    weights = NEEDS.get(bench.name)
    if weights and not is_here(weights, weights_path=None, cache_dir=ground.home / "cache"):
        pytest.skip(f"the weights {weights} are not here")
    rows = bench.run(ground)
    assert rows
    for row in rows:
        document = row.to_json()
        assert set(document) == KEYS
        assert row.name.startswith(bench.name.split("_")[0])
        assert document["other"] > 0
        assert document["ratio"] == pytest.approx(row.ours / row.other, rel=1e-3)


def test_both_ways_of_reading_a_pdf_give_its_lines_in_their_boxes(tmp_path: Path):
    path = tmp_path / "made.pdf"
    path.write_bytes(made_pdf(1))
    (lines,), (boxes,) = lines_with_boxes(path), words_in_boxes(path)
    assert [words.strip() for words, _ in lines] == [words.strip() for words, _ in boxes]
    assert [where for _, where in lines] == [where for _, where in boxes]


def test_names_are_told_apart():
    names = [bench.name for bench in benches()]
    assert len(set(names)) == len(names)


def test_what_cannot_be_measured_is_named_with_its_reason(ground: Ground, tmp_path: Path):
    empty = tmp_path / "empty"
    empty.mkdir()
    told: list[str] = []
    rows, missing, load = measure(["find_warm"], replace(ground, folder=tmp_path, files=empty, tell=told.append))
    assert rows == []
    assert "was not indexed" in missing["find_warm"]
    assert told[0].startswith("find_warm: ")
    assert load >= 0


def test_the_command_prints_one_document(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["help", "--json", "--rounds", "1", "--work", str(tmp_path)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in document["rows"]] == ["help"]
    assert document["missing"] == {}
    assert document["machine"]["cores"] >= 1


@pytest.mark.parametrize("arguments", [["nonsense"], ["help", "--rounds", "0"]])
def test_wrong_arguments_end_with_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage: python -m bench" in capsys.readouterr().err


def test_a_process_that_fails_is_no_measurement(tmp_path: Path):
    from bench.process import run_python

    with pytest.raises(BenchError, match="ended with 1: ValueError: wrong"):
        run_python(["-c", "raise ValueError('wrong')"], folder=tmp_path)
