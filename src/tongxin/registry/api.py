"""Places, packs and areas at risk for programs: read, propose, preview, approve."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.base.clock import from_ms
from tongxin.base.ids import new_id, new_subject, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.divisions.shipped import divisions, finder, history
from tongxin.ledger.facts import OFFICE, Fact, Kind, Told, Verdict
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.policy.explain import spoken_instant
from tongxin.policy.reading import read_pack
from tongxin.policy.shipped import shipped_bytes, shipped_names
from tongxin.registry import facts, queries

OWN_PROPOSAL = ProblemKind(
    "registry.own_proposal",
    409,
    zh="不能批准自己的提议，请另一人批准。",
    en="Nobody approves his own proposal; ask somebody else.",
)
NOT_SHIPPED = ProblemKind(
    "registry.not_shipped",
    422,
    zh="程序不带这套规则。可选：{known}。",
    en="The program brings no such pack. Choose one of: {known}.",
)
NO_SUCH_PACK = ProblemKind(
    "registry.no_such_pack",
    422,
    zh="这套规则没有生效。只能在已经生效的规则之间移。",
    en="These rules are not in force. Cases are moved between rules that are.",
)
ALREADY_IN_FORCE = ProblemKind(
    "registry.already_in_force", 409, zh="这项提议已经生效。", en="This proposal is in force."
)

Zoned = Annotated[datetime, Meta(tz=True)]
Words = Annotated[str, Meta(min_length=2, max_length=400)]


class Division(Struct, frozen=True, omit_defaults=True):
    """A division of the country: `path` names it from the province down.

    `last_seen` is set for a code that is no longer in force: the ISO day of the last national list
    that had it. `successors` are then the codes in force that took its place.
    """

    code: str
    name: str
    path: str
    last_seen: str = ""
    successors: list[str] = []


class NewPack(Told, frozen=True, forbid_unknown_fields=True):
    """A pack to propose: the name of a shipped one, or a whole text of one's own."""

    in_force_from: Zoned
    reason: Words
    shipped: str = ""
    text: Annotated[str, Meta(max_length=200_000)] = ""


class Proposed(Struct, frozen=True):
    """Where the proposal is."""

    subject: str
    proposal: str


class Proposal(Struct, frozen=True):
    """A proposal as a list shows it. `in_force_seq` is null until a second person approved."""

    kind: str
    subject: str
    proposal: str
    title: str
    proposed_by: str
    approved_by: str | None
    in_force_seq: int | None
    from_: datetime | None
    until: datetime | None


class Place(Struct, frozen=True):
    """A named area of the township."""

    code: str
    name: str


@get("/api/v1/places", opt={"may": "signed-in"}, sync_to_thread=True)
def list_places(desk: AtDesk) -> list[Place]:
    """The named areas of the asker's township."""
    found = queries.places(desk.connection, desk.township)
    return [Place(code, name) for code, name in found.items()]


@get("/api/v1/divisions", opt={"may": "signed-in"}, sync_to_thread=True)
def find_divisions(
    desk: AtDesk,
    q: Annotated[str, QueryParameter(min_length=1, max_length=40)],
    most: Annotated[int, QueryParameter(ge=1, le=50)] = 10,
) -> list[Division]:
    """Divisions of the country by characters, pinyin, initials or code, the nearest first.

    A code that is no longer in force is found too, followed by what took its place.
    """
    was = history().of(q.strip())
    if was is not None:
        now = history().successors(was.code)
        retired = Division(was.code, was.name, "", was.last_seen, list(now))
        return [retired, *(_division(code) for code in now)]
    return [_division(code) for code in finder().find(q, near=desk.township, most=most)]


def _division(code: str) -> Division:
    known = divisions()
    return Division(code, known.name(code) or "", known.full_name(code))


@post("/api/v1/places", opt={"may": "places.record"}, sync_to_thread=True)
def name_place(desk: AtDesk, data: JSONBody[facts.PlaceNamed]) -> Verdict:
    """Name an area of the township, or name it anew."""
    return desk.record(
        facts.PLACE_NAMED, data, subject=f"place-{data.code}", purpose=OFFICE, area=data.code
    )


@get("/api/v1/proposals", opt={"may": "policy.read"}, sync_to_thread=True)
def list_proposals(desk: AtDesk) -> list[Proposal]:
    """Packs, areas at risk and lists of them, proposed and in force, newest first."""
    return proposals(desk)


