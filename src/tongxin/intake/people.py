"""Who is meant by a row: by a valid ID number for certain, by any other likeness only perhaps."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from msgspec import Struct

from tongxin.intake.kinds import Alike


class Somebody(Struct, frozen=True):
    """Somebody who is known, or stands in an earlier row (`row`) of the same list.

    `told` is what is shown of that one beside the name.
    """

    subject: str
    name: str
    id_number: str
    phone: str
    area: str
    address: str = ""
    told: str = ""
    row: int = 0

    @property
    def shown(self) -> Alike:
        """As a preview shows whom a doubtful row is like."""
        return Alike(self.subject, self.row, self.name, self.told, self.area)


# Whether two people may be one, though no ID number says so.
Doubts = Callable[[Somebody, Somebody], bool]


class People:
    """Those who are known, by ID number and name."""

    def __init__(self, doubts: Doubts) -> None:
        self._doubts = doubts
        self._numbered: dict[str, Somebody] = {}
        self._named: defaultdict[str, list[Somebody]] = defaultdict(list)
        self._known: set[tuple[str, str, str, str]] = set()

    def add(self, people: Iterable[Somebody]) -> None:
        """These are known too; who came first stands for an ID number."""
        for each in people:
            mark = (each.subject, each.name, each.id_number, each.phone)
            if mark in self._known:
                continue
            self._known.add(mark)
            if each.id_number:
                self._numbered.setdefault(each.id_number, each)
            self._named[each.name].append(each)

    def numbered(self, id_number: str) -> Somebody | None:
        """Who has this ID number."""
        return self._numbered.get(id_number) if id_number else None

    def like(self, who: Somebody) -> Somebody | None:
        """Who of the same name may be meant. Two different ID numbers are two people."""
        return next(
            (
                each
                for each in self._named.get(who.name, ())
                if each.subject != who.subject
                and not (who.id_number and each.id_number)
                and self._doubts(who, each)
            ),
            None,
        )


def same_telephone(one: Somebody, other: Somebody) -> bool:
    """Whether both have the same telephone; the names are the same already."""
    return bool(one.phone) and one.phone == other.phone
