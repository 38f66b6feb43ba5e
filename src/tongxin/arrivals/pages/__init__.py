"""Arrivals on screen: who came, one person, and writing somebody down."""

from typing import Any

from tongxin.arrivals.pages import correcting, listing, person, recording

HANDLERS: list[Any] = [
    *recording.HANDLERS, *listing.HANDLERS, *person.HANDLERS, *correcting.HANDLERS,
]  # fmt: skip
