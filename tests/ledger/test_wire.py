"""What is refused at the door, each with its reason; nothing else is."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.town import Town
from tests.village import CHEN, MORNING, NEIGHBOUR, QUANJI, SUN, TOWNSHIP, WU, Device, arrival, wire
from tests.village import device as new_phone
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.base.ids import new_id
from tongxin.base.problems import ALL_KINDS
from tongxin.ledger import wire as door
from tongxin.ledger.facts import Verdict


@pytest.fixture
def backend() -> str:
    """One database will do: a refusal at the door needs nothing but the fact and its device."""
    return "sqlite"


@pytest.fixture
def phone(town: Town) -> Device:
    """吴强's telephone at the checkpoint."""
    return town.device(WU)


def sent(town: Town, phone: Device, body: Any = None, **changed: Any) -> Verdict:
    """The verdict on an arrival that is in order but for what the test changed."""
    fact = new_id()
    fields: dict[str, Any] = {
        "subject": f"person-{fact}", "purpose": f"episode:{fact}", "id": fact, **changed
    }  # fmt: skip
    kind = fields.pop("kind", ARRIVAL_RECORDED)
    (verdict,) = town.sent([wire(phone, kind, arrival() if body is None else body, **fields)])
    return verdict


def refused(verdict: Verdict) -> str:
    """The code of a refusal, once it is one and says why in both languages."""
    assert verdict.outcome == "refused", verdict
    assert verdict.why is not None and verdict.why.zh and verdict.why.en
    assert verdict.code in ALL_KINDS
    return verdict.code


def test_a_fact_in_order_is_recorded(town: Town, phone: Device) -> None:
    verdict = sent(town, phone)
    assert (verdict.outcome, verdict.code) == ("recorded", None)
    assert verdict.seq is not None


def test_an_unknown_kind(town: Town, phone: Device) -> None:
    forged = {"kind": "arrivals.flown_in"}
    assert refused(sent(town, phone, forged=forged)) == "ledger.unknown_kind"


def test_a_kind_that_only_the_desk_records(town: Town, phone: Device) -> None:
    forged = {"kind": "access.role_given"}
    assert refused(sent(town, phone, forged=forged)) == "ledger.wrong_door"


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"name":"x","arrived_at":"2022-04-07T06:00:00"}',
        b'{"name":"x","arrived_at":"2022-04-07T06:00:00+08:00","isolated":true}',
        b'{"name":"","arrived_at":"2022-04-07T06:00:00+08:00"}',
        b'{"name":"x","arrived_at":"2022-04-07T06:00:00+08:00","celsius":60}',
        b'{"name":"x","arrived_at":"9999-12-31T23:59:59-14:00"}',
        b'{"name":"x","arrived_at":"0001-01-01T00:00:00+14:00"}',
        b'{"name":"x","arrived_at":"2022-04-07T06:00:00Z","stays":[{"area":"31","until":"9999-12-31T00:00:00Z"}]}',
    ],
    ids=[
        "empty",
        "list",
        "no zone",
        "unknown field",
        "no name",
        "hot",
        "end of time",
        "begin of time",
        "stay",
    ],
)
def test_a_body_that_does_not_fit(town: Town, phone: Device, body: bytes) -> None:
    assert refused(sent(town, phone, body)) == "ledger.bad_body"


def test_a_refusal_never_quotes_what_it_choked_on(town: Town, phone: Device) -> None:
    body = b'{"name":"\xe9\x99\x88","arrived_at":"13912345678"}'
    verdict = sent(town, phone, body)
    assert "13912345678" not in str(verdict)


def test_a_body_too_large(town: Town, phone: Device) -> None:
    body = msgspec.json.encode(arrival()).replace(b"{", b"{" + b" " * door.LARGEST_BODY, 1)
    assert refused(sent(town, phone, body)) == "ledger.body_too_large"


def test_a_subject_of_another_kind(town: Town, phone: Device) -> None:
    assert refused(sent(town, phone, subject=f"place-{TOWNSHIP}")) == "ledger.wrong_subject"


def test_no_subject_at_all(town: Town, phone: Device) -> None:
    assert refused(sent(town, phone, subject="Chen Jing")) == "base.bad_subject"


@pytest.mark.parametrize("area", ["411526109202", "411526", "411526108201-01"])
def test_an_area_outside_the_township_or_finer_than_a_village(
    town: Town, phone: Device, area: str
) -> None:
    assert refused(sent(town, phone, area=area)) == "ledger.wrong_subject"


def test_no_area(town: Town, phone: Device) -> None:
    assert refused(sent(town, phone, area="Taolin")) == "base.bad_area"


@pytest.mark.parametrize("purpose", ["registration", "office", "journey:1"])
def test_a_purpose_of_another_kind(town: Town, phone: Device, purpose: str) -> None:
    assert refused(sent(town, phone, purpose=purpose)) == "ledger.wrong_purpose"


