"""What the doctor saw is said in words."""

from __future__ import annotations

from sourcehound.agent.doors.doctor import protection_words
from sourcehound.tools.library.sandbox import Protections


def test_the_protections_of_a_reader_are_said_in_words():
    whole = Protections(limits=True, no_network=True, one_file=True)
    assert protection_words(whole) == "bounded in memory and time, without network, sees one file at a time"
    some = Protections(limits=True)
    assert protection_words(some) == "bounded in memory and time; not here: without network, sees one file at a time"
    assert protection_words(Protections()).startswith("works unprotected; not here: bounded")
