"""What follows from the facts of somebody who works here, and whether a team is whole. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tongxin.ledger.facts import Entry
from tongxin.registry.staff import facts


class Service(Struct, frozen=True):
    """One signing in; instants are milliseconds, `village` is where, as far as told."""

    fact: str
    at: int
    area: str
    told: facts.ServiceSigned


class Staff(Struct, frozen=True):
    """Somebody who works here. `posts` are (grid, role) and since when, `service` by time."""

    told: facts.StaffEnrolled
    area: str
    since: int
    posts: Mapping[tuple[str, str], int]
    service: tuple[Service, ...]


def staff(entries: Sequence[Entry]) -> Staff | None:
    """Whom these entries make; None where nobody was enrolled, or enrolled in error.

    Whoever left holds no post any more; that he served stays true.
    """
    told: facts.StaffEnrolled | None = None
    left: facts.StaffLeft | None = None
    since, area = 0, ""
    posts: dict[tuple[str, str], int] = {}
    for entry in sorted(entries, key=lambda e: e.when):
        match entry.body:
            case facts.StaffEnrolled() as body:
                since = since if told else entry.when[0]
                told, left, area = body, None, entry.header.area
            case facts.StaffLeft() as body:
                left, posts = body, {}
            case facts.PostFilled(grid=grid, role=role):
                posts.setdefault((grid, role), entry.when[0])
            case facts.PostVacated(grid=grid, role=role):
                posts.pop((grid, role), None)
    if told is None or (left is not None and left.why == "in_error"):
        return None
    return Staff(told, area, since, {} if left else posts, _service(entries))


def has_left(entries: Sequence[Entry]) -> bool:
    """Whether somebody does not work here any more."""
    told = [e for e in entries if isinstance(e.body, facts.StaffEnrolled | facts.StaffLeft)]
    last = max(told, key=lambda e: e.when, default=None)
    return last is not None and isinstance(last.body, facts.StaffLeft)


def _service(entries: Sequence[Entry]) -> tuple[Service, ...]:
    return tuple(
        Service(e.id, e.when[0], e.header.area, e.body)
        for e in sorted(entries, key=lambda e: e.when)
        if isinstance(e.body, facts.ServiceSigned)
    )


def place_told(body: object) -> str | None:
    """The grid where a fact itself gives or takes a post, if it does."""
    return body.grid if isinstance(body, facts.PostFilled | facts.PostVacated) else None


class Team(Struct, frozen=True):
    """One grid's team. `holders` by role, in the pack's order; a gap is a role nobody fills alone.

    One leader and three members are four people: somebody who holds two roles fills one of them.
    """

    holders: Mapping[str, tuple[str, ...]]
    gaps: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not self.gaps


def team(roles: Sequence[str], posts: Mapping[str, Sequence[str]]) -> Team:
    """The team that these posts (people by role) make of the roles a pack asks for."""
    filled: dict[str, str] = {}  # person -> the one role that the person fills
    for role in roles:
        _fill(role, posts, filled, set())
    done = set(filled.values())
    holders = {role: tuple(sorted(posts.get(role, ()))) for role in roles}
    return Team(holders, tuple(role for role in roles if role not in done))


def _fill(
    role: str, posts: Mapping[str, Sequence[str]], filled: dict[str, str], tried: set[str]
) -> bool:
    """Fill a role, if need be by somebody whose other role can be filled by somebody else."""
    for person in sorted(posts.get(role, ())):
        if person in tried:
            continue
        tried.add(person)
        if person not in filled or _fill(filled[person], posts, filled, tried):
            filled[person] = role
            return True
    return False
