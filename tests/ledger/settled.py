"""A village with something in every derived table: households, staff, posts, comings, calls."""

from typing import Any, Final

from tests.arrivals import homecoming
from tests.registry.doors import EAST, GRID, Doors
from tests.town import Town
from tests.village import HE_LI, LI, MA, MORNING, TAOLIN, TOWNSHIP
from tongxin.arrivals.calls.facts import AWAY_CALLED, AwayCalled
from tongxin.arrivals.checkpoints.facts import CHECKPOINT_OPENED, CheckpointOpened
from tongxin.base.ids import new_id, new_subject
from tongxin.intake.facts import FILE_IMPORTED, FileImported
from tongxin.ledger.facts import EPISODE, OFFICE, Fact, Kind, Outcome

# By table, what somebody at the console changes in one of its rows.
EDITED: Final[dict[str, dict[str, Any]]] = {
    "grid": {"name": "某网格"},
    "household": {"address": "9组9号"},
    "resident": {"needs": "pregnant"},
    "joined_episode": {"journey": "another"},
    "link": {"since": 1},
    "staff": {"post": "镇长"},
    "post": {"since": 1},
    "service": {"force": "county_cadre"},
    "coming": {"held": True},
    "checkpoint": {"equipment": "x"},
    "coverage": {"village": "411526108216"},
    "away_call": {"next_at": 1},
    "imported": {"new": 0},
}


def settle(town: Town) -> None:
    """Record what these tables follow from."""
    doors = Doors(town)
    doors.grid(GRID, EAST)
    home = doors.household()
    doors.resident(home)
    member = doors.worker(member=True)
    doors.link(home, member)
    doors.post(member, GRID, "leader")
    doors.serve(member, "volunteer")
    homecoming.told(town, HE_LI, in_hours=1)
    town.arrive(HE_LI)
    opened = CheckpointOpened(name="省道卡点", villages=(TAOLIN,))
    _record(town, CHECKPOINT_OPENED, opened, new_subject("checkpoint"), OFFICE, TOWNSHIP)
    called = AwayCalled(name=MA.name, called_at=MORNING, outcome="stays", away_area="310115")
    brought = FileImported(
        list_kind="arrivals", area=TOWNSHIP, digest="0" * 64, new=3, added=0, known=0, doubtful=0,
        returned=0, mapping={},
    )  # fmt: skip
    _record(town, FILE_IMPORTED, brought, new_subject("import"), OFFICE, TOWNSHIP)
    _record(town, AWAY_CALLED, called, new_subject("person"), f"{EPISODE}:{new_id()}", TAOLIN)


def _record(town: Town, kind: Kind, body: Fact, subject: str, purpose: str, area: str) -> None:
    draft = town.draft(kind, body, by=LI, subject=subject, purpose=purpose, area=area)
    (verdict,) = town.record(draft)
    assert verdict.outcome is Outcome.RECORDED, verdict
