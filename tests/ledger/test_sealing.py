"""Sealing, chaining, signing: what opens again, and what is noticed when it was changed."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.base.problems import Problem
from tongxin.ledger.sealing import (
    GENESIS,
    NONCE_BYTES,
    Signer,
    envelope,
    link,
    opened,
    seal,
    signed_bytes,
    unseal,
    verify,
)

KEY = bytes(range(32))
NONCE = bytes(range(12))
HEADER = b'["411526108",1]'
AUTHOR = Signer(bytes(range(32)))
HEADER_FIELDS = {
    "township": "411526108",
    "id": "0197f3a0-0000-7000-8000-000000000001",
    "kind": "arrivals.arrival_recorded",
    "subject": "person-1",
    "purpose": "registration",
    "area": "411526108201",
    "author": "account-1",
    "device": "server",
}
HAPPENED_AT_MS = 1_649_282_400_000
BODY = b'{"name":"..."}'


def message(happened_at_ms: int = HAPPENED_AT_MS, body: bytes = BODY, **changed: str) -> bytes:
    """What is signed of one fact, some of it changed."""
    fields = {**HEADER_FIELDS, **changed}
    return signed_bytes(**fields, happened_at_ms=happened_at_ms, body=body)


@given(plaintext=st.binary(max_size=2000), associated=st.binary(max_size=300))
def test_what_was_sealed_opens_again(plaintext: bytes, associated: bytes) -> None:
    assert unseal(KEY, seal(KEY, NONCE, plaintext, associated), associated) == plaintext


def test_the_nonce_comes_first_and_the_ciphertext_after() -> None:
    sealed = seal(KEY, NONCE, b"swab", HEADER)
    assert sealed[:NONCE_BYTES] == NONCE
    assert b"swab" not in sealed
    assert len(sealed) == NONCE_BYTES + len(b"swab") + 16


@given(place=st.integers(min_value=0, max_value=12 + 20 + 16 - 1), bit=st.integers(0, 7))
def test_one_changed_bit_is_noticed(place: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, NONCE, b"x" * 20, HEADER))
    sealed[place] ^= 1 << bit
    assert _code_of(lambda: unseal(KEY, bytes(sealed), HEADER)) == "ledger.unreadable"


def test_another_header_does_not_open_the_same_ciphertext() -> None:
    sealed = seal(KEY, NONCE, b"swab", HEADER)
    assert _code_of(lambda: unseal(KEY, sealed, HEADER + b" ")) == "ledger.unreadable"


def test_another_key_opens_nothing() -> None:
    sealed = seal(KEY, NONCE, b"swab", HEADER)
    assert _code_of(lambda: unseal(bytes(32), sealed, HEADER)) == "ledger.unreadable"


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27])
def test_a_cut_off_piece_is_unreadable_and_no_accident(length: int) -> None:
    sealed = seal(KEY, NONCE, b"swab", HEADER)[:length]
    assert _code_of(lambda: unseal(KEY, sealed, HEADER)) == "ledger.unreadable"


def test_a_link_is_the_hash_of_what_was_before_the_header_with_its_length_and_the_ciphertext() -> (
    None
):
    written_out = GENESIS + b"\x00\x00\x00\x02" + b"hd" + b"ciphertext"
    assert link(GENESIS, b"hd", b"ciphertext") == hashlib.sha256(written_out).digest()


def test_where_the_header_ends_is_part_of_the_link() -> None:
    assert link(GENESIS, b"ab", b"c") != link(GENESIS, b"a", b"bc")


def test_an_envelope_holds_the_signature_and_then_the_body() -> None:
    assert opened(envelope(bytes(64), b"body")) == (bytes(64), b"body")
    assert opened(envelope(bytes(64), b"")) == (bytes(64), b"")


def test_too_short_an_envelope_is_unreadable() -> None:
    assert _code_of(lambda: opened(bytes(63))) == "ledger.unreadable"


def test_what_is_signed_is_ten_lines_and_the_body() -> None:
    assert message() == (
        b"tongxin-fact-1\n411526108\n0197f3a0-0000-7000-8000-000000000001\n"
        b"arrivals.arrival_recorded\nperson-1\nregistration\n411526108201\naccount-1\nserver\n"
        b'1649282400000\n{"name":"..."}'
    )


def test_a_signature_verifies_for_its_author_and_message_only() -> None:
    signature = AUTHOR.sign(message())
    assert verify(AUTHOR.verify_key, signature, message())
    assert not verify(Signer(bytes(32)).verify_key, signature, message())


@pytest.mark.parametrize("field", list(HEADER_FIELDS))
def test_every_field_is_under_the_signature(field: str) -> None:
    signature = AUTHOR.sign(message())
    fields = {**HEADER_FIELDS, field: f"{HEADER_FIELDS[field]}0"}
    changed = signed_bytes(**fields, happened_at_ms=HAPPENED_AT_MS, body=BODY)
    assert not verify(AUTHOR.verify_key, signature, changed)


def test_the_instant_and_the_body_are_under_the_signature() -> None:
    signature = AUTHOR.sign(message())
    for changed in (message(happened_at_ms=HAPPENED_AT_MS + 1), message(body=b"{}")):
        assert not verify(AUTHOR.verify_key, signature, changed)


def test_no_field_may_reach_into_the_next_line() -> None:
    smuggled = "arrivals.arrival_recorded\nperson-2"
    assert _code_of(lambda: message(kind=smuggled)) == "base.malformed"


@pytest.mark.parametrize(
    ("verify_key", "signature"),
    [(b"", bytes(64)), (bytes(31), bytes(64)), (AUTHOR.verify_key, b""), (b"\xff" * 32, bytes(64))],
)
def test_what_is_no_key_or_signature_at_all_does_not_verify(
    verify_key: bytes, signature: bytes
) -> None:
    assert not verify(verify_key, signature, b"message")


def test_signing_follows_rfc_8032() -> None:
    """Section 7.1, test 1."""
    private = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    signer = Signer(bytes.fromhex(private))
    assert signer.verify_key.hex() == public
    assert signer.sign(b"").hex() == signature


def test_a_signer_shows_nothing_of_its_private_key() -> None:
    assert bytes(range(32)).hex()[:16] not in repr(AUTHOR)


def _code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Problem) as raised:
        act()
    return raised.value.code
