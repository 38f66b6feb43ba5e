"""People on screen: the list and its search, one person, the form for somebody new."""

from typing import Any

from tongxin.registry.residents.pages import joining, listing, person

# In this order: `/residents/new` before `/residents/{person}`.
HANDLERS: list[Any] = [*joining.HANDLERS, *listing.HANDLERS, *person.HANDLERS]
