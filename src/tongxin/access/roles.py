"""The roles of a township and what each may do. A grant is a role in an area.

A capability is `pillar.verb`. `approve` says yes to another's proposal; nobody's own counts.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text

UNKNOWN_ROLE = ProblemKind(
    "access.unknown_role",
    422,
    zh="没有“{role}”这个岗位。可选：{known}。",
    en="There is no role “{role}”. Choose one of: {known}.",
)


class Role(Struct, frozen=True):
    """What a post may do."""

    id: str
    title: Text
    may: frozenset[str]


APPROVE: Final = "approve"
_SEES: Final = frozenset(
    {"arrivals.read", "work.read", "figures.read", "registry.doors", "registry.read", "staff.read"}
)
# Whoever records may take back his own, while it is fresh; others' facts want two people.
_FIELD: Final = _SEES | {
    "arrivals.record", "work.do", "held.read", "registry.visit", "registry.record",
    "registry.reveal", "service.record", "facts.take_back",
}  # fmt: skip
_LEADS: Final = _FIELD | {
    "arrivals.reveal", "work.open", "held.resolve", "registry.arrange", "registry.recheck",
    "facts.propose_taking_back", "arrivals.propose_exception", "people.join",
    "intake.import",
}  # fmt: skip
_COMMANDS: Final = _LEADS | {
    "arrivals.export", "policy.read", "policy.propose", APPROVE, "access.manage",
    "access.read", "forget", "ledger.read", "places.record",
}  # fmt: skip

_STANDS: Final = frozenset(
    {"arrivals.read", "arrivals.record", "held.read", "staff.read", "service.record"}
    | {"facts.take_back"}
)
_HELPS: Final = frozenset(
    {"work.read", "work.do", "registry.doors", "registry.visit", "facts.take_back"}
)
_INSPECTS: Final = frozenset(
    {"work.read", "figures.read", "policy.read", "ledger.read", "access.read", "staff.read"}
)

_ROLES: Final = (
    Role("command", Text("镇指挥部", "Command post"), frozenset(_COMMANDS)),
    Role("grid_leader", Text("网格长", "Grid leader"), frozenset(_LEADS)),
    Role("grid_worker", Text("网格员", "Grid worker"), frozenset(_FIELD | {"arrivals.reveal"})),
    Role(
        "doctor",
        Text("村医", "Village doctor"),
        frozenset(_FIELD | {"arrivals.reveal", "arrivals.recover"}),
    ),
    Role("checkpoint", Text("卡点值守", "Checkpoint staff"), _STANDS),
    Role("volunteer", Text("志愿者", "Volunteer"), _HELPS),
    Role("inspector", Text("督查员", "Inspector"), _INSPECTS),
    Role("county", Text("县级", "County"), frozenset({"figures.read", "policy.read"})),
)
ROLES: Final[Mapping[str, Role]] = MappingProxyType({role.id: role for role in _ROLES})
CAPABILITIES: Final = frozenset().union(*(role.may for role in _ROLES))


def role(id: str) -> Role:
    """The role of that id, or `access.unknown_role`."""
    if id not in ROLES:
        raise UNKNOWN_ROLE(field="role", role=id[:40], known="、".join(ROLES))
    return ROLES[id]
