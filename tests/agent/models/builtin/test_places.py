"""Where a question looks: pages, slides, tables and figures by label or place, and what it asks the number of."""

from __future__ import annotations

import pytest

from sourcehound.agent.models.builtin.places import NOWHERE, place_in, without_place


@pytest.mark.parametrize(
    ("question", "pages"),
    [
        ("Which date stands on page 14?", ("14",)),
        ("What is the fax number on page fourteen?", ("14",)),
        ("What does page twenty-one say?", ("21",)),
        ("What is promised on page iii of the report?", ("iii",)),
        ("What date is mentioned at the beginning of page(1)?", ("1",)),
        ("What is on slide 7?", ("7",)),
        ("Who is named on p. 12?", ("12",)),
        ("Compare the prices on pages 3 and 5.", ("3", "5")),
        ("What do pages 3-5 deal with?", ("3", "4", "5")),
        ("Whose court is noted on the cover page?", ("first",)),
        ("How many lines are on the first page?", ("first",)),
        ("What stands on the second page?", ("2nd",)),
        ("Is there a signature on the last page?", ("last",)),
        ("Which pages name the boat?", ()),
        ("List all pages, as ['Page 2', 'Page 4'].", ()),
        ("Who wrote “Page 3 of my life”?", ()),
    ],
)
def test_pages_are_read(question: str, pages: tuple[str, ...]) -> None:
    assert place_in(question).pages == pages


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("What is the total in Table 3?", ("Table 3",)),
        ("What solver is shown in Fig. 1?", ("Figure 1",)),
        ("How do Figures 5 and Figure 6 differ?", ("Figure 5", "Figure 6")),
        ("Which items of Table1-1 are blue?", ("Table 1-1",)),
        ("What does Exhibit P10 show?", ("Exhibit P10",)),
        ("What does Table A.2 list?", ("Table A.2",)),
        ("Which table lists the boats?", ()),
        ("Did the figure rise by 20 % in the chart?", ()),
    ],
)
def test_labels_are_read(question: str, labels: tuple[str, ...]) -> None:
    assert place_in(question).labels == labels


@pytest.mark.parametrize(
    ("question", "part", "number"),
    [
        ("What stands in the second table?", "table", 2),
        ("What is shown in the first figure of the paper?", "figure", 1),
        ("What is in the 3rd table?", "table", 3),
        ("What does the last chart show?", "figure", -1),
        ("What does the table say?", None, 0),
    ],
)
def test_a_table_or_figure_may_be_named_by_its_place(question: str, part: str | None, number: int) -> None:
    place = place_in(question)
    assert (place.part, place.number) == (part, number)


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("How many tables are included in the document?", "table"),
        ("How many figures does the report have in total?", "figure"),
        ("how many pages", "page"),
        ("How many slides are there?", "page"),
        ("How many tables are on page 5?", "table"),
        ("How many chapters does the book have?", "heading"),
        ("How many figures are related to Airbus?", None),
        ("How many tables list boats?", None),
        ("How many boats are in the harbour?", None),
    ],
)
def test_only_what_is_asked_for_as_a_whole_is_counted(question: str, counted: str | None) -> None:
    assert place_in(question).counts == counted


def test_most_questions_look_nowhere() -> None:
    assert place_in("Which boat carried the tide gauge?") == NOWHERE
    assert not NOWHERE.is_named


@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("Format the date mentioned on page 14 as YYYY-MM-DD.", "Format the date mentioned as YYYY-MM-DD."),
        ("What type of court is noted on the cover page?", "What type of court is noted?"),
        ("What date is mentioned at the beginning of page(1)?", "What date is mentioned?"),
        ("Which boat carried the gauge?", "Which boat carried the gauge?"),
    ],
)
def test_what_is_sought_is_the_question_without_its_page(question: str, sought: str) -> None:
    assert without_place(question) == sought
