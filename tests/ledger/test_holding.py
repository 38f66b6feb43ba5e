"""The inbox: tried again when what was lacking appears, or decided by a person."""

from typing import Any

import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import CHEN, FENG, LI, LIN, QIAN, SUN, TAOLIN, TOWNSHIP, ZHAO, ZHENG, ZHOU
from tongxin.arrivals import facts as arrivals
from tongxin.base.ids import new_id
from tongxin.catalogue import KINDS
from tongxin.ledger import holding
from tongxin.ledger.facts import Draft
from tongxin.ledger.inbox import RETRIED, digest_of, subject_of
from tongxin.ledger.tables import held

Client = TestClient[Litestar]


def symptom(town: Town, about: Draft) -> Draft:
    return town.draft(
        arrivals.SYMPTOM_SEEN, arrivals.SymptomSeen(seen_at=town.now), by=ZHENG,
        subject=about.subject, purpose=about.purpose, area=about.area,
    )  # fmt: skip


def rows(town: Town) -> list[Any]:
    with town.installation.database.reading() as connection:
        return list(connection.execute(sa.select(held).order_by(held.c.held_at)))


def entries(town: Town, subject: str) -> list[str]:
    stream = town.stream(subject)
    return [e.header.kind for e in stream.entries] if stream else []


def test_a_held_fact_is_recorded_when_its_subject_appears(town: Town) -> None:
    came = town.arrival(CHEN)
    town.record(symptom(town, came))
    assert town.record(came)[0].outcome == "recorded"
    assert entries(town, came.subject) == ["arrivals.arrival_recorded", "arrivals.symptom_seen"]
    assert [row.resolved_by for row in rows(town)] == [RETRIED]


def test_what_comes_before_its_subject_in_one_batch_is_recorded_all_the_same(town: Town) -> None:
    came = town.arrival(CHEN)
    town.record(symptom(town, came), came)
    assert len(entries(town, came.subject)) == 2


def test_a_held_fact_is_recorded_when_its_author_has_the_remit_again(town: Town) -> None:
    draft = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    assert town.record(draft)[0].outcome == "held"
    town.give(ZHOU, "grid_worker", TAOLIN)
    assert entries(town, draft.subject) == ["arrivals.arrival_recorded"]


def test_it_stays_held_while_what_it_lacks_is_still_lacking(town: Town) -> None:
    draft = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    town.record(draft)
    town.give(ZHOU, "volunteer", TAOLIN)
    assert entries(town, draft.subject) == []
    assert [row.resolved_by for row in rows(town)] == [None]


def test_one_held_fact_can_wait_for_another(town: Town) -> None:
    """An arrival waits for its author's remit, and a symptom waits for the arrival."""
    came = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    town.record(symptom(town, came), came)
    town.give(ZHOU, "grid_worker", TAOLIN)
    assert len(entries(town, came.subject)) == 2


def test_sent_again_it_is_held_once(town: Town) -> None:
    draft = symptom(town, town.arrival(CHEN))
    assert [town.record(draft)[0].outcome for _ in range(3)] == ["held"] * 3
    assert len(rows(town)) == 1


def test_two_that_share_an_id_are_both_kept(town: Town) -> None:
    came = town.arrive(CHEN)
    town.record(town.arrival(LIN, id=came.id))
    town.record(town.arrival(CHEN, id=came.id, celsius=36.5))
    assert len(rows(town)) == 2


def test_what_is_held_is_sealed(town: Town) -> None:
    town.record(town.arrival(CHEN, by=ZHOU, area=TAOLIN))
    (row,) = rows(town)
    assert CHEN.name.encode() not in bytes(row.sealed)
    assert CHEN.phone.encode() not in bytes(row.sealed)


def test_what_is_held_opens_as_it_came(town: Town) -> None:
    draft = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    town.record(draft)
    installation = town.installation
    with installation.database.reading() as connection:
        found = holding.find(
            connection, installation.keys, KINDS, TOWNSHIP, digest_of(draft.signature)
        )
    assert found == draft


def test_forgetting_somebody_forgets_what_is_held_about_him(town: Town) -> None:
    came = town.arrive(CHEN)
    town.record(
        town.draft(
            arrivals.SYMPTOM_SEEN, arrivals.SymptomSeen(seen_at=town.now), by=ZHOU,
            subject=came.subject, purpose=came.purpose,
        )
    )  # fmt: skip
    assert len(rows(town)) == 1
    town.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", town.now)
    assert rows(town) == []


