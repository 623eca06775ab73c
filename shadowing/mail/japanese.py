"""ISO-2022-JP as mail programs write it: with the letters of Windows, 髙 and ① among them, that the standard leaves out and
Python's codecs refuse (Microsoft's CP50220)."""

import itertools
import re

ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BIJ])")


def decode(content: bytes) -> str:
    """Raises ValueError for what is none."""
    mode, text = b"(B", []
    for piece in _pieces(content):
        if len(piece) > 1 and piece[0] == 0x1B:
            mode = piece[1:]
        elif mode.startswith(b"$"):
            text.append(_shifted(piece).decode("cp932"))
        elif mode == b"(I":
            text.append(bytes(byte | 0x80 for byte in piece).decode("cp932"))
        else:
            text.append(piece.decode("ascii"))
    return "".join(text)


def _pieces(content: bytes) -> list[bytes]:
    cut = [0, *(place for found in ESCAPE.finditer(content) for place in found.span()), len(content)]
    return [content[begin:end] for begin, end in itertools.pairwise(cut) if begin < end]


def _shifted(pairs: bytes) -> bytes:
    """JIS codes as Shift_JIS, whose table CP932 extends."""
    if len(pairs) % 2 or any(not 0x21 <= byte <= 0x7E for byte in pairs):
        raise ValueError("no pairs of JIS")
    made = bytearray()
    for row, cell in zip(pairs[::2], pairs[1::2], strict=True):
        lead = (row - 0x21 >> 1) + 0x81
        made.append(lead if lead <= 0x9F else lead + 0x40)
        made.append(cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E)
    return bytes(made)
