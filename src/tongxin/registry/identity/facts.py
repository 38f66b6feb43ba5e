"""What is decided about two records: that they are one human being, or that they are two."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.ids import pair_of
from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Kind, Purpose, Words

PersonId = Annotated[str, Meta(max_length=64, pattern=r"^person(-[0-9a-z]+)+$")]


class Decided(Fact, frozen=True, kw_only=True):
    """A decision about two people, by id alone. The latest to have happened counts.

    The subject is `pair-` and a name that follows from the two, so that all that is decided of
    them stands in one stream. The reason names nobody: it stays when both are forgotten.
    """

    one: PersonId
    other: PersonId
    reason: Words

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.one == self.other:
            raise ValueError("two records are meant, and both are the same")


class PeopleJoined(Decided, frozen=True, kw_only=True):
    """Somebody found that two records are of one human being."""


class PeopleParted(Decided, frozen=True, kw_only=True):
    """Somebody found that two records are of two human beings, whatever they have in common."""


def subject_of(body: Decided) -> str:
    """The subject of all that is decided about these two."""
    return pair_of(body.one, body.other)


def _kind(name: str, body: type[Fact], title: Text) -> Kind:
    return Kind(
        name=name, body=body, about=frozenset({"pair"}), purpose=Purpose.OFFICE,
        may="people.join", title=title, doors=DESK, introduces=True, where_told=True,
        subject_of=subject_of,
    )  # fmt: skip


PEOPLE_JOINED: Final = _kind(
    "registry.people_joined", PeopleJoined, Text("认定为同一人", "Found to be one person")
)
PEOPLE_PARTED: Final = _kind(
    "registry.people_parted", PeopleParted, Text("认定为不同的人", "Found to be two people")
)

KINDS: Final = (PEOPLE_JOINED, PEOPLE_PARTED)