@pytest.mark.parametrize("purpose", ["episode", "episode:", "episode:1"])
def test_an_episode_without_an_id(town: Town, phone: Device, purpose: str) -> None:
    assert refused(sent(town, phone, purpose=purpose)) == "base.bad_id"


@pytest.mark.parametrize(
    "id", ["1", "0b5e2a8e-5b7f-4c8e-9d39-0242ac120002", "0197F5A0-0000-7000-8000-000000000000"]
)
def test_an_id_that_is_no_uuid_of_version_7(town: Town, phone: Device, id: str) -> None:
    assert refused(sent(town, phone, forged={"id": id})) == "base.bad_id"


@pytest.mark.parametrize("told", ["2022-04-07T06:00:00", "yesterday", "1999-12-31T23:00:00+08:00"])
def test_an_instant_without_a_zone_or_out_of_range(town: Town, phone: Device, told: str) -> None:
    assert refused(sent(town, phone, forged={"happened_at": told})) == "base.bad_instant"


def test_a_device_that_nobody_registered(town: Town) -> None:
    assert refused(sent(town, new_phone(town.account(WU)))) == "ledger.unknown_device"


def test_an_account_of_another_township(town: Town, phone: Device) -> None:
    forged = {"township": NEIGHBOUR}
    assert refused(sent(town, phone, forged=forged)) == "ledger.unknown_device"


def test_a_stolen_device_once_it_is_withdrawn(town: Town, phone: Device) -> None:
    assert sent(town, phone).outcome == "recorded"
    town.withdraw_device(WU, phone)
    assert refused(sent(town, phone)) == "ledger.device_withdrawn"


def test_a_withdrawn_device_is_nobodys_whose_signature_it_is_not(town: Town, phone: Device) -> None:
    town.withdraw_device(WU, phone)
    forged = {"happened_at": (MORNING - timedelta(days=1)).isoformat()}
    assert refused(sent(town, phone, forged=forged)) == "ledger.not_authentic"


def test_somebody_elses_name_under_a_fact(town: Town, phone: Device) -> None:
    forged = {"author": town.account(SUN)}
    assert refused(sent(town, phone, forged=forged)) == "ledger.unknown_device"


def test_somebody_elses_name_and_device_under_a_fact(town: Town, phone: Device) -> None:
    forged = {"author": town.account(SUN), "device": town.device(SUN).name}
    assert refused(sent(town, phone, forged=forged)) == "ledger.not_authentic"


@pytest.mark.parametrize(
    "forged",
    [
        {"subject": "person-0"},
        {"area": QUANJI},
        {"happened_at": (MORNING + timedelta(hours=1)).isoformat()},
        {"id": new_id()},
        {"purpose": f"episode:{new_id()}"},
        {"body": {"name": "别人", "arrived_at": MORNING.isoformat()}},
        {"signature": "AAAA"},
        {"signature": "no base64"},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_whatever_was_changed_after_the_signing(
    town: Town, phone: Device, forged: dict[str, Any]
) -> None:
    assert refused(sent(town, phone, forged=forged)) == "ledger.not_authentic"


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b"7", b'"x"', b"{", b"\xff\xfe", b'{"id":7}', b"[" * 5000]
)
def test_what_is_no_fact_at_all(town: Town, raw: bytes) -> None:
    (verdict,) = town.sent([raw])
    assert refused(verdict) == "ledger.bad_body"


def test_the_bytes_are_kept_as_they_came(town: Town, phone: Device) -> None:
    fact = new_id()
    body = b'{ "arrived_at" : "2022-04-07T06:00:00+08:00",\n "name":"\\u9648\\u9759" }'
    raw = wire(
        phone, ARRIVAL_RECORDED, body, subject=f"person-{fact}", purpose=f"episode:{fact}", id=fact
    )
    assert town.sent([raw])[0].outcome == "recorded"
    assert town.sent([raw])[0].outcome == "duplicate"
    other = wire(
        phone, ARRIVAL_RECORDED, body.replace(b"\n", b" "), subject=f"person-{fact}",
        purpose=f"episode:{fact}", id=fact,
    )  # fmt: skip
    assert town.sent([other])[0].code == "ledger.other_bytes"


def test_a_text_that_speaks_of_an_escape_is_no_nul(town: Town, phone: Device) -> None:
    verdict = sent(town, phone, arrival(CHEN, address="门牌 \\u0000"))
    assert verdict.outcome == "recorded"


def test_one_bad_fact_takes_no_other_with_it(town: Town, phone: Device) -> None:
    good = [
        wire(phone, ARRIVAL_RECORDED, arrival(), subject=f"person-{n}", purpose=f"episode:{n}")
        for n in (new_id(), new_id())
    ]
    verdicts = town.sent([good[0], b'{"id":1}', good[1]])
    assert [str(v.outcome) for v in verdicts] == ["recorded", "refused", "recorded"]
