"""What would hurt is refused before it is parsed, or dies in a process of its own."""

import io
import shutil
import struct
import sys
import zipfile
from typing import Final

import pytest

from tests.sheets import files
from tongxin.base.problems import Problem
from tongxin.sheets import apart, safety
from tongxin.sheets.reading import read

GOOD: Final = files.xlsx([["姓名"], ["陈静"]])


def refused(data: bytes) -> str:
    with pytest.raises(Problem) as told:
        read(data)
    return told.value.code


def test_a_zip_bomb_is_refused_by_what_it_promises() -> None:
    bomb = files.replaced(GOOD, {"xl/sharedStrings.xml": bytes(60_000_000)})
    assert len(bomb) < 100_000
    assert refused(bomb) == "sheets.unpacks_too_large"


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(files.replaced(GOOD, {files.SHEET: b"<worksheet>" + bytes(60_000_000)}))
    lie = struct.pack("<I", 1_000)
    true = struct.pack("<I", 60_000_011)
    while (at := bomb.find(true)) >= 0:
        bomb[at : at + 4] = lie
    assert refused(bytes(bomb)) == "sheets.damaged"


def test_entries_that_share_their_bytes_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a", bytes(1000), zipfile.ZIP_DEFLATED)
        archive.writestr("b", bytes(1000), zipfile.ZIP_DEFLATED)
        archive.filelist[1].header_offset = archive.filelist[0].header_offset
    with pytest.raises(Problem) as told:
        safety.unpacked(target.getvalue())
    assert told.value.code == "sheets.unpacks_too_large"


def test_thousands_of_entries_are_refused() -> None:
    many = files.replaced(GOOD, {f"xl/media/{n}.png": b"x" for n in range(2_000)})
    assert refused(many) == "sheets.unpacks_too_large"


def test_entities_that_grow_are_refused() -> None:
    laughs = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    bomb = files.sheet_xml(GOOD, lambda text: text.replace("?>", f"?>{laughs}", 1))
    assert refused(bomb) == "sheets.unpacks_too_large"


def test_a_file_that_is_too_large_is_not_even_looked_at() -> None:
    assert refused(bytes(safety.LARGEST_FILE + 1)) == "sheets.too_large"


def test_a_cell_at_the_far_end_of_a_sheet_is_told_before_room_is_made_for_it() -> None:
    far = files.sheet_xml(
        GOOD,
        lambda text: text.replace(
            "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )
    assert refused(far) == "sheets.too_wide"


def test_an_empty_cell_at_the_far_end_does_no_harm() -> None:
    far = files.sheet_xml(
        GOOD,
        lambda text: text.replace(
            "</sheetData>", '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
        ),
    )
    assert len(read(far).sheets[0].lines) == 2


def test_a_file_is_read_the_same_apart_and_here() -> None:
    found = apart.read(GOOD)
    lines = [line for frame in found.parts for line in apart.part_of(frame).lines]
    assert lines == read(GOOD).sheets[0].lines
    assert found.book.digest == read(GOOD).digest


def test_a_problem_comes_out_of_the_process_as_itself() -> None:
    with pytest.raises(Problem) as told:
        apart.read(b"%PDF")
    assert told.value.code == "sheets.other_kind"


def test_a_reader_that_dies_takes_nobody_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(Problem) as told:
        apart.read(GOOD)
    assert told.value.code == "sheets.damaged"
