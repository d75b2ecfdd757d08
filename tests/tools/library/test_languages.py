from __future__ import annotations

from sourcehound.tools.library.languages import count_languages, fill_languages, unreliable
from tests.tools.library.conftest import Shelf
from tests.tools.library.test_language import SAID

MINILM = "minilm@0000000000000000:384:256tok-mean-1"


def test_each_source_is_counted_once_in_its_language(shelf: Shelf):
    for name, language in (("a", "de"), ("b", "de"), ("c", "en"), ("d", "ja")):
        shelf.put(f"{name}.txt", f"{name} {SAID[language]}")
    shelf.put("short.txt", "A lion.")
    shelf.add()

    assert count_languages(shelf.catalogue.connection) == {"de": 2, "en": 1, "ja": 1}
    document = shelf.status()
    assert document["languages"] == {"de": 2, "en": 1, "ja": 1}


def test_an_older_library_gets_the_languages_of_its_sources(shelf: Shelf):
    shelf.put("a.txt", SAID["fr"])
    shelf.add()
    with shelf.catalogue.transaction() as connection:
        connection.execute("UPDATE sources SET language = ''")
        fill_languages(connection)

    assert count_languages(shelf.catalogue.connection) == {"fr": 1}


def test_what_an_encoder_was_not_made_for_is_named():
    found = {"en": 12, "de": 3, "ja": 1}

    assert unreliable(found, MINILM) == ["de", "ja"]
    assert unreliable(found, "hf:/nowhere@0000000000000000:8:1") == []
    assert unreliable(found, None) == []
