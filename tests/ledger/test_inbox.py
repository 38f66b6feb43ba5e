"""The chain tells of the inbox: what is taken out, altered or put in at a console is missed."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.console import at_the_console, findings
from tests.ledger.test_store import Stumbling, writing_by
from tests.town import Town
from tests.village import CHEN, LI, QIAN, TAOLIN, TOWNSHIP, ZHAO, ZHOU
from tongxin.arrivals import facts as arrivals
from tongxin.ledger.facts import OFFICE, Draft, Outcome
from tongxin.ledger.inbox import RETRIED, digest_of, subject_of
from tongxin.ledger.kinds import APPROVED, Approved, FactHeld
from tongxin.ledger.tables import held
from tongxin.registry.facts import AREA_PROPOSED, AreaProposed

Client = TestClient[Litestar]


def astray(town: Town) -> Draft:
    """周敏 of 全集村 records an arrival in 桃林村, where she may not: it is held."""
    draft = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    (verdict,) = town.record(draft)
    assert verdict.outcome is Outcome.HELD
    return draft


def symptom(town: Town, about: Draft, **more: Any) -> Draft:
    return town.draft(
        arrivals.SYMPTOM_SEEN, arrivals.SymptomSeen(seen_at=town.now), subject=about.subject,
        purpose=about.purpose, area=about.area, **more,
    )  # fmt: skip


def notes(town: Town, draft: Draft) -> list[FactHeld]:
    stream = town.stream(subject_of(digest_of(draft.signature)))
    entries = stream.entries if stream else ()
    return [entry.body for entry in entries if isinstance(entry.body, FactHeld)]


def this(draft: Draft) -> sa.ColumnElement[bool]:
    return held.c.digest == digest_of(draft.signature)


def said(town: Town) -> list[str]:
    return [finding.text.en for finding in findings(town)]


def test_what_is_held_is_noted_in_the_chain_and_the_note_names_nobody(town: Town) -> None:
    draft = astray(town)
    (note,) = notes(town, draft)
    assert (note.fact, note.kind, note.about) == (draft.id, draft.kind.name, draft.subject)
    assert (note.code, note.waits_for) == ("access.not_in_remit", draft.author)
    assert not [word for word in (CHEN.name, CHEN.id_number, CHEN.phone) if word in str(note)]
    assert said(town) == []


def test_a_row_that_was_deleted_is_missed(town: Town) -> None:
    draft = astray(town)
    at_the_console(town, sa.delete(held).where(this(draft)))
    (found,) = said(town)
    assert digest_of(draft.signature) in found
    assert "missing" in found


@pytest.mark.parametrize(
    "changed",
    [
        {"resolved_by": RETRIED, "waits_for": None},
        {"resolved_by": "0197f5a0-0000-7000-8000-000000000001", "waits_for": None},
        {"waits_for": None}, {"code": "ledger.other_bytes"}, {"area": "411526108202"},
        {"sealed": b"\0" * 64},
    ],
)  # fmt: skip
def test_a_row_that_was_changed_is_named(town: Town, changed: dict[str, Any]) -> None:
    draft = astray(town)
    at_the_console(town, sa.update(held).where(this(draft)).values(changed))
    (found,) = said(town)
    assert "altered" in found


def test_a_decision_undone_at_the_console_is_named(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    draft = astray(town)
    decide(client, signed_in, draft, accept=False)
    at_the_console(town, sa.update(held).where(this(draft)).values(resolved_by=None))
    (found,) = said(town)
    assert "altered" in found


def test_a_row_that_nobody_held_is_named(town: Town) -> None:
    draft = astray(town)
    with town.installation.database.reading() as connection:
        row = dict(connection.execute(sa.select(held).where(this(draft))).one()._mapping)
    at_the_console(town, sa.insert(held).values(row | {"digest": "0" * 64}))
    (found,) = said(town)
    assert "does not say" in found


def decide(client: Client, signed_in: SignedIn, draft: Draft, *, accept: bool) -> None:
    path = f"/api/v1/held/{digest_of(draft.signature)}/resolve"
    sent = {"accept": accept, "reason": "已核实"}
    assert client.post(path, json=sent, headers=signed_in(ZHAO)).is_success


def accepted(_: Town, client: Client, signed_in: SignedIn, draft: Draft) -> None:
    decide(client, signed_in, draft, accept=True)


def dismissed(_: Town, client: Client, signed_in: SignedIn, draft: Draft) -> None:
    decide(client, signed_in, draft, accept=False)


def tried_again(town: Town, *_: Any) -> None:
    town.give(ZHOU, "grid_worker", TAOLIN)


def sent_again(town: Town, _: Client, __: SignedIn, draft: Draft) -> None:
    assert town.record(draft, draft)[0].outcome is Outcome.HELD


def forgotten(town: Town, _: Client, __: SignedIn, draft: Draft) -> None:
    came = town.arrive(CHEN, person=draft.subject)
    purposes = [came.purpose]
    late = symptom(town, came, by=QIAN)
    assert town.record(late)[0].outcome is Outcome.HELD
    town.installation.forgetting.forget(TOWNSHIP, came.subject, purposes, "期满", town.now)


@pytest.mark.parametrize("way", [accepted, dismissed, tried_again, sent_again, forgotten])
def test_whatever_rightly_becomes_of_it_verify_finds_nothing(
    town: Town, client: Client, signed_in: SignedIn, way: Callable[..., None]
) -> None:
    draft = astray(town)
    way(town, client, signed_in, draft)
    assert said(town) == []
    assert len(notes(town, draft)) == 1


def test_held_for_another_reason_it_is_noted_again_and_tried_again_for_that(town: Town) -> None:
    """A symptom waits for its person; when she has come, it waits for its author's remit."""
    came = town.arrival(CHEN)
    early = symptom(town, came, by=ZHOU)
    town.record(early)
    town.record(came)
    assert [note.code for note in notes(town, early)] == [
        "ledger.unknown_subject", "access.not_in_remit"
    ]  # fmt: skip
    assert said(town) == []
    town.give(ZHOU, "grid_worker", TAOLIN)
    stream = town.stream(came.subject)
    assert stream is not None
    assert [entry.id for entry in stream.entries] == [came.id, early.id]
    assert said(town) == []


def test_what_the_rules_failed_on_is_noted_too(town: Town) -> None:
    rulebook = Stumbling()
    with writing_by(town, rulebook):
        came = town.arrival(CHEN)
        rulebook.over.add(came.subject)
        (verdict,) = town.record(came)
        assert verdict.code == "ledger.cannot_judge"
    assert len(notes(town, came)) == 1
    assert said(town) == []


def test_no_device_is_told_of_the_notes(town: Town, client: Client, signed_in: SignedIn) -> None:
    astray(town)
    answer = client.get("/api/v1/changes", headers=signed_in(ZHAO))
    assert "held-" not in answer.text


def test_an_approval_that_does_not_count_waits_for_nothing(town: Town) -> None:
    """Whoever sits at the desk is told at once; nothing is kept that might count some day."""
    body = AreaProposed(code="310115", name="浦东", level="high", from_=town.now, source="通报")
    proposed = town.propose(AREA_PROPOSED, body, LI)
    own = town.draft(
        APPROVED, Approved(proposal=proposed.id), by=LI, subject=proposed.subject,
        purpose=OFFICE, area=TOWNSHIP,
    )  # fmt: skip
    (verdict,) = town.record(own)
    assert (verdict.outcome, verdict.code) == (Outcome.REFUSED, "access.one_hand")
    with town.installation.database.reading() as connection:
        assert connection.execute(sa.select(held)).all() == []
