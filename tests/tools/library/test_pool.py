"""The reader processes seen from the program: what they give, and that nothing they meet harms it."""

import json
import os
import signal
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.pool import Readers
from sourcehound.tools.library.readers.formats import Format, Skip


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers() as pool:
        yield pool


def words_pdf(path: Path, content: bytes, *, decode: bytes = b"") -> Path:
    """A PDF of one page whose content stream is `content`."""
    fonts, font = b"<< /F 5 0 R >>", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font %s >> >>" % fonts,
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), decode, content),
        font,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    path.write_bytes(
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, rows)
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(out))
    )
    return path


def reader_pids() -> set[int]:
    import psutil

    children = psutil.Process().children()
    return {child.pid for child in children if "sourcehound.tools.library.worker" in child.cmdline()}


def test_text_comes_back_with_its_own_characters(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes("first\r\nzweite Zeile – ☂\n".encode())
    reading = readers.read(str(path))
    assert reading.sections[0].text == "first\r\nzweite Zeile – ☂\n"
    assert reading.media_type == "text/plain"


def test_a_name_that_is_no_text_in_any_encoding_is_read(readers: Readers, tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/od\xffd\n name.txt")
    Path(path).write_text("still read", encoding="utf-8")
    assert readers.read(path).sections[0].text == "still read"


def test_lone_surrogates_come_back_as_replacement_characters(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "wide.txt"
    path.write_bytes(b"\xff\xfe" + "before ".encode("utf-16-le") + b"\x00\xd8" + " after".encode("utf-16-le"))
    assert readers.read(str(path)).sections[0].text == "before \ufffd after"


def test_a_picture_comes_back_with_its_plane_and_box(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (40, 30), (200, 10, 20)).save(path)
    cut = readers.picture(str(path), box=(10, 5, 25, 20))
    assert cut.pixels.shape == (15, 15, 3)
    assert cut.box == (10.0, 5.0, 25.0, 20.0)
    assert (cut.space.unit, cut.space.width, cut.space.height) == ("px", 40.0, 30.0)
    assert np.all(cut.pixels == (200, 10, 20))


def test_one_process_serves_many_files(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(5)]
    before = reader_pids()
    with Readers(n=1) as pool:
        for path in paths:
            path.write_text(path.name, encoding="utf-8")
            assert pool.read(str(path)).sections[0].text == path.name
        assert len(reader_pids() - before) == 1
    assert reader_pids() == before


def test_a_fresh_process_follows_after_its_share_of_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("again", encoding="utf-8")
    before = reader_pids()
    with Readers(limits=Limits(max_requests=1), n=1) as pool:
        assert pool.read(str(path)).sections[0].text == "again"
        assert reader_pids() == before
        assert pool.read(str(path)).sections[0].text == "again"


def test_several_threads_share_the_processes(readers: Readers, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(12)]
    for path in paths:
        path.write_text(path.name * 50, encoding="utf-8")
    found: dict[str, str] = {}

    def look(path: Path) -> None:
        found[path.name] = readers.read(str(path)).sections[0].text

    threads = [threading.Thread(target=look, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {path.name: path.name * 50 for path in paths}


def test_a_process_killed_in_mid_request_costs_one_file_only(tmp_path: Path) -> None:
    endless = b"BT /F 9 Tf " + b"(word) Tj 1 0 0 1 3 3 cm " * 400_000 + b"ET"
    slow = words_pdf(tmp_path / "slow.pdf", zlib.compress(endless), decode=b"/Filter /FlateDecode")
    good = tmp_path / "good.txt"
    good.write_text("fine", encoding="utf-8")
    before = reader_pids()
    with Readers(n=1) as pool:
        pool.read(str(good))
        (pid,) = reader_pids() - before
        killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(MediaError, match="stopped") as raised:
            pool.read(str(slow))
        killer.join()
        assert raised.value.retry
        assert raised.value.path == str(slow)
        assert pool.read(str(good)).sections[0].text == "fine"


def test_a_file_that_takes_too_long_is_given_up_and_may_be_tried_again(tmp_path: Path) -> None:
    endless = b"BT /F 9 Tf " + b"(word) Tj 1 0 0 1 3 3 cm " * 400_000 + b"ET"
    slow = words_pdf(tmp_path / "slow.pdf", zlib.compress(endless), decode=b"/Filter /FlateDecode")
    with Readers(limits=Limits(seconds=0.2), n=1) as pool:
        with pytest.raises(MediaError, match=r"longer than 0\.2 s") as raised:
            pool.read(str(slow))
        assert raised.value.retry


def flate_of_many_zeros(megabytes: int) -> bytes:
    """A Flate stream that unpacks to that many megabytes: one flushed block over and over."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * (megabytes - 1)


def test_a_bomb_inside_a_pdf_meets_the_memory_limit(tmp_path: Path) -> None:
    nested = zlib.compress(flate_of_many_zeros(1500), 9)
    bomb = words_pdf(tmp_path / "bomb.pdf", nested, decode=b"/Filter [/FlateDecode /FlateDecode]")
    assert bomb.stat().st_size < 20_000
    good = tmp_path / "good.txt"
    good.write_text("fine", encoding="utf-8")
    with Readers(limits=Limits(memory_bytes=1 << 30), n=1) as pool:
        with pytest.raises(MediaError, match="more memory"):
            pool.read(str(bomb))
        assert pool.read(str(good)).sections[0].text == "fine"


def test_a_picture_bomb_is_refused_before_it_is_decoded(readers: Readers, tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(MediaError, match="pixels"):
        readers.read(str(path))


def test_a_symbolic_link_is_not_followed(readers: Readers, tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("x", encoding="utf-8")
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "real.txt")
    with pytest.raises(MediaError, match="cannot be opened"):
        readers.read(str(link))


def test_a_pipe_is_refused_and_does_not_hang(readers: Readers, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(MediaError, match="no regular file"):
        readers.read(str(tmp_path / "pipe.txt"))


def test_a_file_larger_than_the_limit_is_refused_by_size(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("x" * 5000, encoding="utf-8")
    with Readers(limits=Limits(max_file_bytes=4096)) as pool, pytest.raises(MediaError, match="larger than"):
        pool.read(str(path))


def test_what_is_not_read_says_why(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "old.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    kind = readers.detect(str(path))
    assert isinstance(kind, Skip)
    with pytest.raises(MediaError, match="Office"):
        readers.read(str(path))


def test_detect_knows_the_format_without_a_process(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"a": 1}), encoding="utf-8")
    before = reader_pids()
    pool = Readers()
    kind = pool.detect(str(path))
    assert isinstance(kind, Format)
    assert kind.media_type == "application/json"
    assert reader_pids() == before


def test_asking_for_frames_of_a_text_is_an_error(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("no film", encoding="utf-8")
    with pytest.raises(MediaError, match="has no frames"):
        readers.frames(str(path), [0.0])


def test_closed_readers_refuse_and_leave_no_process(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    before = reader_pids()
    pool = Readers()
    pool.read(str(path))
    pool.close()
    assert reader_pids() == before
    with pytest.raises(MediaError, match="closed"):
        pool.read(str(path))


def test_a_process_sees_none_of_the_programs_secrets_and_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psutil

    monkeypatch.setenv("SOME_API_KEY", "canary")
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    before = reader_pids()
    with Readers(n=1) as pool:
        pool.read(str(path))
        (pid,) = reader_pids() - before
        assert "canary" not in str(psutil.Process(pid).environ())
        assert os.getsid(pid) == pid  # Ctrl-C in the terminal does not reach it


PARENT = """
import sys, psutil
from sourcehound.tools.library.pool import Readers
readers = Readers(n=1)
readers.read(sys.argv[1])
print(psutil.Process().children()[0].pid, flush=True)
readers.read(sys.argv[2])
"""


def test_a_process_dies_with_the_program_even_in_mid_request(tmp_path: Path) -> None:
    import psutil

    endless = b"BT /F 9 Tf " + b"(word) Tj 1 0 0 1 3 3 cm " * 400_000 + b"ET"
    slow = words_pdf(tmp_path / "slow.pdf", zlib.compress(endless), decode=b"/Filter /FlateDecode")
    good = tmp_path / "good.txt"
    good.write_text("fine", encoding="utf-8")
    program = subprocess.Popen([sys.executable, "-c", PARENT, good, slow], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    worker = psutil.Process(int(program.stdout.readline()))
    program.kill()
    program.wait(10)
    program.stdout.close()
    gone, alive = psutil.wait_procs([worker], timeout=10)
    assert gone == [worker]
    assert alive == []


def test_a_process_that_died_while_idle_is_not_asked_again(tmp_path: Path) -> None:
    import psutil

    path = tmp_path / "a.txt"
    path.write_text("still", encoding="utf-8")
    before = reader_pids()
    with Readers(n=1) as pool:
        pool.read(str(path))
        (pid,) = reader_pids() - before
        worker = psutil.Process(pid)
        worker.kill()
        worker.wait(10)
        assert pool.read(str(path)).sections[0].text == "still"
