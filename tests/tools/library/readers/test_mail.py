"""E-mail: head, words, attachments and messages inside; charsets that lie; headers that break the rules."""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import mail
from sourcehound.tools.library.reading import Reading


def read(tmp_path: Path, message: EmailMessage | bytes) -> Reading:
    path = tmp_path / "letter.eml"
    path.write_bytes(message if isinstance(message, bytes) else bytes(message))
    return mail.read(path, Limits())


def letter(text: str = "The kites meet at noon.\n", subject: str = "Kite meeting in Größe") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Jäne Doe <jane@example.org>"
    message["To"] = "bob@example.org"
    message["Date"] = "Fri, 03 May 2024 10:00:00 +0200"
    message.set_content(text)
    return message


def texts(reading: Reading) -> dict[str | None, str]:
    return {section.part: section.text for section in reading.sections}


def test_head_and_words_are_sections_and_the_date_is_the_senders(tmp_path: Path):
    reading = read(tmp_path, letter())
    assert texts(reading) == {
        "header": "Subject: Kite meeting in Größe\n\nFrom: Jäne Doe <jane@example.org>\n\nTo: bob@example.org\n\n"
        "Date: Fri, 03 May 2024 10:00:00 +0200",
        "message": "The kites meet at noon.\n",
    }
    assert reading.title == "Kite meeting in Größe"
    assert reading.sections[1].headings == ("Kite meeting in Größe",)
    assert reading.dates == {"sent": "2024-05-03T10:00:00+02:00"}
    assert reading.warnings == ()


def test_plain_text_is_preferred_to_html(tmp_path: Path):
    message = letter("plain words\n")
    message.add_alternative("<p>rich words</p>", subtype="html")
    assert texts(read(tmp_path, message))["message"] == "plain words\n"


def test_html_is_read_as_a_person_sees_it_where_there_is_no_text(tmp_path: Path):
    message = letter("\n")
    message.add_alternative("<style>p{}</style><h1>News</h1><p>rich <b>words</b></p>", subtype="html")
    reading = read(tmp_path, message)
    assert texts(reading)["message"] == "News\nrich words"


def test_words_around_a_picture_are_all_read(tmp_path: Path):
    raw = (
        b"Subject: trip\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nbefore\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-Disposition: inline; filename=k.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nafter\r\n--b--\r\n"
    )
    reading = read(tmp_path, raw)
    assert [section.text.strip() for section in reading.sections[1:]] == ["before", "after"]
    assert reading.warnings[0].startswith("k.png is attached and not read: a picture")


def test_an_attachment_with_words_is_read_under_its_name(tmp_path: Path):
    document = docx.Document()
    document.add_paragraph("Bring forty metres of line.")
    data = io.BytesIO()
    document.save(data)
    message = letter()
    message.add_attachment(data.getvalue(), maintype="application", subtype="octet-stream", filename="plän.docx")
    message.add_attachment("Bird,N\nKite,3\n", filename="../../birds.csv")
    reading = read(tmp_path, message)
    assert texts(reading)["plän.docx"] == "Bring forty metres of line.\n\n"
    assert reading.sections[2].anchors[0].part == "plän.docx, paragraph 1"
    assert reading.sections[3].part == "birds.csv"


def test_attachments_that_are_not_read_are_named_with_the_reason(tmp_path: Path):
    message = letter()
    message.add_attachment(b"PK\x03\x04" + bytes(40), maintype="application", subtype="zip", filename="a.zip")
    message.add_attachment(bytes(range(200)), maintype="application", subtype="x", filename="b.dat")
    message.add_attachment(b"From: x@y\n\nhi\n", maintype="application", subtype="x", filename="c.eml")
    assert read(tmp_path, message).warnings == (
        "a.zip is attached and not read: an archive inside another file, which is not opened: unpack it to have it read",
        "b.dat is attached and not read: .dat is not among the formats that are read",
        "c.eml is attached and not read: e-mail in e-mail, which is not opened: save it on its own",
    )


def test_a_message_inside_is_read_with_its_head(tmp_path: Path):
    message = letter()
    message.add_attachment(letter("Words of the harbour master.\n", "Earlier"))
    reading = read(tmp_path, message)
    assert texts(reading)["attached message 1, message"] == "Words of the harbour master.\n"
    assert "Subject: Earlier" in texts(reading)["attached message 1, header"]


def test_messages_are_opened_five_deep_and_no_deeper(tmp_path: Path):
    message = letter("deepest\n")
    for depth in range(8):
        outer = letter(f"depth {depth}\n")
        outer.add_attachment(message)
        message = outer
    reading = read(tmp_path, message)
    assert sum(section.part.endswith("header") for section in reading.sections if section.part) == 6
    assert reading.warnings[-1].endswith("messages nested deeper than 5 are left out")


def test_parts_nested_without_end_are_refused_or_left_out(tmp_path: Path):
    raw = b"Subject: deep\r\n"
    for depth in range(3000):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
    with pytest.raises(MediaError, match="nested too deeply"):
        read(tmp_path, raw + b"\r\nwords\r\n")


@pytest.mark.parametrize(
    ("charset", "data", "shown"),
    [
        ("iso-8859-1", "“quoted” café".encode("cp1252"), "“quoted” café"),
        ("utf-8", "café crème".encode("cp1252"), "café crème"),
        ("us-ascii", "café".encode(), "café"),
        ("gb2312", "風箏在湖上".encode("gb18030"), "風箏在湖上"),
        ("shift_jis", "凧は湖の上".encode("shift_jis"), "凧は湖の上"),
        ("koi8-r", "Воздушный змей".encode("koi8-r"), "Воздушный змей"),
        ("x-unknown", "café".encode(), "café"),
        ("zlib", b"plain words", "plain words"),
        ("punycode", b"plain-words", "plain-words"),
        ("\x00\xff", b"plain words", "plain words"),
    ],
)
def test_words_are_decoded_whatever_charset_is_claimed(tmp_path: Path, charset: str, data: bytes, shown: str):
    head = f'Subject: x\r\nContent-Type: text/plain; charset="{charset}"\r\n'.encode("latin-1")
    raw = head + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + data
    assert texts(read(tmp_path, raw))["message"] == shown


def test_headers_in_bytes_and_of_no_charset_are_read(tmp_path: Path):
    raw = "Subject: Größe\r\nFrom: =?x-none?q?J=FCrgen?= <j@x>\r\nDate: some day\r\n\r\nwords\r\n".encode()
    reading = read(tmp_path, raw)
    assert reading.title == "Größe"
    assert "From: Jürgen <j@x>" in reading.sections[0].text
    assert reading.dates == {}


def test_an_encrypted_message_says_so(tmp_path: Path):
    raw = b"Subject: secret\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nMIIB\r\n"
    reading = read(tmp_path, raw)
    assert reading.warnings == ("the message is encrypted: its words cannot be read",)


def test_a_message_of_a_million_recipients_is_bounded(tmp_path: Path):
    raw = b"To: " + b"a@example.org, " * 70_000 + b"\r\nSubject: all\r\n\r\nwords\r\n"
    reading = read(tmp_path, raw)
    assert len(reading.sections[0].text) < 21_000
    assert texts(reading)["message"].strip() == "words"


def test_what_holds_no_message_raises_media_error(tmp_path: Path):
    with pytest.raises(MediaError, match="no message"):
        read(tmp_path, b"\n\n")
