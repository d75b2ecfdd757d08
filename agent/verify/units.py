"""Units, currencies and scales as people write them, each brought to one name. Tables and look-ups only."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_SPELLINGS: Final[dict[str, str]] = {
    "%": "% percent pct per-cent",
    "pp": "pp percentage-point percentage-points",
    "usd": "$ usd us$ dollar dollars",
    "eur": "€ eur euro euros",
    "gbp": "£ gbp sterling",
    "jpy": "¥ jpy yen",
    "inr": "₹ inr rupee rupees",
    "pound": "pound pounds",
    "cent": "cent cents",
    "m": "m metre metres meter meters",
    "km": "km kilometre kilometres kilometer kilometers",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "mm": "mm millimetre millimetres millimeter millimeters",
    "um": "µm μm um micrometre micrometres micrometer micrometers micron microns",
    "nm": "nm nanometre nanometres nanometer nanometers",
    "ft": "ft foot feet",
    "inch": "inch inches",
    "mile": "mi mile miles",
    "kg": "kg kilogram kilograms kilogramme kilogrammes",
    "g": "g gram grams gramme grammes",
    "mg": "mg milligram milligrams",
    "t": "t tonne tonnes ton tons",
    "lb": "lb lbs",
    "l": "l litre litres liter liters",
    "ml": "ml millilitre millilitres milliliter milliliters",
    "ms": "ms millisecond milliseconds",
    "s": "s sec secs second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "yr yrs year years",
    "°c": "°c celsius",
    "°f": "°f fahrenheit",
    "°": "° degree degrees",
    "hz": "hz hertz",
    "khz": "khz kilohertz",
    "mhz": "mhz megahertz",
    "ghz": "ghz gigahertz",
    "w": "w watt watts",
    "kw": "kw kilowatt kilowatts",
    "mw": "mw megawatt megawatts",
    "kwh": "kwh kilowatt-hour kilowatt-hours",
    "v": "v volt volts",
    "kb": "kb kilobyte kilobytes",
    "mb": "mb megabyte megabytes",
    "gb": "gb gigabyte gigabytes",
    "tb": "tb terabyte terabytes",
    "px": "px pixel pixels",
    "kn": "kn kt knot knots",
    "bar": "bar bars",
    "hpa": "hpa hectopascal hectopascals",
}
UNITS: Final[dict[str, str]] = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}
"""From a spelling to the unit's one name."""

SIGNS: Final = ("us$", "$", "€", "£", "¥", "₹", "usd", "eur", "gbp", "jpy", "inr")
"""What stands before an amount of money."""

SCALES: Final[dict[str, Decimal]] = {
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "k": Decimal(1000),
    "million": Decimal(10) ** 6,
    "millions": Decimal(10) ** 6,
    "mn": Decimal(10) ** 6,
    "mio": Decimal(10) ** 6,
    "m": Decimal(10) ** 6,
    "billion": Decimal(10) ** 9,
    "billions": Decimal(10) ** 9,
    "bn": Decimal(10) ** 9,
    "b": Decimal(10) ** 9,
    "trillion": Decimal(10) ** 12,
    "tn": Decimal(10) ** 12,
}
"""What multiplies the number before it; `m` may also be metres, and is read as both."""

SAME_AS: Final[dict[str, tuple[str, ...]]] = {
    "gbp": ("gbp", "pound"),
    "lb": ("lb", "pound"),
    "pound": ("pound", "gbp", "lb"),
}
"""Pounds are money or weight; the word alone does not say which."""


def spellings(unit: str) -> tuple[str, ...]:
    """Every way to write a unit, those it may be meant by included."""
    return tuple(word.replace("-", " ") for name in SAME_AS.get(unit, (unit,)) for word in _SPELLINGS[name].split())
