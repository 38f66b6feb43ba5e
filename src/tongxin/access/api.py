"""Accounts for programs: open, give and withdraw roles, close; and who looked at whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.access import facts, passwords, patience, queries, rules, sessions
from tongxin.access.roles import ROLES, role
from tongxin.base.areas import area_code
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import new_subject, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import OUTSIDE_REMIT, AtDesk, Desk
from tongxin.ledger.facts import REGISTRATION, Fact, Kind, Verdict

NAME_TAKEN = ProblemKind(
    "access.name_taken",
    409,
    zh="用户名已有人用，请换一个。",
    en="That user name is taken; choose another.",
)
NOT_YOUR_PASSWORD = ProblemKind(
    "access.not_your_password",
    403,
    zh="现在的密码不对，没有修改。",
    en="That is not the present password; nothing was changed.",
)
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class NewAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """An account to open, with its first role."""

    username: Name
    name: Name
    password: Annotated[str, Meta(min_length=passwords.SHORTEST, max_length=200)]
    role: Name
    area: Name
    post: Annotated[str, Meta(max_length=60)] = ""


class RoleIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A role in an area, and why it is withdrawn, if it is."""

    role: Name
    area: Name
    reason: Annotated[str, Meta(max_length=200)] = ""


class Why(Struct, frozen=True, forbid_unknown_fields=True):
    """The reason for closing an account."""

    reason: Annotated[str, Meta(min_length=2, max_length=200)]


class PasswordChange(Struct, frozen=True, forbid_unknown_fields=True):
    """One's own password, old and new."""

    old: Annotated[str, Meta(max_length=200)]
    new: Annotated[str, Meta(min_length=passwords.SHORTEST, max_length=200)]


class Account(Struct, frozen=True):
    """An account as the account page lists it."""

    account: str
    username: str
    name: str
    post: str
    roles: list[tuple[str, str]]
    closed: bool


class Look(Struct, frozen=True):
    """Somebody looked at masked fields, or took a list out."""

    account: str
    name: str
    kind: str
    about: str
    reason: str
    at: datetime


class RoleShown(Struct, frozen=True):
    """A role and what it may do."""

    role: str
    title: Text
    may: list[str]


@get("/api/v1/roles", opt={"may": "signed-in"}, sync_to_thread=False)
def list_roles() -> list[RoleShown]:
    """The roles of a township."""
    return [RoleShown(each.id, each.title, sorted(each.may)) for each in ROLES.values()]


@get("/api/v1/accounts", opt={"may": "access.read"}, sync_to_thread=True)
def list_accounts(desk: AtDesk) -> list[Account]:
    """The accounts of the asker's township."""
    return accounts(desk)


@post("/api/v1/accounts", opt={"may": "access.manage"}, sync_to_thread=True)
def open_account(desk: AtDesk, data: JSONBody[NewAccount]) -> Account:
    """Open an account with one role."""
    return opened(desk, data)


@post("/api/v1/accounts/{account:str}/roles", opt={"may": "access.manage"}, sync_to_thread=True)
def give_role(desk: AtDesk, account: FromPath[str], data: JSONBody[RoleIn]) -> Verdict:
    """Give an account a role in an area."""
    return given(desk, account, data)


@post(
    "/api/v1/accounts/{account:str}/roles/withdraw",
    opt={"may": "access.manage"},
    sync_to_thread=True,
)
def withdraw_role(desk: AtDesk, account: FromPath[str], data: JSONBody[RoleIn]) -> Verdict:
    """Withdraw a role from an account."""
    return withdrawn(desk, account, data)


@post("/api/v1/accounts/{account:str}/close", opt={"may": "access.manage"}, sync_to_thread=True)
def close_account(desk: AtDesk, account: FromPath[str], data: JSONBody[Why]) -> Verdict:
    """Close an account; what it recorded stays."""
    return closed(desk, account, data)


@post("/api/v1/password", opt={"may": "signed-in"}, sync_to_thread=True)
def change_password(desk: AtDesk, data: JSONBody[PasswordChange]) -> Verdict:
    """Change one's own password."""
    return changed_password(desk, data)


@get("/api/v1/looks", opt={"may": "access.read"}, sync_to_thread=True)
def list_looks(
    desk: AtDesk, most: Annotated[int, QueryParameter(ge=1, le=500)] = 100
) -> list[Look]:
    """Who looked at whom, newest first."""
    return looks(desk, most)


