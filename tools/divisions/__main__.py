"""`python -m tools.divisions FOLDER`: fetch into FOLDER what is not there yet, and write the list.

For maintainers; the program's users never run it. The same sources give the same bytes.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Final

from tools.divisions.editions import CURRENT, EARLIER, PACKAGE, Release, fetch, names, villages
from tools.divisions.history import Edition, Retired, retired
from tools.divisions.readings import syllables

TARGET: Final = Path("src/tongxin/divisions/data/divisions.zip")
# GB/T 2260 has these, the list of the statistics bureau leaves them out.
BEYOND_THE_LIST: Final = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
# Any fixed instant: an archive's bytes must not depend on the day it was made.
_STAMP: Final = (1980, 1, 1, 0, 0, 0)


def main(folder: Path) -> None:
    """Write the archive from what lies in, or is fetched into, `folder`."""
    divisions = names(fetch(CURRENT, folder)) | BEYOND_THE_LIST
    codes = sorted(divisions)
    parts = {
        "codes.txt": "\n".join(codes),
        "names.txt": "\n".join(divisions[code] for code in codes),
        "pinyin.txt": "\n".join(" ".join(syllables(divisions[code])) for code in codes),
        "retired.txt": "\n".join(sorted(map(line, history(folder)))),
    }
    parts["edition.json"] = json.dumps(edition(parts), ensure_ascii=False, indent=1)
    with zipfile.ZipFile(TARGET, "w") as archive:
        for name, text in sorted(parts.items()):
            archive.writestr(
                zipfile.ZipInfo(name, _STAMP), text.encode(), zipfile.ZIP_DEFLATED, compresslevel=9
            )
    print(f"{TARGET}: {len(codes)} divisions, {TARGET.stat().st_size} bytes")


def history(folder: Path) -> list[Retired]:
    """Every code that an earlier edition had and the next one has no more."""
    found: dict[str, Retired] = {}
    before: Edition | None = None
    for release in (*EARLIER, CURRENT):
        here = _edition(release, folder)
        if before is not None:
            found |= {each.code: each for each in retired(before, here)}
        before = here
    assert before is not None
    return [each for each in found.values() if each.code not in before.names]


def line(each: Retired) -> str:
    return "\t".join((each.code, each.name, each.last_seen, ",".join(each.successors)))


def _edition(release: Release, folder: Path) -> Edition:
    tarball = fetch(release, folder)
    return Edition(release.as_of, names(tarball), villages(tarball))


def edition(parts: dict[str, str]) -> dict[str, str]:
    """What tells the list apart from another: its day, its source, its fingerprint."""
    content = "\0".join(f"{name}\0{text}" for name, text in sorted(parts.items()))
    return {
        "as_of": CURRENT.as_of,
        "published_on": CURRENT.published_on,
        "package": f"npm {PACKAGE}",
        "version": CURRENT.version,
        "licence": "WTFPL",
        "publisher": "国家统计局，统计用区划代码和城乡划分代码",
        "fingerprint": hashlib.sha256(content.encode()).hexdigest(),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
