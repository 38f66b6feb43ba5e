"""What opens a file of keys: a passphrase that somebody types, or a key file that lies apart."""

import base64
import binascii
import os
import secrets
import unicodedata
from pathlib import Path
from typing import Final

from argon2 import low_level as argon2
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from tongxin.base.problems import ProblemKind
from tongxin.ledger.sealing import KEY_BYTES

WEAK_PASSPHRASE = ProblemKind(
    "ledger.weak_passphrase",
    400,
    zh="口令太短：至少 {least} 个字符，最好是几个不相干的词。",
    en="This passphrase is too short: use at least {least} characters, best several odd words.",
)
BAD_KEY_FILE = ProblemKind(
    "ledger.bad_key_file",
    409,
    zh="密钥文件 {path} 不存在或内容不对：应为一行 base64 或十六进制，表示 32 字节。",
    en="The key file {path} is missing or is none: it holds 32 bytes as one line of base64 or hex.",
)
EXPOSED = ProblemKind(
    "ledger.exposed",
    409,
    zh="{path} 可被本机其他用户读取。请运行 chmod 600 {path}，并考虑更换口令。",
    en="Other users of this machine can read {path}. Run chmod 600 {path}, and consider a new "
    "passphrase.",
)

_LEAST_CHARACTERS: Final = 8
_OTHERS: Final = 0o007
_HEX_CHARACTERS: Final = 2 * KEY_BYTES
_LARGEST_KEY_FILE: Final = 200


class Cost(Struct, frozen=True):
    """How much work argon2id makes of one guess at a passphrase."""

    passes: int
    memory_kib: int
    lanes: int


# RFC 9106, section 4, second recommendation: about 0.1 s and 64 MiB for each guess.
RFC_9106: Final = Cost(passes=3, memory_kib=64 * 1024, lanes=4)


class Passphrase:
    """A passphrase of at least 8 characters, or the problem `ledger.weak_passphrase`.

    Full-width and ordinary letters count as the same (NFKC), since input methods mix them.
    `cost` is used when a file is locked with it; opening takes the cost noted in the file.
    """

    __slots__ = ("_text", "cost")

    def __init__(self, text: str, cost: Cost = RFC_9106) -> None:
        self._text = unicodedata.normalize("NFKC", text.strip())
        if len(self._text) < _LEAST_CHARACTERS:
            raise WEAK_PASSPHRASE(least=_LEAST_CHARACTERS)
        self.cost = cost

    def wrapping_key(self, salt: bytes, cost: Cost) -> bytes:
        """The key that wraps the master key."""
        return argon2.hash_secret_raw(
            self._text.encode(),
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=KEY_BYTES,
            type=argon2.Type.ID,
        )


class KeyFile:
    """A file with 32 random bytes as one line of base64 or hex; read when it is needed.

    Its problems: `ledger.bad_key_file`, `ledger.exposed`.
    """

    __slots__ = ("cost", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        # Random bytes need no work added; the file of keys notes so.
        self.cost = Cost(0, 0, 0)

    def wrapping_key(self, salt: bytes, cost: Cost) -> bytes:
        """The key that wraps the master key: another one for each file of keys."""
        return HKDF(SHA256(), KEY_BYTES, salt, b"tongxin-key-file-1").derive(self._content())

    def _content(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                line = file.read(_LARGEST_KEY_FILE).strip()
            is_hex = len(line) == _HEX_CHARACTERS
            content = (
                bytes.fromhex(line.decode()) if is_hex else base64.b64decode(line, validate=True)
            )
        except (OSError, ValueError, binascii.Error):
            raise BAD_KEY_FILE(path=self.path) from None
        if len(content) != KEY_BYTES:
            raise BAD_KEY_FILE(path=self.path)
        refuse_exposed(self.path)
        return content


Unlock = Passphrase | KeyFile


def new_key_file(path: Path) -> KeyFile:
    """Write fresh random bytes to `path`, readable by its owner only; FileExistsError if taken."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return KeyFile(path)


def refuse_exposed(path: Path) -> None:
    """The problem `ledger.exposed` if every user of the machine may read or write `path`."""
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise EXPOSED(path=path)
