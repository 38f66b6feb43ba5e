"""What every pack of the program must keep: each number has its source, in the shape itself."""

from typing import Final

import pytest
from msgspec import Struct, inspect, structs

from tongxin.base.texts import Text
from tongxin.policy.clauses import Cited, Header, Slot
from tongxin.policy.pack import Pack
from tongxin.policy.shipped import shipped_bytes, shipped_names, shipped_pack
from tongxin.policy.soundness import _RANGES

# A pack's version and the hours inside a cited check rule are not numbers of the law by themselves.
_UNCITED: Final = {Header, Slot}
_NUMBERS: Final = (inspect.IntType, inspect.FloatType, inspect.TimeType)


def _tables(kind: inspect.Type, seen: dict[type, inspect.StructType]) -> None:
    match kind:
        case inspect.StructType(cls=cls, fields=fields) if cls not in seen:
            seen[cls] = kind
            for field in fields:
                _tables(field.type, seen)
        case inspect.UnionType(types=types):
            for one in types:
                _tables(one, seen)
        case inspect.VarTupleType(item_type=item):
            _tables(item, seen)
        case inspect.DictType(value_type=value):
            _tables(value, seen)


def _holds_number(kind: inspect.Type) -> bool:
    match kind:
        case inspect.UnionType(types=types):
            return any(_holds_number(one) for one in types)
        case inspect.VarTupleType(item_type=item):
            return _holds_number(item)
    return isinstance(kind, _NUMBERS)


def test_every_table_that_holds_a_number_asks_for_its_source() -> None:
    seen: dict[type, inspect.StructType] = {}
    _tables(inspect.type_info(Pack), seen)
    for cls, kind in seen.items():
        if any(_holds_number(field.type) for field in kind.fields):
            assert issubclass(cls, Cited) or cls in _UNCITED, cls.__name__


def test_every_number_has_a_range() -> None:
    seen: dict[type, inspect.StructType] = {}
    _tables(inspect.type_info(Pack), seen)
    named = {
        field.name
        for kind in seen.values()
        for field in kind.fields
        if _holds_number(field.type) and field.name not in {"opens", "due"}
    }
    assert named <= set(_RANGES)


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_pack_is_sound_and_says_what_it_does_not_know(name: str) -> None:
    pack = shipped_pack(name)
    assert pack.pack.id == name
    assert pack.missing
    assert len(pack.fingerprint) == 64


@pytest.mark.parametrize("name", shipped_names())
def test_no_source_of_a_shipped_pack_is_idle(name: str) -> None:
    text = shipped_bytes(name).decode()
    for source in shipped_pack(name).sources:
        assert f'source = "{source}"' in text or f"({source})" in text, source


@pytest.mark.parametrize("name", shipped_names())
def test_no_text_of_a_shipped_pack_is_empty(name: str) -> None:
    texts: list[Text] = []
    _gather(shipped_pack(name), texts)
    assert texts
    assert all(text.zh.strip() and text.en.strip() for text in texts)


def test_an_unknown_pack_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        shipped_bytes("../shipped")


def _gather(value: object, texts: list[Text]) -> None:
    if isinstance(value, Text):
        texts.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _gather(item, texts)
    elif isinstance(value, Struct):
        for field in structs.fields(value):
            _gather(getattr(value, field.name), texts)
