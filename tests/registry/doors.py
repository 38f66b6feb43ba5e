"""What is told at the doors of a village: `told(HOUSEHOLD_VISITED, …)`, `Doors`.

Each household is a subject of its own; people, links and posts name it by id.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from tests.town import Town
from tests.village import LI, MORNING, TAOLIN, Worker, entry, id_number
from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.ledger.facts import OFFICE, REGISTRATION, Entry, Fact, Kind, Outcome, Verdict
from tongxin.registry.grids import facts as grids
from tongxin.registry.households import facts as households
from tongxin.registry.links import facts as links
from tongxin.registry.residents import facts as residents
from tongxin.registry.staff import facts as staff

GRID: Final = f"{TAOLIN}-01"
EAST: Final = f"{GRID}-01"
WEST: Final = f"{GRID}-02"
FATHER: Final = id_number("19520304", "015")
MOTHER: Final = id_number("19540810", "022")


def told(
    kind: Kind, body: Fact, hours: float = 0, *, recorded: float | None = None, **header: Any
) -> Entry:
    """A fact as rules are given it, so many hours after the morning of the village."""
    happened = to_ms(MORNING + timedelta(hours=hours))
    noted = happened if recorded is None else to_ms(MORNING + timedelta(hours=recorded))
    return entry(
        kind, body, happened_at=happened, recorded_at=noted, purpose=REGISTRATION, **header
    )


def there(
    grid: str = EAST, address: str = "3组12号", **more: Any
) -> households.HouseholdRegistered:
    """What is written down of a household."""
    return households.HouseholdRegistered(grid=grid, address=address, **more)


class Doors:
    """Short ways to record what goes on at the doors, through the one writer."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def record(
        self,
        kind: Kind,
        body: Fact,
        subject: str,
        *,
        area: str = TAOLIN,
        by: Worker = LI,
        at: datetime | None = None,
        wanted: Outcome = Outcome.RECORDED,
    ) -> Verdict:
        """Record one fact, which must meet the verdict that is wanted."""
        purpose = OFFICE if subject.startswith("place-") else REGISTRATION
        (verdict,) = self.town.record(
            self.town.draft(
                kind, body, by=by, subject=subject, purpose=purpose, area=area[:12], at=at
            )
        )
        assert verdict.outcome is wanted, verdict
        return verdict

    def grid(self, *codes: str, by: Worker = LI) -> None:
        """Draw grids."""
        for code in codes:
            body = grids.GridDrawn(code=code, name=f"{code[12:]}网格")
            self.record(grids.GRID_DRAWN, body, f"place-{code}", area=code, by=by)

    def household(
        self, grid: str = EAST, address: str = "3组12号", by: Worker = LI, **more: Any
    ) -> str:
        """A household is registered; its subject."""
        subject = f"household-{new_id()}"
        body = there(grid, address, **more)
        self.record(households.HOUSEHOLD_REGISTERED, body, subject, area=grid, by=by)
        return subject

    def resident(
        self, household: str, name: str = "刘老汉", by: Worker = LI, area: str = TAOLIN, **more: Any
    ) -> str:
        """Somebody lives there; the subject."""
        subject = f"person-{new_id()}"
        body = residents.ResidentRegistered(household=household, name=name, **more)
        self.record(residents.RESIDENT_REGISTERED, body, subject, area=area, by=by)
        return subject

    def visit(self, household: str, result: households.Met = "met", **more: Any) -> None:
        """Somebody knocks."""
        body = households.HouseholdVisited(result=result)
        self.record(households.HOUSEHOLD_VISITED, body, household, **more)

    def worker(self, name: str = "田野", area: str = TAOLIN, by: Worker = LI, **more: Any) -> str:
        """Somebody is enrolled; the subject."""
        subject = f"staff-{new_id()}"
        body = staff.StaffEnrolled(name=name, **more)
        self.record(staff.STAFF_ENROLLED, body, subject, area=area, by=by)
        return subject

    def link(self, household: str, member: str, **more: Any) -> None:
        """A member looks after a household."""
        body = links.HouseholdLinked(staff=member)
        self.record(links.HOUSEHOLD_LINKED, body, household, **more)

    def post(self, member: str, grid: str, role: str, **more: Any) -> None:
        """Somebody fills a post."""
        body = staff.PostFilled(grid=grid, role=role)
        self.record(staff.POST_FILLED, body, member, area=grid, **more)

    def serve(self, member: str, force: staff.Force, **more: Any) -> None:
        """Somebody signs in to serve."""
        self.record(staff.SERVICE_SIGNED, staff.ServiceSigned(force=force), member, **more)
