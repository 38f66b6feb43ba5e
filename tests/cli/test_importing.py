"""Lists go in at a console, as the work of whoever types the password."""

import json
import os
import signal
from pathlib import Path

import sqlalchemy as sa

from tests.cli.conftest import Typed, environment, started
from tests.intake.lists import ledger, many, row
from tests.sheets.files import values
from tests.village import PASSWORD
from tongxin.arrivals.tables import journey
from tongxin.base.clock import system_clock
from tongxin.installation import Settings, open_
from tongxin.intake.tables import imported, staged


def brought(typed: Typed, path: Path, *words: str, by: str = "li") -> dict[str, object]:
    done = typed(
        "import", "arrivals", str(path), "--township", "411526108", "--account", by, "--json",
        *words, stdin=f"{PASSWORD}\n",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_list_goes_in_and_once_only(typed: Typed, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(ledger(*many(20), row(姓名="")))
    done = brought(typed, path)
    assert done["counts"]["new"] == 20  # type: ignore[index]
    assert done["rows_back"] == [23]
    again = brought(typed, path)
    assert again["counts"]["known"] == 20  # type: ignore[index]
    with_ = open_(settings, system_clock)
    with with_.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey)) == 20
        assert connection.scalar(sa.select(sa.func.count()).select_from(imported)) == 2
        assert connection.scalar(sa.select(sa.func.count()).select_from(staged)) == 0
    with_.close()


def test_a_trial_records_nothing(typed: Typed, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(ledger(*many(5)))
    assert brought(typed, path, "--dry-run")["counts"]["new"] == 5  # type: ignore[index]
    with_ = open_(settings, system_clock)
    with with_.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey)) == 0
    with_.close()


def test_rows_that_come_back_are_written_with_their_reasons(typed: Typed, tmp_path: Path) -> None:
    path, back = tmp_path / "list.xlsx", tmp_path / "back.xlsx"
    path.write_bytes(ledger(row(身份证号="41159919880612024X")))
    brought(typed, path, "--returned", str(back))
    assert "校验码" in values(back.read_bytes())[2][0]


def test_who_may_not_import_is_told_so(typed: Typed, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(ledger(row()))
    done = typed(
        "import", "arrivals", str(path), "--township", "411526108", "--account", "sun",
        stdin=f"{PASSWORD}\n",
    )  # fmt: skip
    assert done.exit_code == 2
    assert "sun" in done.stderr


def test_a_list_without_names_is_refused_kindly(typed: Typed, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("甲,乙\n1,2\n3,4\n", encoding="utf-8")
    done = typed(
        "import", "arrivals", str(path), "--township", "411526108", "--account", "li",
        stdin=f"{PASSWORD}\n",
    )  # fmt: skip
    assert done.exit_code == 2
    assert "“姓名”" in done.stderr


def test_a_killed_import_is_completed_by_the_next(
    typed: Typed, tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(ledger(*many(3_000)))
    words = ("import", "arrivals", str(path), "--township", "411526108", "--account", "li")
    process = started(*words, folder=tmp_path, variables=environment(settings), typed=PASSWORD)
    assert process.stderr is not None
    said = ""
    while "2/" not in said:  # two of its seven parts are in
        said += process.stderr.read(1)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    done = brought(typed, path)
    counts = done["counts"]
    assert isinstance(counts, dict)
    assert counts["known"] >= 500
    assert counts["known"] + counts["new"] == 3_000
    assert done["rows_back"] == []
    with_ = open_(settings, system_clock)
    with with_.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey)) == 3_000
    with_.close()
