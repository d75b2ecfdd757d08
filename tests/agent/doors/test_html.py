"""Whatever stands in a document, its HTML runs nothing, loads nothing foreign and links only to its evidence."""

import copy
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import numpy as np
import pytest
from PIL import Image

from sourcehound.agent.doors.card import safe_link
from sourcehound.agent.doors.embed import NOTEBOOK_CHARS
from sourcehound.agent.doors.html import Mode, answer_html, hits_html, report_html
from sourcehound.agent.doors.markup import join, style, tag
from sourcehound.tools.show.printable import one_line

HERE = Path(__file__).parent
ATTACKS: list[str] = json.loads((HERE / "attacks.json").read_text("utf-8"))
DOCUMENTS: dict[str, Any] = json.loads((HERE / "documents.json").read_text("utf-8"))
STRUCTURE = frozenset({"kind", "verdict", "status", "schema", "uri", "media_type", "reason", "state", "unit"})
ELEMENTS = frozenset(
    {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "div",
            "h1",
            "h2",
            "p",
            "span",
            "sup",
            "a",
            "section",
        ),
        *("article", "strong", "figure", "img", "video", "audio", "blockquote", "details", "summary", "dl", "dt", "dd"),
        *("table", "thead", "tbody", "tr", "th", "td", "ul", "li", "br", "meter"),
    }
)
ATTRIBUTES = frozenset(
    {
        *("class", "id", "href", "rel", "title", "src", "alt", "loading", "controls", "preload", "role", "aria-label"),
        *("dir", "scope", "lang", "charset", "name", "content", "http-equiv", "min", "max", "value"),
    }
)


def noise(side: int = 40, seed: int = 1) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


SMALL = noise(4)


def pages(documents: dict[str, Any], *modes: Mode) -> list[str]:
    made = [report_html(documents["report"], mode=mode) for mode in modes]
    made += [answer_html(documents["answer"], lambda _: SMALL, mode=mode) for mode in modes]
    return made + [hits_html(documents["found"], lambda _: SMALL, mode=mode) for mode in modes]


