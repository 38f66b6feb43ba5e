"""What somebody decided about two records that are alike."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Kind, Purpose, Words

PersonId = Annotated[str, Meta(max_length=64, pattern=r"^person-[0-9a-z-]+$")]


class LikenessDecided(Fact, frozen=True, kw_only=True):
    """Somebody looked at two records and says whether they are one person. Names nobody.

    The fact is about the one whose id sorts first; `other` is the second. Decided anew, the
    latest telling counts.
    """

    other: PersonId
    is_same: bool
    reason: Words


LIKENESS_DECIDED: Final = Kind(
    name="arrivals.likeness_decided", body=LikenessDecided, about=frozenset({"person"}),
    purpose=Purpose.OFFICE, may="held.resolve", title=Text("核对是否同一人", "Likeness decided"),
    doors=DESK,
)  # fmt: skip

KINDS: Final = (LIKENESS_DECIDED,)
