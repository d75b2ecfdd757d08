"""The encoders of a library: for each role the one that answers, which may be another than the settings name by now.

Asked anew each time, since another process may have switched. Knows nothing of how vectors are made or searched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sourcehound.tools.encoders.encoder import Encoder, Item
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.index import made_with
from sourcehound.tools.index.made_with import Maker, Role
from sourcehound.tools.library.absent import Absent

ROLES: tuple[Role, ...] = ("text", "picture", "likeness")
"""The roles that always have an encoder."""
ALL_ROLES: tuple[Role, ...] = (*ROLES, "page")
AUTO = "auto"
FIRST_TEXT = "minilm"
"""The text encoder of a new library whose settings name none."""
_FEATURES = "effnet-features"
_BUILT_IN = {"conse", _FEATURES}


class Opener(Protocol):
    """Opens encoders by their specs, as `Encoders` does."""

    def text(self, spec: str, /) -> Encoder:
        """The text encoder of that name, or a ConfigError."""
        ...

    def pictures(self, spec: str, /) -> Encoder:
        """The picture encoder of that name, or a ConfigError."""
        ...

    def pages(self, spec: str, /) -> Encoder | None:
        """The page encoder of that name, None for the empty one, or a ConfigError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Finds the encoders of a library.

    Attributes:
        connect: gives this thread's connection to the library.
        encoders: opens encoders by their specs.
        text: setting `encoders.text`.
        picture: setting `encoders.picture`.
        page: setting `encoders.page`; empty for none, whatever the library was made with.
        library: its name, for messages.
    """

    connect: Callable[[], sqlite3.Connection]
    encoders: Opener
    text: str = AUTO
    picture: str = AUTO
    page: str = AUTO
    library: str = "default"

    def encoder(self, role: Role) -> Encoder:
        """The encoder that answers for a role; where nothing is encoded yet, the one that will.

        Raises:
            ConfigError: nothing is encoded yet, and the settings name an encoder that does not exist.
        """
        maker = made_with.answers(self.connect(), role)
        return self.wanted(role) if maker is None else self._made(role, maker)

    def pages(self) -> Encoder | None:
        """The encoder of pages as they look; None where pages are sought by their words alone.

        Raises:
            ConfigError: no page was looked at yet, and the settings name an encoder that does not exist.
        """
        maker = made_with.answers(self.connect(), "page")
        if maker is not None and self.page:
            return self._made("page", maker)
        return None if self.page in {"", AUTO} else self.open("page", self.page)

    def coming(self, role: Role) -> Encoder | None:
        """The encoder that is being made ready to take over a role, if one is and it can be opened here."""
        maker = made_with.coming(self.connect(), role)
        found = None if maker is None else self._made(role, maker)
        return None if isinstance(found, Absent) else found

    def wanted(self, role: Role) -> Encoder:
        """The encoder that the settings name, or that `auto` comes to.

        Raises:
            ConfigError: no encoder has that name, or its folder holds none.
        """
        if role == "likeness":
            seen = self.wanted("picture")
            return seen if "text" in seen.takes else self.encoders.pictures(_FEATURES)
        spec = {"text": self.text, "picture": self.picture, "page": self.page}[role]
        return self.open(role, self._auto(role) if spec == AUTO else spec)

    def open(self, role: Role, spec: str) -> Encoder:
        """An encoder by its spec.

        Raises:
            ConfigError: no encoder for that role has that name, or its folder holds none.
        """
        if role == "page":
            found = self.encoders.pages(spec)
            if found is None:
                raise ConfigError("no page encoder is named", remedy="name one as hf:FOLDER")
            return found
        return self.encoders.text(spec) if role == "text" else self.encoders.pictures(spec)

    def named(self, specs: Mapping[Role, str]) -> dict[Role, Encoder]:
        """The encoders of some specs by their roles; roles without a spec are left out.

        Raises:
            ConfigError: one is unknown, or its weights are missing.
        """
        found: dict[Role, Encoder] = {role: self.open(role, spec) for role, spec in specs.items() if spec}
        if "picture" in found:
            found |= self.of_pictures(found["picture"])
        for encoder in found.values():
            if not encoder.is_here():
                encoder.encode([Item(text="weights")], as_="query")  # says what is missing and how to get it
        return found

    def by_settings(self, *roles: Role) -> dict[Role, Encoder]:
        """The encoders that the settings name for some roles, those whose weights are here; pictures bring likeness.

        Raises:
            ConfigError: no encoder has that name, or its folder holds none.
        """
        found: dict[Role, Encoder] = {}
        for role in roles:
            if role == "page":
                page = self.coming(role) or self.pages()
                more: dict[Role, Encoder] = {} if page is None else {role: page}
            else:
                encoder = self.wanted(role)
                more = self.of_pictures(encoder) if role == "picture" else {role: encoder}
            if all(encoder.is_here() for encoder in more.values()):
                found |= more
        return found

    def of_pictures(self, seen: Encoder) -> dict[Role, Encoder]:
        """The roles that a picture encoder brings: pictures by words, and pictures like pictures."""
        like = seen if "text" in seen.takes else self.encoders.pictures(_FEATURES)
        return {"picture": seen, "likeness": like}

    def check(self) -> None:
        """Refuse to ask or add with another encoder than the index was made with, unless that is being made anew.

        Raises:
            ConfigError: names both, and the command that makes the index anew.
        """
        self._check("text", is_auto=self.text == AUTO)
        self._check("picture", is_auto=self.picture == AUTO)
        if self.page:
            self._check("page", is_auto=self.page == AUTO)

    def _check(self, role: Role, *, is_auto: bool) -> None:
        connection = self.connect()
        made = made_with.answers(connection, role)
        if made is None or made_with.coming(connection, role) is not None:
            return
        if is_auto and role != "text" and not self._can_be_opened(role, made):
            return
        asked = Maker.of(self.open(role, made.spec) if is_auto else self.wanted(role))
        if asked.stamp != made.stamp:
            raise made_with.refusal(role, made, asked, library=self.library)

    def _can_be_opened(self, role: Role, made: Maker) -> bool:
        """Whether an encoder can be opened by its name; one of pictures that nobody named may be away."""
        try:
            self.open(role, made.spec)
        except ConfigError:
            return False
        return True

    def _auto(self, role: Role) -> str:
        connection = self.connect()
        known = made_with.coming(connection, role) or made_with.answers(connection, role)
        if role == "text":
            return FIRST_TEXT if known is None else known.spec
        # a rough encoder makes room for a model that was found since
        return AUTO if known is None or known.spec in _BUILT_IN else known.spec

    def _made(self, role: Role, maker: Maker) -> Encoder:
        try:
            found = self.open(role, maker.spec)
            if str(found.stamp) == maker.stamp:
                return found
        except ConfigError:
            pass
        stamp = made_with.parse_stamp(maker.stamp)
        if stamp is None:
            raise ConfigError(f"the index was made with {maker.stamp}, which is no encoder", remedy="index anew")
        return Absent(stamp=stamp)


def makers(encoders: Mapping[Role, Encoder]) -> dict[Role, Maker]:
    """The encoders that are here, as they are written down."""
    return {role: Maker.of(encoder) for role, encoder in encoders.items() if encoder.is_here()}
