"""Somebody with the database's password, without the keys: what he writes lets nobody in."""

import hashlib
import secrets
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from tests.conftest import Headers, SignedIn
from tests.ledger.console import at_the_console
from tests.town import Clock, Town
from tests.village import (
    CHEN,
    LI,
    PASSWORD,
    QIAN,
    SUN,
    TAOLIN,
    TOWNSHIP,
    ZHAO,
    Worker,
)
from tests.web.names import SPOKEN_TO
from tongxin.access.tables import account, session
from tongxin.base.clock import to_ms
from tongxin.base.problems import Problem
from tongxin.installation import Installation, Settings, open_
from tongxin.ledger.facts import Outcome
from tongxin.ledger.tables import fact
from tongxin.registry.tables import pack
from tongxin.web import sessions
from tongxin.web.app import make

Browser = TestClient[Litestar]


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def listed(client: Browser, headers: Headers) -> int:
    return client.get("/api/v1/arrivals", headers=headers).status_code


def mine(town: Town, who: Worker) -> sa.ColumnElement[bool]:
    return sa.and_(account.c.township == TOWNSHIP, account.c.subject == town.account(who))


def put_in(town: Town, who: Worker, **changed: object) -> str:
    """The token of a session that was put into the table by hand."""
    token, now = secrets.token_urlsafe(32), to_ms(town.now)
    row = {
        "township": TOWNSHIP, "token_hash": hashlib.sha256(token.encode()).hexdigest(),
        "account": town.account(who), "csrf": "x", "began_at": now, "seen_at": now,
        "ends_at": now + 3_600_000, "code": "0" * 64,
    }  # fmt: skip
    at_the_console(town, sa.insert(session).values(row | changed))
    return token


def test_a_session_put_in_by_hand_lets_nobody_in(town: Town, client: Browser) -> None:
    assert listed(client, bearer(put_in(town, LI))) == 401


def test_nor_one_that_borrows_the_code_of_another(
    town: Town, client: Browser, signed_in: SignedIn
) -> None:
    signed_in(LI)
    with town.installation.database.reading() as connection:
        code = connection.scalar(sa.select(session.c.code))
    assert listed(client, bearer(put_in(town, LI, code=code))) == 401


@pytest.mark.parametrize("column", ["account", "ends_at", "seen_at", "csrf"])
def test_a_session_that_was_changed_ends(
    town: Town, client: Browser, clock: Clock, signed_in: SignedIn, column: str
) -> None:
    headers = signed_in(QIAN)
    changed = {
        "account": town.account(LI), "ends_at": to_ms(clock.now) + 10**9,
        "seen_at": to_ms(clock.now) + 1, "csrf": "x",
    }[column]  # fmt: skip
    at_the_console(town, sa.update(session).values({column: changed}))
    assert client.get("/api/v1/tasks", headers=headers).status_code == 401


def test_a_role_taken_at_the_console_opens_no_door(
    town: Town, client: Browser, signed_in: SignedIn
) -> None:
    at_the_console(
        town, sa.update(account).where(mine(town, QIAN)).values(roles=f'[["command","{TOWNSHIP}"]]')
    )
    assert listed(client, signed_in(QIAN)) == 403
    (verdict,) = town.record(town.arrival(CHEN, by=QIAN))
    assert verdict.outcome is Outcome.HELD
    assert verdict.code == "access.not_in_remit"


def test_an_account_reopened_at_the_console_stays_closed(town: Town, client: Browser) -> None:
    town.close_account(SUN)
    at_the_console(town, sa.update(account).where(mine(town, SUN)).values(closed=False))
    sent = {"township": TOWNSHIP, "username": "sun", "password": PASSWORD}
    assert client.post("/api/v1/login", json=sent).status_code == 403


def test_rules_changed_at_the_console_judge_nobody(henan: Town) -> None:
    henan.at_risk()
    expected = category(henan, henan.arrive(CHEN).subject)
    assert expected is not None
    at_the_console(
        henan, sa.update(pack).where(pack.c.pack_id != "watch").values(in_force_seq=None)
    )
    henan.device(SUN)  # so that the context is made anew
    another = replace(CHEN, id_number="")  # with her number it would be she herself again
    assert category(henan, henan.arrive(another).subject) == expected


