"""The derived rows of somebody who works here."""

from collections.abc import Iterator

from tongxin.base.clock import to_ms
from tongxin.base.pinyin import initials
from tongxin.ledger.facts import Derived, Row, Stream
from tongxin.registry.counting import Counted, parts
from tongxin.registry.staff import rules

SERVED, SERVICES = "registry.served.", "registry.services"
LINKED = "registry.members_linked"


def derived(stream: Stream, linked_since: int | None) -> Derived:
    """Where somebody works, and the rows of staff, posts and service.

    `linked_since` (milliseconds) is since when the person has looked after any household.
    """
    found = rules.staff(stream.entries)
    if found is None:
        return Derived(stream.last_area, {})
    left = rules.has_left(stream.entries)
    rows = {
        "staff": [_staff(found, left)],
        "post": [
            {"grid": grid, "role": role, "since": since}
            for (grid, role), since in found.posts.items()
        ],
        "service": [_service(each) for each in found.service],
        "figure_part": parts(_counted(found, linked_since)),
    }
    return Derived(found.area, rows)


def _staff(found: rules.Staff, left: bool) -> Row:
    told = found.told
    return {
        "area": found.area, "name": told.name, "letters": initials(told.name),
        "phone": told.phone, "id_number": told.id_number, "unit": told.unit, "post": told.post,
        "skills": told.skills, "wishes": told.wishes, "member": told.member, "force": told.force,
        "account": told.account, "since": found.since, "has_left": left,
    }  # fmt: skip


def _service(each: rules.Service) -> Row:
    return {
        "fact": each.fact, "force": each.told.force, "at": each.at,
        "until_at": to_ms(each.told.until) if each.told.until else None, "area": each.area,
        "place": each.told.place,
    }  # fmt: skip


def _counted(found: rules.Staff, linked_since: int | None) -> Iterator[Counted]:
    """Somebody counts once for each force as having served, on the first day; each time as once.

    And once as linked, however many households it is.
    """
    if linked_since is not None:
        yield LINKED, found.area, linked_since
    first: set[str] = set()
    for each in found.service:
        if each.told.force not in first:
            first.add(each.told.force)
            yield SERVED + each.told.force, each.area, each.at
        yield SERVICES, each.area, each.at
