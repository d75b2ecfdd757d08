"""What an index was made with: for each role the encoder that answers, and the one that is being made ready to take over.

Vectors of two encoders have nothing to say to each other, so an encoder answers only when everything is encoded by it. Until
then its vectors stand beside those of the one that answers. One table: `text` is the row of the encoder that answers for
words, `text.next` that of its successor, and `gone STAMP` marks vectors that nobody asks for and that are still to be
removed. Knows nothing of encoders but their names.
"""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Self

from sourcehound.tools.encoders.encoder import Encoder, Stamp
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.index import vectors
from sourcehound.tools.index.written import is_written, written_stamp

Role = Literal["text", "picture", "likeness", "page"]
_NEXT = ".next"
_GONE = "gone "
_STAMP = re.compile(r"(?P<encoder>.*)@(?P<weights>[0-9a-f]+):(?P<dimension>\d+):(?P<preprocessing>.*)", re.DOTALL)
_ROUGH = "conse"
_FEATURES = "effnet-features"


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """The encoder that made vectors.

    Attributes:
        spec: names it.
        stamp: `str` of its stamp.
    """

    spec: str
    stamp: str

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """An encoder by its stamp."""
        return cls(spec=encoder.stamp.encoder, stamp=str(encoder.stamp))


def answers(connection: sqlite3.Connection, role: Role) -> Maker | None:
    """The encoder whose vectors are searched for a role; None where nothing is encoded for it yet."""
    return _row(connection, role) or _before_there_were_rows(connection, role)


def coming(connection: sqlite3.Connection, role: Role) -> Maker | None:
    """The encoder that is being made ready to take over a role, if one is."""
    return _row(connection, role + _NEXT)


def stamps_of(connection: sqlite3.Connection, role: Role) -> set[str]:
    """The stamps of the vectors that answer for a role or are being made for it."""
    return {maker.stamp for maker in (answers(connection, role), coming(connection, role)) if maker is not None}


