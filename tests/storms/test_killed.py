"""`kill -9` while it writes: what was acknowledged is there, visible and chained, every time."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import pytest

from tests.storms import record
from tests.storms.served import DEADLINE_S, Senders, Served, serving, until
from tests.village import TOWNSHIP
from tongxin.base.ids import new_id
from tongxin.installation import Settings
from tongxin.ledger.forgetting import certificates

KILLS: Final = int(os.environ.get("TONGXIN_KILLS", "25"))
FORGETTER: Final = Path(__file__).with_name("forgetter.py")


class Forgetter:
    """`tongxin forget` in a process of its own: forgets what it is told, one after another."""

    def __init__(self, settings: Settings) -> None:
        arguments = (settings.database_url, settings.keys_path, settings.unlock.path)  # type: ignore[union-attr]  # tests open by a key file
        self.process = subprocess.Popen(
            [sys.executable, str(FORGETTER), TOWNSHIP, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"

    def tell(self, subjects: list[str]) -> None:
        assert self.process.stdin
        self.process.stdin.write("".join(f"{subject}\n" for subject in subjects))
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=DEADLINE_S)


def storm(served: Served, chance: random.Random) -> Senders:
    """Load on the server until it is killed at some moment; what the senders know."""
    senders = Senders(served, served.sign_in(), new_id)
    senders.start()
    until(lambda: senders.acknowledged, "the first fact is acknowledged")
    threading.Event().wait(chance.uniform(0, 0.3))  # the moment is the dice's to say
    served.kill()
    senders.join()
    return senders


@pytest.mark.slow
@pytest.mark.timeout(60 + 10 * KILLS)
@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_was_acknowledged_survives_every_kill(
    settings: Settings, tmp_path: Path, chance: random.Random
) -> None:
    acknowledged: dict[str, int] = {}
    sent: set[str] = set()
    for n in range(KILLS):
        with serving(settings, tmp_path / "log") as served:
            senders = storm(served, chance)
        acknowledged |= senders.acknowledged
        sent |= set(senders.sent)
        if n % 8 == 7 or n == KILLS - 1:
            check(settings, acknowledged, sent)
    print(f"{KILLS} kills, {len(acknowledged)} facts acknowledged of {len(sent)} sent")


def check(settings: Settings, acknowledged: dict[str, int], sent: set[str]) -> None:
    installation = record.opened(settings)
    try:
        there = record.places(installation, sent)
        assert there.items() >= acknowledged.items()
        assert record.seen(installation, there) == set(there)
        assert record.findings(installation) == []
    finally:
        installation.close()


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_forgetting_that_was_killed_is_finished_at_the_next_start(
    settings: Settings, tmp_path: Path, chance: random.Random
) -> None:
    certified = 0
    for _ in range(max(3, KILLS // 8)):
        with serving(settings, tmp_path / "log") as served:
            senders = Senders(served, served.sign_in(), new_id)
            senders.start()
            until(lambda: len(senders.acknowledged) > 40, "there is somebody to forget")  # noqa: B023
            forgetter = Forgetter(settings)
            forgetter.tell([f"person-{fact}" for fact in list(senders.acknowledged)])
            # One forgetting waits up to half a second for readers of the log.
            threading.Event().wait(chance.uniform(0.5, 4))
            forgetter.kill()
            served.kill()
            senders.join()
        installation = record.opened(settings)
        try:
            with installation.database.reading() as connection:
                told = certificates(connection, TOWNSHIP)
            for each in told:
                for purpose in each.purposes:
                    assert installation.keys.destroyed(TOWNSHIP, each.subject, purpose)
            assert record.findings(installation) == []
            certified = max(certified, len(told))
        finally:
            installation.close()
    assert certified, "no forgetting came as far as its certificate"
