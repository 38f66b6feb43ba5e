"""Reading and writing files in a process of its own, with bounds on its memory and time.

A file of one kilobyte can make a reader ask for half a terabyte, and end the whole program with it;
so nothing from outside is parsed where others work. The process gets the bytes, touches no disk,
and answers with frames: first the book with the first lines of each sheet, then all lines in parts,
which whoever called need not even decode. Large workbooks are written there too, so that the rest
of the program stays responsive.
"""

import io
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tongxin.base.problems import ALL_KINDS, Problem
from tongxin.base.texts import Text
from tongxin.sheets import reading
from tongxin.sheets.book import HEAD, Book, Line
from tongxin.sheets.safety import DAMAGED
from tongxin.sheets.writing import Cells, Written, chunked, write

_MOST_MEMORY: Final = 2_500_000_000
_MOST_SECONDS: Final = 120
_LINES_OF_A_PART: Final = 500
_LENGTH_BYTES: Final = 4


class Part(Struct, array_like=True):
    """Some lines of one sheet, in their order. `sheet` counts from 0."""

    sheet: int
    lines: list[Line]


class Answer(Struct):
    """The first frame: the book, or the code and text of the problem."""

    book: Book | None = None
    code: str = ""
    text: Text | None = None


class Read(Struct):
    """A file as its process gave it. The book's sheets hold their first lines only; `parts` are
    all lines, still encoded.
    """

    book: Book
    parts: list[bytes]


_ENCODER: Final = msgspec.msgpack.Encoder()
_ANSWERS: Final = msgspec.msgpack.Decoder(Answer)
_PARTS: Final = msgspec.msgpack.Decoder(Part)


def part_of(frame: bytes) -> Part:
    """A part from its frame."""
    return _PARTS.decode(frame)


def read(data: bytes) -> Read:
    """Read a file. Problems: those of `reading.read`; `sheets.damaged` also where the reader needs
    more memory or time than it may have.
    """
    with _process("read") as child:
        try:
            out, _ = child.communicate(data, timeout=_MOST_SECONDS)
        except subprocess.TimeoutExpired:
            raise DAMAGED() from None
        finally:
            child.kill()
    frames = list(_framed(out))
    if child.returncode != 0 or not frames:
        raise DAMAGED()
    answer = _ANSWERS.decode(frames[0])
    if answer.book is None:
        raise Problem(ALL_KINDS[answer.code], None, answer.text or Text("", ""))
    return Read(answer.book, frames[1:])


def written(what: Written, rows: Iterable[Cells]) -> bytes:
    """A workbook of these rows. They are taken one by one, as the process writes."""
    with _process("write") as child:
        if child.stdin is None:
            raise AssertionError("a process without an entrance")
        try:
            _put(child.stdin, _ENCODER.encode(what))
            for part in chunked(rows, _LINES_OF_A_PART):
                _put(child.stdin, _ENCODER.encode(part))
            out, _ = child.communicate(timeout=_MOST_SECONDS)
        finally:
            child.kill()
    if child.returncode != 0:
        raise OSError("the process that writes workbooks failed")
    return bytes(out)


def _process(task: str) -> subprocess.Popen[bytes]:
    # What it complains of could hold what it read, so nobody listens to that.
    return subprocess.Popen(  # noqa: S603 our own module, no shell
        [sys.executable, "-I", "-m", "tongxin.sheets.apart", task], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _put(target: IO[bytes], frame: bytes) -> None:
    target.write(len(frame).to_bytes(_LENGTH_BYTES, "big") + frame)


def _framed(out: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(out):
        begin = start + _LENGTH_BYTES
        start = begin + int.from_bytes(out[start:begin], "big")
        yield out[begin:start]


# What the process itself does.


def frames(data: bytes) -> Iterator[bytes]:
    """The frames of one file, as the process answers them."""
    try:
        book = reading.read(data)
    except Problem as problem:
        yield _ENCODER.encode(Answer(code=problem.code, text=problem.text))
        return
    heads = [replace(sheet, lines=sheet.lines[:HEAD]) for sheet in book.sheets]
    yield _ENCODER.encode(Answer(replace(book, sheets=heads)))
    for n, sheet in enumerate(book.sheets):
        for start in range(0, len(sheet.lines), _LINES_OF_A_PART):
            yield _ENCODER.encode(Part(n, sheet.lines[start : start + _LINES_OF_A_PART]))


def _received(source: BinaryIO) -> Iterator[bytes]:
    while head := source.read(_LENGTH_BYTES):
        yield source.read(int.from_bytes(head, "big"))


def _write(source: BinaryIO, target: BinaryIO) -> None:
    received = _received(source)
    what = msgspec.msgpack.decode(next(received), type=Written)
    parts = msgspec.msgpack.Decoder(list[Cells])
    rows = (row for frame in received for row in parts.decode(frame))
    made = io.BytesIO()
    write(what, rows, made)
    target.write(made.getbuffer())


def _bounded() -> None:
    """Give this process its bounds; the operating system holds them."""
    if sys.platform == "win32":  # which has no such bounds; the time is bounded all the same
        return
    import resource  # noqa: PLC0415 it is not there on every system

    for what, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),  # what it reads must not lie about on a disk
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, hard))


def main(task: str) -> None:
    """What the process does: read what comes in, or write it."""
    _bounded()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    if task == "write":
        _write(source, target)
    else:
        for frame in frames(source.read()):
            _put(target, frame)
    target.flush()


if __name__ == "__main__":
    main(sys.argv[1])
