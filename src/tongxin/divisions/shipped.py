"""Reads the list that comes with the program, once, when it is first asked for.

The one module here that reads a file; nothing pure uses it.
"""

import io
import zipfile
from functools import cache
from importlib.resources import files

from msgspec import Struct, json

from tongxin.divisions import history as histories
from tongxin.divisions.finding import Finder
from tongxin.divisions.gazetteer import Divisions
from tongxin.divisions.lines import Lines

ARCHIVE = "data/divisions.zip"


class Edition(Struct, frozen=True):
    """Where the list comes from. Dates are ISO days."""

    as_of: str
    published_on: str
    package: str
    version: str
    licence: str
    publisher: str
    fingerprint: str


@cache
def divisions() -> Divisions:
    """The divisions of the edition that ships. Some 10 ms the first time, then at once."""
    with _archive() as archive:
        codes = archive.read("codes.txt").decode().split("\n")
        return Divisions(codes, Lines(archive.read("names.txt").decode()))


@cache
def finder() -> Finder:
    """Finds divisions of that edition by characters, pinyin and initials."""
    with _archive() as archive:
        return Finder(divisions(), archive.read("pinyin.txt").decode())


@cache
def history() -> histories.History:
    """What became of codes that the edition that ships has no more."""
    with _archive() as archive:
        return histories.read(archive.read("retired.txt").decode())


@cache
def edition() -> Edition:
    """The edition that ships."""
    with _archive() as archive:
        return json.decode(archive.read("edition.json"), type=Edition)


def _archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(files("tongxin.divisions").joinpath(ARCHIVE).read_bytes()))
