"""What is recorded when somebody asks that the rules make an exception of a person for a time."""

from typing import Final

from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Instant, Kind, Purpose, Words


class ExceptionProposed(Fact, frozen=True, kw_only=True):
    """Somebody asks that a person be excepted during [`from_`, `until`), and says why.

    It holds once an independent second person has approved it (`ledger.approved`), and not before
    that instant. The reason is kept with the episode and forgotten with it.
    """

    reason: Words
    from_: Instant
    until: Instant

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.until <= self.from_:
            raise ValueError("`until` must lie after `from_`")


EXCEPTION_PROPOSED: Final = Kind(
    name="arrivals.exception_proposed", body=ExceptionProposed, about=frozenset({"person"}),
    purpose=Purpose.EPISODE, may="arrivals.propose_exception",
    title=Text("申请例外", "Exception proposed"), doors=DESK, shapes_context=True, proposes=True,
)  # fmt: skip

KINDS: Final = (EXCEPTION_PROPOSED,)
