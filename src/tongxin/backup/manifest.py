"""What a backup holds, and whether it is still what it was when it was made."""

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tongxin.backup.files import digest
from tongxin.base.problems import ProblemKind

NOT_A_BACKUP = ProblemKind(
    "backup.not_a_backup",
    409,
    zh="{path} 里没有可用的备份清单 manifest.json。请核对文件夹。",
    en="{path} holds no readable manifest.json. Check the folder.",
)
DAMAGED = ProblemKind(
    "backup.damaged",
    500,
    zh="备份文件 {file} 缺失或与清单不符，可能已损坏。请改用另一份备份。",
    en="{file} of the backup is missing or not what its manifest says. Use another backup.",
)

FORMAT: Final = 1
LEDGER_FILE: Final = "ledger/ledger.sqlite"
KEYS_FILE: Final = "keys/tongxin.keys"
NOTES_FILE: Final = "keys/tongxin.keys.forgotten"
MANIFEST_FILE: Final = "manifest.json"


class Kept(Struct, frozen=True):
    """One township in a backup: how many facts, and its printed head, if there are any."""

    township: str
    facts: int
    head: str | None


class Manifest(Struct, frozen=True):
    """What a backup holds. `keys_expire_on` is an ISO day; `files` has the SHA-256 of each file."""

    format: int
    program: str
    made_at: datetime
    keys_expire_on: str
    townships: tuple[Kept, ...]
    files: dict[str, str]


def checked(folder: Path) -> Manifest:
    """The manifest in `folder`, or `backup.not_a_backup` or `backup.damaged`."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        raise NOT_A_BACKUP(path=folder) from None
    if manifest.format != FORMAT:
        raise NOT_A_BACKUP(path=folder)
    for name in (LEDGER_FILE, KEYS_FILE, NOTES_FILE):
        path = folder / name
        if not path.is_file() or digest(path) != manifest.files.get(name):
            raise DAMAGED(file=name)
    return manifest
