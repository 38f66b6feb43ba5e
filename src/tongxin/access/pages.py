"""Accounts on screen: who may do what and where, one's own password, and who looked at whom."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.access import api, passwords
from tongxin.access.roles import ROLES
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry_names import areas_of

NO_USERNAME = ProblemKind(
    "access.no_username", 422, zh="请填写用户名，登录时用。", en="Fill in the user name."
)
NO_NAME = ProblemKind("access.no_name", 422, zh="请填写姓名。", en="Fill in the name.")
NO_ROLE = ProblemKind("access.no_role", 422, zh="请选择岗位。", en="Choose a role.")
NO_AREA = ProblemKind("access.no_area", 422, zh="请选择管辖范围。", en="Choose the area.")
NO_REASON = ProblemKind("access.no_reason", 422, zh="请写明理由。", en="Say why.")
