"""The command `encoders`: which embedding models are known, what each takes and gives, and whether it is here.

Loads no weights and imports no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sourcehound.agent.doors.console import Console
from sourcehound.agent.doors.options import Home, Json, Library, Quiet, opened
from sourcehound.tools.errors import ConfigError

if TYPE_CHECKING:
    from sourcehound.agent.hound import Sourcehound
    from sourcehound.tools.encoders.families import Family
    from sourcehound.tools.encoders.whereabouts import Standing

SCHEMA = "sourcehound.encoders/1"
MEASURED = "measured here"
TOLD = "public knowledge, not tried here"
_ROLES = ("text", "picture", "page")


def encoders(home: Home = None, library: Library = "default", json: Json = False, quiet: Quiet = False) -> int:
    """List the known encoders: licence, size, what each takes and gives, whether it is here."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        document = encoders_document(hound)
    if json:
        console.data(document)
    else:
        console.write("".join(f"{line}\n" for line in _lines(document)))
    return 0


def encoders_document(hound: Sourcehound) -> dict[str, Any]:
    """The known encoders, the families that any folder can be of, and the encoders in use."""
    from sourcehound.tools.encoders.families import FAMILIES
    from sourcehound.tools.encoders.whereabouts import Places, standings

    found = standings(Places(weights_path=hound.library.options.weights, cache_dir=hound.library.cache))
    return {
        "schema": SCHEMA,
        "in_use": [row for role in _ROLES for row in _in_use(hound, role)],
        "encoders": [_row(standing) for standing in found],
        "families": [_family(family) for family in FAMILIES],
    }


def _in_use(hound: Sourcehound, role: str) -> Iterator[dict[str, Any]]:
    """The encoder of a role; none where the setting is empty or there is none."""
    key = f"encoders.{role}"
    spec = hound.settings.values.get(key)
    if not spec:
        return
    encoders = hound.library.encoders
    open_role = {"text": encoders.text, "picture": encoders.pictures, "page": encoders.pages}[role]
    try:
        encoder = open_role(spec)
        stamp, here, problem = str(encoder.stamp) if encoder else None, bool(encoder and encoder.is_here()), None
    except ConfigError as error:
        stamp, here, problem = None, False, str(error)
    yield {"setting": key, "spec": spec, "stamp": stamp, "here": here, "problem": problem}


def _row(standing: Standing) -> dict[str, Any]:
    known = standing.known
    return {
        "name": known.name,
        "hub": known.hub,
        "family": known.family,
        "licence": known.licence,
        "millions": known.millions,
        "dimension": known.dimension,
        "takes": list(known.takes),
        "gives": known.gives,
        "here": standing.is_here,
        "spec": standing.spec,
        "problem": standing.problem,
        "known_from": MEASURED if known.measured else TOLD,
        "note": known.note,
    }


def _family(family: Family) -> dict[str, Any]:
    return {
        "name": family.name,
        "model_types": list(family.model_types),
        "takes": sorted(family.takes),
        "gives": family.gives,
        "options": ["kind", *family.options],
        "licence_note": family.licence_note,
    }


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for used in document["in_use"]:
        yield f"{used['setting']} = {used['spec']}: {'here' if used['here'] else used['problem'] or 'not here'}"
    for family, rows in groupby(document["encoders"], key=lambda row: row["family"]):
        yield f"\n{family}"
        for row in rows:
            yield from _encoder_lines(row)
    n_here = sum(row["here"] for row in document["encoders"])
    yield f"\n{n_here} of {len(document['encoders'])} here, marked +. Licence, size and note of those without * are from public"
    yield "knowledge: they were not tried here. Any other model of these families is named by its folder, as"
    yield "encoders.text = hf:FOLDER?dimension=256, with these options:"
    yield from dict.fromkeys(_family_line(family) for family in document["families"])


def _family_line(family: dict[str, Any]) -> str:
    gives = "one row" if family["gives"] == "single" else "many rows"
    return f"  {family['name']}: {', '.join(family['takes'])} -> {gives}; {', '.join(family['options'])}"


def _encoder_lines(row: dict[str, Any]) -> Iterator[str]:
    mark = "+" if row["here"] else " "
    name = row["name"] + ("*" if row["known_from"] == MEASURED else "")
    takes = ", ".join(row["takes"])
    gives = f"{row['dimension']}" + (" a token" if row["gives"] == "multi" else "")
    millions = f"{row['millions']:,.0f} M"
    yield f"{mark} {name:<37} {takes + ' -> ' + gives:<24} {millions:>7}  {row['licence']}; {row['note']}"
    if row["here"] and row["spec"] != row["name"]:
        yield f"    {row['spec']}"
    if row["problem"]:
        yield f"    {row['problem']}"
