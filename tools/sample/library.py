"""The sample library as the program uses it: its folder, the demo's question, and questions whose answers are known.

Knows nothing of how the files were made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import Box, Kind

QUESTION = (
    "Which boat carried the new tide gauge to Needle Island, what registration is painted on its bow, "
    "and when in the film does it tie up at Falcon Landing?"
)
"""What the demo asks: a note names the boat, a photo shows its registration, the film's speech has the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One place that an answer rests on.

    Attributes:
        file: path below the sample's folder, with forward slashes.
        kind: the kind of evidence that should be cited.
        quote: words that stand there, as written, read or heard; empty for what is only seen.
        page: physical page, from 1.
        box: (left, top, right, bottom), pixels of the upright picture.
        start_s: first second, media time.
        end_s: second after the last.
    """

    file: str
    kind: Kind
    quote: str
    page: int | None = None
    box: Box | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about the sample.

    Attributes:
        id: a short name.
        answer: a full answer; for an unanswerable question why there is none.
        must_say: pieces that a right answer contains, letter case aside; empty if unanswerable.
        hops: the places that it rests on, in the order in which one leads to the next.
        answerable: whether the sample holds the answer.
    """

    id: str
    question: str
    answer: str
    must_say: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    answerable: bool = True


_CARRIED = Hop(
    file="notes/gauge.md",
    kind="text",
    quote="The new tide gauge was carried to Needle Island by the Silver Heron.",
)
_REGISTRATION = Hop(file="photos/quay.jpg", kind="image", quote="AS-417", box=(1063.0, 640.0, 1133.0, 656.0))
_TIES_UP = Hop(
    file="film.mp4", kind="speech", quote="The Silver Heron ties up at Falcon Landing.", start_s=18.5, end_s=21.44
)
_SERIAL = Hop(file="photos/plate.jpg", kind="image", quote="SERIAL No. KX-204", box=(621.0, 726.0, 758.0, 738.0))
_SINCE_1961 = Hop(
    file="storm-report.mp3",
    kind="speech",
    quote="That is the highest level since nineteen sixty one.",
    start_s=8.31,
    end_s=11.63,
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        id="demo",
        question=QUESTION,
        answer="The Silver Heron, registration AS-417; it ties up at Falcon Landing 18.5 seconds into the film.",
        must_say=("Silver Heron", "AS-417"),
        hops=(_CARRIED, _REGISTRATION, _TIES_UP),
    ),
    Question(
        id="skipper",
        question="Who is the skipper of the boat that carried the new tide gauge to Needle Island?",
        answer="Joan Barlow: the Silver Heron carried it, whose registration is AS-417.",
        must_say=("Joan Barlow",),
        hops=(_CARRIED, _REGISTRATION, Hop(file="report.pdf", kind="text", quote="AS-417 Joan Barlow", page=4)),
    ),
    Question(
        id="serial",
        question="What is the serial number on the brass plate of the new tide gauge?",
        answer="KX-204.",
        must_say=("KX-204",),
        hops=(_SERIAL,),
    ),
    Question(
        id="offset",
        question="What offset does the workbook give for the gauge on the brass plate in the photo?",
        answer="12 mm: the plate says KX-204.",
        must_say=("12",),
        hops=(_SERIAL, Hop(file="levels.xlsx", kind="text", quote="KX-204")),
    ),
    Question(
        id="recalibrate",
        question="Who has to recalibrate gauge KX-204, and by when?",
        answer="Ruth Calloway, by 3 May 2024.",
        must_say=("Ruth Calloway", "3 May 2024"),
        hops=(Hop(file="minutes.docx", kind="text", quote="Recalibrate gauge KX-204 on Needle Island"),),
    ),
    Question(
        id="bell",
        question="Who cast the fog bell of Lantern Rock, and what does it weigh?",
        answer="Thomas Farrow cast it in 1887; it weighs 312 pounds.",
        must_say=("Thomas Farrow", "312"),
        hops=(Hop(file="report.pdf", kind="page", quote="the old bell of 312 pounds, cast by Thomas", page=7),),
    ),
    Question(
        id="friday",
        question="At what time does the boat to Needle Island leave on Friday, according to the noticeboard?",
        answer="At 09:15.",
        must_say=("09:15",),
        hops=(
            Hop(file="photos/noticeboard.jpg", kind="image", quote="Friday 09:15", box=(182.0, 464.0, 427.0, 507.0)),
        ),
    ),
    Question(
        id="wreck",
        question="How deep does the map say that the wreck of the Juniper lies?",
        answer="17 metres.",
        must_say=("17",),
        hops=(Hop(file="photos/chart.png", kind="image", quote="17 metres", box=(630.0, 538.0, 872.0, 580.0)),),
    ),
    Question(
        id="wire",
        question="Which terminal does the blue wire of the float sensor go to?",
        answer="Terminal 5.",
        must_say=("5",),
        hops=(Hop(file="photos/wiring.png", kind="image", quote="BLUE to 5", box=(345.0, 687.0, 433.0, 702.0)),),
    ),
    Question(
        id="storm",
        question="According to the storm report, how high did the water rise at Needle Island, and at what time?",
        answer="To 4.36 m, at 22:40 on 9 April 2024.",
        must_say=("4.36", "22:40"),
        hops=(
            Hop(
                file="storm-report.mp3",
                kind="speech",
                quote="the water level rose to four point three six meters",
                start_s=3.23,
                end_s=7.81,
            ),
            Hop(file="storm-night.csv", kind="text", quote="2024-04-09,22:40,4.36"),
        ),
    ),
    Question(
        id="1961",
        question="The storm report names an earlier year: how high did the water rise at Needle Island then?",
        answer="To 4.52 metres, in February 1961.",
        must_say=("4.52",),
        hops=(_SINCE_1961, Hop(file="report.pdf", kind="page", quote="to 4.52 metres", page=7)),
    ),
    Question(
        id="seals",
        question="How many seals rest on the sand in the film, and when are they seen?",
        answer="Eleven, from 24 to 29.5 seconds.",
        must_say=("eleven",),
        hops=(
            Hop(file="film.mp4", kind="speech", quote="eleven seals are resting", start_s=24.5, end_s=27.16),
            Hop(file="film.mp4", kind="moment", quote="", start_s=24.0, end_s=29.5),
        ),
    ),
    Question(
        id="price",
        question="How much did the new tide gauge cost?",
        answer="The minutes say that the price could not be noted.",
        answerable=False,
    ),
    Question(
        id="engine",
        question="What horsepower has the engine of the Grey Otter?",
        answer="No file speaks of engines.",
        answerable=False,
    ),
    Question(
        id="telephone",
        question="What is the telephone number of Lantern Rock Tide Station?",
        answer="No file gives one.",
        answerable=False,
    ),
    Question(
        id="aground",
        question="When in the film does the Grey Otter run aground?",
        answer="It does not: the film shows the Silver Heron only.",
        answerable=False,
    ),
    Question(
        id="portrait",
        question="Who painted the portrait in the keeper's parlour?",
        answer="No file speaks of a portrait.",
        answerable=False,
    ),
)
"""Twelve questions with answers and five without."""


def sample_folder() -> Path:
    """The folder that holds the sample's files, to be read only.

    Raises:
        ConfigError: the files were not installed with the program.
    """
    folder = Path(__file__).parent / "files"
    if not (folder / "film.mp4").is_file():
        raise ConfigError(f"The sample library is missing from {folder}", remedy="install sourcehound again")
    return folder
