"""A table from runs of words: its columns, its rows, its heads; and what only looks like one."""

from collections.abc import Sequence

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.table_cells import Grid, Rules, Run
from sourcehound.tools.library.readers.table_grid import grid_of

HIGH, STEP, WIDE = 7.0, 12.0, 4.5


def run(text: str, left: float, line: float) -> Run:
    """Words that begin at a place of a line, each letter `WIDE` points wide."""
    words: list[tuple[str, Box]] = []
    x = left
    for word in text.split():
        words.append((word, (x, line * STEP, x + WIDE * len(word), line * STEP + HIGH)))
        x += WIDE * (len(word) + 0.6)
    return Run.of(words)


def rows(lines: Sequence[Sequence[str]], lefts: Sequence[float], *, first: float = 0) -> list[Run]:
    """Lines of cells, each at its column's left side; empty cells are left out."""
    return [
        run(text, left, first + at)
        for at, line in enumerate(lines)
        for text, left in zip(line, lefts, strict=True)
        if text
    ]


def cells(grid: Grid | None) -> list[list[str]]:
    assert grid is not None
    return [[cell.text for cell in row] for row in grid.rows]


NUMBERS = [
    ["", "2021", "2020"],
    ["Revenue", "44,538", "37,403"],
    ["Cost of sales", "24,576", "21,162"],
    ["Tax", "934", "348"],
]


def test_numbers_below_years_are_a_table_with_heads() -> None:
    grid = grid_of(rows(NUMBERS, (10, 150, 220)), Rules())
    assert cells(grid) == NUMBERS[1:]
    assert grid is not None
    assert grid.heads == ("", "2021", "2020")


def test_each_cell_has_the_box_of_its_words() -> None:
    grid = grid_of(rows(NUMBERS, (10, 150, 220)), Rules())
    assert grid is not None
    assert grid.rows[0][1].box == (150, STEP, 150 + 6 * WIDE, STEP + HIGH)
    assert grid.box == (10, 0, 220 + 6 * WIDE, 3 * STEP + HIGH)


def test_a_head_over_several_columns_stands_over_each_of_them() -> None:
    heads = [run("Year ended May 31", 160, -1)]
    grid = grid_of([*heads, *rows(NUMBERS, (10, 150, 220))], Rules())
    assert grid is not None
    assert grid.heads == ("", "Year ended May 31 2021", "Year ended May 31 2020")


def test_heads_above_a_rule_may_be_numbers_of_steps() -> None:
    lines = [["Model", "1", "2", "3"], ["Alpha", "49.2", "50.1", "48.4"], ["Beta", "44.0", "48.2", "29.4"]]
    rules = Rules(across=(-2, STEP - 2, 3 * STEP))
    grid = grid_of(rows(lines, (10, 100, 150, 200)), rules)
    assert grid is not None
    assert grid.heads == ("Model", "1", "2", "3")
    assert len(grid.rows) == 2


def test_a_currency_sign_belongs_to_its_number() -> None:
    lines = [["Net income", "$", "5,727"], ["Depreciation", "", "744"], ["Taxes", "$", "(385)"], ["Other", "", "53"]]
    grid = grid_of(rows(lines, (10, 140, 160)), Rules())
    assert [line[1] for line in cells(grid)] == ["$ 5,727", "744", "$ (385)", "53"]


def test_lines_between_rules_are_one_row_of_long_cells() -> None:
    lines = [
        *(["Function", "What it does", "Where"],),
        *(["Storage", "Keeps objects that", "All"], ["", "are seldom read", "regions"], ["", "for little money", ""]),
        *(["Copying", "Sends objects to", "Some"], ["", "another region", "regions"]),
    ]
    levels = (-2, STEP - 2, 4 * STEP - 2, 6 * STEP - 2)
    grid = grid_of(rows(lines, (10, 100, 220)), Rules(across=levels, down=(5, 90, 210, 280)))
    assert grid is not None
    assert grid.heads == ("Function", "What it does", "Where")
    assert cells(grid) == [
        ["Storage", "Keeps objects that are seldom read for little money", "All regions"],
        ["Copying", "Sends objects to another region", "Some regions"],
    ]


def test_a_label_that_goes_on_in_small_letters_is_one_label() -> None:
    lines = [
        ["", "2021", "2020"],
        ["Tax", "934", "348"],
        ["Cash and other", "", ""],
        ["current assets", "26,291", "20,556"],
    ]
    grid = grid_of(rows([*lines, ["Debt", "9,413", "9,406"]], (10, 150, 220)), Rules())
    assert cells(grid)[1] == ["Cash and other current assets", "26,291", "20,556"]


def test_a_label_at_half_height_between_two_rows_is_the_label_of_both() -> None:
    values = [
        ["", "a", "99.4", "84.9"],
        ["", "b", "100.0", "85.0"],
        ["", "a", "87.3", "73.6"],
        ["", "b", "95.6", "74.1"],
    ]
    named = [
        *rows([["Set", "Run", "Right", "Done"]], (10, 60, 100, 150), first=-1),
        run("First", 10, 0.5),
        run("Second", 10, 2.5),
    ]
    grid = grid_of([*named, *rows(values, (10, 60, 100, 150))], Rules())
    assert [line[0] for line in cells(grid)] == ["First", "First", "Second", "Second"]


def test_prose_in_two_columns_is_no_table() -> None:
    left = ["The water rises in spring when", "the snow melts on the hills and", "falls again by the end of June"]
    right = ["so that the boats lie dry until", "autumn, when the first storms of", "the year bring rain for weeks"]
    assert grid_of(rows(list(zip(left, right, strict=True)), (10, 250)), Rules()) is None


def test_a_list_of_contents_is_no_table() -> None:
    lines = [["Introduction", "1"], ["The harbour", "4"], ["Tides and winds", "17"], ["Glossary", "70"]]
    assert grid_of(rows(lines, (10, 300)), Rules()) is None


def test_words_that_stand_anywhere_are_no_table() -> None:
    lines = [["Gate", "12"], ["Pier", "7"], ["Quay", "31"], ["Lock", "5"]]
    scattered = [
        run(text, 10 + 40 * at + 37 * (at % 3) * n, n) for n, line in enumerate(lines) for at, text in enumerate(line)
    ]
    assert grid_of(scattered, Rules()) is None
