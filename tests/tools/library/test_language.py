from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from sourcehound.tools.library.language import detect

SAID = {
    "en": "The boat was late, and nobody on the pier knew why it had not left the other harbour.",
    "de": "Das Schiff kam zu spät, und niemand auf der Mole wusste, warum es nicht früher abgefahren war.",
    "fr": "Le bateau était en retard et personne sur la jetée ne savait pourquoi il n'était pas parti.",
    "es": "El barco llegó tarde y nadie en el muelle sabía por qué no había salido del otro puerto.",
    "pt": "O barco chegou tarde e ninguém no cais sabia por que não tinha saído do outro porto.",
    "it": "La nave era in ritardo e nessuno sul molo sapeva perché non era partita con gli altri.",
    "nl": "De boot was te laat en niemand op de pier wist waarom hij niet eerder uit de haven was gegaan.",
    "sv": "Båten var sen och ingen på piren visste varför den inte hade lämnat hamnen som de andra.",
    "da": "Båden var forsinket, og ingen på molen vidste, hvorfor den ikke var sejlet fra havnen af sig selv.",
    "nb": "Båten var forsinket, og ingen på kaia visste hvorfor den ikke hadde gått av seg selv som de andre.",
    "fi": "Laiva oli myöhässä, eikä kukaan tiennyt, että se ei ole lähtenyt satamasta, kun muut olivat jo poissa ja hän myös.",
    "pl": "Statek się spóźnił i nikt na molo nie wiedział, że to przez burzę, ale jak zwykle czekali do rana.",
    "cs": "Loď se opozdila a nikdo na molu nevěděl, že je to kvůli bouři, ale čekali jako vždy až do rána při světle.",
    "hu": "A hajó késett, és senki sem tudta, hogy miért nem indult el már a többi után, mint ahogy kell.",
    "ro": "Nava a întârziat și nimeni de pe dig nu știa de ce nu a plecat din port cu celelalte, că era târziu.",
    "tr": "Gemi geç kaldı ve kimse bunun neden olduğunu bilmiyordu, ama bir süre sonra her şey daha iyi oldu.",
    "id": "Kapal itu terlambat dan tidak ada orang di dermaga yang tahu dari mana asalnya, karena ini akan lama.",
    "vi": "Con tàu đến muộn và không ai trên bến biết vì sao nó đã không rời cảng như những tàu khác.",
    "ru": "Корабль опоздал, и никто на пристани не знал, что он не вышел из порта, как это было раньше.",
    "uk": "Корабель запізнився, і ніхто на пристані не знав, що він не вийшов із порту, як це було або має бути.",
    "bg": "Корабът закъсня и никой на кея не знаеше, че той не е излязъл от пристанището, но ще дойде.",
    "ar": "تأخرت السفينة ولم يعرف أحد على الرصيف لماذا لم تغادر الميناء مع السفن التي كانت في البحر",
    "fa": "کشتی دیر رسید و هیچ کس در اسکله نمی دانست که این کشتی را برای چه به بندر نیاورده است",
    "ur": "جہاز دیر سے آیا اور گودی پر کسی کو نہیں معلوم تھا کہ یہ بندرگاہ سے کیوں نہیں نکلا ہے",
    "hi": "जहाज़ देर से आया और घाट पर किसी को नहीं पता था कि यह बंदरगाह से क्यों नहीं निकला है",
    "el": "Το πλοίο άργησε και κανείς στην προβλήτα δεν ήξερε γιατί",
    "he": "הספינה איחרה ואיש על המזח לא ידע מדוע",
    "ja": "船は遅れて、桟橋の誰もその理由を知らなかった。",
    "zh": "船来晚了，码头上没有人知道为什么。",
    "ko": "배가 늦었고 부두에 있던 아무도 그 이유를 몰랐다.",
    "th": "เรือมาช้าและไม่มีใครบนท่าเรือรู้ว่าทำไม",
    "km": "ទូកមកយឺត ហើយគ្មាននរណាម្នាក់ដឹងថាហេតុអ្វីទេ",
    "lo": "ເຮືອມາຊ້າ ແລະ ບໍ່ມີໃຜຮູ້ວ່າເປັນຫຍັງ",
    "my": "သင်္ဘောနောက်ကျပြီး ဘယ်သူမှ မသိခဲ့ကြဘူး",
}


@pytest.mark.parametrize("language", SAID)
def test_a_sentence_tells_its_language(language: str):
    assert detect(SAID[language]) == language


@pytest.mark.parametrize(
    "text", ["", "12.5 % — 30", "A lion.", "Silver Heron AS-417", "def run(self): return None", "東"]
)
def test_too_little_is_left_unsaid(text: str):
    assert detect(text) == ""


def test_a_text_that_quotes_another_script_keeps_its_language():
    assert detect(SAID["en"] + " (東京)") == "en"
    assert detect(SAID["ja"] + " Alt+Tab") == "ja"


def test_real_texts_in_eight_languages_are_told_or_left_unsaid():
    data = os.environ.get("SOURCEHOUND_DATA")
    if not data:
        pytest.skip("SOURCEHOUND_DATA names no real data")
    told: Counter[str] = Counter()
    films: dict[tuple[str, str], list[str]] = {}
    for line in (Path(data) / "video" / "moments.jsonl").read_text(encoding="utf-8").splitlines():
        cue = json.loads(line)
        films.setdefault((cue["lang"][:2], cue["video"]), []).append(cue["text"])
    pages = (Path(data) / "gui_docs" / "gnome_help_pages.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [(language, " ".join(cues)) for (language, _), cues in films.items()]
    for language, text in [*pairs, *(("en", json.loads(page)["text"]) for page in pages)]:
        found = detect(text)
        told["right" if found == language else "wrong" if found else "unsaid"] += 1
    assert told["wrong"] == 0
    assert told["unsaid"] < 0.1 * told["right"]
