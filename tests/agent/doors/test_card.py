"""Links leave only if our own code would have made them."""

from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.card import card_of, number, safe_link, whole
from sourcehound.tools.evidence import Evidence, Locator, Source, Space, file_uri

PX = Space(unit="px", width=640, height=480)


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("file:///home/anna/report.pdf#page=3", "text"),
        ("file:///home/anna/kite.jpg#xywh=1,2,3,4", "crop"),
        ("file:///home/anna/talk.mp4#t=12.5,18", "moment"),
        ("https://example.org/a?b=c&d=e#:~:text=some%20words", "web"),
        ("https://example.org:8443/", "web"),
    ],
)
def test_addresses_of_our_own_making_stay_as_they_are(uri: str, kind: str):
    assert safe_link(uri, kind) == uri


@pytest.mark.parametrize(
    "name", ["a b.pdf", "100%.pdf", "naïve (1).pdf", "x[1]<y>.pdf", "quote'\".pdf", "\udcff.pdf", "a#b?c.pdf"]
)
def test_addresses_of_oddly_named_files_stay_as_they_are(name: str):
    uri = file_uri(Path("/home/anna") / name) + "#page=2"
    assert safe_link(uri, "text") == uri


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("javascript:alert(1)", "text"),
        ("https://example.org/x", "text"),
        ("file:///etc/passwd", "web"),
        ("file://host/share/x", "text"),
        ("file:////host/share/x", "text"),
        ("http://example.org/", "web"),
        ("https://user@example.org/", "web"),
        ("https://example.org\\@evil.example/", "web"),
        ("https://exämple.org/", "web"),
        ("https://[::1]/", "web"),
        ("https://[broken/", "web"),
        ("https:///nohost", "web"),
        (" https://example.org/", "web"),
        ("https://example.org/\n", "web"),
        ("https://example.org/\u202e", "web"),
        ("https://example.org/" + "a" * 5000, "web"),
        ("https://example.org/", ""),
        (None, "web"),
        (7, "text"),
    ],
)
def test_other_addresses_are_dropped(uri: Any, kind: str):
    assert safe_link(uri, kind) is None


@pytest.mark.parametrize("mark", ['"', "'", "<", ">", "(", ")", " ", "`", "{", "|", "^"])
def test_what_could_end_a_link_is_escaped(mark: str):
    link = safe_link(f"https://example.org/a{mark}b", "web")
    assert link is not None
    assert mark not in link


def evidence(locator: Locator, media_type: str) -> dict[str, Any]:
    path = "/home/anna/talk.mp4"
    source = Source(
        path=path, uri=file_uri(path), sha256="a" * 64, media_type=media_type, title="", also=("/b/talk.mp4",)
    )
    made = Evidence(
        kind="moment", unit_id="u", source=source, locator=locator, quote=" said ", producer="p 1", score=0.5
    )
    return made.to_json()


def test_a_card_says_what_the_evidence_says():
    card = card_of(evidence(Locator(start_s=1.0, end_s=2.5), "video/mp4"), n=3)
    assert (card.n, card.title, card.where, card.quote) == (3, "talk.mp4", "0:01.00–0:02.50", "said")
    assert card.player == ("video", "file:///home/anna/talk.mp4#t=1,2.5")
    assert dict(card.facts) == {
        "File": "/home/anna/talk.mp4",
        "Same file at": "/b/talk.mp4",
        "Read by": "p 1",
        "SHA-256": "a" * 64,
    }


def test_only_moments_of_sound_and_film_are_played():
    assert card_of(evidence(Locator(start_s=1.0), "audio/mpeg")).player == ("audio", "file:///home/anna/talk.mp4#t=1")
    assert card_of(evidence(Locator(page=2), "application/pdf")).player is None
    assert card_of(evidence(Locator(), "video/mp4")).player is None


def test_a_web_page_shows_its_host_as_its_place():
    web = {"kind": "web", "uri": "https://example.org/a", "source": {"uri": "https://example.org/a", "title": "T"}}
    assert card_of(web).where == "example.org"
    assert card_of(web | {"uri": "javascript:1"}).where == ""


def test_a_part_of_a_picture_names_its_box():
    document = evidence(Locator(boxes=((10, 20, 110, 70),), space=PX), "image/png") | {"kind": "crop"}
    assert card_of(document).where == "100 × 50 px at 10, 20"


@pytest.mark.parametrize("odd", [True, "1", None, float("nan"), float("inf"), [], {}])
def test_what_is_no_number_counts_as_none(odd: Any):
    assert number(odd) is None
    assert whole(odd) == 0


def test_a_negative_or_monstrous_count_is_no_count():
    assert whole(-1) == 0
    assert whole(10**40) == 0
    assert whole(12) == 12


def picture(**detail: str) -> dict[str, Any]:
    path = "/home/anna/kite.jpg"
    source = Source(path=path, uri=file_uri(path), sha256="a" * 64, media_type="image/jpeg", title="kite.jpg")
    made = Evidence(
        kind="image", unit_id="u", source=source, locator=Locator(), quote=None, producer="p 1", detail=detail
    )
    return made.to_json()


def test_a_picture_that_was_found_by_a_part_of_it_names_the_box():
    card = card_of(picture(region="240,30,280,70"), n=1)
    assert card.where == "best in 40 × 40 px at 240, 30"
    assert card.link == "file:///home/anna/kite.jpg#xywh=240,30,40,40"


def test_a_figure_of_a_page_names_the_box_in_points():
    document = picture(region="72,90,172.4,140")
    document["locator"] = Locator(page=3, space=Space(unit="pt", width=612, height=792)).to_json()
    assert card_of(document, n=1).where == "page 3, best in 100 × 50 pt at 72, 90"


@pytest.mark.parametrize("region", ["", "1,2,3", "9,9,3,3", "a,b,c,d", None, 7, [1, 2, 3, 4]])
def test_a_region_that_is_none_names_no_box(region: Any):
    document = picture()
    document["detail"]["region"] = region
    assert card_of(document, n=1).where == ""


def test_what_a_model_wrote_is_told_from_the_words_of_the_source():
    card = card_of(picture(found_by="a caption written by tiny", written="a red kite"), n=1)
    assert card.through == "found by a caption written by tiny, not its own words: “a red kite”"
    assert card.quote == ""


def test_what_was_found_otherwise_is_not_said_to_be_written():
    assert card_of(picture(found_by="web search"), n=1).through == ""