@post("/api/v1/packs", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_pack(desk: AtDesk, data: JSONBody[NewPack]) -> Proposed:
    """Propose a pack; it is in force once somebody else approves it."""
    if data.shipped and data.shipped not in shipped_names():
        raise NOT_SHIPPED(field="shipped", known="、".join(shipped_names()))
    text = shipped_bytes(data.shipped).decode() if data.shipped else data.text
    read_pack(text.encode(), data.shipped or "text")
    return proposed(
        desk, facts.PACK_PROPOSED,
        facts.PackProposed(text=text, in_force_from=data.in_force_from, reason=data.reason),
    )  # fmt: skip


@get("/api/v1/packs/shipped", opt={"may": "policy.read"}, sync_to_thread=True)
def list_shipped() -> list[str]:
    """The packs that come with the program."""
    return list(shipped_names())


@post("/api/v1/areas", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_area(desk: AtDesk, data: JSONBody[facts.AreaProposed]) -> Proposed:
    """Propose an area at risk; it counts once somebody else approves it."""
    return proposed(desk, facts.AREA_PROPOSED, data)


@post("/api/v1/moves", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_move(desk: AtDesk, data: JSONBody[facts.CasesMoveProposed]) -> Proposed:
    """Propose that the open cases of one pack be judged by another that is in force too."""
    return moving(desk, data)


@post("/api/v1/proposals/{subject:str}/approve", opt={"may": "approve"}, sync_to_thread=True)
def approve_proposal(desk: AtDesk, subject: FromPath[str]) -> Verdict:
    """Approve somebody else's proposal; whom it touches is judged again at once."""
    return approved(desk, subject)


def proposals(desk: Desk) -> list[Proposal]:
    """All proposals that the asker may read."""
    found = queries.proposals(desk.remit, desk.connection, desk.township)
    packs = [
        Proposal(
            "pack", row["subject"], row["proposal"], f"{row['pack_id']}@{row['version']}",
            row["proposed_by"], row["approved_by"], row["in_force_seq"],
            from_ms(row["in_force_from"]), None,
        )
        for row in found["pack"]
    ]  # fmt: skip
    areas = [
        Proposal(
            "area", row["subject"], row["proposal"], f"{row['name']} {row['level']}",
            row["proposed_by"], row["approved_by"], row["in_force_seq"], from_ms(row["from_at"]),
            None if row["until_at"] is None else from_ms(row["until_at"]),
        )
        for row in found["risk_area"]
    ]  # fmt: skip
    lists = [
        Proposal(
            "list", row["subject"], row["proposal"],
            spoken_instant(from_ms(row["published_at"])).zh, row["proposed_by"],
            row["approved_by"], row["in_force_seq"],
            from_ms(row["published_at"]), None,
        )
        for row in found["risk_list"]
    ]  # fmt: skip
    titles = {row["proposal"]: f"{row['pack_id']}@{row['version']}" for row in found["pack"]}
    moves = [
        Proposal(
            "move", row["subject"], row["proposal"],
            f"{titles.get(row['from_pack'], '?')} → {titles.get(row['to_pack'], '?')}",
            row["proposed_by"], row["approved_by"], row["in_force_seq"], None, None,
        )
        for row in found["case_move"]
    ]  # fmt: skip
    return packs + areas + lists + moves


def proposed(desk: Desk, kind: Kind, body: Fact) -> Proposed:
    """Record a proposal in a subject of its own."""
    subject, proposal = new_subject("proposal"), new_id()
    desk.record(kind, body, subject=subject, purpose=OFFICE, area=desk.township, id=proposal)
    return Proposed(subject, proposal)


def moving(desk: Desk, body: facts.CasesMoveProposed) -> Proposed:
    """Propose a move between two packs that are in force, or say why not."""
    known = {each.proposal for each in queries.packs_in_force(desk.connection, desk.township)}
    for name, pack in (("from_pack", body.from_pack), ("to_pack", body.to_pack)):
        if pack not in known:
            raise NO_SUCH_PACK(field=name)
    return proposed(desk, facts.CASES_MOVE_PROPOSED, body)


def approved(desk: Desk, subject: str) -> Verdict:
    """Approve the proposal of that subject, or say why not."""
    wanted = subject_id(subject, "subject")
    found = next((p for p in proposals(desk) if p.subject == wanted), None)
    if found is None:
        raise NOT_FOUND()
    if found.in_force_seq is not None:
        raise ALREADY_IN_FORCE()
    if found.proposed_by == desk.who.account:
        raise OWN_PROPOSAL()
    return desk.record(
        APPROVED, Approved(proposal=found.proposal), subject=wanted, purpose=OFFICE,
        area=desk.township,
    )  # fmt: skip


HANDLERS: list[Any] = [
    list_places, name_place, find_divisions, list_proposals, propose_pack, list_shipped,
    propose_area, propose_move, approve_proposal,
]  # fmt: skip
