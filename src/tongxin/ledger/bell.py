"""A word that all processes of one installation share and that changes when the bell is rung.

Whoever remembers who is signed in, or what somebody may do, looks here whether that still stands.
The word lies in a file beside the keys, mapped into memory: to look costs less than a microsecond,
and nobody has to be told. It says nothing, and may be deleted while nothing runs.
"""

import mmap
import os
import secrets
from pathlib import Path
from typing import Final, Self

_BYTES: Final = 8


class Bell:
    """Rung when a session ended, or when something was recorded by which others are admitted."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            # Written, not only lengthened: to ring in a hole of a full disk is a SIGBUS.
            if os.fstat(descriptor).st_size < _BYTES:
                os.pwrite(descriptor, bytes(_BYTES), 0)
            self._shared = mmap.mmap(descriptor, _BYTES)
        finally:
            os.close(descriptor)

    @classmethod
    def beside(cls, keys_path: Path) -> Self:
        """The bell of the installation with this file of keys."""
        return cls(keys_path.with_name(keys_path.name + "-bell"))

    @property
    def word(self) -> bytes:
        """Another one than before if anybody has rung since."""
        return self._shared[:]

    def ring(self) -> None:
        """Tell every process; whoever looks after this returns sees another word.

        Random, so that two who ring at once need no lock: either word is new to all others.
        """
        self._shared[:] = secrets.token_bytes(_BYTES)

    def close(self) -> None:
        """Let go of the file."""
        self._shared.close()
