"""Backup and restore: ledger and keys apart, and never derived tables.

A backup is a folder: `ledger/` (an SQLite file, whatever the database is), `keys/` (a copy of the
file of keys that expires, and the notes of what was forgotten), `manifest.json`. The ledger may
lie anywhere for ever; the keys are to be destroyed on their last day, which the program enforces.
"""

from tongxin.backup.manifest import Kept, Manifest
from tongxin.backup.restoring import Restored, restore
from tongxin.backup.writing import back_up

__all__ = ["Kept", "Manifest", "Restored", "back_up", "restore"]