def gone(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The stamps of vectors that are to be removed."""
    query = "SELECT stamp FROM answering WHERE role > ? AND role < ? ORDER BY stamp"
    return tuple(stamp for (stamp,) in connection.execute(query, (_GONE, _GONE + "\U0010ffff")))


def adopt(connection: sqlite3.Connection, makers: Mapping[Role, Maker]) -> None:
    """Write down who answers for roles that have no row yet. Must run inside a transaction."""
    for role, maker in makers.items():
        if _row(connection, role) is None:
            _put(connection, role, answers(connection, role) or maker)


def begin(connection: sqlite3.Connection, makers: Mapping[Role, Maker]) -> None:
    """Write down who is to take over roles, in place of whoever else was to. Must run inside a transaction."""
    give_up(connection, {role for role, maker in makers.items() if coming(connection, role) not in {None, maker}})
    for role, maker in makers.items():
        _put(connection, role + _NEXT, maker)
        connection.execute("DELETE FROM answering WHERE role = ?", (_GONE + maker.stamp,))


def give_up(connection: sqlite3.Connection, roles: Collection[Role]) -> None:
    """Let nobody take over some roles: what was made for it is to be removed. Must run inside a transaction."""
    for role in roles:
        given_up = coming(connection, role)
        connection.execute("DELETE FROM answering WHERE role = ?", (role + _NEXT,))
        if given_up is None:
            continue
        former = answers(connection, role)
        if role == "text" and former is not None:
            _encoded_by(connection, given_up, former)
        _let_go(connection, given_up)


def switch(connection: sqlite3.Connection, roles: Collection[Role]) -> None:
    """Let those answer who were to take over. Must run inside a transaction, when all is encoded."""
    for role in roles:
        successor = coming(connection, role)
        if successor is None:
            continue
        former = answers(connection, role)
        _put(connection, role, successor)
        connection.execute("DELETE FROM answering WHERE role = ?", (role + _NEXT,))
        if former is not None:
            _let_go(connection, former)


def forget_gone(connection: sqlite3.Connection, stamp: str, *, n_units: int) -> int:
    """Remove the vectors of so many units that a stamp that is gone left, and its mark with the last of them.

    Must run inside a transaction. Returns of how many units; 0 when none is left.
    """
    of_writings = written_stamp(stamp)
    query = "SELECT DISTINCT unit FROM vectors WHERE stamp IN (?, ?) LIMIT ?"
    units = connection.execute(query, (stamp, of_writings, n_units)).fetchall()
    for (unit,) in units:
        for gone_stamp in (stamp, of_writings):
            vectors.remove(connection, unit, stamp=gone_stamp)
        connection.execute("DELETE FROM regions WHERE unit = ? AND stamp = ?", (unit, stamp))
    if not units:
        stamps = (stamp, vectors.mean_stamp(stamp), of_writings)
        connection.execute("DELETE FROM generations WHERE stamp IN (?, ?, ?)", stamps)
        connection.execute("DELETE FROM answering WHERE role = ?", (_GONE + stamp,))
    return len(units)


def parse_stamp(text: str) -> Stamp | None:
    """Read what `str` made of a stamp; None where it is none."""
    parts = _STAMP.fullmatch(text)
    if parts is None:
        return None
    return Stamp(
        encoder=parts["encoder"],
        weights=parts["weights"],
        dimension=int(parts["dimension"]),
        preprocessing=parts["preprocessing"],
    )


def refusal(role: Role, made: Maker, asked: Maker, *, library: str = "default") -> ConfigError:
    """That an index was made with another encoder than it is to be asked with, and the command that makes it anew."""
    flag = "picture" if role == "likeness" else role
    where = "" if library == "default" else f" --library {shlex.quote(library)}"
    back = "" if asked.spec == made.spec else f", or set encoders.{flag} back to {made.spec}"
    return ConfigError(
        f"the index was made with {made.stamp}, not with {asked.stamp}",
        remedy=f"run `sourcehound reindex --{flag} {shlex.quote(asked.spec)}{where}`{back}",
    )


def _row(connection: sqlite3.Connection, name: str) -> Maker | None:
    found = connection.execute("SELECT spec, stamp FROM answering WHERE role = ?", (name,)).fetchone()
    return None if found is None else Maker(spec=found[0], stamp=found[1])


def _put(connection: sqlite3.Connection, name: str, maker: Maker) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO answering (role, spec, stamp) VALUES (?,?,?)", (name, maker.spec, maker.stamp)
    )


def _let_go(connection: sqlite3.Connection, maker: Maker) -> None:
    """Mark vectors to be removed, unless they answer, or are made, for another role."""
    used = "SELECT 1 FROM answering WHERE stamp = ? AND role NOT LIKE ? LIMIT 1"
    if connection.execute(used, (maker.stamp, _GONE + "%")).fetchone() is None:
        _put(connection, _GONE + maker.stamp, maker)


def _encoded_by(connection: sqlite3.Connection, given_up: Maker, former: Maker) -> None:
    """What was encoded by the one that is given up counts as encoded by the former, where that left vectors too."""
    connection.execute(
        "UPDATE units SET encoded = CASE WHEN EXISTS"
        " (SELECT 1 FROM vectors v WHERE v.unit = units.id AND v.stamp = ?1) THEN ?1 ELSE '' END WHERE encoded = ?2",
        (former.stamp, given_up.stamp),
    )


def _before_there_were_rows(connection: sqlite3.Connection, role: Role) -> Maker | None:
    """Who answers in a library of a version that did not write it down, by the vectors that are there."""
    if role == "page":
        return None
    if role == "text":
        found = connection.execute("SELECT encoded FROM units WHERE encoded > '' LIMIT 1").fetchone()
        return None if found is None else _of_stamp(found[0])
    query = "SELECT DISTINCT stamp FROM generations WHERE kind IN ('image', 'moment') ORDER BY stamp"
    stamps = [stamp for (stamp,) in connection.execute(query) if not is_written(stamp)]
    seen = [maker for stamp in stamps if (maker := _of_stamp(stamp)) is not None]
    text = answers(connection, "text")
    models = [maker for maker in seen if maker.spec not in {_ROUGH, _FEATURES} and maker != text]
    if models:
        return models[-1]
    wanted = _ROUGH if role == "picture" else _FEATURES
    return next((maker for maker in seen if maker.spec == wanted), None)


def _of_stamp(text: str) -> Maker | None:
    stamp = parse_stamp(text)
    return None if stamp is None else Maker(spec=stamp.encoder, stamp=text)
