"""Devices on screen: one's own. An account's are on the account's page."""

from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template

from tongxin.access.devices import api
from tongxin.base.problems import ProblemKind
from tongxin.desk import SIGNED_IN, AtDesk, Desk
from tongxin.forms import Form, Typed, go, says

NO_REASON = ProblemKind(
    "access.no_device_reason",
    422,
    zh="请写明理由（至少 2 个字），例如：手机丢失。",
    en="Say why (2 characters at least), as in: telephone lost.",
)
WITHDRAWN = says(
    "access.device_withdrawn",
    "设备已注销，不能再记录；这个账号在别处的登录已退出。",
    "The device is withdrawn and records nothing any more; the account is signed out elsewhere.",
)


@get("/devices", opt={"may": SIGNED_IN}, sync_to_thread=True)
def devices_page(desk: AtDesk) -> Template:
    """One's own devices."""
    return _page(desk, Form())


@post("/devices", opt={"may": SIGNED_IN}, sync_to_thread=True)
def withdraw_own(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Withdraw one's own device, with a reason."""
    form = Form(data)
    if tried(desk, desk.who.account, form):
        return go("/devices", WITHDRAWN)
    return _page(desk, form, 422)


def tried(desk: Desk, account: str, form: Form) -> bool:
    """Whether the device named in a form could be withdrawn; else the form says why not."""
    reason = form.text("device_withdrawn_for")
    if len(reason) < 2:
        form.wrong(NO_REASON, "device_withdrawn_for")
        return False
    with form.trying():
        why = api.WhyWithdrawn(reason[:200])
        api.withdrawn(desk, account, form.text("device"), why)
    return form.sound


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    return desk.page(
        "access/devices.html", status, form=form, devices=api.devices(desk, desk.who.account),
        most=api.MOST,
    )  # fmt: skip


HANDLERS: list[Any] = [devices_page, withdraw_own]
