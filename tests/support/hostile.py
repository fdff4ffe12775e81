"""Files of every kind, sound and hostile; what is made by chance comes from a seed."""

import io
import random
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

import pillow_heif
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

CAMERA = "SECRET CAMERA"
NORTH = 51.4934
pillow_heif.register_heif_opener()


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    """Returns a picture as a phone takes it: lying on its side, with its camera and its place."""
    image = Image.new("RGB", size, (190, 40, 40))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, CAMERA
    exif.get_ifd(0x8825)[2] = (NORTH, 0.0, 0.0)
    out = io.BytesIO()
    image.save(out, form, **({"exif": exif} | more))
    return out.getvalue()


@cache
def pdf() -> bytes:
    """Returns a PDF of two empty pages."""
    return _written(_pages())


def script_pdf() -> bytes:
    """Returns a PDF that runs something when it is opened."""
    writer = _pages()
    act = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(_dictionary(act))
    return _written(writer)


def launch_pdf() -> bytes:
    """Returns a PDF that starts a program."""
    writer = _pages()
    act = {"/S": NameObject("/Launch"), "/F": TextStringObject("cmd.exe")}
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(_dictionary(act))
    return _written(writer)


def carrying_pdf() -> bytes:
    """Returns a PDF with another file in it."""
    writer = _pages()
    writer.add_attachment("inside.txt", b"hidden")
    return _written(writer)


def packed_pdf() -> bytes:
    """Returns a PDF whose script stands in a packed stream of objects, named with an escape."""
    inside = b"10 0 << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>"
    packed = zlib.compress(inside)
    parts = [
        b"%PDF-1.5\n",
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction 10 0 R >>\nendobj\n",
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n",
        b"4 0 obj\n<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>\nstream\n%s\n"
        b"endstream\nendobj\n" % (len(packed), packed),
    ]
    places = [sum(map(len, parts[:at])) for at in range(1, 6)]
    rows = [(0, 0, 65535), *((1, place, 0) for place in places[:4]), (1, places[4], 0), (2, 4, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    index = b"/Index [0 6 10 1]"
    end = (
        b"5 0 obj\n<< /Type /XRef /Size 11 /W [1 4 2] %s /Root 1 0 R /Length %d >>\nstream\n%s\n"
        b"endstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (index, len(table), table, places[4])
    )
    return b"".join(parts) + end


def locked_pdf() -> bytes:
    """Returns a PDF with a password."""
    writer = _pages()
    writer.encrypt("word", algorithm="AES-256")
    return _written(writer)


def swelling_pdf() -> bytes:
    """Returns a PDF whose packed stream of objects is larger than any parser should take."""
    writer = _pages()
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(96)) + squeeze.flush()
    stream = DecodedStreamObject()
    stream.set_data(packed)
    for name, value in (("/Filter", NameObject("/FlateDecode")), ("/N", NumberObject(1))):
        stream[NameObject(name)] = value
    stream[NameObject("/Type")] = NameObject("/ObjStm")
    stream[NameObject("/First")] = NumberObject(4)
    writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)
    return _written(writer)


def nested_pdf() -> bytes:
    """Returns a PDF with an array in an array, very deep."""
    deep = b"[" * 50_000 + b"]" * 50_000
    return pdf().replace(b"endobj", b"endobj\n90 0 obj\n" + deep + b"\nendobj", 1)


def archive() -> bytes:
    """Returns an archive that unpacks to very much."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", bytes(10_000_000))
    return out.getvalue()


def huge_png(width: int = 10_000, height: int = 10_000) -> bytes:
    """Returns a picture of a hundred megapixels in a few bytes: the beginning of one."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0"))


def swelling_png() -> bytes:
    """Returns a picture with a text in it that unpacks to very much."""
    text = b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)
    whole = picture("PNG")
    return whole[:33] + _chunk(b"zTXt", text) + whole[33:]


def _chunk(name: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """Returns a file in which something was changed, cut off, doubled or mixed up."""
    made = bytearray(whole)
    for _ in range(chance.choice((1, 2, 8, 40))):
        if len(made) < 16:
            break
        at = chance.randrange(len(made))
        match chance.randrange(5):
            case 0:
                made[at] = chance.randrange(256)
            case 1:
                made[at : at + 4] = chance.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"))
            case 2:
                del made[at : at + chance.randrange(1, 64)]
            case 3:
                made[at:at] = made[at // 2 : at // 2 + chance.randrange(1, 64)]
            case _:
                made = made[: max(at, 16)]
    return bytes(made)


def _pages() -> PdfWriter:
    writer = PdfWriter()
    for _ in range(2):
        writer.add_blank_page(200, 200)
    return writer


def _dictionary(values: dict[str, Any]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in values.items()})


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
