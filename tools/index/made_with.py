"""Whether an index was made with the encoder that is asked with: vectors of two encoders have nothing to say to each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from sourcehound.tools.errors import ConfigError


def refuse_other(connection: sqlite3.Connection, stamp: str, *, others: Collection[str], setting: str) -> None:
    """Refuse to ask with an encoder that indexed nothing here, where one that is in use no more did.

    Args:
        connection: the library's.
        stamp: of the encoder that is asked with.
        others: stamps of the encoders in use for other things.
        setting: the key that names the encoder, for the message.

    Raises:
        ConfigError: the index was made with another encoder.
    """
    made_with = {name for (name,) in connection.execute("SELECT DISTINCT stamp FROM generations")}
    former = sorted(made_with - {stamp, *others})
    if former and stamp not in made_with:
        raise ConfigError(
            f"the index was made with {former[0]}, not with {stamp}",
            remedy=f"run `sourcehound add` to encode anew, or set {setting} back",
        )
