"""Keys are made once, given to whoever asks again, and never after they were destroyed."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.ledger.keys.cast import (
    LATER,
    LI,
    MS,
    NOW,
    PHRASE,
    TOWNSHIP,
    WANG,
    WANG_EPISODE,
    code_of,
    edit,
    elsewhere,
    traces,
)
from tongxin.ledger.keys import Keys
from tongxin.ledger.sealing import verify


def test_every_subject_and_purpose_has_a_key_of_its_own(keys: Keys) -> None:
    made = keys.keys_for({WANG, WANG_EPISODE, LI}, MS, make=True)
    assert {len(key) for key in made.values()} == {32}
    assert len(set(made.values())) == 3


def test_asking_again_gives_the_same_key(keys: Keys) -> None:
    assert keys.keys_for([WANG], MS, make=True) == keys.keys_for([WANG], MS, make=True)


def test_reading_makes_nothing(keys: Keys) -> None:
    assert keys.keys_for({WANG}) == {}
    assert keys.destroyed(*WANG) is None


def test_two_townships_with_the_same_subject_share_no_key(keys: Keys) -> None:
    elsewhere = ("411526109", *WANG[1:])
    made = keys.keys_for({WANG, elsewhere}, MS, make=True)
    assert made[WANG] != made[elsewhere]
    keys.destroy(TOWNSHIP, WANG[1], NOW)
    assert list(keys.keys_for({WANG, elsewhere})) == [elsewhere]


def test_more_keys_than_are_remembered_are_all_found(path: Path, keys: Keys) -> None:
    names = [(TOWNSHIP, f"person-{n}", "registration") for n in range(20)]
    made = keys.keys_for(names, MS, make=True)
    with Keys.open(path, PHRASE, NOW, remembered=3) as small:
        assert small.keys_for(names) == made
        assert small.keys_for(names[::-1]) == made
        assert list(small._recent) == names[2::-1]  # and memory stays small


def test_connections_that_make_the_same_keys_at_once_agree(path: Path, keys: Keys) -> None:
    """Two openings of the file are to each other as two processes are."""
    turns, each = range(20), 20
    start = threading.Barrier(2)

    def ask(ring: Keys) -> list[dict[tuple[str, str, str], bytes]]:
        given = []
        for turn in turns:
            names = [(TOWNSHIP, f"person-{turn}-{n}", "registration") for n in range(each)]
            start.wait(timeout=30)
            given.append(ring.keys_for(names, MS, make=True))
        return given

    with Keys.open(path, PHRASE, NOW) as other, ThreadPoolExecutor(2) as pool:
        one, two = pool.map(ask, (keys, other))
    assert one == two
    assert [len(made) for made in one] == [each for _ in turns]


def test_threads_that_ask_at_once_are_given_one_key(keys: Keys) -> None:
    start, given = threading.Barrier(8), []

    def ask() -> None:
        start.wait(timeout=30)
        given.append(keys.keys_for({WANG}, MS, make=True)[WANG])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 8
    assert len(set(given)) == 1


def test_a_key_in_the_file_is_not_the_key_itself(path: Path, keys: Keys) -> None:
    made = keys.keys_for({WANG}, MS, make=True)
    assert not traces(path, made[WANG])
    assert not traces(path, keys.master_key())


def test_a_changed_key_is_noticed(path: Path, keys: Keys) -> None:
    keys.keys_for({WANG, LI}, MS, make=True)
    edit(path, "UPDATE subject_key SET wrapped = zeroblob(60) WHERE subject = 'person-wang'")
    assert code_of(lambda: keys.keys_for({WANG})) == "ledger.key_damaged"
    assert LI in keys.keys_for({LI})


def test_a_key_put_under_another_name_is_noticed(path: Path, keys: Keys) -> None:
    keys.keys_for({WANG, LI}, MS, make=True)
    edit(
        path,
        "UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key"
        " WHERE subject = 'person-li') WHERE subject = 'person-wang'",
    )
    assert code_of(lambda: keys.keys_for({WANG})) == "ledger.key_damaged"


def test_a_process_killed_after_making_a_key_leaves_an_unused_key_and_nothing_else(
    path: Path, keys: Keys
) -> None:
    """A key is on disk before its fact. Killed in between, there is a key without a fact."""
    keys.keys_for({LI}, MS, make=True)
    killed = elsewhere(
        path,
        f"keys.keys_for({{{WANG!r}}}, {MS}, make=True)",
        f"os.kill(os.getpid(), {int(signal.SIGKILL)})",
    )
    assert killed.returncode == -signal.SIGKILL
    assert set(keys.keys_for({WANG, LI})) == {WANG, LI}
    unused = keys.keys_for({WANG})
    assert keys.keys_for({WANG}, MS, make=True) == unused


def test_destroying_ends_every_key_of_a_subject_and_says_which(keys: Keys) -> None:
    keys.keys_for({WANG, WANG_EPISODE, LI}, MS, make=True)
    assert keys.destroy(TOWNSHIP, "person-wang", LATER) == ["episode:1", "registration"]
    assert set(keys.keys_for({WANG, WANG_EPISODE, LI})) == {LI}


def test_one_purpose_can_be_served_before_the_others(keys: Keys) -> None:
    keys.keys_for({WANG, WANG_EPISODE}, MS, make=True)
    assert keys.destroy(TOWNSHIP, "person-wang", LATER, ["episode:1"]) == ["episode:1"]
    assert set(keys.keys_for({WANG, WANG_EPISODE})) == {WANG}


def test_a_tombstone_tells_when(keys: Keys) -> None:
    keys.keys_for({WANG}, MS, make=True)
    keys.destroy(TOWNSHIP, "person-wang", LATER)
    assert keys.destroyed(*WANG) == LATER
    assert keys.destroyed(*LI) is None


def test_a_destroyed_key_is_never_made_again(path: Path, keys: Keys) -> None:
    keys.keys_for({WANG}, MS, make=True)
    keys.destroy(TOWNSHIP, "person-wang", NOW)
    assert keys.keys_for({WANG}, MS, make=True) == {}
    with Keys.open(path, PHRASE, NOW) as again:
        assert again.keys_for({WANG}, MS, make=True) == {}


def test_a_purpose_destroyed_before_it_had_a_key_gets_none(keys: Keys) -> None:
    assert keys.destroy(TOWNSHIP, "person-wang", NOW, ["registration"]) == []
    assert keys.keys_for({WANG}, MS, make=True) == {}


def test_destroying_twice_is_destroying_once(keys: Keys) -> None:
    keys.keys_for({WANG}, MS, make=True)
    keys.destroy(TOWNSHIP, "person-wang", NOW)
    assert keys.destroy(TOWNSHIP, "person-wang", LATER, ["registration"]) == []
    assert keys.destroyed(*WANG) == NOW


def test_each_township_signs_with_a_key_of_its_own(keys: Keys) -> None:
    here, there = keys.signer(TOWNSHIP, NOW), keys.signer("411526109", NOW)
    signature = here.sign(b"head")
    assert verify(keys.verify_key(TOWNSHIP), signature, b"head")
    assert not verify(there.verify_key, signature, b"head")


def test_the_signing_key_stays_the_same(path: Path, keys: Keys) -> None:
    first = keys.signer(TOWNSHIP, NOW).verify_key
    with Keys.open(path, PHRASE, NOW) as again:
        assert again.signer(TOWNSHIP, LATER).verify_key == first
        assert again.verify_key(TOWNSHIP) == first


def test_a_township_without_a_signing_key_is_said_so(keys: Keys) -> None:
    assert code_of(lambda: keys.verify_key(TOWNSHIP)) == "ledger.no_signing_key"
