"""Forgets the subjects that it reads, one a line, as the operator does. Made to be killed.

Arguments: township, database, file of keys, key file.
"""

import sys
from pathlib import Path

from tongxin.base.clock import system_clock
from tongxin.installation import Settings, open_
from tongxin.ledger.forgetting import purposes_of
from tongxin.ledger.keys import KeyFile
from tongxin.ledger.opening import streams


def main(township: str, database: str, keys: str, key_file: str) -> None:
    settings = Settings(database, KeyFile(Path(key_file)), Path(keys))
    installation = open_(settings, system_clock)
    print("ready", flush=True)
    for line in sys.stdin:
        subject = line.strip()
        with installation.database.reading() as connection:
            found = streams(
                connection, installation.keys, installation.rulebook.kinds, township, [subject]
            )
        purposes = purposes_of(found[subject])
        installation.forgetting.forget(
            township, subject, purposes, "purpose served", installation.clock()
        )
        print(subject, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
