"""The command `describe`: the cost comes before the first call, and a script is never asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sourcehound.agent.describing import DescribeReport
from sourcehound.agent.doors.cli import run
from sourcehound.agent.doors.describe_command import cost_line, done_line
from sourcehound.tools.library.describable import Cost
from sourcehound.tools.library.describing import Described

COST = Cost(calls=1200, pictures=900, tokens_in=1_500_000, tokens_out=9000, kinds={"image": 800, "page": 400}, left=3)
MODEL = "openai:tiny@http://127.0.0.1:9/v1"


def test_the_cost_is_one_line_with_calls_pictures_and_tokens():
    assert cost_line(COST) == (
        "to come: 1,200 calls (800 for images, 400 for pages) with 900 pictures, about 1,500,000 tokens in and 9,000 out;"
        " 3 more calls are left for later"
    )


def test_what_was_done_names_the_model_and_what_failed():
    done = Described(calls=3, written={"caption": 1, "question": 5}, failed={"the reply was empty": 2})
    assert done_line(DescribeReport(model="m", cost=COST, described=done)) == (
        "written by m in 3 calls: 1 caption, 5 questions; 2 failed: the reply was empty"
    )


def test_an_empty_library_has_nothing_to_describe(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["describe", "--home", str(tmp_path), "--model", MODEL, "--json"]) == 0
    said = capsys.readouterr()
    assert "nothing is left to describe" in said.err
    document = json.loads(said.out)
    assert (document["schema"], document["model"], document["cost"]["calls"]) == ("sourcehound.describe/1", MODEL, 0)
    assert document["described"] is None


def test_without_a_model_it_is_a_matter_of_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["describe", "--home", str(tmp_path)]) == 78
    assert "--model" in capsys.readouterr().err
