"""Who may record what: roles, remits, withdrawn devices, and what only two people decide. Pure."""

from collections.abc import Collection, Mapping

from tongxin.access.rules import Account, in_one_hand, locks_out
from tongxin.base.areas import within
from tongxin.base.ids import kind_of
from tongxin.base.problems import Problem, ProblemKind
from tongxin.ledger.facts import CLOCK, INIT, Door, Draft
from tongxin.ledger.kinds import Approved

NOT_IN_REMIT = ProblemKind(
    "access.not_in_remit",
    403,
    zh="此账号现在无权在 {area} 记录“{kind}”；记录已收存，待有权的人处理。",
    en="This account may not record “{kind}” in {area} now; it is kept until somebody who may "
    "decides.",
)

ONE_HAND = ProblemKind(
    "access.one_hand",
    409,
    zh="这两个账号可能出自一人之手（同一人，或由其开设、授权）。请另一位独立的同事批准。",
    en="One person may stand behind both accounts (the same, or opened or empowered by him). Ask "
    "a colleague who is independent to approve.",
)
LAST_TWO = ProblemKind(
    "access.last_two",
    409,
    zh="这样就没有两位互相独立的人可以互相批准了。请先由对方给另一位同事开设账号并授予镇指挥部岗位；"
    "对方已不在的，请保管机器的人运行 tongxin account open。",
    en="No two independent people could then approve each other's proposals. Let the other one "
    "first open a command account for a colleague; if he is gone, whoever keeps the machine can "
    "run tongxin account open.",
)
FROM_WITHDRAWN = ProblemKind(
    "access.from_withdrawn_device",
    403,
    zh="这条记录来自已注销的设备，据称记于注销之前；已收存，请核实后决定是否采纳。",
    en="This comes from a withdrawn device and says that it was made before; it is kept until "
    "somebody has checked and decided.",
)
NO_PROPOSAL = ProblemKind(
    "access.no_proposal", 404, zh="没有这项提议。", en="There is no such proposal."
)
UNKNOWN_PEOPLE = ProblemKind(
    "access.unknown_people",
    404,
    zh="这两份记录不都在账本里，无法认定。",
    en="Not both of these records are in the ledger, so nothing can be decided of them.",
)


def problem(
    accounts: Mapping[str, Account],
    proposers: Mapping[str, str],
    draft: Draft,
    where: Collection[str],
) -> Problem | None:
    """Why the author may not record this, or None. `where` are the `places` that it concerns."""
    return outside(accounts, draft, where) or _takes_two(accounts, proposers, draft)


def places(
    draft: Draft, told: str, area_now: str | None, areas_beside: Collection[str]
) -> set[str]:
    """Where an author must have his say to record this: where the fact says, and where that is
    which it is about.

    A header tells no finer than the village; where the fact or what it is about tells the grid, a
    say in that grid is enough.
    """
    places = {told, draft.area, *areas_beside}
    # A township is not where it was last spoken of.
    if area_now and not draft.kind.where_told and kind_of(draft.subject) != "township":
        places.add(area_now)
    if any(place != draft.area and within(place, draft.area) for place in places):
        places.remove(draft.area)
    return places


def outside(
    accounts: Mapping[str, Account], draft: Draft, where: Collection[str]
) -> Problem | None:
    """Why whoever answers for this may not record it in all of these places, or None."""
    if draft.door is Door.CLOCK or draft.author in (CLOCK, INIT):
        return None if draft.door in (Door.CLOCK, Door.INIT) else _not_his(draft)
    account = accounts.get(draft.vouched_by or draft.author)
    if account is None or account.closed:
        return _not_his(draft)
    if draft.vouched_by is None and _is_withdrawn(account, draft):
        return FROM_WITHDRAWN(field="device")
    return None if _may(account, draft, where) else _not_his(draft)


def _may(account: Account, draft: Draft, places: Collection[str]) -> bool:
    """Whether an account's roles let it record this, of itself or in all of these places."""
    own = draft.subject == draft.author and draft.vouched_by is None
    if draft.kind.may is None or (own and draft.kind.own):
        return own
    return all(account.remit.allows(draft.kind.may, place) for place in places)


def _takes_two(
    accounts: Mapping[str, Account], proposers: Mapping[str, str], draft: Draft
) -> Problem | None:
    """What only two independent people decide needs a second one, and leaves two."""
    if draft.author in (CLOCK, INIT):
        return None
    if isinstance(draft.body, Approved):
        return _second_hand(accounts, proposers, draft)
    if locks_out(accounts, draft.township, draft.subject, draft.body):
        return LAST_TWO(field="subject")
    return None


def _is_withdrawn(account: Account, draft: Draft) -> bool:
    """Whether the author's device has been withdrawn; forms have none."""
    device = account.device(draft.device)
    return device is not None and device.withdrawn_at is not None


def _second_hand(
    accounts: Mapping[str, Account], proposers: Mapping[str, str], draft: Draft
) -> Problem | None:
    """A yes counts from somebody independent only, and nobody can say it in another's place."""
    if not isinstance(draft.body, Approved):
        raise AssertionError("this is no approval")
    proposer = proposers.get(draft.body.proposal)
    if proposer is None:
        return NO_PROPOSAL(field="proposal")
    if draft.vouched_by is not None or in_one_hand(accounts, proposer, draft.author):
        return ONE_HAND(field="author")
    return None


def _not_his(draft: Draft) -> Problem:
    return NOT_IN_REMIT(field="author", area=draft.area, kind=draft.kind.title.zh)
