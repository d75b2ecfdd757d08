"""The invented world of the sample library: the facts that tie its files together, in one place.

Lantern Rock Tide Station watches the water of Amber Sound. People, boats, places and numbers are made up. The facts are
laid so that most questions need several files: notes name a boat, a photo shows its registration, the report says who
sails it, the film shows where it ties up. Knows nothing of file formats.
"""

from __future__ import annotations

from dataclasses import dataclass

STATION = "Lantern Rock Tide Station"
BOAT = "Silver Heron"
BOAT_REGISTRATION = "AS-417"
OTHER_BOAT = "Grey Otter"
OTHER_REGISTRATION = "AS-283"
GAUGE_SERIAL = "KX-204"
GAUGE_MODEL = "T6"
CARRIED_ON = "14 March 2024"
PHOTO_TAKEN = "2024:03:14 07:05:12"
PLATE_TAKEN = "2024:03:14 13:40:31"
HUT_NUMBER = "7"

FLEET: tuple[tuple[str, str, str, str], ...] = (
    ("AS-283", "Peter Hale", "9.6", "Copper Bay"),
    ("AS-417", "Joan Barlow", "11.2", "Falcon Landing"),
    ("AS-590", "Miriam Stroud", "14.0", "Lantern Rock"),
)
"""Registration, skipper, length in metres, berth. Boats' names are left out: photos tell them."""

HIGHEST_WATER: tuple[tuple[str, float, float], ...] = (
    ("April 2023", 3.12, 2.97),
    ("May 2023", 3.05, 2.91),
    ("June 2023", 2.98, 2.88),
    ("July 2023", 3.01, 2.84),
    ("August 2023", 3.17, 2.95),
    ("September 2023", 3.42, 3.20),
    ("October 2023", 3.58, 3.33),
    ("November 2023", 3.91, 3.61),
    ("December 2023", 3.74, 3.49),
    ("January 2024", 3.66, 3.44),
    ("February 2024", 3.49, 3.28),
    ("March 2024", 3.38, 3.15),
)
"""Month, highest water at Needle Island and at Copper Bay, metres."""

INSTRUMENTS: tuple[tuple[str, str, str, int, float], ...] = (
    ("HB-118", "Pressure gauge P2", "Copper Bay", -4, 1.120),
    ("KX-187", "Tide gauge T5", "Lantern Rock", 7, 1.305),
    ("KX-204", "Tide gauge T6", "Needle Island", 12, 1.482),
    ("MW-031", "Wind vane", "Lantern Rock", 0, 0.0),
)
"""Serial number, instrument, place, offset in millimetres, height of its zero in metres."""

STORM_PEAK_M = 4.36
STORM_PEAK_AT = "22:40"
STORM_LEVELS: tuple[tuple[str, str, float, float], ...] = (
    ("2024-04-09", "19:00", 3.02, 2.81),
    ("2024-04-09", "19:20", 3.15, 2.92),
    ("2024-04-09", "19:40", 3.29, 3.05),
    ("2024-04-09", "20:00", 3.41, 3.14),
    ("2024-04-09", "20:20", 3.56, 3.27),
    ("2024-04-09", "20:40", 3.70, 3.40),
    ("2024-04-09", "21:00", 3.83, 3.52),
    ("2024-04-09", "21:20", 3.97, 3.63),
    ("2024-04-09", "21:40", 4.09, 3.74),
    ("2024-04-09", "22:00", 4.21, 3.82),
    ("2024-04-09", "22:20", 4.30, 3.90),
    ("2024-04-09", "22:40", 4.36, 3.93),
    ("2024-04-09", "23:00", 4.33, 3.95),
    ("2024-04-09", "23:20", 4.24, 3.91),
    ("2024-04-09", "23:40", 4.12, 3.82),
    ("2024-04-10", "00:00", 3.96, 3.70),
    ("2024-04-10", "00:20", 3.79, 3.55),
    ("2024-04-10", "00:40", 3.60, 3.39),
    ("2024-04-10", "01:00", 3.43, 3.22),
)
"""Date, time, level at Needle Island and at Copper Bay, metres."""

ACTIONS: tuple[tuple[str, str, str], ...] = (
    ("Recalibrate gauge KX-204 on Needle Island", "Ruth Calloway", "3 May 2024"),
    ("Repaint the landing marks at Copper Bay", "Peter Hale", "17 May 2024"),
    ("Replace fuse F3 in the battery room", "Martin Finch", "12 April 2024"),
    ("Bring the invoice for the new gauge", "Oscar Teale", "next meeting"),
)
"""What the meeting of 2 April 2024 decided: action, who, by when."""

LETTER: tuple[str, ...] = (
    "LANTERN ROCK, 6 February 1961",
    "",
    "Sir,",
    "",
    "I have to report the great storm of the third",
    "of this month. At Needle Island the water rose",
    "to 4.52 metres, and stood over the landing",
    "steps for two hours.",
    "",
    "The fog bell was rung for nine hours. It is",
    "the old bell of 312 pounds, cast by Thomas",
    "Farrow in 1887, and it came to no harm.",
    "",
    "The boat house at Copper Bay lost its roof.",
    "I ask for timber and forty sheets of zinc.",
    "",
    "Your obedient servant,",
    "",
    "Edwin Marsh, Keeper",
)
"""The typed letter that the report carries as a scan, without a text layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A scene of the film: what it is called, how long it lasts, what is written in it and what is said."""

    name: str
    seconds: float
    title: str
    says: str


SCENES: tuple[Scene, ...] = (
    Scene(name="dawn", seconds=5.0, title="Lantern Rock", says="This is Lantern Rock, at first light."),
    Scene(
        name="battery",
        seconds=6.5,
        title="Battery room",
        says="Martin Finch checks the battery. It reads thirteen point two volts.",
    ),
    Scene(
        name="sea",
        seconds=6.5,
        title="Leaving Copper Bay",
        says="The Silver Heron sails from Copper Bay, with one crate on board.",
    ),
    Scene(
        name="mooring",
        seconds=6.0,
        title="Falcon Landing, 09:52",
        says="The Silver Heron ties up at Falcon Landing.",
    ),
    Scene(name="seals", seconds=5.5, title="The sand bank", says="On the sand, eleven seals are resting."),
    Scene(
        name="night",
        seconds=7.0,
        title="Night watch",
        says="After dark, the lamp flashes twice every fifteen seconds.",
    ),
)

MEMO: tuple[str, ...] = (
    "Storm report, tenth of April.",
    "At Needle Island, the water level rose to four point three six meters.",
    "That is the highest level since nineteen sixty one.",
    "The landing steps are closed until Friday.",
    "Please bring two spare batteries to Copper Bay.",
)
"""What is said in the recording, sentence by sentence."""


def scene_span(name: str) -> tuple[float, float]:
    """First second of a scene of the film and the second after its last."""
    start = 0.0
    for scene in SCENES:
        if scene.name == name:
            return start, start + scene.seconds
        start += scene.seconds
    raise KeyError(name)
