"""An EPUB book's package: title, people and dates, the reading order, and what its table of contents calls each chapter.

Knows nothing of what is in a chapter.

Source:
    W3C, EPUB 3.3, sections 4.2 (container), 5 (package document), 7 (navigation document); EPUB 2's NCX.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.readers.docx_text import attribute, local
from sourcehound.tools.library.readers.naming import one_line
from sourcehound.tools.library.readers.reader import BROKEN

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to make a font unusable outside its book; they protect nothing else."""
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_MAX_XML_BYTES = 16 << 20
_MAX_LABELS = 20_000
_DESCRIBED = {"creator": "Author", "contributor": "Contributor", "publisher": "Publisher", "language": "Language"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A file of the reading order: its member of the archive, and what the table of contents calls it."""

    member: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the package says.

    Attributes:
        described: what it says of itself, as ("Author", "Jane Doe"), in its order.
        dates: ISO dates under `published` and `modified`.
        n_pictures: pictures that lie in the book.
    """

    title: str
    described: tuple[tuple[str, str], ...]
    dates: dict[str, str]
    chapters: tuple[Chapter, ...]
    n_pictures: int

    def particulars(self) -> list[str]:
        """Lines as `Author: Jane Doe`."""
        lines = [f"Title: {self.title}"] if self.title else []
        lines += [f"{name}: {words}" for name, words in self.described]
        return [*lines, *(f"{name.capitalize()}: {date}" for name, date in self.dates.items())]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An entry of the manifest."""

    member: str
    media_type: str
    properties: frozenset[str]


def open_book(archive: zipfile.ZipFile, name: str) -> Book:
    """Read a book's package.

    Args:
        archive: the book.
        name: of the file, for errors.

    Raises:
        MediaError: it has copy protection, or its package is missing or damaged.
    """
    place = _package_place(archive, name)
    package = _xml(archive, place, name)
    folder = posixpath.dirname(place)
    items = {attribute(one, "id"): _item(one, folder) for one in _all(package, "item")}
    spine = [items[ref] for one in _all(package, "itemref") if (ref := attribute(one, "idref")) in items]
    pages = [item for item in dict.fromkeys(spine) if item.media_type in _PAGES]
    if not pages:
        raise MediaError("a damaged EPUB book: it has no reading order", path=name)
    locked = _locked(archive, name)
    if any(item.member in locked for item in pages):
        raise MediaError("has copy protection (DRM): only its own reader can open it", path=name)
    labels = _labels(archive, items, name)
    return Book(
        title=next((_words(one) for one in _all(package, "title") if _words(one)), ""),
        described=tuple(_described(package)),
        dates=_dates(package),
        chapters=tuple(Chapter(member=item.member, label=labels.get(item.member, "")) for item in pages),
        n_pictures=sum(item.media_type.startswith("image/") for item in items.values()),
    )


def _package_place(archive: zipfile.ZipFile, name: str) -> str:
    container = _xml(archive, _CONTAINER, name)
    found = next((attribute(one, "full-path") for one in _all(container, "rootfile")), "")
    place = _member("", found)
    if not place:
        raise MediaError("a damaged EPUB book: it names no package", path=name)
    return place


def _item(element: Any, folder: str) -> _Item:
    return _Item(
        member=_member(folder, attribute(element, "href")),
        media_type=attribute(element, "media-type").strip().lower(),
        properties=frozenset(attribute(element, "properties").split()),
    )


def _member(folder: str, href: str) -> str:
    """The member that a reference means; empty for one that leads out of the book or onto the web."""
    target = unquote(href.partition("#")[0])
    if not target or ":" in target.split("/")[0]:
        return ""
    place = posixpath.normpath(posixpath.join(folder, target))
    return "" if place.startswith(("/", "..")) else place


def _locked(archive: zipfile.ZipFile, name: str) -> frozenset[str]:
    """The members that are encrypted in another way than fonts are."""
    if _ENCRYPTION not in archive.namelist():
        return frozenset()
    found: set[str] = set()
    for data in _all(_xml(archive, _ENCRYPTION, name), "EncryptedData"):
        ways = [attribute(one, "Algorithm") for one in data if local(one) == "EncryptionMethod"]
        if not any(way in _FONTS_ONLY for way in ways):
            found.update(_member("", attribute(one, "URI")) for one in _all(data, "CipherReference"))
    return frozenset(found)


def _labels(archive: zipfile.ZipFile, items: dict[str, _Item], name: str) -> dict[str, str]:
    """What the table of contents calls each member: by the first entry that leads to it."""
    labels: dict[str, str] = {}
    navigation = [item for item in items.values() if "nav" in item.properties]
    navigation += [item for item in items.values() if item.media_type == "application/x-dtbncx+xml"]
    for item in navigation:
        try:
            tree = _xml(archive, item.member, name)
        except MediaError:
            continue  # a damaged table of contents is as good as none
        folder = posixpath.dirname(item.member)
        for href, words in [*_links(tree), *_points(tree)][:_MAX_LABELS]:
            if words:
                labels.setdefault(_member(folder, href), words)
    return labels


def _links(tree: Any) -> Iterator[tuple[str, str]]:
    for nav in _all(tree, "nav"):
        if attribute(nav, "type") in {"toc", ""}:
            yield from ((attribute(one, "href"), _words(one)) for one in _all(nav, "a"))


def _points(tree: Any) -> Iterator[tuple[str, str]]:
    for point in _all(tree, "navPoint"):
        target = next((attribute(one, "src") for one in point if local(one) == "content"), "")
        yield target, next((_words(one) for one in point if local(one) == "navLabel"), "")


def _described(package: Any) -> Iterator[tuple[str, str]]:
    for metadata in _all(package, "metadata"):
        for one in metadata.iter("*"):  # elements alone: unresolved entities hold no text
            if local(one) in _DESCRIBED and (words := _words(one)):
                yield _DESCRIBED[local(one)], words


def _dates(package: Any) -> dict[str, str]:
    dated = [(attribute(one, "event"), _words(one)) for one in _all(package, "date")]
    published = next((words for event, words in dated if event in {"", "publication"} and words), "")
    changed = next(
        (_words(one) for one in _all(package, "meta") if attribute(one, "property") == "dcterms:modified"), ""
    )
    changed = changed or next((words for event, words in dated if event == "modification"), "")
    return {name: words for name, words in (("published", published), ("modified", changed)) if words}


def _words(element: Any) -> str:
    return one_line(" ".join(str(words) for words in element.itertext()))


def _all(element: Any, name: str) -> Iterator[Any]:
    return (one for one in element.iter() if local(one) == name)


def _xml(archive: zipfile.ZipFile, member: str, name: str) -> Any:
    """The tree of a member; entities stay unresolved, nothing is fetched, small faults are mended.

    Raises:
        MediaError: it is missing, too large, or no XML.
    """
    import lxml.etree

    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False, remove_comments=True
    )
    try:
        if archive.getinfo(member).file_size > _MAX_XML_BYTES:
            raise MediaError("a damaged EPUB book: its package is too large", path=name)
        tree = lxml.etree.fromstring(archive.read(member), parser)
    except (*BROKEN, NotImplementedError, RuntimeError) as error:
        raise MediaError("a damaged EPUB book: its package cannot be read", path=name) from error
    if tree is None:
        raise MediaError("a damaged EPUB book: its package is no XML", path=name)
    return tree
