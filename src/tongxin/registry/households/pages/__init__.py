"""Households on screen: the list, one card a household, the form that registers one."""

from typing import Any

from tongxin.registry.households.pages import card, listing, recording

# In this order: `/households/new` before `/households/{household}`.
HANDLERS: list[Any] = [*recording.HANDLERS, *listing.HANDLERS, *card.HANDLERS]