def changed(value: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    """The document with every leaf passed through `change`."""
    if isinstance(value, dict):
        return {name: changed(one, change, name) for name, one in value.items()}
    if isinstance(value, list):
        return [changed(one, change, key) for one in value]
    return change(key, value)


def uris(value: Any) -> set[str]:
    found: set[str] = set()
    changed(value, lambda key, leaf: found.add(leaf) if key == "uri" and isinstance(leaf, str) else None)
    return found


def faults(page: str, allowed: set[str]) -> list[str]:
    """What is live in a page beyond its own anchors, pictures and evidence."""
    tree = lxml.html.document_fromstring(page)
    wrong: list[str] = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            wrong.append(f"comment or instruction {element}")
            continue
        if element.tag not in ELEMENTS:
            wrong.append(f"element {element.tag}")
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES:
                wrong.append(f"attribute {name}")
            if name == "href" and not (re.fullmatch(r"#c[0-9a-f]{8}-\d+", value) or value in allowed):
                wrong.append(f"link {value}")
            if name == "src" and not (value.startswith(("data:image/png;", "data:image/jpeg;")) or value in allowed):
                wrong.append(f"load {value}")
            if name == "http-equiv" and value != "Content-Security-Policy":
                wrong.append(f"meta {value}")
    styles = [element.text for element in tree.iter("style")]
    return wrong + [f"style {text[:40]}" for text in styles if "url(" in text or "@import" in text or "evil" in text]


def test_there_are_enough_attacks():
    assert len(set(ATTACKS)) >= 100


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_in_every_word_stays_words(attack: str):
    poisoned = changed(DOCUMENTS, lambda key, leaf: attack if isinstance(leaf, str) and key not in STRUCTURE else leaf)
    for page in pages(poisoned, "page", "notebook"):
        assert faults(page, uris(DOCUMENTS)) == []
    shown = lxml.html.document_fromstring(answer_html(poisoned["answer"])).find(".//h1").text_content()
    assert shown.split() == one_line(attack, 2000).split()


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_in_every_field_stays_words(attack: str):
    for page in pages(changed(DOCUMENTS, lambda _key, _leaf: attack), "page"):
        assert faults(page, set()) == []


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_as_address_or_name_of_a_field_makes_no_link(attack: str):
    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {f"{name}{attack}" if name.isdigit() else name: renamed(one) for name, one in value.items()}
        return [renamed(one) for one in value] if isinstance(value, list) else value

    documents = renamed(copy.deepcopy(DOCUMENTS))
    documents["answer"]["models"] = {attack: "x"}
    documents["report"]["units"] = documents["report"]["encoders"] = documents["report"]["bytes"] = {attack: 3}
    poisoned = changed(documents, lambda key, leaf: attack if key == "uri" else leaf)
    # an address of the right form is a web page's or file's own, if escaped: nothing of it ends the attribute
    own = {link for kind in ("web", "text") if (link := safe_link(attack, kind)) is not None}
    assert not any(mark in link for link in own for mark in "\"'<> \\")
    for page in pages(poisoned, "page"):
        assert faults(page, own) == []


def test_leaves_of_any_wrong_type_are_survived():
    for odd in (None, -1, 1e400, float("nan"), True, [], {}, [[]], {"a": 1}, 10**30, "\x00"):
        for page in pages(changed(DOCUMENTS, lambda _key, _leaf, odd=odd: odd), "page"):
            assert faults(page, set()) == []
    for empty in ({}, {"sentences": 3, "citations": "x", "plan": {}, "coverage": [], "files": []}):
        assert "<h1" in answer_html(empty) + hits_html(empty) + report_html(empty)


def test_a_page_carries_a_policy_that_forbids_scripts_and_foreign_loads():
    page = answer_html(DOCUMENTS["answer"], lambda _: SMALL)
    policy = lxml.html.document_fromstring(page).xpath("//meta[@http-equiv]/@content")[0]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "img-src data:; media-src file:;" in policy


def test_verdicts_numbers_and_places_are_shown():
    tree = lxml.html.document_fromstring(answer_html(DOCUMENTS["answer"], lambda _: SMALL))
    verdicts = [mark.get("aria-label") for mark in tree.find_class("verdict")]
    assert verdicts == ["supported", "supported", "unchecked", "contradicted", "source unreachable"]
    anchors = {element.get("id") for element in tree.find_class("card")}
    cited = [link.get("href")[1:] for link in tree.xpath("//sup/a")]
    assert len(cited) == 6
    assert set(cited) <= anchors
    assert len(tree.find_class("answer")[0].findall("p")) == 2
    players = tree.xpath("//video/@src | //audio/@src")
    assert sorted(players) == [
        "file:///home/anna/library/nasa_webb_13013.mp4#t=8.35,12.47",
        "file:///home/anna/library/sonnet1.mp3#t=5.88,8.64",
    ]


def test_an_unknown_verdict_or_status_is_never_shown_as_good():
    answer = copy.deepcopy(DOCUMENTS["answer"])
    answer["status"] = "Answered"
    for sentence in answer["sentences"]:
        sentence["verdict"] = "Supported "
    tree = lxml.html.document_fromstring(answer_html(answer))
    assert {mark.get("aria-label") for mark in tree.find_class("verdict")} == {"unchecked"}
    assert tree.find_class("pill")[0].text == "Failed"


def test_a_number_without_a_citation_is_no_link():
    answer = {"text": "One [7] two [1].", "citations": DOCUMENTS["answer"]["citations"][:1]}
    tree = lxml.html.document_fromstring(answer_html(answer))
    assert [link.text for link in tree.xpath("//sup/a")] == ["[1]"]
    assert "One [7] two" in tree.find_class("answer")[0].text_content()


def test_a_notebook_holds_no_players_and_keeps_to_its_size():
    large = {n: noise(500, n) for n in range(1, 7)}
    page = answer_html(DOCUMENTS["answer"], large.get, mode="notebook")
    tree = lxml.html.document_fromstring(page)
    images = tree.xpath("//img/@src")
    assert len(images) == 6
    assert sum(map(len, images)) <= NOTEBOOK_CHARS < sum(map(len, large.values())) * 4 // 3
    assert tree.xpath("//video | //audio | //meta") == []


def test_many_hits_with_pictures_keep_to_the_same_size():
    hits = [{"rank": n, "score": 0.5, "evidence": DOCUMENTS["answer"]["citations"][0]} for n in range(1, 41)]
    shared = noise(300)
    images = lxml.html.document_fromstring(hits_html({"hits": hits}, lambda _: shared)).xpath("//img/@src")
    assert len(images) == 40
    assert sum(map(len, images)) <= NOTEBOOK_CHARS


def test_bytes_that_are_no_png_are_not_embedded():
    assert "<img" not in answer_html(DOCUMENTS["answer"], lambda _: b"<svg onload=alert(1)>")


def test_two_answers_in_one_notebook_keep_their_own_anchors():
    other = DOCUMENTS["answer"] | {"question": "Another?"}
    first, second = (set(re.findall(r'id="(c[0-9a-f]+-1)"', answer_html(a))) for a in (DOCUMENTS["answer"], other))
    assert first
    assert first.isdisjoint(second)


def test_a_report_whose_sum_does_not_come_out_says_so():
    report = DOCUMENTS["report"] | {"files": {"found": 10, "indexed": 5, "skipped": 1, "failed": 1, "pending": 0}}
    assert "they add up to 7" in report_html(report)


def test_nothing_found_says_why():
    assert "Nothing found: no unit scored above 0.3" in hits_html(
        {"hits": [], "nothing_because": "no unit scored above 0.3"}
    )


def test_markup_refuses_what_could_run_or_load():
    with pytest.raises(ValueError, match="element"):
        tag("script")
    with pytest.raises(ValueError, match="attribute"):
        tag("p", onclick="x")
    with pytest.raises(ValueError, match="address"):
        tag("a", href="javascript:alert(1)")
    with pytest.raises(ValueError, match="address"):
        tag("img", src="https://evil.example/x.png")
    with pytest.raises(ValueError, match="style"):
        style("a{background:url(x)}")


def test_markup_escapes_text_and_keeps_elements():
    assert join("a < b", tag("p", "x & y", class_='"quoted"')) == 'a &lt; b<p class="&quot;quoted&quot;">x &amp; y</p>'
    assert join(str(tag("p"))) == "&lt;p&gt;&lt;/p&gt;"


def test_a_page_names_the_first_problems_and_says_how_many_more_there_are():
    problems = [{"path": f"/a/{n}.pdf", "state": "failed", "reason": "cut off"} for n in range(620)]
    page = report_html({"files": {"found": 620, "failed": 620}, "problems": problems})
    assert page.count(".pdf") == 500
    assert "and 120 more" in page
