"""What readers left out is told once for each file, and bounded however much it is."""

from __future__ import annotations

from sourcehound.tools.library.left_out import MOST_FILES, LeftOut, left_out, told
from tests.tools.library.conftest import Shelf


def a_file(n: int, *what: str) -> LeftOut:
    return LeftOut(path=f"/a/{n:03}.zip", what=what or ("b.png: a picture",))


def test_files_that_are_read_whole_are_not_listed(shelf: Shelf):
    shelf.put("whole.txt", "One lamp.")
    shelf.put("page.html", "<p>Seen.</p><p hidden>Not seen.</p>")
    shelf.add()
    [one] = left_out(shelf.catalogue)
    assert one.path.endswith("page.html")
    assert one.what == ("words that are not shown are left out",)


def test_a_file_that_is_gone_or_read_anew_without_gaps_is_not_listed(shelf: Shelf):
    shelf.put("page.html", "<p>Seen.</p><p hidden>Not seen.</p>")
    shelf.add()
    shelf.put("page.html", "<p>Seen, and nothing else.</p>")
    shelf.add()
    assert left_out(shelf.catalogue) == ()


def test_only_what_is_new_is_told():
    before = [a_file(1), a_file(2)]
    now = [a_file(1), a_file(2, "c.png: a picture"), a_file(3)]
    assert list(told(now, before)) == [
        "/a/002.zip is read in part: c.png: a picture",
        "/a/003.zip is read in part: b.png: a picture",
    ]


def test_of_many_lines_and_files_the_first_are_told_and_the_rest_counted():
    [line] = told([a_file(1, "a", "b", "c", "d", "e")], [])
    assert line == "/a/001.zip is read in part: a; b; c; and 2 more"
    lines = list(told([a_file(n) for n in range(MOST_FILES + 5)], []))
    assert len(lines) == MOST_FILES + 1
    assert lines[-1].startswith("5 more files are read in part")