def accounts(desk: Desk) -> list[Account]:
    """The accounts that the asker may read."""
    rows = queries.accounts_in(desk.remit, desk.connection, desk.township)
    return [
        Account(
            row["subject"], row["username"], row["name"], row["post"],
            msgspec.json.decode(row["roles"], type=list[tuple[str, str]]), row["closed"],
        )
        for row in rows
    ]  # fmt: skip


def looks(desk: Desk, most: int) -> list[Look]:
    """The newest looks that the asker may read about."""
    rows = queries.looks_at(desk.remit, desk.connection, desk.township, most)
    return [
        Look(
            row["subject"], row["name"], row["kind"], row["about"], row["reason"],
            from_ms(row["at"]),
        )
        for row in rows
    ]  # fmt: skip


def opened(desk: Desk, new: NewAccount) -> Account:
    """Open an account and give it its first role."""
    given = facts.RoleGiven(role=role(new.role).id, area=area_code(new.area, "area"))
    _within(desk, new.area)
    if queries.account_named(_accounts(desk), new.username) is not None:
        raise NAME_TAKEN(field="username")
    subject = new_subject("account")
    body = facts.AccountOpened(
        username=new.username, name=new.name, post=new.post,
        password_hash=passwords.hashed(new.password),
    )  # fmt: skip
    for kind, fact in ((facts.ACCOUNT_OPENED, body), (facts.ROLE_GIVEN, given)):
        desk.record(kind, fact, subject=subject, purpose=REGISTRATION, area=desk.township)
    return Account(
        subject, new.username, new.name, new.post, [(given.role, given.area)], closed=False
    )


def given(desk: Desk, account: str, data: RoleIn) -> Verdict:
    """Give an account a role in an area where the asker manages accounts."""
    body = facts.RoleGiven(role=role(data.role).id, area=area_code(data.area, "area"))
    return _about(desk, account, facts.ROLE_GIVEN, body, data.area)


def withdrawn(desk: Desk, account: str, data: RoleIn) -> Verdict:
    """Withdraw a role from an account, in an area where the asker manages accounts."""
    body = facts.RoleWithdrawn(
        role=role(data.role).id, area=area_code(data.area, "area"), reason=data.reason or "-"
    )
    return _about(desk, account, facts.ROLE_WITHDRAWN, body, data.area)


def closed(desk: Desk, account: str, data: Why) -> Verdict:
    """Close an account; what it recorded stays."""
    body = facts.AccountClosed(reason=data.reason)
    return _about(desk, account, facts.ACCOUNT_CLOSED, body, desk.township)


def changed_password(desk: Desk, data: PasswordChange) -> Verdict:
    """Set one's own password, once the present one was given."""
    mine = _accounts(desk).get(desk.who.account)
    # Whoever found a session open must not guess at leisure what only its owner knows.
    counted = {
        (desk.township, patience.counted_as(desk.township, desk.who.account)): patience.ACCOUNT
    }
    password_hash = mine.password_hash if mine else None
    database, now_ms = desk.store.database, to_ms(desk.now)
    if not patience.fits(database, counted, password_hash, data.old, now_ms):
        raise NOT_YOUR_PASSWORD(field="old")
    new = passwords.hashed(data.new)
    verdict = desk.record(
        facts.PASSWORD_SET, facts.PasswordSet(password_hash=new), subject=desk.who.account,
        purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    with desk.store.database.writing() as connection:
        sessions.end_others(connection, desk.keys, desk.township, desk.who.token_hash, new)
    return verdict


def _about(desk: Desk, account: str, kind: Kind, body: Fact, area: str) -> Verdict:
    subject = subject_id(account, "account")
    if subject not in _accounts(desk):
        raise NOT_FOUND()
    _within(desk, area)
    return desk.record(kind, body, subject=subject, purpose=REGISTRATION, area=desk.township)


def _accounts(desk: Desk) -> Mapping[str, rules.Account]:
    return queries.accounts(desk.store, desk.connection, desk.township)


def _within(desk: Desk, area: str) -> None:
    """Nobody gives, or takes, a role where he does not manage accounts himself."""
    if not area.startswith(desk.township) or not desk.remit.allows("access.manage", area):
        raise OUTSIDE_REMIT(area=area[:20])


HANDLERS: list[Any] = [
    list_roles, list_accounts, open_account, give_role, withdraw_role, close_account,
    change_password, list_looks,
]  # fmt: skip
