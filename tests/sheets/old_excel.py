"""An .xls by hand: the few records of BIFF8 that a list needs, in the smallest OLE container.

[MS-XLS] and [MS-CFB] by Microsoft name the records. No program that is still kept writes them.
"""

import struct
from collections.abc import Collection, Sequence
from typing import Final

_SECTOR: Final = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_BUILT_IN_DATE: Final = 14
_PLAIN, _DATED = 15, 16  # the XF records 0 to 14 are styles


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(value: str, length: str = "<H") -> bytes:
    return struct.pack(length, len(value)) + b"\x01" + value.encode("utf-16-le")


def _xf(format_: int, style: bool) -> bytes:
    return _record(
        0xE0, struct.pack("<HHHBBBBIIH", 0, format_, 0xFFF5 if style else 1, 0, 0, 0, 0, 0, 0, 0)
    )


def _globals(sheet_at: int, name: str, from_1904: bool) -> bytes:
    return b"".join(
        (
            _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)),
            _record(0x22, struct.pack("<H", from_1904)),
            _record(
                0x31, struct.pack("<HHHHHBBBB", 200, 0, 0, 400, 0, 0, 0, 0, 0) + _text("A", "<B")
            ),
            *(_xf(0, True) for _ in range(15)),
            _xf(0, False),
            _xf(_BUILT_IN_DATE, False),
            _record(0x85, struct.pack("<IH", sheet_at, 0) + _text(name, "<B")),
            _record(0x0A),
        )
    )


def _cell(row: int, column: int, value: object) -> bytes:
    where = struct.pack("<HH", row, column)
    if isinstance(value, str) and value.startswith("#"):
        return _record(0x205, where + struct.pack("<HBB", _PLAIN, 0x2A, 1))  # #N/A
    if isinstance(value, str):
        return _record(0x204, where + struct.pack("<H", _PLAIN) + _text(value))
    if isinstance(value, complex):  # a day, by its number
        return _record(0x203, where + struct.pack("<Hd", _DATED, value.real))
    if isinstance(value, int | float):
        return _record(0x203, where + struct.pack("<Hd", _PLAIN, float(value)))
    return b""


def _sheet(rows: Sequence[Sequence[object]], hidden: Collection[int]) -> bytes:
    heights = [
        _record(
            0x208, struct.pack("<HHHHHHI", n, 0, 20, 255, 0, 0, 0x120 if n in hidden else 0x100)
        )
        for n in range(len(rows))
    ]
    cells = [_cell(n, m, value) for n, row in enumerate(rows) for m, value in enumerate(row)]
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    return b"".join((begin, *heights, *cells, _record(0x0A)))


def xls(
    rows: Sequence[Sequence[object]], hidden: Collection[int] = (), *, from_1904: bool = False
) -> bytes:
    """A workbook of one sheet. Days are given as complex numbers: `44658 + 0j` is 2022-04-07."""
    size = len(_globals(0, "台账", from_1904))
    return _contained(_globals(size, "台账", from_1904) + _sheet(rows, hidden))


def _contained(stream: bytes) -> bytes:
    """A stream called Workbook in an OLE container: header, FAT, directory, stream."""
    stream = stream.ljust(max(-(-len(stream) // _SECTOR) * _SECTOR, 4096), b"\x00")
    sectors = len(stream) // _SECTOR
    assert sectors + 2 <= _SECTOR // 4, "one sector of FAT reaches for 126 sectors only"
    chain = [*range(3, sectors + 2), _END]
    fat = [_FAT, _END, *chain] + [_FREE] * (_SECTOR // 4 - 2 - sectors)
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        + struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
        + struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    )  # fmt: skip
    directory = (
        _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
        + _entry("", 0, _FREE, 0, 0) * 2
    )  # fmt: skip
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    spelled = name.encode("utf-16-le") + (b"\x00\x00" if name else b"")
    return (
        spelled.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(spelled), kind, 1, _FREE, _FREE, child) + bytes(36)
        + struct.pack("<IQ", start, size)
    )  # fmt: skip
