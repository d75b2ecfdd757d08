"""Hits and their merging."""

from __future__ import annotations

import pytest

from sourcehound.tools.web.engines import WebHit, hit, merge


def found(url: str, rank: int, engine: str = "a") -> WebHit:
    return WebHit(title=f"{engine}{rank}", url=url, snippet="", engine=engine, rank=rank)


def test_a_page_that_two_engines_found_comes_first():
    merged = merge(
        [
            [found("https://one.example/", 1), found("https://both.example/x/", 2)],
            [found("https://two.example/", 1, "b"), found("http://www.both.example/x#part", 2, "b")],
        ],
        10,
    )
    assert [(h.rank, h.url) for h in merged] == [
        (1, "https://both.example/x/"),
        (2, "https://one.example/"),
        (3, "https://two.example/"),
    ]


def test_fusion_scores_are_those_of_the_source():
    # 1/(60+1) = 0.016393 for one first place; 1/(60+2) + 1/(60+3) = 0.032002 for a second and a third
    merged = merge([[found("https://x.example/1", 1), found("https://x.example/2", 2)]], 1)
    assert merged[0].url == "https://x.example/1"
    deep = [found(f"https://x.example/{n}", n) for n in range(1, 4)]
    other = [found("https://y.example/1", 1, "b"), found("https://x.example/3", 2, "b")]
    assert merge([deep, other], 1)[0].url == "https://x.example/3"


def test_a_page_twice_in_one_list_counts_once():
    twice = [found("https://a.example/", 1), found("https://a.example", 2), found("https://b.example/", 3)]
    assert [h.url for h in merge([twice, [found("https://b.example/", 1, "b")]], 9)] == [
        "https://b.example/",
        "https://a.example/",
    ]


def test_the_order_of_equals_is_that_of_the_lists():
    assert [h.engine for h in merge([[found("https://a.example/", 1)], [found("https://b.example/", 1, "b")]], 2)] == [
        "a",
        "b",
    ]


def test_a_hit_is_plain_text_on_one_bounded_line():
    cleaned = hit(
        title="A\n<b>\x1b[31mtitle\u202e\u200b",
        url="https://a.example/?q=ä b",
        snippet="word " * 900,
        engine="e",
        rank=1,
    )
    assert cleaned is not None
    assert cleaned.title == "A <b>[31mtitle"
    assert cleaned.url == "https://a.example/?q=ä b"
    assert len(cleaned.snippet) <= 1000


@pytest.mark.parametrize("url", [None, 5, "", "javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/", "/rel"])
def test_what_is_no_page_of_the_web_is_no_hit(url: object):
    assert hit(title="t", url=url, snippet="s", engine="e", rank=1) is None
