"""`explain` and `forget`: from the ledger itself, and never without a second person."""

import json

from tests.cli.conftest import Typed
from tests.ledger.twins import recorded, says, subjects
from tests.town import Town
from tests.village import CHEN, LI, LIN, PASSWORD, SUN, TOWNSHIP, WANG, ZHAO
from tongxin.access.queries import names
from tongxin.ledger.kinds import TAKEN_BACK, TakenBack


def test_explain_says_why_until_when_and_how_to_object(henan: Town, typed: Typed) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    done = typed("explain", chen.subject)
    assert done.exit_code == 0, done.stderr
    for word in ("状态", "理由", "期限", "应得的", "异议", "政策包", "保存", "登记到达", chen.id):
        assert word in done.stdout
    for private in (CHEN.name, CHEN.phone, CHEN.id_number):
        assert private not in done.stdout

    told = json.loads(typed("explain", chen.subject, "--json").stdout)
    (episode,) = told["episodes"]
    assert {"standing", "why", "until", "owed", "object"} <= {x["topic"] for x in episode["lines"]}
    assert chen.id in {fact for line in episode["lines"] for fact in line["facts"]}
    assert episode["forget_at"] is None
    assert CHEN.name not in json.dumps(told, ensure_ascii=False)


def test_explain_says_when_it_will_be_forgotten(town: Town, typed: Typed) -> None:
    lin = town.arrive(LIN)
    (episode,) = json.loads(typed("explain", lin.subject, "--json").stdout)["episodes"]
    assert episode["forget_at"] == "2022-05-08T00:00:00+08:00"


def test_explain_shows_what_was_taken_back_by_whom_and_why(henan: Town, typed: Typed) -> None:
    chen = henan.arrive(CHEN, by=SUN)
    back = henan.draft(
        TAKEN_BACK, TakenBack(fact=chen.id, reason="出发地选错了"), by=SUN, subject=chen.subject,
        purpose=chen.purpose,
    )  # fmt: skip
    assert henan.record(back)[0].outcome == "recorded"
    shown = typed("explain", chen.subject).stdout
    assert "已撤回，不再计算：孙丽，2022年4月7日 06:00。理由：出发地选错了" in shown
    told = json.loads(typed("explain", chen.subject, "--json").stdout)
    first, second = told["timeline"]
    assert first["taken_back"]["reason"] == "出发地选错了"
    assert second["taken_back"] is None


def test_explain_says_which_records_are_one_and_by_whom(henan: Town, typed: Typed) -> None:
    one, other = henan.arrive(CHEN), henan.arrive(CHEN, id_number="")
    recorded(henan, says(henan, one, other, joined=True))
    shown = typed("explain", other.subject).stdout
    assert "合并判断的记录" in shown
    assert "认定为同一人。理由：证件照片核对过" in shown
    assert CHEN.id_number not in shown and CHEN.name not in shown
    found = json.loads(typed("explain", other.subject, "--json").stdout)
    assert found["records"] == sorted(subjects(one, other))
    assert len(found["episodes"]) == 1


def test_an_account_is_explained_by_its_timeline(town: Town, typed: Typed) -> None:
    account = town.account(ZHAO)
    told = json.loads(typed("explain", account, "--json").stdout)
    assert [fact["kind"] for fact in told["timeline"]][:1] == ["access.account_opened"]


def test_what_nobody_has_heard_of_is_told(typed: Typed) -> None:
    for words in (("explain", "person-0"), ("forget", "person-0"), ("explain", "Nobody!")):
        done = typed(*words)
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1


def test_on_its_day_nobody_need_approve(town: Town, typed: Typed) -> None:
    """林小满 arrived in 2022, and nothing was asked: the day is long past."""
    lin = town.arrive(LIN)
    done = typed("forget", lin.subject, "--json")
    assert done.exit_code == 0, done.stderr
    certificate = json.loads(done.stdout)
    assert certificate["purposes"] == [lin.purpose]
    assert certificate["facts"] == 1
    assert town.installation.keys.destroyed(TOWNSHIP, lin.subject, lin.purpose)
    assert typed("verify").exit_code == 0
    assert typed("forget", lin.subject).exit_code == 2


def test_before_its_day_two_people_are_needed(henan: Town, typed: Typed) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    alone = typed("forget", chen.subject, "--reason", "误登记")
    assert alone.exit_code == 2
    assert "另一人批准" in alone.stderr

    both = (
        "forget", chen.subject, "--reason", "误登记", "--propose-as", LI.username,
        "--approve-as", WANG.username,
    )  # fmt: skip
    mistyped = typed(*both, stdin=f"{PASSWORD}\nwrong password\n")
    assert mistyped.exit_code == 2
    assert henan.installation.keys.destroyed(TOWNSHIP, chen.subject, chen.purpose) is None

    done = typed(*both, stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.stderr
    assert "销毁证明" in done.stdout
    assert henan.installation.keys.destroyed(TOWNSHIP, chen.subject, chen.purpose)
    assert typed("verify").exit_code == 0


def test_proposing_and_approving_may_be_days_apart(henan: Town, typed: Typed) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    propose = ("forget", chen.subject, "--reason", "误登记", "--propose-as", LI.username)
    proposed = typed(*propose, stdin=f"{PASSWORD}\n")
    assert proposed.exit_code == 0, proposed.stderr
    own = typed("forget", chen.subject, "--approve-as", LI.username, stdin=f"{PASSWORD}\n")
    assert own.exit_code == 2
    assert "两个人" in own.stderr
    done = typed("forget", chen.subject, "--approve-as", WANG.username, stdin=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.stderr


def test_who_may_not_forget_does_not(henan: Town, typed: Typed) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    propose = ("forget", chen.subject, "--reason", "误登记", "--propose-as", ZHAO.username)
    done = typed(*propose, stdin=f"{PASSWORD}\n")
    assert done.exit_code == 2
    stream = henan.stream(chen.subject)
    assert stream is not None
    assert [entry.header.kind for entry in stream.entries] == ["arrivals.arrival_recorded"]


def test_only_people_are_forgotten(town: Town, typed: Typed) -> None:
    done = typed("forget", town.account(ZHAO))
    assert done.exit_code == 2
    with town.installation.database.reading() as connection:
        assert town.account(ZHAO) in names(connection, TOWNSHIP)
