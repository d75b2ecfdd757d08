"""Pages for the plain parts: one text a page by plain pypdfium2, cut into runs of words for the encoder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium

from bench.plain import Document, pieces_of


def pages_of(file: Path, name: str) -> Iterator[Document]:
    """The pages of a PDF that have words, each named `NAME#page=3`.

    Args:
        file: the PDF.
        name: of the document.
    """
    with pdfium.PdfDocument(file) as pdf:
        for number in range(len(pdf)):
            page = pdf[number]
            text = page.get_textpage().get_text_bounded()
            page.close()
            yield Document(name=f"{name}#page={number + 1}", text=text, pieces=pieces_of(text), home=str(file))
