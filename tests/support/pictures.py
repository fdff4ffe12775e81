"""Pictures of pages, and the codes to scan in them."""

import struct
import zlib

import zxingcpp

_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def scanned(png: bytes) -> list[str]:
    """Returns what a camera reads in a picture (PNG, 8 bits a channel)."""
    width, height, grey = _grey(png)
    picture = memoryview(grey).cast("B", shape=[height, width])
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def _grey(png: bytes) -> tuple[int, int, bytes]:
    width, height, packed, channels = _chunks(png)
    data, stride = zlib.decompress(packed), width * channels
    before, grey = bytearray(stride), bytearray()
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(data[start + 1 : start + 1 + stride])
        _unfilter(data[start], line, before, channels)
        grey += line[::channels]
        before = line
    return width, height, bytes(grey)


def _chunks(png: bytes) -> tuple[int, int, bytes, int]:
    at, packed, width, height, channels = 8, b"", 0, 0, 1
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, _depth, colour = struct.unpack(">IIBB", body[:10])
            channels = _CHANNELS[colour]
        if kind == b"IDAT":
            packed += body
        at += 12 + length
    return width, height, packed, channels


def _unfilter(kind: int, line: bytearray, above: bytearray, step: int) -> None:
    for at in range(len(line)):
        left = line[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        if kind == 1:
            line[at] = (line[at] + left) & 255
        elif kind == 2:
            line[at] = (line[at] + above[at]) & 255
        elif kind == 3:
            line[at] = (line[at] + (left + above[at]) // 2) & 255
        elif kind == 4:
            line[at] = (line[at] + _paeth(left, above[at], corner)) & 255


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda one: abs(guess - one))
