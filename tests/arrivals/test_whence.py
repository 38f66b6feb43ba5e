"""A code that no division has is no place: whoever tells one comes from where nobody knows."""

import pytest

from tests.arrivals.homecoming import at_post, met
from tests.town import Town
from tests.village import LI, MORNING, TAOLIN, TOWNSHIP, WU, arrival, wire
from tongxin.arrivals import queries
from tongxin.arrivals.facts import ARRIVAL_RECORDED, StayTold
from tongxin.arrivals.whence import known
from tongxin.base.ids import new_id
from tongxin.ledger.facts import EPISODE, Outcome

UNHEARD_OF = ("999999", "419999", "310199", "3199")


def journey(town: Town, person: str) -> queries.Row:
    """The journey of somebody as lists show it."""
    remit = town.believed(LI).remit
    with town.installation.database.reading() as connection:
        (row,) = queries.journeys_of(remit, connection, TOWNSHIP, person)
    return row


@pytest.mark.parametrize("code", UNHEARD_OF)
def test_whoever_tells_an_unheard_of_code_comes_from_where_nobody_knows(
    henan: Town, code: str
) -> None:
    row = journey(henan, henan.arrive(from_area=code, from_name="").subject)
    assert row["category"] == "unknown-origin"
    assert row["from_area"] == code, "what was told stays"


def test_words_told_beside_an_unheard_of_code_stay(henan: Town) -> None:
    row = journey(henan, henan.arrive(from_area="999999", from_name="大城市").subject)
    assert (row["from_area"], row["from_name"]) == ("999999", "大城市")
    assert row["category"] == "unknown-origin"


@pytest.mark.parametrize("comes", [at_post, met])
def test_at_the_post_and_at_the_door_too(henan: Town, comes: object) -> None:
    assert callable(comes)
    draft = comes(henan, from_area="999999", from_name="大城市")
    assert journey(henan, draft.subject)["category"] == "unknown-origin"


def test_what_a_telephone_signed_is_never_refused_for_it(henan: Town) -> None:
    phone, fact = henan.device(WU), new_id()
    sent = wire(
        phone, ARRIVAL_RECORDED, arrival(from_area="419999"), id=fact,
        subject=f"person-{fact}", purpose=f"{EPISODE}:{fact}", area=TAOLIN,
    )  # fmt: skip
    (verdict,) = henan.sent([sent])
    assert verdict.outcome is Outcome.RECORDED
    assert journey(henan, f"person-{fact}")["category"] == "unknown-origin"


def test_a_stay_with_a_known_code_still_says_where_somebody_was(henan: Town) -> None:
    henan.at_risk("310115")
    stays = (StayTold(area="310115"), StayTold(area="999999"))
    row = journey(henan, henan.arrive(from_area="419999", from_name="", stays=stays).subject)
    assert row["category"] not in (None, "unknown-origin")


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("310115", "310115"),
        ("310000", "31"),
        ("410100", "4101"),
        ("411526999", "411526"),
        ("411526109777", "411526109777"),
        ("411599", ""),
        ("", ""),
        (f"{TOWNSHIP}999", f"{TOWNSHIP}999"),
    ],
)
def test_a_code_means_the_narrowest_division_that_is_sure(code: str, meant: str) -> None:
    assert known(code, TOWNSHIP) == meant


def test_a_code_that_only_a_declaration_has_is_a_place_from_then_on(henan: Town) -> None:
    person = henan.arrive(from_area="310199", from_name="某开发区").subject
    henan.at_risk("310199", "某开发区")
    assert journey(henan, person)["category"] == "risk-area"


def test_the_codes_that_only_fill_up_with_zeros_meet_what_is_at_risk_inside(henan: Town) -> None:
    henan.at_risk("310115", since=MORNING)
    row = journey(henan, henan.arrive(from_area="310000", from_name="上海市").subject)
    wide = journey(henan, henan.arrive(from_area="31", from_name="上海市", id_number="").subject)
    assert row["category"] == wide["category"]
