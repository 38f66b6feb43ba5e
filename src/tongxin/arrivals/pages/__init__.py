"""Arrivals on screen: who came, one person, and writing somebody down."""

from typing import Any

from tongxin.arrivals.pages import correcting, exporting, listing, person, recording

HANDLERS: list[Any] = [
    *recording.HANDLERS, *listing.HANDLERS, *exporting.HANDLERS, *person.HANDLERS,
    *correcting.HANDLERS,
]  # fmt: skip
