"""Queries over the sample library whose right units are known: the labelled set that scores are calibrated on.

What a search finds is right for a query if its file and words are among the query's targets. Knows nothing of ranking.
"""

from __future__ import annotations

from dataclasses import dataclass

from sourcehound.tools.evidence import UnitKind


@dataclass(frozen=True, slots=True)
class Target:
    """Right units: of a file, of some kinds, and with some words in them or said about them (any case).

    Attributes:
        file: the file's name.
        words: words that the unit has; empty for any unit of the file.
        kinds: kinds of unit.
    """

    file: str
    words: str
    kinds: tuple[UnitKind, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A query and the units that are right for it; none for a query that nothing answers."""

    query: str
    targets: tuple[Target, ...]


def _text(file: str, words: str) -> Target:
    return Target(file, words, ("passage", "page"))


def _image(file: str, words: str = "") -> Target:
    return Target(file, words, ("image",))


def _film(words: str) -> Target:
    return Target("film.mp4", words, ("moment", "speech"))


def _moment(words: str) -> Target:
    return Target("film.mp4", words, ("moment",))


def _said(words: str) -> Target:
    return Target("storm-report.mp3", words, ("speech",))


_FLEET = _text("report.pdf", "Joan Barlow")
_LETTER = _text("report.pdf", "6 February 1961")
_QUAY, _PLATE, _BOARD = _image("quay.jpg"), _image("plate.jpg"), _image("noticeboard.jpg")

LABELLED: tuple[Labelled, ...] = (
    Labelled("who is the skipper of AS-417", (_FLEET,)),
    Labelled("length of the station's boats", (_FLEET,)),
    Labelled("where does AS-590 lie", (_FLEET,)),
    Labelled("what carried the new tide gauge to the island", (_text("gauge.md", "carried to Needle Island"), _QUAY)),
    Labelled("who bolted the gauge to the rock", (_text("gauge.md", "bolted it"), _PLATE)),
    Labelled("where did the old gauge go", (_text("gauge.md", "museum"),)),
    Labelled("how much too high does the new gauge read", (_text("gauge.md", "over a centimetre"),)),
    Labelled("offset of gauge KX-204", (_text("levels.xlsx", "KX-204"), _text("minutes.docx", "KX-204"))),
    Labelled("serial number of the wind vane", (_text("levels.xlsx", "MW-031"),)),
    Labelled(
        "highest water in November 2023", (_text("levels.xlsx", "November 2023"), _text("report.pdf", "Figure 1"))
    ),
    Labelled(
        "water level at Copper Bay in April 2023", (_text("levels.xlsx", "April 2023"), _text("report.pdf", "Figure 1"))
    ),
    Labelled(
        "highest water of each month, figure", (_text("report.pdf", "Figure 1"), _image("report.pdf", "Figure 1"))
    ),
    Labelled("peak of the storm at 22:40", (_text("storm-night.csv", "22:40"),)),
    Labelled("how high did the water rise in the storm of April", (_said("4.36"), _text("storm-night.csv", "22:40"))),
    Labelled("who should bring the invoice", (_text("minutes.docx", "invoice"),)),
    Labelled("who repaints the landing marks", (_text("minutes.docx", "landing marks"),)),
    Labelled("fuse to be replaced in the battery room", (_text("minutes.docx", "fuse F3"), _image("wiring.png"))),
    Labelled("when did the meeting end", (_text("minutes.docx", "18:40"),)),
    Labelled("who was at the meeting of 2 April", (_text("minutes.docx", "Present"),)),
    Labelled("a second ladder", (_text("minutes.docx", "ladder"),)),
    Labelled("how is the glass of the lamp cleaned", (_text("lamp.md", "vinegar"),)),
    Labelled("weight of the fog bell", (_LETTER, _text("lamp.md", "fog bell"))),
    Labelled("who cast the old bell in 1887", (_LETTER,)),
    Labelled("the great storm of 1961", (_LETTER,)),
    Labelled("the boat house lost its roof", (_LETTER,)),
    Labelled("how many visitors came in the year", (_text("report.pdf", "1,340"),)),
    Labelled("since when has the station watched the water", (_text("report.pdf", "1871"),)),
    Labelled("who keeps the books", (_text("report.pdf", "1871"),)),
    Labelled("what does the gauge hut hold", (_text("report.pdf", "data logger"), _image("report.pdf", "Figure 2"))),
    Labelled("when are the landing steps cleaned of weed", (_text("report.pdf", "weed"),)),
    Labelled("table of contents of the report", (_text("report.pdf", "Contents"),)),
    Labelled("price for a school class", (_text("visit.html", "School class"),)),
    Labelled("when does the tower close", (_text("visit.html", "16:30"),)),
    Labelled("open day of 2024", (_text("visit.html", "open day"),)),
    Labelled("how do new helpers reach the light", (_text("getting-about.md", "Pilgrim"), _image("steps.webp"))),
    Labelled("boats to Needle Island timetable", (_BOARD, _text("getting-about.md", "noticeboard"))),
    Labelled("lost brass telescope", (_BOARD,)),
    Labelled("quiz on Saturday", (_BOARD, _text("minutes.docx", "quiz"))),
    Labelled("map of the sound with depths", (_image("chart.png"), _text("getting-about.md", "map of Amber Sound"))),
    Labelled("wreck of the Juniper", (_image("chart.png"), _text("getting-about.md", "wreck"))),
    Labelled("registration on a boat's bow", (_QUAY, _image("otter.jpg"), _moment("417"))),
    Labelled("the Grey Otter on her way home", (_image("otter.jpg"), _text("gauge.md", "Grey Otter"))),
    Labelled("AS-283", (_image("otter.jpg"), _FLEET)),
    Labelled("small brass plate of the gauge", (_PLATE, _text("gauge.md", "brass plate"))),
    Labelled("Brightwater Works", (_PLATE,)),
    Labelled("signpost at the foot of the steps", (_image("steps.webp"), _text("getting-about.md", "signpost"))),
    Labelled("how many steps to the light", (_image("steps.webp"),)),
    Labelled("wiring diagram with coloured wires", (_image("wiring.png"),)),
    Labelled("which terminal does the blue wire go to", (_image("wiring.png"),)),
    Labelled("the crate on the deck", (_QUAY, _text("gauge.md", "crate"), _film("crate"))),
    Labelled("seals resting on the sand", (_film("seals"),)),
    Labelled("how often does the lamp flash", (_film("flashes"),)),
    Labelled("checking the battery voltage", (_film("battery"),)),
    Labelled("the boat ties up at the landing", (_film("ties up"),)),
    Labelled("night watch", (_moment("Night watch"),)),
    Labelled("leaving Copper Bay", (_film("Copper Bay"),)),
    Labelled("first light at the rock", (_film("first light"),)),
    Labelled("two spare batteries", (_said("spare batteries"),)),
    Labelled("until when are the landing steps closed", (_said("closed until Friday"),)),
    Labelled("highest level since 1961", (_said("since 1961"),)),
    Labelled("price of a helicopter flight", ()),
    Labelled("recipe for bread with olives", ()),
    Labelled("quarterly revenue of the bank", ()),
    Labelled("penguins on an ice floe", ()),
    Labelled("treaty signed in Vienna", ()),
    Labelled("symptoms of malaria in children", ()),
)
"""Sixty queries with right units and six without."""
