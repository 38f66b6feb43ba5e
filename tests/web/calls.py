"""What a walk over the routes sends, and what comes of it where it is allowed."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from tests.village import Worker
from tests.web.scene import Scene


class Call(Struct, frozen=True):
    """What is sent: the values of the path's parameters, the query, a JSON body or a form, which
    may carry a file (its field, and what is in it)."""

    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    json: Any = None
    form: Mapping[str, str] | None = None
    file: tuple[str, bytes] | None = None


Made = Callable[[Scene, str], Call]


class Example(Struct, frozen=True):
    """A call, and what comes of it where it is allowed.

    `at`: whether its target is in a village, in a township, or nowhere ("": it has none).
    `reveals`: the one kind of route whose answer may hold what is masked elsewhere.
    `alone`: it ends or changes the session of whoever calls, who is then somebody made for it.
    `becomes`: whom it signs in, so that its answer may tell of him.
    """

    made: Made
    ok: int = 200
    at: str = ""
    reveals: bool = False
    alone: bool = False
    becomes: Worker | None = None


def nothing(_scene: Scene, _place: str) -> Call:
    return Call()


def worker_is_inside(who: Worker, place: str) -> bool:
    """Whether `place` is in the area of a worker's role and in his own township's ledger."""
    return place.startswith(who.area) and place.startswith(who.township)


Examples = dict[tuple[str, str], Example]
