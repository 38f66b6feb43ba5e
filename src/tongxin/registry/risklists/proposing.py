"""A list on its way into the ledger: from a file to the fact that carries it, under its name."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tongxin.base.ids import id_at
from tongxin.base.problems import ProblemKind
from tongxin.policy.explain import spoken_instant
from tongxin.registry import facts
from tongxin.registry.risklists.differing import against
from tongxin.registry.risklists.reading import read, text_of
from tongxin.registry.risklists.remembered import listed
from tongxin.registry.rules import ListInForce

FROM_THE_FUTURE = ProblemKind(
    "registry.risk_list_from_the_future",
    422,
    zh="名单写的发布时间 {at} 还没有到。请核对文件和本机时间。",
    en="The list says that it was published at {at}, which is yet to come. Check the file and the "
    "clock of this machine.",
)
# Clocks differ a little, and lists name the full hour.
_GRACE: Final = timedelta(hours=1)


def named(body: facts.RiskListProposed) -> tuple[str, str]:
    """The id and the subject under which a list is proposed: the same file has the same."""
    proposal = id_at(body.published_at, "risk-list", body.sha256)
    return proposal, f"proposal-{proposal}"


def carried(raw: bytes, source: str, now: datetime) -> facts.RiskListProposed:
    """The fact that carries a file, once it is found to be a list of an hour that has come."""
    text, read_ = text_of(raw), read(raw)
    if read_.published_at > now + _GRACE:
        at = spoken_instant(read_.published_at)
        raise FROM_THE_FUTURE(field="file", at=at.zh)
    return facts.RiskListProposed(
        text=text, sha256=hashlib.sha256(raw).hexdigest(), published_at=read_.published_at,
        source=source,
    )  # fmt: skip


def turned(
    lists: Iterable[ListInForce], proposal: str, body: facts.RiskListProposed
) -> dict[str, int]:
    """How many places a list adds, raises, lowers and lifts, against the one before it; of a list
    in force, against what was in force before it was.
    """
    known = sorted(lists, key=lambda one: one.seq)
    mine = next((one for one in known if one.proposal == proposal), None)
    rest = [one for one in known if mine is None or one.seq < mine.seq]
    hours = [h for one in rest if (h := one.body.published_at) <= body.published_at]
    beside = [listed(one) for one in rest if hours and one.body.published_at == max(hours)]
    what = against(listed(mine or ListInForce(proposal, body, 0)), beside)
    return dict(Counter(each.turn.value for each in what.differences))
