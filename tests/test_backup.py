"""Drills: a backup brings the township back, and what was forgotten since stays forgotten."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from tests.conftest import Postgres
from tests.town import Clock, Town
from tests.village import CHEN, LI, LIN, MA, TAOLIN, TOWNSHIP, ZHAO, ZHOU
from tongxin.backup import back_up, restore
from tongxin.backup.manifest import KEYS_FILE, LEDGER_FILE, checked
from tongxin.base.problems import Problem
from tongxin.installation import Installation, Settings, open_
from tongxin.ledger.facts import OFFICE
from tongxin.ledger.inbox import digest_of, subject_of
from tongxin.ledger.kinds import HELD_RESOLVED, HeldResolved
from tongxin.ledger.tables import chain, fact, figure_part, held
from tongxin.ledger.verifying import Count, verified


def saved(town: Town, folder: Path, keep_days: int = 30) -> Path:
    """A backup of the town as it is now."""
    inst = town.installation
    back_up(inst.database, inst.keys, folder, keep_days, town.now)
    return folder


def elsewhere(settings: Settings, folder: Path) -> Settings:
    """An empty SQLite installation that the same key file opens."""
    folder.mkdir(exist_ok=True)
    return Settings(f"sqlite:///{folder / 'tongxin.db'}", settings.unlock)


def figures(installation: Installation) -> dict[str, int]:
    with installation.database.reading() as connection:
        rows = connection.execute(
            sa.select(figure_part.c.figure, sa.func.sum(figure_part.c.amount))
            .where(figure_part.c.township == TOWNSHIP)
            .group_by(figure_part.c.figure)
        )
        return {name: int(amount) for name, amount in rows}


def hashes(installation: Installation) -> list[bytes]:
    with installation.database.reading() as connection:
        return [
            bytes(one)
            for one in connection.scalars(
                sa.select(fact.c.hash).where(fact.c.township == TOWNSHIP).order_by(fact.c.seq)
            )
        ]


def is_sound(installation: Installation) -> bool:
    with installation.database.reading() as connection:
        found = verified(connection, installation.keys, installation.rulebook, TOWNSHIP, Count())
        return not list(found)


@pytest.fixture
def back(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Settings]:
    """Where a drill restores to, when it does so into SQLite."""
    yield elsewhere(settings, tmp_path / "back")


def test_a_restored_township_is_the_same(
    town: Town, back: Settings, tmp_path: Path, clock: Clock
) -> None:
    for who in (CHEN, MA, LIN):
        town.arrive(who)
    folder = saved(town, tmp_path / "backup")
    counted, chained = figures(town.installation), hashes(town.installation)

    done = restore(folder, back, clock)

    assert done.forgotten_again == 0
    restored = open_(back, clock)
    try:
        assert hashes(restored) == chained
        assert figures(restored) == counted
        assert is_sound(restored)
        with restored.database.reading() as there, town.installation.database.reading() as here:
            epochs = [c.scalar(sa.select(chain.c.epoch)) for c in (there, here)]
        assert epochs[0] != epochs[1], "devices must be told to begin anew"
    finally:
        restored.close()


def test_what_was_forgotten_since_stays_forgotten_and_keeps_counting(
    town: Town, back: Settings, tmp_path: Path, clock: Clock, settings: Settings
) -> None:
    chen, lin = town.arrive(CHEN), town.arrive(LIN)
    folder = saved(town, tmp_path / "backup")
    counted = figures(town.installation)
    town.installation.forgetting.forget(
        TOWNSHIP, chen.subject, [chen.purpose], "本人要求", town.now
    )
    assert figures(town.installation) == counted
    # The notes lie beside the live keys, and are found beside the target's.
    live = town.installation.forgetting.note_path
    target = tmp_path / "back" / "tongxin.db.keys.forgotten"
    target.write_bytes(live.read_bytes())

    done = restore(folder, back, clock)

    assert done.forgotten_again == 1
    restored = open_(back, clock)
    try:
        key = (TOWNSHIP, chen.subject, chen.purpose)
        assert restored.keys.keys_for({key}) == {}
        assert restored.keys.destroyed(*key) is not None
        assert restored.keys.keys_for({(TOWNSHIP, lin.subject, lin.purpose)})
        assert figures(restored) == counted
        assert is_sound(restored)
    finally:
        restored.close()
    assert CHEN.name.encode() not in b"".join(
        path.read_bytes() for path in (tmp_path / "back").iterdir()
    )


def test_what_was_forgotten_before_the_backup_is_in_no_part_of_it(
    town: Town, back: Settings, tmp_path: Path, clock: Clock
) -> None:
    chen = town.arrive(CHEN)
    town.installation.forgetting.forget(
        TOWNSHIP, chen.subject, [chen.purpose], "本人要求", town.now
    )
    folder = saved(town, tmp_path / "backup")

    assert restore(folder, back, clock).forgotten_again == 0

    restored = open_(back, clock)
    try:
        assert restored.keys.destroyed(TOWNSHIP, chen.subject, chen.purpose) is not None
        assert is_sound(restored)
    finally:
        restored.close()


def test_held_facts_come_back(town: Town, back: Settings, tmp_path: Path, clock: Clock) -> None:
    outside = town.arrival(LIN, by=ZHAO)
    (verdict,) = town.record(outside)
    assert verdict.outcome == "held"
    restore(saved(town, tmp_path / "backup"), back, clock)
    restored = open_(back, clock)
    try:
        with restored.database.reading() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM held")) == 1
    finally:
        restored.close()


def test_an_expired_backup_of_the_keys_is_refused(
    town: Town, back: Settings, tmp_path: Path, clock: Clock
) -> None:
    folder = saved(town, tmp_path / "backup", keep_days=30)
    clock.advance(days=31)
    with pytest.raises(Problem) as refused:
        restore(folder, back, clock)
    assert refused.value.code == "ledger.backup_expired"
    assert list((tmp_path / "back").iterdir()) == []


def test_nothing_is_restored_over_anything(
    town: Town, back: Settings, settings: Settings, tmp_path: Path, clock: Clock
) -> None:
    folder = saved(town, tmp_path / "backup")
    with pytest.raises(Problem) as keys_there:
        restore(folder, settings, clock)
    assert keys_there.value.code == "ledger.keys_exist"
    elsewhere_keys = Settings(settings.database_url, settings.unlock, tmp_path / "other.keys")
    with pytest.raises(Problem) as tables_there:
        restore(folder, elsewhere_keys, clock)
    assert tables_there.value.code == "backup.target_not_empty"
    assert is_sound(town.installation)


def test_nothing_is_backed_up_over_anything(town: Town, tmp_path: Path) -> None:
    folder = saved(town, tmp_path / "backup")
    with pytest.raises(Problem) as refused:
        saved(town, folder)
    assert refused.value.code == "backup.folder_taken"
    assert checked(folder).townships


@pytest.mark.parametrize("name", [LEDGER_FILE, KEYS_FILE])
def test_a_damaged_backup_is_refused(
    town: Town, back: Settings, tmp_path: Path, clock: Clock, name: str
) -> None:
    folder = saved(town, tmp_path / "backup")
    damaged = bytearray((folder / name).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (folder / name).write_bytes(damaged)
    with pytest.raises(Problem) as refused:
        restore(folder, back, clock)
    assert refused.value.code == "backup.damaged"


def test_a_backup_with_another_ledger_in_it_is_found_out_and_taken_away(
    town: Town, back: Settings, tmp_path: Path, clock: Clock
) -> None:
    """Even with a fitting manifest: the chain itself is verified before anything has a name."""
    town.arrive(CHEN)
    folder = saved(town, tmp_path / "backup")
    ledger = folder / LEDGER_FILE
    engine = sa.create_engine(f"sqlite:///{ledger}")
    with engine.begin() as connection:
        connection.execute(
            sa.update(fact).where(fact.c.township == TOWNSHIP, fact.c.seq == 3).values(author="x")
        )
    engine.dispose()
    manifest = folder / "manifest.json"
    old, new = checked_digests(folder)
    manifest.write_text(manifest.read_text().replace(old, new))
    with pytest.raises(Problem) as refused:
        restore(folder, back, clock)
    assert refused.value.code == "backup.restored_wrong"
    assert list((tmp_path / "back").iterdir()) == []


def checked_digests(folder: Path) -> tuple[str, str]:
    """What the manifest says of the ledger's file, and what it is."""
    said = msgspec.json.decode((folder / "manifest.json").read_bytes())["files"][LEDGER_FILE]
    return said, hashlib.sha256((folder / LEDGER_FILE).read_bytes()).hexdigest()


