"""Who is one with whom, for programs: which records and why; join, part, and what contradicts."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.desk import AtDesk
from tongxin.registry.corrections import SEES
from tongxin.registry.identity import deciding, queries
from tongxin.registry.identity.bonds import Bond
from tongxin.registry.identity.deciding import SameNumber
from tongxin.registry.queries import area_of


class Records(Struct, frozen=True):
    """The records that are one human being, the first leading, and what makes them one."""

    records: list[str]
    bonds: list[Bond]


class Deciding(Struct, frozen=True, forbid_unknown_fields=True):
    """The other record, and why. Name nobody in it."""

    other: str
    reason: Annotated[str, Meta(min_length=4, max_length=400)]


class Contradiction(Struct, frozen=True):
    """Two records that somebody parted and that are one all the same, through a third."""

    one: str
    other: str
    lead: str
    area: str


@get("/api/v1/people/{person:str}/records", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_records(desk: AtDesk, person: FromPath[str]) -> Records:
    """The records that are one with this one, and why."""
    subject = subject_id(person, "person")
    if area_of(desk.remit, SEES, desk.connection, desk.township, subject) is None:
        raise NOT_FOUND()
    records = desk.records(subject)
    return Records([each.subject for each in records], deciding.bonds(desk, records))


@post("/api/v1/people/{person:str}/join", opt={"may": "people.join"}, sync_to_thread=True)
def join_records(desk: AtDesk, person: FromPath[str], data: JSONBody[Deciding]) -> Records:
    """Decide that two records are of one human being; they are judged together at once."""
    subject = subject_id(person, "person")
    deciding.join(desk, subject, subject_id(data.other, "other"), data.reason)
    return Records([subject, data.other], [])


@post("/api/v1/people/{person:str}/keep-apart", opt={"may": "people.join"}, sync_to_thread=True)
def keep_records_apart(desk: AtDesk, person: FromPath[str], data: JSONBody[Deciding]) -> Records:
    """Decide that two records are of two human beings, whatever they have in common."""
    subject = subject_id(person, "person")
    deciding.keep_apart(desk, subject, subject_id(data.other, "other"), data.reason)
    return Records([subject], [])


@post("/api/v1/people/{person:str}/part", opt={"may": "people.join"}, sync_to_thread=True)
def part_record(desk: AtDesk, person: FromPath[str], data: JSONBody[Deciding]) -> Records:
    """Decide that one of the records is of somebody else than all the others."""
    subject = subject_id(person, "person")
    deciding.part(desk, subject, subject_id(data.other, "other"), data.reason)
    return Records([subject], [])


@get("/api/v1/people/contradictions", opt={"may": "people.join"}, sync_to_thread=True)
def list_contradictions(
    desk: AtDesk, most: Annotated[int, QueryParameter(ge=1, le=200)] = 50
) -> list[Contradiction]:
    """Records that were parted and are one all the same: somebody has to look."""
    rows = queries.contradictions(desk.remit, desk.connection, desk.township, most)
    return [Contradiction(**row) for row in rows]


@get("/api/v1/people/same-number", opt={"may": "people.join"}, sync_to_thread=True)
def list_set_aside(
    desk: AtDesk, most: Annotated[int, QueryParameter(ge=1, le=200)] = 50
) -> list[SameNumber]:
    """Records with one ID number that stay apart until somebody with a say over both decides."""
    return deciding.same_number(desk, most)


HANDLERS: list[Any] = [
    list_records, join_records, keep_records_apart, part_record, list_contradictions,
    list_set_aside,
]  # fmt: skip
