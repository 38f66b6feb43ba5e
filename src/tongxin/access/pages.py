"""Accounts on screen: who may do what and where, one's own password, and who looked at whom."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.access import api, passwords
from tongxin.access.devices import pages as devices
from tongxin.access.devices.api import devices as of_account
from tongxin.access.roles import ROLES
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import SIGNED_IN, AtDesk, Desk
from tongxin.forms import Form, Typed, go, says

NO_USERNAME = ProblemKind(
    "access.no_username", 422, zh="请填写用户名，登录时用。", en="Fill in the user name."
)
NO_NAME = ProblemKind("access.no_name", 422, zh="请填写姓名。", en="Fill in the name.")
NO_ROLE = ProblemKind("access.no_role", 422, zh="请选择岗位。", en="Choose a role.")
NO_AREA = ProblemKind("access.no_area", 422, zh="请选择管辖范围。", en="Choose the area.")
NO_REASON = ProblemKind("access.no_reason", 422, zh="请写明理由。", en="Say why.")
OPENED = says(
    "access.opened",
    "账号已开设。请当面把用户名和密码告诉本人，并请他登录后修改密码。",
    "The account is open. Tell its owner name and password in person, and to change the password.",
)
CHANGED = says("access.changed", "已记录，马上生效。", "Recorded; it holds from now on.")
CLOSED = says(
    "access.closed",
    "账号已停用，不能再登录。它记录过的内容保留。",
    "The account is closed and cannot sign in. What it recorded stays.",
)
PASSWORD = says("access.password", "密码已修改。", "The password is changed.")
_MOST_LOOKS = 200


@get("/accounts", opt={"may": "access.read"}, sync_to_thread=True)
def accounts_page(desk: AtDesk) -> Template:
    """Everybody with an account, and the form to open one."""
    return _accounts(desk, Form(area=desk.township))


@post("/accounts", opt={"may": "access.manage"}, sync_to_thread=True)
def open_account(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Open an account with its first role."""
    form = Form(data)
    password = str(data.get("password", ""))
    form.given.pop("password", None)
    if len(password) < passwords.SHORTEST:
        form.wrong(passwords.WEAK_PASSWORD, "password", least=passwords.SHORTEST)
    username, name = form.text("username", NO_USERNAME), form.text("name", NO_NAME)
    role, area = form.text("role", NO_ROLE), form.text("area", NO_AREA)
    if form.sound:
        new = form.made(
            api.NewAccount, username=username, name=name, password=password, role=role,
            area=area, post=form.text("post"),
        )  # fmt: skip
        with form.trying():
            if new is not None:
                made = api.opened(desk, new)
                return go(f"/accounts/{made.account}", OPENED)
    return _accounts(desk, form, 422)


@get("/accounts/{account:str}", opt={"may": "access.read"}, sync_to_thread=True)
def account_page(desk: AtDesk, account: FromPath[str]) -> Template:
    """One account: its roles, to give and withdraw; to close it."""
    return _account(desk, account, Form(area=desk.township))


@post("/accounts/{account:str}/roles", opt={"may": "access.manage"}, sync_to_thread=True)
def give_role(desk: AtDesk, account: FromPath[str], data: Typed) -> Template | Redirect:
    """Give a role in an area."""
    form = Form(data)
    role, area = form.text("role", NO_ROLE), form.text("area", NO_AREA)
    if form.sound:
        with form.trying():
            api.given(desk, account, api.RoleIn(role=role, area=area))
            return go(f"/accounts/{account}", CHANGED)
    return _account(desk, account, form, 422)


@post("/accounts/{account:str}/withdraw", opt={"may": "access.manage"}, sync_to_thread=True)
def withdraw_role(desk: AtDesk, account: FromPath[str], data: Typed) -> Template | Redirect:
    """Withdraw a role, with a reason."""
    form = Form(data)
    reason = form.text("withdrawn_for", NO_REASON)
    if form.sound:
        with form.trying():
            told = api.RoleIn(form.text("held_role"), form.text("held_area"), reason[:200])
            api.withdrawn(desk, account, told)
            return go(f"/accounts/{account}", CHANGED)
    return _account(desk, account, form, 422)


@post("/accounts/{account:str}/devices", opt={"may": "access.manage"}, sync_to_thread=True)
def withdraw_device(desk: AtDesk, account: FromPath[str], data: Typed) -> Template | Redirect:
    """Withdraw a device of an account, with a reason."""
    form = Form(data)
    if devices.tried(desk, account, form):
        return go(f"/accounts/{account}", devices.WITHDRAWN)
    return _account(desk, account, form, 422)


@post("/accounts/{account:str}/close", opt={"may": "access.manage"}, sync_to_thread=True)
def close_account(desk: AtDesk, account: FromPath[str], data: Typed) -> Template | Redirect:
    """Close an account, with a reason."""
    form = Form(data)
    why = form.text("closed_for", NO_REASON)
    if form.sound:
        with form.trying():
            api.closed(desk, account, api.Why(why[:200]))
            return go(f"/accounts/{account}", CLOSED)
    return _account(desk, account, form, 422)


@get("/password", opt={"may": SIGNED_IN}, sync_to_thread=True)
def password_page(desk: AtDesk) -> Template:
    """One's own password."""
    return desk.page("access/password.html", form=Form(), shortest=passwords.SHORTEST)


@post("/password", opt={"may": SIGNED_IN}, sync_to_thread=True)
def change_password(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Change one's own password."""
    form = Form()
    old, new = str(data.get("old", "")), str(data.get("new", ""))
    if len(new) < passwords.SHORTEST:
        form.wrong(passwords.WEAK_PASSWORD, "new", least=passwords.SHORTEST)
    else:
        with form.trying():
            api.changed_password(desk, api.PasswordChange(old, new))
            return go("/", PASSWORD)
    return desk.page("access/password.html", 422, form=form, shortest=passwords.SHORTEST)


@get("/looks", opt={"may": "access.read"}, sync_to_thread=True)
def looks_page(desk: AtDesk) -> Template:
    """Who looked at whom, and who took a list out."""
    looks = api.looks(desk, _MOST_LOOKS)
    people = desk.called({look.about for look in looks if look.about.startswith("person-")})
    return desk.page("access/looks.html", looks=looks, people=people, most=_MOST_LOOKS)


def _accounts(desk: Desk, form: Form, status: int = 200) -> Template:
    return desk.page(
        "access/accounts.html", status, form=form, accounts=api.accounts(desk), roles=ROLES,
        shortest=passwords.SHORTEST, manages=desk.remit.holds("access.manage"),
    )  # fmt: skip


def _account(desk: Desk, account: str, form: Form, status: int = 200) -> Template:
    shown = next((each for each in api.accounts(desk) if each.account == account), None)
    if shown is None:
        raise NOT_FOUND()
    return desk.page(
        "access/account.html", status, form=form, account=shown, roles=ROLES,
        manages=desk.remit.holds("access.manage"), here=f"/accounts/{account}",
        devices=of_account(desk, account),
    )  # fmt: skip


HANDLERS: list[Any] = [
    accounts_page, open_account, account_page, give_role, withdraw_role, withdraw_device,
    close_account, password_page, change_password, looks_page,
]  # fmt: skip