def test_a_backup_holds_no_derived_table_and_no_name(town: Town, tmp_path: Path) -> None:
    town.arrive(CHEN)
    folder = saved(town, tmp_path / "backup")
    engine = sa.create_engine(f"sqlite:///{folder / LEDGER_FILE}")
    assert set(sa.inspect(engine).get_table_names()) == {"chain", "fact", "held"}
    engine.dispose()
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert CHEN.name.encode() not in held
    assert CHEN.phone.encode() not in held
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "keys").iterdir())


@pytest.mark.postgres
def test_a_township_moves_from_either_database_to_postgresql(
    town: Town, tmp_path: Path, clock: Clock, settings: Settings, postgres: Postgres
) -> None:
    chen = town.arrive(CHEN)
    folder = saved(town, tmp_path / "backup")
    town.installation.forgetting.forget(
        TOWNSHIP, chen.subject, [chen.purpose], "本人要求", town.now
    )
    (tmp_path / "pg.keys.forgotten").write_bytes(
        town.installation.forgetting.note_path.read_bytes()
    )
    name = postgres.new()
    moved = Settings(postgres.address(name), settings.unlock, tmp_path / "pg.keys")
    assert restore(folder, moved, clock).forgotten_again == 1
    restored = open_(moved, clock)
    try:
        assert is_sound(restored)
        assert figures(restored) == figures(town.installation)
    finally:
        restored.close()
        postgres.drop(name)


