"""The evening of the demo: a list waits for the second person, and names whom it touches."""

from pathlib import Path

import pytest

from tests.cli.conftest import ran
from tongxin.access.queries import account_named, accounts
from tongxin.base.clock import system_clock
from tongxin.catalogue import KINDS
from tongxin.installation import Settings, opened
from tongxin.ledger.keys import KeyFile
from tongxin.ledger.opening import streams
from tongxin.registry.facts import RiskListProposed
from tongxin.registry.risklists.queries import list_rows
from tongxin.web import preview

pytestmark = pytest.mark.slow
HERE = "411526108"


def test_the_evening_list_waits_and_touches_eleven_who_all_stand_otherwise_by_it(
    tmp_path: Path,
) -> None:
    built = ran("demo", "--no-serve", folder=tmp_path)
    assert built.returncode == 0, built.stderr
    shown = previewed(tmp_path / ".demo")
    assert (shown.touched, shown.changed, len(shown.changes)) == (11, 11, 11)
    assert len({change.person for change in shown.changes}) == 11
    assert {change.after.standing for change in shown.changes} == {"monitored", "undetermined"}
    assert shown.fresh_tasks >= 11


def previewed(folder: Path) -> preview.Preview:
    """What 王芳 is shown of the one list that waits."""
    settings = Settings(
        f"sqlite:///{folder / 'tongxin.db'}", KeyFile(folder / "demo.key"), folder / "tongxin.keys"
    )
    with opened(settings, system_clock) as here, here.database.reading() as connection:
        now = system_clock()
        found = account_named(accounts(here.store, connection, HERE), "wang")
        assert found is not None
        remit = found[1].remit
        rows = list_rows(remit, connection, HERE)
        (waiting,) = [row for row in rows if row["in_force_seq"] is None]
        subject = waiting["subject"]
        read = streams(connection, here.keys, KINDS, HERE, [subject])
        (body,) = [entry.body for entry in read[subject].entries]
        assert isinstance(body, RiskListProposed)
        context = here.context(connection, HERE)
        compared = preview.of_list(context, waiting["proposal"], body, now)
        return preview.compare(here.store, connection, remit, HERE, compared, now)
