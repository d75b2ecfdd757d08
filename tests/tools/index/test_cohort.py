from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sourcehound.tools.index.cohort import cohort


def test_a_small_kind_is_its_own_cohort(library: sqlite3.Connection, add_unit: Callable[..., int]):
    pages = [add_unit(kind="page") for _ in range(3)]
    add_unit(kind="passage")

    assert cohort(library, "page", size=3) == tuple(pages)
    assert cohort(library, "speech") == ()


def test_a_cohort_comes_from_all_over_its_kind_and_is_the_same_each_time(
    library: sqlite3.Connection, add_unit: Callable[..., int]
):
    kinds = ("page", "passage", "passage")
    pages = [row for n in range(1500) if (row := add_unit(kind=kinds[n % 3])) and kinds[n % 3] == "page"]

    found = cohort(library, "page", size=50)

    assert found == cohort(library, "page", size=50) == tuple(sorted(set(found)))
    assert set(found) <= set(pages)
    assert 40 <= len(found) <= 60
    tenths = {pages.index(row) // 50 for row in found}
    assert tenths == set(range(10))
