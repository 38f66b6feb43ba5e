"""`import riskareas`: one proposes a list and sees whom it changes, another confirms it."""

import json
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import Typed
from tests.registry.risklists.lists import PUDONG, entry, served
from tests.town import Town
from tests.village import CHEN, LI, PASSWORD, TOWNSHIP
from tongxin.registry.risklists.queries import list_rows

LIST = served([entry(PUDONG, "浦东新区全域")])


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "2022040706.json"
    path.write_bytes(LIST)
    return str(path)


def in_force(town: Town) -> list[bool]:
    """For each list that was proposed, whether it is in force."""
    remit = town.believed(LI).remit
    with town.installation.database.reading() as connection:
        rows = list_rows(remit, connection, TOWNSHIP)
    return [row["in_force_seq"] is not None for row in rows]


@pytest.fixture
def riskareas(typed: Typed) -> Typed:
    """`riskareas("FILE", "--account", "li")`, with the password typed."""

    def run(*words: str, stdin: str | None = None, **more: str) -> Result:
        return typed(
            "import", "riskareas", *words, "--township", TOWNSHIP, stdin=f"{PASSWORD}\n", **more
        )

    return run


def test_a_list_is_proposed_and_names_whom_it_changes(
    henan: Town, riskareas: Typed, file: str
) -> None:
    chen = henan.arrive(CHEN)
    done = riskareas(file, "--account", "li")
    assert done.exit_code == 0, done.stderr
    assert "触及 1 人，1 人次的状态改变" in done.stdout
    assert "新增 1，升级 0" in done.stdout
    assert f"/arrivals/{chen.subject}" in done.stdout
    assert "陈*" in done.stdout
    assert CHEN.name not in done.stdout
    assert "还没有生效" in done.stdout
    assert in_force(henan) == [False]


def test_a_trial_proposes_nothing(henan: Town, riskareas: Typed, file: str) -> None:
    done = riskareas(file, "--account", "li", "--dry-run")
    assert done.exit_code == 0, done.stderr
    assert "没有提议" in done.stdout
    assert in_force(henan) == []


def test_somebody_else_confirms_it_by_its_fingerprint(
    henan: Town, riskareas: Typed, file: str
) -> None:
    henan.arrive(CHEN)
    told = json.loads(riskareas(file, "--account", "li", "--json").stdout)
    assert told["state"] == "proposed"
    digest = told["sha256"][:12]
    own = riskareas("--confirm", digest, "--account", "li")
    assert (own.exit_code, in_force(henan)) == (2, [False])
    done = riskareas("--confirm", digest, "--account", "wang", "--json")
    assert done.exit_code == 0, done.stderr
    now = json.loads(done.stdout)
    assert now["state"] == "in_force"
    assert now["preview"]["changes"] == told["preview"]["changes"], "as it was foretold"
    assert in_force(henan) == [True]
    again = riskareas("--confirm", digest, "--account", "wang")
    assert "已经生效" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "两者只取其一"),
        (("--confirm", "abc"), "至少写 8 位"),
        (("--confirm", "0123456789abcdef"), "没有指纹以"),
    ],
)
def test_what_is_lacking_is_told(
    henan: Town, riskareas: Typed, words: tuple[str, ...], said: str
) -> None:
    done = riskareas(*words, "--account", "li")
    assert done.exit_code == 2
    assert said in done.stderr
