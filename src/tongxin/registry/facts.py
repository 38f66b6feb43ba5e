"""What is recorded about places, packs and areas at risk."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.areas import AREA_PATTERN
from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Instant, Kind, Purpose, Words

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Code = Annotated[str, Meta(pattern=rf"^{AREA_PATTERN}$")]
Level = Annotated[str, Meta(pattern=r"^(high|medium|low|affected)$")]


class PlaceNamed(Fact, frozen=True, kw_only=True):
    """An area of the township has this name. The subject is `place-` and its code."""

    code: Code
    name: Name


class PackProposed(Fact, frozen=True, kw_only=True):
    """Somebody proposes a policy pack, with the pack's whole text, in force from an instant."""

    text: Annotated[str, Meta(min_length=1, max_length=200_000)]
    in_force_from: Instant
    reason: Words


class AreaProposed(Fact, frozen=True, kw_only=True):
    """Somebody proposes that an area be judged at risk, from an instant, until another or open.

    `level` is a word that packs define standings by; `source` names the notice.
    """

    code: Code
    name: Name
    level: Level
    from_: Instant
    until: Instant | None = None
    source: Words


_PROPOSAL: Final = frozenset({"proposal"})

PLACE_NAMED: Final = Kind(
    name="registry.place_named", body=PlaceNamed, about=frozenset({"place"}),
    purpose=Purpose.OFFICE, may="places.record", title=Text("登记地名", "Place named"),
    doors=DESK, introduces=True,
)  # fmt: skip
PACK_PROPOSED: Final = Kind(
    name="registry.pack_proposed", body=PackProposed, about=_PROPOSAL, purpose=Purpose.OFFICE,
    may="policy.propose", title=Text("提议启用政策包", "Pack proposed"), doors=DESK,
    introduces=True, shapes_context=True,
)  # fmt: skip
AREA_PROPOSED: Final = Kind(
    name="registry.area_proposed", body=AreaProposed, about=_PROPOSAL, purpose=Purpose.OFFICE,
    may="policy.propose", title=Text("提议风险地区", "Area at risk proposed"), doors=DESK,
    introduces=True, shapes_context=True,
)  # fmt: skip

KINDS: Final = (PLACE_NAMED, PACK_PROPOSED, AREA_PROPOSED)
