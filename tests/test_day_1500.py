"""A day in Taolinpu, 15:00: somebody with any role, or with the database, sets a standing.

No door does it. What is changed behind the doors is found.
"""

from typing import Any, Final

import msgspec
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import BY_ROLE, CHEN, LI, TAOLIN, TOWNSHIP, Worker
from tongxin.base.problems import Problem
from tongxin.catalogue import KINDS
from tongxin.ledger import heads
from tongxin.ledger.facts import OFFICE
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.ledger.sealing import GENESIS, link
from tongxin.ledger.tables import HEADER_COLUMNS, chain, fact
from tongxin.ledger.verifying import Count, Finding, compared, verified
from tongxin.ledger.wire import decode_body
from tongxin.policy.judgement import Standing
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry import facts as registry

# What a fact would have to be called to say a standing instead of what happened.
STANDING_WORDS: Final = {
    "standing", "status", "state", "colour", "color", "code_colour", "category",
    "released", "isolated", "stage", "stages", "until_at", "released_at", "words", "spans",
}  # fmt: skip


def findings(town: Town) -> list[Finding]:
    here = town.installation
    with here.database.reading() as connection:
        return list(verified(connection, here.keys, here.rulebook, TOWNSHIP, Count()))


def test_no_kind_of_fact_has_a_field_for_a_standing() -> None:
    fields = {
        f"{kind.name}.{name}" for kind in KINDS.values() for name in kind.body.__struct_fields__
    }
    assert not {field for field in fields if field.rpartition(".")[2] in STANDING_WORDS}


@pytest.mark.parametrize("word", list(Standing))
def test_a_fact_that_brings_a_standing_along_is_malformed(word: Standing) -> None:
    told = {"name": "陈静", "arrived_at": "2022-04-07T02:30:00+08:00", "standing": word}
    with pytest.raises(Problem, match=r"ledger\.bad_body.*standing"):
        decode_body(KINDS["arrivals.arrival_recorded"], msgspec.json.encode(told))


@pytest.mark.parametrize("who", BY_ROLE.values(), ids=BY_ROLE)
def test_no_role_finds_a_door_that_takes_a_standing(
    who: Worker, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    sent = {
        "area": TAOLIN,
        "arrival": {"name": "陈静", "arrived_at": "2022-04-07T02:30:00+08:00"},
        "standing": "released",
    }
    answer = client.post("/api/v1/arrivals", json=sent, headers=signed_in(who))
    assert answer.status_code in (400, 403)


def test_no_operation_of_the_interface_takes_a_standing(app: Litestar) -> None:
    schema = msgspec.to_builtins(app.openapi_schema.to_schema())
    taken: set[str] = set()
    # A search asks for standings, and records nothing.
    recording = {path: o for path, o in schema["paths"].items() if not path.endswith("/find")}
    for path, operations in recording.items():
        for method, operation in operations.items():
            body = operation.get("requestBody") if isinstance(operation, dict) else None
            taken |= {f"{method} {path}: {name}" for name in names_in(body, schema)}
    assert taken
    assert not {each for each in taken if each.rpartition(": ")[2] in STANDING_WORDS}


def names_in(part: Any, schema: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    """All property names that a request may hold, references followed."""
    found: set[str] = set()
    if isinstance(part, list):
        for each in part:
            found |= names_in(each, schema, seen)
    elif isinstance(part, dict):
        reference = part.get("$ref", "")
        if reference and reference not in seen:
            name = reference.rpartition("/")[2]
            found |= names_in(schema["components"]["schemas"][name], schema, seen | {reference})
        found |= set(part.get("properties") or {})
        for each in part.values():
            found |= names_in(each, schema, seen)
    return found


def test_a_journey_changed_at_the_console_is_found(henan: Town) -> None:
    henan.at_risk()
    henan.arrive(CHEN)
    assert findings(henan) == []
    with henan.installation.database.writing() as connection:
        connection.execute(sa.text("UPDATE journey SET category = NULL, spans = '[]'"))
    (found,) = findings(henan)
    assert "journey" in found.text.en


def test_a_task_struck_off_at_the_console_is_found(henan: Town) -> None:
    henan.arrive(CHEN)
    with henan.installation.database.writing() as connection:
        connection.execute(sa.text("DELETE FROM task"))
    assert findings(henan)
    assert {"task"} == {found.text.en.split()[3] for found in findings(henan)}


def test_a_role_taken_at_the_console_is_found(town: Town) -> None:
    with town.installation.database.writing() as connection:
        connection.execute(
            sa.text("UPDATE account SET roles = :roles WHERE username = 'qian'"),
            {"roles": f'[["command","{TOWNSHIP}"]]'},
        )
    assert any("account" in found.text.en for found in findings(town))


def test_a_fact_changed_at_the_console_is_found_and_named(henan: Town) -> None:
    draft = henan.arrive(CHEN)
    with henan.installation.database.writing() as connection:
        seq = connection.scalar(sa.select(fact.c.seq).where(fact.c.id == draft.id))
        connection.execute(
            sa.update(fact).where(fact.c.id == draft.id).values(area=f"{TAOLIN[:-1]}2")
        )
    (found,) = findings(henan)
    assert found.seq == seq


def test_a_chain_rewritten_as_a_whole_is_found_by_the_printed_head(henan: Town) -> None:
    """An administrator drops an arrival and links all that follows anew: `verify` alone is blind
    to the loss, if he owns the keys too; the head on this morning's brief is not."""
    here = henan.installation
    henan.arrive(CHEN)
    with here.database.reading() as connection:
        printed = heads.current(connection, here.keys, TOWNSHIP, henan.now)
    assert printed is not None
    rewrite_without_the_last(henan)
    with here.database.reading() as connection:
        read = heads.read(printed.printed)
        (found,) = compared(connection, here.keys, read)
    assert found.seq == printed.seq


def rewrite_without_the_last(town: Town) -> None:
    with town.installation.database.writing() as connection:
        rows = connection.execute(
            sa.select(*HEADER_COLUMNS, fact.c.sealed)
            .where(fact.c.township == TOWNSHIP)
            .order_by(fact.c.seq)
        ).all()
        last = rows[-1]
        connection.execute(
            sa.delete(fact).where(fact.c.township == TOWNSHIP, fact.c.seq == last.seq)
        )
        previous = GENESIS
        for row in rows[:-1]:
            header = msgspec.json.encode(list(row[:12]))
            previous = link(previous, header, bytes(row.sealed))
        connection.execute(
            sa.update(chain)
            .where(chain.c.township == TOWNSHIP)
            .values(seq=last.seq - 1, hash=previous)
        )


def test_an_exception_to_the_rules_needs_somebody_else(town: Town) -> None:
    """What changes everybody's standing, a pack, is not in force by its proposer's own yes."""
    text = shipped_bytes("henan-2022-04").decode()
    body = registry.PackProposed(text=text, in_force_from=town.now, reason="我说了算")
    proposed = town.propose(registry.PACK_PROPOSED, body, LI)
    yes = town.draft(
        APPROVED, Approved(proposal=proposed.id), by=LI, subject=proposed.subject,
        purpose=OFFICE, area=TOWNSHIP,
    )  # fmt: skip
    town.record(yes)
    with town.installation.database.reading() as connection:
        context = town.installation.context(connection, TOWNSHIP)
    assert [pack.pack.pack.id for pack in context.packs] == ["watch"]
