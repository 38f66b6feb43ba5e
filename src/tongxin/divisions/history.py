"""Codes that the list once had and has no more, and what took their place."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from tongxin.base.areas import AreaCode, Level


class Retired(Struct, frozen=True):
    """A code of an earlier edition. `last_seen`: the ISO day of the last edition that had it.

    `successors` are codes of the edition after that, most of it first; empty where nobody knows.
    """

    code: AreaCode
    name: str
    last_seen: str
    successors: tuple[AreaCode, ...]


class History:
    """What became of retired codes. It knows the editions since 2015-09-30, and none before."""

    def __init__(self, retired: Mapping[str, Retired]) -> None:
        self._retired = retired

    def __iter__(self) -> Iterator[str]:
        return iter(self._retired)

    def of(self, code: str) -> Retired | None:
        """What `code` was, or None for one that is in force or that no edition had."""
        return self._retired.get(code)

    def successors(self, code: str) -> tuple[AreaCode, ...]:
        """What `code` is today: itself where it is in force; nothing where nobody knows.

        A code may have been retired more than once on the way: 乡, then 镇, then 街道.
        """
        found: dict[AreaCode, None] = {}
        waiting, seen = [AreaCode(code)], {code}
        while waiting:
            at = waiting.pop(0)
            was = self._retired.get(at)
            if was is None:
                found[at] = None
                continue
            waiting += [each for each in was.successors if each not in seen]
            seen |= set(was.successors)
        return tuple(found)

    def today(self, code: str) -> str:
        """The narrowest division of today that surely holds what `code` meant.

        Itself where it is in force. What was parted among several, or went nobody knows where, is
        told less exactly: by what contains them all.
        """
        inside = [level for level in reversed(Level) if level <= len(code)]
        was = next((code[:level] for level in inside if code[:level] in self._retired), None)
        if was is None:
            return code
        now = self.successors(was)
        above = [level for level in inside if level < len(was)]
        if not now:
            return self.today(was[: above[0]]) if above else code
        alike = (now[0][:level] for level in reversed(Level) if level <= len(now[0]))
        return next((one for one in alike if all(each.startswith(one) for each in now)), code)


def read(text: str) -> History:
    """The history in lines of code, name, last day and successors, parted by tabs and commas."""
    found = {}
    for line in text.splitlines():
        code, name, last_seen, successors = line.split("\t")
        codes = tuple(AreaCode(each) for each in successors.split(",") if each)
        found[code] = Retired(AreaCode(code), name, last_seen, codes)
    return History(found)
