"""`verify`, `head` and `rebuild`: exit codes, and that the first wrong entry is named."""

import json
from pathlib import Path

import sqlalchemy as sa

from tests.cli.conftest import Typed
from tests.town import Town
from tests.village import CHEN, LIN, TOWNSHIP
from tongxin.arrivals.tables import journey
from tongxin.clockwork import tick
from tongxin.ledger.tables import fact


def test_a_sound_record_is_counted(town: Town, typed: Typed) -> None:
    town.arrive(CHEN)
    done = typed("verify")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "411526108" in done.stdout
    assert "全部相符" in done.stdout


def test_an_altered_fact_is_named(town: Town, typed: Typed) -> None:
    chen = town.arrive(CHEN)
    with town.installation.database.writing() as connection:
        seq = connection.scalar(
            sa.select(fact.c.seq).where(fact.c.township == TOWNSHIP, fact.c.id == chen.id)
        )
        connection.execute(sa.update(fact).where(fact.c.id == chen.id).values(author="account-x"))
    done = typed("verify", "--json")
    assert done.exit_code == 1
    here = json.loads(done.stdout)["townships"][0]
    assert (here["township"], here["ok"], here["findings"][0]["seq"]) == (TOWNSHIP, False, seq)
    assert f"第 {seq} 条" in typed("verify").stdout


def test_a_standing_typed_at_a_console_is_found(henan: Town, typed: Typed) -> None:
    chen = henan.arrive(CHEN)
    with henan.installation.database.writing() as connection:
        connection.execute(
            sa.update(journey)
            .where(journey.c.township == TOWNSHIP, journey.c.subject == chen.subject)
            .values(label_zh="已解除")
        )
    assert typed("verify").exit_code == 1

    dry = typed("rebuild", "--dry-run", "--json")
    assert dry.exit_code == 1, dry.stderr
    assert dry.stdout, dry.stderr
    (row,) = json.loads(dry.stdout)
    assert (row["subject"], row["table"], row["columns"]) == (chen.subject, "journey", ["label_zh"])
    assert row["found"] == "已解除"
    assert "已解除 → " in typed("rebuild", "--dry-run").stdout

    assert typed("rebuild").exit_code == 0
    assert typed("rebuild", "--dry-run").exit_code == 0
    assert typed("verify").exit_code == 0


def test_a_printed_head_is_compared(town: Town, typed: Typed, tmp_path: Path) -> None:
    town.arrive(CHEN)
    tick(town.installation, town.clock.advance(days=1))
    printed = typed("head")
    assert printed.exit_code == 0
    file = tmp_path / "heads.txt"
    file.write_text(printed.stdout)
    town.arrive(LIN)
    assert typed("verify", "--head", f"@{file}").exit_code == 0
    heads = json.loads(typed("head", "--json").stdout)
    assert {head["day"] for head in heads} == {"2022-04-07"}

    other = heads[0]["head"].replace(heads[0]["head"][20:24], "0000", 1)
    assert typed("verify", "--head", other).exit_code == 1
    assert typed("verify", "--head", "nonsense").exit_code == 2
    assert typed("verify", "--head", f"@{tmp_path / 'none'}").exit_code == 1


def test_one_township_can_be_looked_at(town: Town, typed: Typed) -> None:
    done = typed("verify", "--township", TOWNSHIP, "--json")
    assert [each["township"] for each in json.loads(done.stdout)["townships"]] == [TOWNSHIP]
