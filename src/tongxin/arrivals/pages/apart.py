"""Those of one page whose masked names are the same, told apart by the end of a number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from tongxin.base.texts import Text

# As much of a number as its mask leaves.
_TAIL: Final = 4
_ID = Text("证号尾号 {tail}", "ID ends {tail}")
_PHONE = Text("手机尾号 {tail}", "mobile ends {tail}")


class Masked(Protocol):
    """Somebody as a page shows him."""

    @property
    def person(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def id_number(self) -> str: ...
    @property
    def phone(self) -> str: ...


def apart(people: Iterable[Masked]) -> Mapping[str, Text]:
    """What tells a person from his namesakes, by person; nobody else is in it.

    It is the end of the ID number, or of the mobile where no ID number is known; who has neither,
    or shares it with all his namesakes, is not in it.
    """
    namesakes: dict[str, dict[str, Text]] = defaultdict(dict)
    for each in people:
        if each.name:
            namesakes[each.name][each.person] = _tail(each)
    return {
        person: text
        for mine in namesakes.values()
        if len(set(mine.values())) > 1
        for person, text in mine.items()
        if text.zh
    }


def _tail(one: Masked) -> Text:
    if one.id_number:
        return _ID.filled(tail=one.id_number[-_TAIL:])
    return _PHONE.filled(tail=one.phone[-_TAIL:]) if one.phone else Text("", "")