def inbox(client: Client, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/held", headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["held"]
    assert answer.json()["total"] == len(found)
    return found


def decide(client: Client, headers: dict[str, str], digest: str, accept: bool) -> int:
    answer = client.post(
        f"/api/v1/held/{digest}/resolve", headers=headers,
        json={"accept": accept, "reason": "已核实"},
    )  # fmt: skip
    return answer.status_code


def test_a_person_accepts_a_held_fact(town: Town, client: Client, signed_in: SignedIn) -> None:
    draft = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    town.record(draft)
    (found,) = inbox(client, signed_in(ZHAO))
    assert decide(client, signed_in(ZHAO), found["held"], True) < 300
    assert entries(town, draft.subject) == ["arrivals.arrival_recorded"]
    assert inbox(client, signed_in(ZHAO)) == []


def test_a_person_dismisses_a_held_fact(town: Town, client: Client, signed_in: SignedIn) -> None:
    draft = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    town.record(draft)
    (found,) = inbox(client, signed_in(ZHAO))
    assert decide(client, signed_in(ZHAO), found["held"], False) < 300
    assert entries(town, draft.subject) == []
    assert inbox(client, signed_in(ZHAO)) == []


def test_the_decision_is_itself_recorded(town: Town, client: Client, signed_in: SignedIn) -> None:
    town.record(town.arrival(CHEN, by=ZHOU, area=TAOLIN))
    (found,) = inbox(client, signed_in(ZHAO))
    decide(client, signed_in(ZHAO), found["held"], False)
    stream = town.stream(subject_of(found["held"]))
    assert stream is not None
    last = stream.entries[-1]
    assert (last.header.kind, last.header.author) == ("ledger.held_resolved", town.account(ZHAO))


def test_what_was_dismissed_is_not_tried_again(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    draft = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    town.record(draft)
    (found,) = inbox(client, signed_in(ZHAO))
    decide(client, signed_in(ZHAO), found["held"], False)
    town.give(ZHOU, "grid_worker", TAOLIN)
    assert entries(town, draft.subject) == []


def test_the_inbox_shows_nothing_from_outside_the_remit(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    town.record(town.arrival(CHEN, by=ZHOU, area=TAOLIN))
    assert len(inbox(client, signed_in(LI))) == 1
    assert inbox(client, signed_in(ZHOU)) == []
    assert inbox(client, signed_in(FENG)) == []
    assert client.get("/api/v1/held", headers=signed_in(QIAN)).status_code == 403


def test_who_may_not_decide_decides_nothing(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    town.record(town.arrival(CHEN, by=ZHOU, area=TAOLIN))
    (found,) = inbox(client, signed_in(ZHAO))
    assert decide(client, signed_in(SUN), found["held"], True) == 403
    assert decide(client, signed_in(FENG), found["held"], True) == 404


def test_a_second_account_of_an_arrival_is_decided_by_comparing_both(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    came = town.arrive(CHEN)
    town.record(town.arrival(LIN, id=came.id, area=TAOLIN))
    (found,) = inbox(client, signed_in(ZHAO))
    assert found["code"] == "ledger.other_bytes"
    shown = client.get(f"/api/v1/held/{found['held']}", headers=signed_in(ZHAO)).json()
    assert shown["body"]["name"] == "林**"
    assert decide(client, signed_in(ZHAO), found["held"], False) < 300
    assert inbox(client, signed_in(ZHAO)) == []


def swab(town: Town, about: Draft, episode: str, **more: Any) -> Draft:
    return town.draft(
        arrivals.SWAB_RESULTED, arrivals.SwabResulted(taken_at=town.now, positive=False),
        by=ZHENG, subject=about.subject, purpose=f"episode:{episode}", area=about.area, **more,
    )  # fmt: skip


def test_a_swab_in_an_episode_that_nothing_opened_waits_for_what_opens_it(town: Town) -> None:
    came, episode = town.arrive(CHEN), new_id()
    early = swab(town, came, episode)
    (verdict,) = town.record(early)
    assert (verdict.outcome, verdict.code) == ("held", "ledger.unknown_episode")
    town.arrive(CHEN, person=came.subject)
    assert [row.resolved_by for row in rows(town)] == [None], "another episode is not this one"
    town.arrive(CHEN, person=came.subject, id=episode)
    assert [row.resolved_by for row in rows(town)] == [RETRIED]
    assert entries(town, came.subject)[-1] == "arrivals.swab_resulted"


def test_what_opens_an_episode_may_come_in_the_same_batch(town: Town) -> None:
    came, episode = town.arrive(CHEN), new_id()
    again = town.arrival(CHEN, person=came.subject, id=episode)
    verdicts = town.record(swab(town, came, episode), again, swab(town, came, episode))
    assert [verdict.outcome for verdict in verdicts] == ["held", "recorded", "recorded"]
    assert len(entries(town, came.subject)) == 4


def test_who_waits_for_a_person_and_for_an_episode_waits_for_both(town: Town) -> None:
    came, episode = town.arrival(CHEN), new_id()
    town.record(swab(town, came, episode))
    town.record(came)
    (row,) = rows(town)
    assert (row.code, row.resolved_by) == ("ledger.unknown_episode", None)
    town.arrive(CHEN, person=came.subject, id=episode)
    assert len(entries(town, came.subject)) == 3
