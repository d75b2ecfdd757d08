"""One spelling for words that are written in several: ß and ss, أ and ا, points or none, ligatures, soft hyphens, wide letters.

The word index takes off the accents of Latin letters by itself. For every other difference a unit keeps, beside its text,
the folded form of the words that have one; a question's words are folded likewise. What is quoted stays as it was written.
Pure text work; knows nothing of SQLite.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Soft hyphens, joiners and zero-width spaces: they stand inside words and mean nothing to a search."""
_LETTERS = {
    **dict(zip("łøđħıðþ", ("l", "o", "d", "h", "i", "d", "th"), strict=True)),
    "æ": "ae",
    "œ": "oe",
    "ё": "е",
    # Arabic as Lucene folds it, and Persian's letters as Arabic's
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىی", "ي"),
    "ک": "ك",
    "ة": "ه",
}
_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
"""Hebrew and Arabic vowel points and signs, and the Arabic stroke that only lengthens a word."""
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_ARTICLE = "ال"
_SHORTEST_WITHOUT = 3
"""Letters that are left of an Arabic word when its article is taken off."""
# what may fold to something else than the word index makes of it; cheap to look for
_ODD = re.compile(
    "[\u00ad\u200b-\u200d\u2060\ufeffßẞłŁøØđĐħĦıæÆœŒðÐþÞёЁ\u0370-\u03ff\u1f00-\u1fff\u0591-\u05c7\u0600-\u06ff\u1100-\u11ff"
    "\ufb00-\ufb06\ufb1d-\ufdff\ufe70-\ufefc\uff01-\uff9f]"
)


def fold(word: str) -> str:
    """The one spelling of a word.

    Source:
        Arabic: the normalisation and the article of Larkey, Ballesteros and Connell, "Improving Stemming for Arabic
        Information Retrieval", SIGIR 2002 (light stemming), without its other prefixes and its suffixes.

    Example:
        >>> [fold(word) for word in ("Straße", "Œuvre", "ΑΘΉΝΑ", "eﬃcient")]
        ['strasse', 'oeuvre', 'αθηνα', 'efficient']
    """
    if not _ODD.search(word):
        return word
    folded = straighten(word).casefold()
    folded = _POINTS.sub("", folded).translate(str.maketrans(_LETTERS))
    if _GREEK.search(folded):
        folded = _ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    if folded.startswith(_ARTICLE) and len(folded) >= len(_ARTICLE) + _SHORTEST_WITHOUT:
        folded = folded.removeprefix(_ARTICLE)
    return folded


def straighten(text: str) -> str:
    """A text without invisible characters, ligatures and wide or narrow letters; untouched without letters that fold."""
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)) if _ODD.search(text) else text


def split_words(text: str) -> list[str]:
    """The words of a text: runs of letters, marks and digits."""
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split()


def folded_words(text: str) -> str:
    """The words of a text that fold to another spelling, folded, in order; empty for most texts."""
    if text.isascii() or not _ODD.search(text):
        return ""
    found: list[str] = []
    for chunk in text.split():
        if _ODD.search(chunk):
            whole = chunk.translate(_INVISIBLE)
            found += [fold(word) for word in split_words(whole) if whole != chunk or fold(word) != _as_indexed(word)]
    return " ".join(found)


def _as_indexed(word: str) -> str:
    """About what the word index makes of a word: small letters, of which the final sigma is none of its own."""
    return word.lower().replace("ς", "σ")
