"""No control character of anybody's reaches the terminal, and nothing is styled that is not ours."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.terminal import answer_text, as_string, hits_text, report_text

HERE = Path(__file__).parent
ATTACKS: list[str] = json.loads((HERE / "attacks.json").read_text("utf-8"))
DOCUMENTS: dict[str, Any] = json.loads((HERE / "documents.json").read_text("utf-8"))
OURS = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def written(documents: dict[str, Any], *, terminal: bool, colour: bool) -> str:
    texts = (
        answer_text(documents["answer"]),
        hits_text(documents["found"]),
        report_text(documents["report"]),
        report_text(documents["report"], failed=True),
    )
    return "".join(as_string(text, terminal=terminal, colour=colour, width=100) for text in texts)


def poisoned(value: Any, attack: str) -> Any:
    if isinstance(value, dict):
        return {name: poisoned(one, attack) for name, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, attack) for one in value]
    return attack if isinstance(value, str) else value


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_in_every_word_writes_no_control_character(attack: str):
    documents = poisoned(DOCUMENTS, attack)
    assert not CONTROL.search(written(documents, terminal=False, colour=False))
    assert not CONTROL.search(OURS.sub("", written(documents, terminal=True, colour=True)))


@pytest.mark.parametrize("markup", ["[bold red]x[/bold red]", "[link=https://e.example]x[/link]", "[/]", ":smile:"])
def test_markup_of_rich_is_shown_as_it_stands(markup: str):
    text = as_string(answer_text({"text": markup, "status": "answered"}), terminal=True, colour=True)
    assert markup in OURS.sub("", text)


def test_no_escape_is_written_where_no_terminal_reads_or_no_colour_is_wanted():
    assert "\x1b" not in written(DOCUMENTS, terminal=False, colour=True)
    assert "\x1b" not in written(DOCUMENTS, terminal=True, colour=False)
    assert "\x1b[" in written(DOCUMENTS, terminal=True, colour=True)


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    plain = written(DOCUMENTS, terminal=True, colour=True)
    for name, value in (
        ("FORCE_COLOR", "1"),
        ("NO_COLOR", "1"),
        ("TERM", "dumb"),
        ("COLUMNS", "20"),
        ("COLORTERM", "truecolor"),
    ):
        monkeypatch.setenv(name, value)
    assert written(DOCUMENTS, terminal=True, colour=True) == plain


def test_an_answer_names_verdicts_evidence_and_what_was_searched():
    text = answer_text(DOCUMENTS["answer"]).plain
    assert text.startswith("Goddard Space Flight Center, 6.5 m\n\nIt stands at")
    assert "photograph [2]. (unchecked)" in text
    assert "\n\nProgram-guided" in text
    assert "[3] Webb OTIS  speech · 0:08.35–0:12.47 · E6" in text
    assert "file:///home/anna/library/nasa_webb_13013.mp4#t=8.35,12.47" in text
    assert "How large is the mirror? (partly answered)" in text
    assert "Searched 405 of 412 files; not looked at: 3 failed, 4 skipped" in text


def test_an_address_is_never_broken_across_lines():
    coloured = OURS.sub("", as_string(answer_text(DOCUMENTS["answer"]), terminal=True, colour=True, width=30))
    assert "\n    file:///home/anna/library/nasa_webb_13013.mp4#t=8.35,12.47\n" in coloured


def test_a_report_counts_its_problems_and_names_them_when_asked():
    report = DOCUMENTS["report"]
    assert "2 problems" in report_text(report).plain
    named = report_text(report, failed=True).plain
    assert "failed  /home/anna/Documents/old/scan_1998.pdf\n        encrypted" in named
    assert "412 found = 405 indexed + 4 skipped + 3 failed + 0 pending" in named


def test_no_hits_say_why():
    assert hits_text({"hits": [], "nothing_because": "nothing scored above 0.3"}).plain.startswith(
        "Nothing found: nothing scored above 0.3"
    )


def test_what_was_searched_is_counted_with_its_noun():
    assert hits_text({"hits": [], "searched": {"files": 1}}).plain.endswith("0 hits in 1 file")
    assert hits_text({"hits": [{"rank": 1}], "searched": {"files": 2000}}).plain.endswith("1 hit in 2,000 files")


def test_every_problem_is_named_however_many_there_are():
    problems = [{"path": f"/a/{n}.pdf", "state": "failed", "reason": "cut off", "retry": False} for n in range(620)]
    report = {"files": {"found": 620, "failed": 620}, "problems": problems}
    assert "620 problems" in report_text(report).plain
    assert report_text(report, failed=True).plain.count(".pdf") == 620


def test_a_question_of_a_batch_that_failed_says_why():
    error = {"code": 78, "message": "unknown model provider 'nobody'", "remedy": "write openai:NAME"}
    failed = {"question": "Who?", "status": "failed", "error": error}
    assert answer_text(failed).plain == "Failed · unknown model provider 'nobody' · write openai:NAME"


def test_a_hit_says_where_in_a_picture_it_is_and_that_a_model_wrote_what_found_it():
    detail = {"region": "240,30,280,70", "found_by": "a caption written by tiny", "written": "a red kite"}
    evidence = {"kind": "image", "source": {"title": "kite.jpg"}, "uri": "file:///a/kite.jpg", "detail": detail}
    head, through, *_ = hits_text({"hits": [{"rank": 1, "score": 0.5, "evidence": evidence}]}).plain.splitlines()
    assert head == "[1] kite.jpg  picture · best in 40 × 40 px at 240, 30  0.50"
    assert through == "    found by a caption written by tiny, not its own words: “a red kite”"