def category(town: Town, person: str) -> str | None:
    with town.installation.database.reading() as connection:
        found: str | None = connection.execute(
            sa.text("SELECT category FROM journey WHERE subject = :person"), {"person": person}
        ).scalar_one()
    return found


def test_after_a_new_password_an_old_session_put_back_lets_nobody_in(
    town: Town, client: Browser, clock: Clock
) -> None:
    here = town.installation
    stolen, kept = (
        sessions.sign_in(here.store, TOWNSHIP, "zhao", PASSWORD, clock.now) for _ in range(2)
    )
    which = session.c.token_hash == sessions.hash_of(stolen.token)
    with here.database.reading() as connection:
        row = dict(connection.execute(sa.select(session).where(which)).one()._mapping)
    new = {"old": PASSWORD, "new": "another-peach-grove"}
    assert client.post("/api/v1/password", json=new, headers=bearer(kept.token)).is_success
    assert listed(client, bearer(stolen.token)) == 401
    at_the_console(town, sa.insert(session).values(row))
    assert listed(client, bearer(stolen.token)) == 401
    assert listed(client, bearer(kept.token)) == 200


def test_facts_about_roles_that_are_taken_away_are_missed_at_the_next_start(
    town: Town, settings: Settings, clock: Clock
) -> None:
    """He deletes the fact by which a role was withdrawn, acts, and means to put it back."""
    town.withdraw(ZHAO, "grid_leader", TAOLIN)
    here = fact.c.township == TOWNSHIP
    with town.installation.database.writing() as connection:
        last = sa.select(sa.func.max(fact.c.seq)).where(here).scalar_subquery()
        row = dict(
            connection.execute(sa.select(fact).where(here, fact.c.seq == last)).one()._mapping
        )
        connection.execute(sa.delete(fact).where(here, fact.c.seq == row["seq"]))
    restarted = open_(settings, clock)
    try:
        with pytest.raises(Problem) as refused:
            sessions.sign_in(restarted.store, TOWNSHIP, "zhao", PASSWORD, clock.now)
        assert refused.value.code == "ledger.context_unsound"
        (verdict,) = restarted_records(restarted, town)
        assert verdict == "ledger.not_recorded"
        at_the_console(town, sa.insert(fact).values(row))
        assert sessions.sign_in(restarted.store, TOWNSHIP, "zhao", PASSWORD, clock.now).token
    finally:
        restarted.close()


def restarted_records(restarted: Installation, town: Town) -> Iterator[str]:
    try:
        restarted.store.record([town.arrival(CHEN)], town.now)
    except Problem as problem:
        yield problem.code


@pytest.fixture
def other(settings: Settings, clock: Clock, installation: Installation) -> Iterator[Browser]:
    """Another web process on the same installation."""
    second = open_(settings, clock)
    try:
        with TestClient(make(second, SPOKEN_TO)) as opened:
            yield opened
    finally:
        second.close()


Ending = Callable[[Town, Browser, Headers], None]


def sign_out(_: Town, client: Browser, headers: Headers) -> None:
    assert client.post("/api/v1/logout", headers=headers).status_code == 204


def close(town: Town, *_: object) -> None:
    town.close_account(ZHAO)


def demote(town: Town, *_: object) -> None:
    town.withdraw(ZHAO, "grid_leader", TAOLIN)


@pytest.mark.parametrize(
    ("ending", "wanted"),
    [(sign_out, 401), (close, 401), (demote, 403)],
    ids=["signed out", "closed", "demoted"],
)
def test_what_ends_in_one_process_has_ended_in_all_at_once(
    town: Town,
    client: Browser,
    other: Browser,
    signed_in: SignedIn,
    ending: Ending,
    wanted: int,
) -> None:
    headers = signed_in(ZHAO)
    assert listed(client, headers) == listed(other, headers) == 200
    ending(town, client, headers)
    assert listed(other, headers) == wanted
