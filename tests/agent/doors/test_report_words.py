from __future__ import annotations

from sourcehound.agent.doors.report_words import report_of


def test_languages_are_named_and_those_that_the_encoder_was_not_made_for():
    rest = dict(report_of({"languages": {"en": 1200, "de": 3}, "unreliable": ["de"]}).rest)

    assert rest["sources by language"] == "en 1,200, de 3"
    assert rest["not the text encoder's"] == "de: found by words, hardly by meaning"


def test_without_languages_nothing_is_said_of_them():
    assert report_of({"languages": {}, "unreliable": []}).rest == []
    assert dict(report_of({"languages": {"en": 2}, "unreliable": []}).rest) == {"sources by language": "en 2"}


def test_what_models_wrote_is_counted_by_what_it_is():
    rest = dict(report_of({"written": {"question": 1200, "caption": 1}}).rest)
    assert rest == {"written by models": "1 caption, 1,200 questions"}


def test_what_is_left_out_stands_under_its_file():
    report = report_of({"left_out": [{"path": "/a/b.zip", "what": ["c.png: a picture", "d.zip: an archive"]}]})
    assert report.in_part == (("/a/b.zip", ("c.png: a picture", "d.zip: an archive")),)
