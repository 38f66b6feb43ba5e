"""Made-up families behind the doors of a demo: who lives there, who is away, who needs care.

The region in their ID numbers, 411599, does not exist; all telephones begin 19900.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from tongxin.base.id_numbers import check_character
from tongxin.demo.scenario import Names, Origin

_REGION: Final = "411599"
_SHAPES: Final = (  # of families, and how many of a hundred are so
    (("head",), 10), (("head", "spouse"), 16), (("head", "spouse", "child"), 13),
    (("head", "spouse", "child", "child"), 16),
    (("head", "spouse", "child", "child_in_law", "grandchild"), 18),
    (("head", "spouse", "parent", "child", "child"), 14),
    (("head", "spouse", "child", "child_in_law", "grandchild", "grandchild"), 13),
)  # fmt: skip
_OF_THE_NAME: Final = frozenset({"head", "child", "grandchild", "parent"})
_AWAY_PERCENT: Final = {"child": 45, "child_in_law": 40, "head": 12, "spouse": 10}
_OLD: Final = 65


class Families:
    """An endless village: families, one after another. The same seed makes the same."""

    def __init__(self, names: Names, origins: list[Origin], today: date, dice: Random) -> None:
        self._names, self.origins = names, origins
        self._today, self._dice = today, dice
        self._numbers: set[str] = set()
        self._phones = iter(range(1_000_000, 1_999_999))

    def person(
        self, years: tuple[int, int], female: bool | None = None, surname: str = ""
    ) -> dict[str, Any]:
        """Name, ID number and, if grown up, a telephone, as a form would tell them."""
        age = self._dice.randint(*years)
        surname = surname or self._dice.choice(self._names.surnames)
        name = surname + self._dice.choice(self._names.given)
        person = {"name": name, "id_number": self._number(age, female)}
        return person | ({"phone": f"1990{next(self._phones)}"} if age > 15 else {})

    def family(self) -> list[dict[str, Any]]:
        """One household's members, the head first."""
        shapes, weights = zip(*_SHAPES, strict=True)
        (shape,) = self._dice.choices(shapes, weights)
        alone = len(shape) == 1
        found: list[dict[str, Any]] = []
        surname = self._dice.choice(self._names.surnames)
        ages, is_woman = self._ages(shape), self._dice.randrange(8) == 0 or alone
        sexes = {"head": is_woman, "spouse": not is_woman}
        for relation in shape:
            # The head is mostly a man; the children bear his name.
            of_the_name = surname if relation in _OF_THE_NAME else ""
            member = self.person(ages[relation], sexes.get(relation), of_the_name)
            member["relation"] = relation
            found.append(self._living(member, alone))
        return found

    def _ages(self, shape: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Between which ages each is: parents are twenty years and more before their children."""
        if len(shape) == 1:
            return {"head": (60, 88)}
        has_grandchild = "grandchild" in shape
        head = self._dice.randint(*((48, 68) if has_grandchild else (32, 58)))
        grown = self._dice.randint(24, head - 22) if has_grandchild else 0
        return {
            "head": (head, head), "spouse": (head - 5, head + 2),
            "child": (grown, grown) if grown else (max(head - 36, 0), head - 22),
            "child_in_law": (max(grown - 3, 22), grown + 3),
            "grandchild": (0, max(grown - 22, 0)), "parent": (head + 22, head + 32),
        }  # fmt: skip

    def _living(self, member: dict[str, Any], alone: bool) -> dict[str, Any]:
        """What else is told of a member: what he needs, or where he is away."""
        relation = member["relation"]
        age = self._today.year - int(member["id_number"][6:10])
        if needs := list(self._needs(age, alone)):
            member["needs"] = needs
        elif self._dice.randrange(100) < _AWAY_PERCENT.get(relation, 0) and 16 < age < _OLD:
            (place,) = self._dice.choices(self.origins, [each.weight for each in self.origins])
            member["away"] = {"to_area": place.area, "to_name": place.name, "reason": "务工"}
        return member

    def _needs(self, age: int, alone: bool) -> Iterator[str]:
        if alone and age >= _OLD:
            yield "elderly_alone"
        if self._dice.randrange(100) < 2:
            yield "disabled"
        if self._dice.randrange(100) < (3 if age >= _OLD else 1):
            yield "seriously_ill"

    def _number(self, age: int, female: bool | None) -> str:
        while True:
            born = self._today - timedelta(days=age * 365 + self._dice.randrange(364))
            order = self._dice.randrange(500) * 2 + (self._dice.randrange(2))
            if female is not None:
                order = order // 2 * 2 + (not female)
            digits = f"{_REGION}{born:%Y%m%d}{order:03}"
            if digits not in self._numbers:
                self._numbers.add(digits)
                return digits + check_character(digits)
