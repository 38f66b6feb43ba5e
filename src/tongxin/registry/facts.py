"""What is recorded about places, packs and areas at risk."""

import hashlib
import zlib
from typing import Annotated, Final
from weakref import WeakValueDictionary

from msgspec import Meta, Struct

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


class RiskListProposed(Fact, frozen=True, kw_only=True):
    """Somebody proposes that a national list of areas at risk be in force, with its full bytes.

    `text` is the file byte for byte (UTF-8) and `sha256` the digest of those bytes; the list is
    the complete state as of `published_at`, as it says itself; `source` is where the file is from.
    """

    text: Annotated[str, Meta(min_length=2, max_length=2_000_000)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    published_at: Instant
    source: Words

    def __post_init__(self) -> None:
        super().__post_init__()
        if hashlib.sha256(self.text.encode()).hexdigest() != self.sha256:
            raise ValueError("sha256 is not that of the text")


class Packed(Struct, frozen=True, weakref=True):
    """The text of a file, deflated: a list of places shrinks to a tenth of what it takes open."""

    deflated: bytes


# Every township of a county keeps the same files in memory: once for all of them.
_packed: Final[WeakValueDictionary[str, Packed]] = WeakValueDictionary()


class RiskListKept(Fact, frozen=True, kw_only=True):
    """What stays in memory of a list that was proposed; never recorded.

    All of it, packed: a list that comes late, or is looked at again, is read anew.
    """

    packed: Packed
    sha256: str
    published_at: Instant
    source: str

    @property
    def text(self) -> str:
        """The file byte for byte."""
        return zlib.decompress(self.packed.deflated).decode()


RiskListTold = RiskListProposed | RiskListKept


def kept(body: RiskListTold) -> RiskListKept:
    """What stays in memory of a list."""
    if isinstance(body, RiskListKept):
        return body
    packed = _packed.get(body.sha256)
    if packed is None:
        packed = _packed.setdefault(body.sha256, Packed(zlib.compress(body.text.encode(), 9)))
    return RiskListKept(
        packed=packed, sha256=body.sha256, published_at=body.published_at, source=body.source
    )


class CasesMoveProposed(Fact, frozen=True, kw_only=True):
    """Somebody proposes that the open cases of one pack be judged by another from then on.

    Both are named by the proposals that brought them into force.
    """

    from_pack: Annotated[str, Meta(min_length=1, max_length=64)]
    to_pack: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: Words

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.from_pack == self.to_pack:
            raise ValueError("`from_pack` and `to_pack` are the same")


_PROPOSAL: Final = frozenset({"proposal"})

PLACE_NAMED: Final = Kind(
    name="registry.place_named", body=PlaceNamed, about=frozenset({"place"}),
    purpose=Purpose.OFFICE, may="places.record", title=Text("登记地名", "Place named"),
    doors=DESK, introduces=True,
)  # fmt: skip
PACK_PROPOSED: Final = Kind(
    name="registry.pack_proposed", body=PackProposed, about=_PROPOSAL, purpose=Purpose.OFFICE,
    may="policy.propose", title=Text("提议启用政策包", "Pack proposed"), doors=DESK,
    introduces=True, shapes_context=True, proposes=True,
)  # fmt: skip
AREA_PROPOSED: Final = Kind(
    name="registry.area_proposed", body=AreaProposed, about=_PROPOSAL, purpose=Purpose.OFFICE,
    may="policy.propose", title=Text("提议风险地区", "Area at risk proposed"), doors=DESK,
    introduces=True, shapes_context=True, proposes=True,
)  # fmt: skip
RISK_LIST_PROPOSED: Final = Kind(
    name="registry.risk_list_proposed", body=RiskListProposed, about=_PROPOSAL,
    purpose=Purpose.OFFICE, may="policy.propose",
    title=Text("提议风险地区名单", "List of areas at risk proposed"), doors=DESK,
    introduces=True, shapes_context=True, proposes=True, kept=kept,
)  # fmt: skip
CASES_MOVE_PROPOSED: Final = Kind(
    name="registry.cases_move_proposed", body=CasesMoveProposed, about=_PROPOSAL,
    purpose=Purpose.OFFICE, may="policy.propose",
    title=Text("提议在管人员改按新规则", "Move of open cases proposed"), doors=DESK,
    introduces=True, shapes_context=True, proposes=True,
)  # fmt: skip

KINDS: Final = (
    PLACE_NAMED, PACK_PROPOSED, AREA_PROPOSED, RISK_LIST_PROPOSED, CASES_MOVE_PROPOSED,
)  # fmt: skip
