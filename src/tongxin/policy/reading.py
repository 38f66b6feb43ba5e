"""Bytes to a pack, or the problem that names file, key, value and mend."""

import hashlib
import tomllib
from datetime import date, datetime, time
from typing import Any

import msgspec
from msgspec import inspect

from tongxin.base.texts import Text
from tongxin.policy.clauses import Cited
from tongxin.policy.faults import MISSING_KEY, NO_SOURCE, NOT_TOML, UNKNOWN_KEY, WRONG_TYPE
from tongxin.policy.pack import Pack
from tongxin.policy.soundness import check_sound, nearest

# Put in by the reader, so no file may claim it.
_OURS = "fingerprint"
_WANTED: dict[type[inspect.Type], tuple[Text, type]] = {
    inspect.StrType: (Text("文字", "a text"), str),
    inspect.BoolType: (Text(" true 或 false", "true or false"), bool),
    inspect.DateType: (Text("日期，例如 2022-04-07", "a date, as in 2022-04-07"), date),
    inspect.TimeType: (Text("钟点，例如 06:00:00", "a time of day, as in 06:00:00"), time),
}
_LARGER: dict[type[inspect.Type], Text] = {
    inspect.IntType: Text("整数", "a whole number"),
    inspect.FloatType: Text("数字", "a number"),
    inspect.VarTupleType: Text("列表", "a list"),
    inspect.StructType: Text("表", "a table"),
    inspect.DictType: Text("表", "a table"),
}


def read_pack(data: bytes, name: str) -> Pack:
    """The pack in `data`; `name` is the file's name, for messages only.

    Raises a problem of `policy.faults`, the first that is found. A byte order mark, which some
    editors write, is let pass.
    """
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NOT_TOML(field=name, file=name, why=str(error)[:200] or "too deep") from None
    _check(raw, inspect.type_info(Pack), name, "")
    pack = msgspec.convert(raw, Pack, builtin_types=(date, time))
    pack = msgspec.structs.replace(pack, fingerprint=hashlib.sha256(data).hexdigest())
    check_sound(pack, name)
    return pack


def _check(value: object, kind: inspect.Type, file: str, key: str) -> None:
    if isinstance(kind, inspect.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    if isinstance(kind, inspect.StructType):
        _check_table(_want(value, dict, kind, file, key), kind, file, key)
    elif isinstance(kind, inspect.VarTupleType):
        items: list[object] = _want(value, list, kind, file, key)
        for number, item in enumerate(items):
            _check(item, kind.item_type, file, f"{key}[{_name_of(item, number)}]")
    elif isinstance(kind, inspect.DictType):
        table: dict[str, object] = _want(value, dict, kind, file, key)
        for name, item in table.items():
            _check(item, kind.value_type, file, f"{key}.{name}")
    elif isinstance(kind, inspect.LiteralType):
        if not (isinstance(value, str) and value in kind.values):
            _refuse(value, _wanted(kind), file, key)
    elif isinstance(kind, inspect.FloatType | inspect.IntType):
        allowed = (int, float) if isinstance(kind, inspect.FloatType) else (int,)
        if isinstance(value, bool) or not isinstance(value, allowed):
            _refuse(value, _wanted(kind), file, key)
    else:
        wanted, type_ = _WANTED[type(kind)]
        if not isinstance(value, type_) or isinstance(value, datetime):
            _refuse(value, wanted, file, key)


def _check_table(table: dict[str, object], kind: inspect.StructType, file: str, key: str) -> None:
    fields = {field.encode_name: field for field in kind.fields if field.name != _OURS}
    for name in table:
        if name not in fields:
            known = nearest(name, fields)
            raise UNKNOWN_KEY(
                field=_join(key, name), file=file, key=_join(key, name), nearest=known
            )
    for name, field in fields.items():
        if name in table:
            _check(table[name], field.type, file, _join(key, name))
        elif field.required:
            if issubclass(kind.cls, Cited) and name in {"source", "clause"}:
                raise NO_SOURCE(field=key, file=file, table=key, missing=name)
            wanted = _wanted(field.type)
            raise MISSING_KEY(
                field=_join(key, name),
                file=file,
                key=_join(key, name),
                wanted_zh=wanted.zh,
                wanted_en=wanted.en,
            )


def _want(value: object, type_: type, kind: inspect.Type, file: str, key: str) -> Any:
    if not isinstance(value, type_):
        _refuse(value, _wanted(kind), file, key)
    return value


def _refuse(value: object, wanted: Text, file: str, key: str) -> None:
    shown = f"“{value}”" if isinstance(value, str) else str(value)
    raise WRONG_TYPE(
        field=key, file=file, key=key, value=shown[:80], wanted_zh=wanted.zh, wanted_en=wanted.en
    )


def _wanted(kind: inspect.Type) -> Text:
    if isinstance(kind, inspect.UnionType):
        return _wanted(kind.types[0])
    if isinstance(kind, inspect.LiteralType):
        names = " / ".join(str(value) for value in kind.values)
        return Text(f"其中之一：{names}", f"one of {names}")
    return _LARGER.get(type(kind)) or _WANTED[type(kind)][0]


def _name_of(item: object, number: int) -> str:
    """An entry's own id, or its place in the list, counted from 1."""
    name = item.get("id") if isinstance(item, dict) else None
    return name if isinstance(name, str) else str(number + 1)


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
