"""How many a proposal changes in all, where they are too many for one answer.

Worked out beside the pages, a part at a time, and kept in memory for some minutes: figures only,
nobody's name. A page shows how far it has come, and never the figures of a part for those of all.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from tongxin.base.remit import remit_of
from tongxin.ledger.store import Store, whereabouts
from tongxin.web import preview
from tongxin.web.preview import Compared, Preview

# What time alone changes of a standing waits no longer than this for a page to know it.
KEPT: Final = timedelta(minutes=10)
_log = logging.getLogger("tongxin.web")
Key = tuple[int, str, str, int]


class Sums(Struct):
    """What a change comes to: of `touched` people, `compared` so far; as of `at`."""

    touched: int
    compared: int
    changed: int
    fresh_tasks: int
    at: datetime

    @property
    def done(self) -> bool:
        """Whether everybody was compared."""
        return self.compared >= self.touched


_shelf: Final[dict[Key, Sums]] = {}
_threads: Final[dict[Key, threading.Thread]] = {}
_lock: Final = threading.Lock()


def sums(
    store: Store, township: str, subject: str, compared: Compared, now: datetime, part: Preview
) -> Sums:
    """What a change comes to in all: by the part itself where that is all, else as far as worked
    out; that goes on by itself. `part` is some of the people, compared already.
    """
    if part.compared == part.touched:
        return Sums(part.touched, part.compared, part.changed, part.fresh_tasks, now)
    key = (id(store), township, subject, compared.until_seq or 0)
    with _lock:
        for old in [k for k, kept in _shelf.items() if now - kept.at > KEPT and k not in _threads]:
            del _shelf[old]
        found = _shelf.get(key)
        if found is None:
            found = _shelf[key] = Sums(part.touched, 0, 0, 0, now)
            thread = threading.Thread(
                target=_reckon, args=(store, key, compared), name="reckoning", daemon=True
            )
            _threads[key] = thread
            thread.start()
        return found


def wait() -> None:
    """Wait until whatever is being worked out is done."""
    for thread in list(_threads.values()):
        thread.join()


def _reckon(store: Store, key: Key, compared: Compared) -> None:
    township, nobody, after = key[1], remit_of((), ()), ""
    so_far = _shelf[key]
    try:
        while True:
            with store.database.reading() as connection:
                part = preview.compare(
                    store, connection, nobody, township, compared, so_far.at, after
                )
            so_far = Sums(
                part.touched, so_far.compared + part.compared, so_far.changed + part.changed,
                so_far.fresh_tasks + part.fresh_tasks, so_far.at,
            )  # fmt: skip
            if not part.next:
                # Whoever came in between the parts was compared, or is found by the next look.
                so_far.touched = so_far.compared
            _shelf[key], after = so_far, part.next
            if not after:
                return
    except Exception as error:  # because a thread that fails must say so, and be tried again
        _log.error("working out what a proposal changes stopped: %s", whereabouts(error))
        _shelf.pop(key, None)
    finally:
        _threads.pop(key, None)
