"""The keys, in a SQLite file of their own; destroying one is how the ledger forgets.

A passphrase or a key file opens the master key; the master key wraps everything else: one key for
each subject and purpose, one signing key for each township.

Several processes may share the file. A key is remembered only while SQLite's `data_version` says
that no other process has written, so a key destroyed elsewhere is not handed out here.
"""

from tongxin.ledger.keys.file import KeysError, Name
from tongxin.ledger.keys.ring import Destruction, Keys
from tongxin.ledger.keys.unlocking import Cost, KeyFile, Passphrase, Unlock, new_key_file

__all__ = [
    "Cost",
    "Destruction",
    "KeyFile",
    "Keys",
    "KeysError",
    "Name",
    "Passphrase",
    "Unlock",
    "new_key_file",
]
