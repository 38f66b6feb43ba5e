"""The inbox believes its seals, and not its columns."""

import sqlalchemy as sa

from tests.town import Town
from tests.village import QUANJI, SUN, TAOLIN, TOWNSHIP, ZHOU
from tongxin.catalogue import KINDS
from tongxin.ledger import holding
from tongxin.ledger.facts import Outcome
from tongxin.ledger.inbox import digest_of
from tongxin.ledger.tables import held


def somebody_elses_arrival(town: Town) -> str:
    """周敏 of 全集村 records an arrival in 桃林村, where she may not: it is held."""
    draft = town.arrival(by=ZHOU, area=TAOLIN)
    (verdict,) = town.record(draft)
    assert verdict.outcome is Outcome.HELD
    return digest_of(draft.signature)


def opens(town: Town, digest: str) -> bool:
    here = town.installation
    with here.database.reading() as connection:
        return holding.find(connection, here.keys, KINDS, TOWNSHIP, digest) is not None


def test_what_was_held_opens(town: Town) -> None:
    assert opens(town, somebody_elses_arrival(town))


def test_what_was_changed_at_the_console_is_nobodys_word(town: Town) -> None:
    digest = somebody_elses_arrival(town)
    changes = {"author": town.account(SUN), "area": QUANJI, "door": "init"}
    for column, value in changes.items():
        with town.installation.database.writing() as connection:
            before = connection.scalar(sa.select(held.c[column]).where(held.c.digest == digest))
            connection.execute(
                sa.update(held).where(held.c.digest == digest).values({column: value})
            )
        assert not opens(town, digest), column
        with town.installation.database.writing() as connection:
            connection.execute(
                sa.update(held).where(held.c.digest == digest).values({column: before})
            )
    assert opens(town, digest)


def test_a_changed_row_does_not_keep_others_from_being_tried_again(town: Town) -> None:
    digest = somebody_elses_arrival(town)
    with town.installation.database.writing() as connection:
        connection.execute(sa.update(held).where(held.c.digest == digest).values(code="x.y"))
    town.give(ZHOU, "grid_worker", TAOLIN)
    (verdict,) = town.record(town.arrival(by=ZHOU, area=TAOLIN))
    assert verdict.outcome is Outcome.RECORDED