@pytest.mark.postgres
def test_a_failed_restore_leaves_postgresql_empty(
    town: Town, tmp_path: Path, clock: Clock, settings: Settings, postgres: Postgres
) -> None:
    folder = saved(town, tmp_path / "backup")
    name = postgres.new()
    moved = Settings(postgres.address(name), settings.unlock, tmp_path / "pg.keys")
    with pytest.raises(Problem):
        restore(folder, moved, Clock(clock.now + timedelta(days=40)))
    restore(folder, moved, clock)
    assert (tmp_path / "pg.keys").exists()
    postgres.drop(name)


def test_somebody_only_ever_held_and_forgotten_since_is_forgotten_again(
    town: Town, back: Settings, tmp_path: Path, clock: Clock
) -> None:
    astray = town.arrival(CHEN, by=ZHOU, area=TAOLIN)
    town.record(astray)
    digest = digest_of(astray.signature)
    decision = HeldResolved(held=digest, accepted=False, reason="查无此人")
    town.record(
        town.draft(
            HELD_RESOLVED, decision, by=LI, subject=subject_of(digest), purpose=OFFICE, area=TAOLIN
        )
    )
    folder = saved(town, tmp_path / "backup")
    forgetting = town.installation.forgetting
    forgetting.forget(TOWNSHIP, astray.subject, [astray.purpose], "查无此人", town.now)
    target = tmp_path / "back" / "tongxin.db.keys.forgotten"
    target.write_bytes(forgetting.note_path.read_bytes())
    assert restore(folder, back, clock).forgotten_again == 1
    restored = open_(back, clock)
    try:
        assert restored.keys.destroyed(TOWNSHIP, astray.subject, astray.purpose) is not None
        with restored.database.reading() as connection:
            assert connection.execute(sa.select(held)).all() == []
        assert is_sound(restored)
    finally:
        restored.close()
