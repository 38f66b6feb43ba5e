"""Lists as the interface serves them, made up: what is at risk in them is nobody's business."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tests.village import MORNING
from tongxin.base.ids import id_at
from tongxin.registry import facts

PUDONG = ("上海市", "上海市", "浦东新区")
KUNSHAN = ("江苏省", "苏州市", "昆山市")
HUANGCHUAN = ("河南省", "信阳市", "潢川县")


def entry(where: Iterable[str], *places: str, **other: Any) -> dict[str, Any]:
    """One entry as served; `other` replaces single fields."""
    province, city, county = where
    told = {
        "type": "2", "province": province, "city": city, "county": county,
        "area_name": f"{province} {city} {county}", "communitys": list(places),
    }  # fmt: skip
    return told | other


def served(
    high: Iterable[Any] = (),
    medium: Iterable[Any] = (),
    low: Iterable[Any] | None = None,
    at: datetime = MORNING,
    **other: Any,
) -> bytes:
    """A whole answer of the interface, its counts right; `other` replaces single fields."""
    lists = {"high": list(high), "middle": list(medium)}
    if low is not None:
        lists["low"] = list(low)
    data: dict[str, Any] = {"end_update_time": f"{at:%Y-%m-%d %H时}"}
    data |= {f"{name[0]}count": _count(listed) for name, listed in lists.items()}
    data |= {f"{name}list": listed for name, listed in lists.items()}
    return msgspec.json.encode({"data": data | other, "code": 0, "msg": "查询成功"})


def _count(listed: list[Any]) -> int:
    return sum(len(each.get("communitys", [])) for each in listed if isinstance(each, dict))


def body(raw: bytes, at: datetime) -> facts.RiskListProposed:
    """The fact that carries a file."""
    return facts.RiskListProposed(
        text=raw.decode(), sha256=hashlib.sha256(raw).hexdigest(), published_at=at,
        source="国务院客户端",
    )  # fmt: skip


def proposal_of(raw: bytes, at: datetime) -> str:
    """The id under which a file is proposed, whoever proposes it."""
    return id_at(at, "risk-list", hashlib.sha256(raw).hexdigest())
