"""The language a text is written in, roughly: by its script, then by its commonest words and its own letters.

Enough to say which files an encoder was not trained for; a text of less than a sentence or two is better left unsaid.
Pure text work, no model. Knows nothing of encoders.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

MOST_CHARS = 4000
"""Characters of a text that are looked at."""
_LEAST_LETTERS = 12
_LEAST_WORDS = 2
"""Words of a language's own that a text must have, at least two of them different or with letters of its own."""
_LEAST_SHARE = 0.08
"""Share of a text's words that must be such words: real text has a quarter and more, lists of names none."""
_LEAD = 1.15
"""By how much the best language must be ahead of the next one."""
_OWN_LETTER = 0.5
"""Words that a letter of the language's own counts."""

_SCRIPTS = {
    "ja": "\u3040-\u30ff\uff66-\uff9f",
    "ko": "\u1100-\u11ff\uac00-\ud7ff",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff",
    "hy": "\u0530-\u058f",
    "ka": "\u10a0-\u10ff",
    "am": "\u1200-\u137f",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "Devanagari": "\u0900-\u097f",
    "Arabic": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Cyrillic": "\u0400-\u04ff",
    "Latin": "a-zA-Z\u00c0-\u024f\u1e00-\u1eff",
}
_OF_SCRIPT = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_LETTERS_OF_A_SIGN = 3
"""Letters of an alphabet that say about as much as one sign of Chinese."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "Latin": {
        "en": "the of and to in is that for it was on are with as this be by from or which not have an at his"
        " you your can will if when all has their but they there more into were been she its use",
        "de": "der die und das den von zu mit sich des ist ein eine nicht auf für dem im auch als an es sie wird oder",
        "fr": "le la les de des et un une du est que dans pour pas au sur par ce qui avec il plus ne sont vous",
        "es": "el la los de que y en un una las del se por con para es su al lo como más o no ha esta"
        " sus cuando este esto pero también si son desde hasta sobre entre cada cómo aquí muy",
        "pt": "o a os de que e do da em um uma para é com não no na se por mais as dos como ao seu",
        "it": "il la di che e un una in per è del non con della si i le da dei al sono nel più come gli",
        "nl": "de het een van en in is dat op te zijn met voor niet aan die er ook als door bij uit naar maar of",
        "sv": "och att det i en som är på av för med den till inte har om ett var de kan från så eller men sig",
        "da": "og at det i en som er på af for med den til ikke har om et var de kan fra så eller men sig",
        "nb": "og å det i en som er på av for med den til ikke har om et var de kan fra så eller men seg",
        "fi": "ja on ei se että oli hän ovat mutta kun niin kuin ole voi tai myös sen joka mitä ne nyt jos sekä hänen tämä",
        "pl": "i w na z się nie do to że jest o po jak za od przez są dla ale czy lub być ich tego który",
        "cs": "a v na se je to že s z do o i za jako pro po od jsou nebo který ale při být také jeho",
        "sk": "a v na sa je to že s z do o aj za ako pre po od sú alebo ktorý ale pri byť tiež jeho",
        "hu": "a az és hogy nem is egy van meg csak ez de volt mint ha már vagy el azt ki még kell lehet amely után",
        "ro": "și în de a la cu pe din nu că o un este pentru care mai sau prin ca au dar fi cel iar până",
        "tr": "ve bir bu da de için ile olarak çok daha olan gibi en kadar ne sonra ama değil var her ya ise veya olduğu",
        "hr": "i u je na se da za su od s koji ne iz kao što o ili bi kako ali samo po više nije koja",
        "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke karena adalah oleh saya ada bisa atau",
        "vi": "và của là có được cho không các một những trong với để người này khi từ đã ở như đến về ra thì",
        "ca": "el la els de que i en un una les del per amb és no al més com dels són o es aquest seva també",
    },
    "Cyrillic": {
        "ru": "и в не на что он с как это по но из у за от так же для бы о вы или если чтобы быть",
        "uk": "і в не на що з як це та до за від але у для або й про був його які якщо щоб бути при",
        "bg": "и в на да не се за от че с е по са като това но до си ще ако или при който беше",
        "sr": "и у је на се да за су од са који не из као што о или би како али само по више није",
        "be": "і ў не на што з як гэта да за ад але у для або пра быў яго якія калі каб быць пры",
    },
    "Arabic": {
        "ar": "في من على إلى أن التي الذي هذا هذه ما لا عن مع كان أو لم قد كل بعد بين ذلك كما هو هي",
        "fa": "و در به از که این را با است برای آن یک می تا بر شده هم نیز خود شود کرد های اما یا",
        "ur": "کے کی میں ہے سے اور کا کو نے پر یہ کہ ہیں اس بھی جو ایک وہ کر تھا نہیں گیا یا لیے",
    },
    "Devanagari": {
        "hi": "के की में है और से का को ने पर यह कि हैं इस भी जो एक वह कर था नहीं या लिए गया",
        "mr": "आणि आहे या व च्या ते हे की मध्ये तो ही ने होते असे आहेत पण नाही हा एक त्या होता करून",
        "ne": "को छ र मा का गर्न यो भएको लागि पनि ले छन् गरेको हो एक भने तथा अनि थियो बाट",
    },
}
_OWN_LETTERS: Mapping[str, str] = {
    "de": "ß",
    "es": "ñ¿¡",
    "fr": "œçêèùû",
    "pt": "ãõ",
    "it": "ìò",
    "pl": "łąęśźżń",
    "cs": "řěů",
    "sk": "ľĺŕ",
    "hu": "őű",
    "ro": "țșăţş",
    "tr": "ğışİ",
    "hr": "đ",
    "vi": "ơưạảấầậắặẽếềểễệịọốồộớờợụủứừựỳỷ",
    "ca": "ŀ",
    "sv": "ä",
    "da": "æø",
    "nb": "æø",
    "ru": "ыэ",
    "uk": "їєґ",
    "be": "ў",
    "bg": "ъ",
    "sr": "ђћџљњ",
    "fa": "پچژگ",
    "ur": "ٹڈڑےںھ",
    "mr": "ळ",
}
_MOSTLY = {"Cyrillic": "ru", "Arabic": "ar", "Devanagari": "hi"}
_LANGUAGES_OF = {
    script: Counter(word for words in languages.values() for word in words.split())
    for script, languages in _WORDS.items()
}
_TALLIES = {
    script: {language: frozenset(words.split()) for language, words in languages.items()}
    for script, languages in _WORDS.items()
}


def detect(text: str) -> str:
    """The language that most of a text is written in, ISO 639-1; empty where it is too short or none of those known.

    Example:
        >>> detect("Der Hund läuft durch den Wald, und das ist nicht alles."), detect("A lion.")
        ('de', '')
    """
    text = text[:MOST_CHARS]
    if text.isascii():
        return _by_words(text, "Latin")
    counts = {name: len(pattern.findall(text)) for name, pattern in _OF_SCRIPT.items()}
    for name in _WORDS:
        counts[name] //= _LETTERS_OF_A_SIGN
    script = max(counts, key=lambda name: counts[name])
    if script in {"ja", "zh"} or counts["ja"] > counts["zh"]:
        # Japanese is written with Chinese signs too, Chinese without kana
        n_signs = counts["ja"] + counts["zh"]
        if n_signs >= max(count for name, count in counts.items() if name not in {"ja", "zh"}):
            return "" if n_signs < _LEAST_WORDS else "ja" if 10 * counts["ja"] > n_signs else "zh"
    if script in _WORDS:
        return _by_words(text, script) or _only(script, text)
    return script if counts[script] >= _LEAST_LETTERS else ""


def _only(script: str, text: str) -> str:
    """The language that most texts of a script are in, for one that has too few words to tell."""
    return _MOSTLY.get(script, "") if len(_OF_SCRIPT[script].findall(text)) >= _LEAST_LETTERS else ""


def _by_words(text: str, script: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.lower())
    found = Counter(words)
    shared = _LANGUAGES_OF[script]
    strength: dict[str, float] = {}
    for language, own in _TALLIES[script].items():
        here = [(word, found[word]) for word in own if word in found]
        # a word of several languages says less for each
        score = sum(n / shared[word] ** 0.5 for word, n in here)
        letters = sum(text.count(letter) for letter in _OWN_LETTERS.get(language, ""))
        if sum(n for _, n in here) + (letters > 0) >= _LEAST_WORDS and len(here) + (letters > 0) >= _LEAST_WORDS:
            strength[language] = score + _OWN_LETTER * letters
    if not strength:
        return ""
    best, *others = sorted(strength, key=lambda language: -strength[language])
    clear = not others or strength[best] >= _LEAD * strength[others[0]]
    return best if clear and strength[best] >= _LEAST_SHARE * len(words) else ""
