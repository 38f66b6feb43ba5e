"""Arrivals on screen: who is expected, at the post, who came, one person, writing somebody down."""

from typing import Any

from tongxin.arrivals.pages import (
    calling,
    coming,
    correcting,
    declaring,
    doubting,
    exporting,
    listing,
    passing,
    person,
    posts,
    recording,
)

HANDLERS: list[Any] = [
    *recording.HANDLERS, *listing.HANDLERS, *exporting.HANDLERS, *person.HANDLERS,
    *correcting.HANDLERS,
    *declaring.HANDLERS, *coming.HANDLERS, *passing.HANDLERS, *posts.HANDLERS,
    *calling.HANDLERS, *doubting.HANDLERS,
]  # fmt: skip
