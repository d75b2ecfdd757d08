"""HTML that is well-formed and escaped by construction: whatever is not made by `tag` is text.

Knows nothing of answers. Element and attribute names come from short lists, none of which can run or load anything but
`src` and `href`, whose values are checked here once more.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from sourcehound.tools.show.printable import printable

_VOID = frozenset({"img", "br", "meta", "hr"})
_ELEMENTS = _VOID | {
    *("html", "head", "title", "style", "body", "main", "header", "section", "article", "footer", "div", "span"),
    *("p", "h1", "h2", "h3", "sup", "a", "ol", "ul", "li", "dl", "dt", "dd", "blockquote", "code", "small", "strong"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "figure", "video", "audio", "meter"),
}
_ATTRIBUTES = frozenset(
    {
        *(
            "class",
            "id",
            "title",
            "lang",
            "dir",
            "role",
            "aria-label",
            "scope",
            "charset",
            "name",
            "content",
            "http-equiv",
        ),
        *("href", "rel", "src", "alt", "loading", "controls", "preload", "min", "max", "value", "open"),
    }
)
_HREF = ("#", "file:///", "https://")
_SRC = (
    *("data:image/png;base64,", "data:image/jpeg;base64,", "data:video/mp4;base64,", "data:audio/mp4;base64,"),
    "file:///",
)


class Html(str):
    """A piece of finished HTML, which is not escaped again. Made by `tag` and `join` alone."""

    __slots__ = ()


def tag(name: str, /, *children: str | Html | Iterable[str | Html] | None, **attributes: str | float | None) -> Html:
    """An element.

    Args:
        name: its name, one of a short list.
        *children: text, which is escaped, finished HTML, or runs of both; None for nothing.
        **attributes: values are escaped; None leaves one out; a trailing underscore is dropped (`class_`), other
            underscores become hyphens.

    Raises:
        ValueError: a name is not on its list, or an address is of another form: a fault of ours, never of the words.
    """
    if name not in _ELEMENTS:
        raise ValueError(f"no element is called {name!r} here")
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items() if value is not None)}>"
    return Html(opening if name in _VOID else f"{opening}{join(*children)}</{name}>")


def join(*children: str | Html | Iterable[str | Html] | None) -> Html:
    """Text and finished HTML in a row."""
    return Html("".join(_child(child) for child in children))


def style(css: str) -> Html:
    """A style element with our own rules; they stand unescaped, as HTML wants it.

    Raises:
        ValueError: the rules hold a `<` or load something.
    """
    if "<" in css or "url(" in css or "@import" in css:
        raise ValueError("a style sheet here neither ends its element nor loads anything")
    return Html(f"<style>{css}</style>")


def _child(child: str | Html | Iterable[str | Html] | None) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, str):
        return html.escape(printable(child))
    return "".join(_child(one) for one in child)


def _attribute(key: str, value: str | float) -> str:
    name = key.rstrip("_").replace("_", "-")
    if name not in _ATTRIBUTES:
        raise ValueError(f"no attribute is called {name!r} here")
    words = printable(value)
    allowed = {"href": _HREF, "src": _SRC}.get(name)
    if allowed is not None and not words.startswith(allowed):
        raise ValueError(f"an address that begins {words[:20]!r} is not one of ours")
    return f' {name}="{html.escape(words)}"'
