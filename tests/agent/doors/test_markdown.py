"""Markdown of an answer: footnotes of our own, everything else words."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sourcehound.agent.doors.markdown import answer_markdown, escaped
from sourcehound.tools.show.printable import one_line

HERE = Path(__file__).parent
ATTACKS: list[str] = json.loads((HERE / "attacks.json").read_text("utf-8"))
ANSWER: dict[str, Any] = json.loads((HERE / "documents.json").read_text("utf-8"))["answer"]
STRUCTURE = frozenset({"kind", "verdict", "status", "schema", "uri", "media_type", "reason", "state", "unit"})


def parsed(markdown: str) -> list[Token]:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = reader.parse(markdown)
    return [one for token in tokens for one in (token, *(token.children or ()))]


def poisoned(value: Any, attack: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: poisoned(one, attack, name) for name, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, attack, key) for one in value]
    return attack if isinstance(value, str) and key not in STRUCTURE else value


def test_the_answer_reads_as_sentences_with_footnotes():
    text = answer_markdown(ANSWER)
    assert "Greenbelt, Maryland[^3]." in text
    assert "photograph[^2]. *(unchecked)*" in text
    assert "1998[^1]. *(contradicted)*" in text
    assert sorted(re.findall(r"^\[\^(\d)\]: ", text, re.MULTILINE)) == ["1", "2", "3", "4", "5", "6"]
    assert "[open](<file:///home/anna/library/nasa_webb_13013.mp4#t=8.35,12.47>)" in text
    assert "- Searched 405 of 412 files; not looked at: 3 failed, 4 skipped" in text


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_in_every_word_makes_no_markup(attack: str):
    clean = answer_markdown(ANSWER)
    links = {token.attrGet("href") for token in parsed(clean) if token.type == "link_open"}
    text = answer_markdown(poisoned(ANSWER, attack))
    kinds = {token.type for token in parsed(text)}
    assert kinds <= {token.type for token in parsed(clean)}
    assert {token.attrGet("href") for token in parsed(text) if token.type == "link_open"} <= links
    assert not re.search(r"(?<![\\:/])/(?=/)(?![^<>\n]*>\))", text)
    assert len(re.findall(r"^\[\^\d+\]:", text, re.MULTILINE)) == 6


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_escaped_words_read_as_they_are(attack: str):
    (paragraph,) = [t for t in parsed(f"A {escaped(attack)} B") if t.type == "inline"]
    assert "".join(t.content for t in paragraph.children or ()).split() == f"A {one_line(attack)} B".split()


@pytest.mark.parametrize(
    "text", ["1. one", "12) two", "# head", "- item", "+ item", "= x", "---", "> quoted", ": x", "* item"]
)
def test_words_never_open_a_block(text: str):
    assert {t.type for t in parsed(escaped(text))} <= {
        "paragraph_open",
        "inline",
        "text",
        "paragraph_close",
        "text_special",
    }
    assert escaped("42.7 s") == "42.7 s"


def test_an_empty_document_is_still_said_to_have_failed():
    assert answer_markdown({}) == "**Failed**\n"
