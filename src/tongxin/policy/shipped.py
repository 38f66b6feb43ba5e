"""The packs that come with the program. The one module here that reads files; nothing pure uses it.

A township adopts a pack by recording its bytes; from then on this folder no longer matters.
"""

from functools import lru_cache
from importlib.resources import files

from tongxin.policy.pack import Pack
from tongxin.policy.reading import read_pack

_SUFFIX = ".toml"


def shipped_names() -> tuple[str, ...]:
    """The ids of the packs that come with the program, sorted."""
    folder = files("tongxin.policy").joinpath("packs")
    names = (item.name for item in folder.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def shipped_bytes(name: str) -> bytes:
    """The exact bytes of one of them. `name` is one of `shipped_names`; else KeyError."""
    if name not in shipped_names():
        raise KeyError(name)
    return files("tongxin.policy").joinpath("packs").joinpath(name + _SUFFIX).read_bytes()


@lru_cache(maxsize=64)
def shipped_pack(name: str) -> Pack:
    """One of them, read and checked."""
    return read_pack(shipped_bytes(name), name + _SUFFIX)
