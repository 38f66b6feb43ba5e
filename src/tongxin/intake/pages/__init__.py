"""Importing on screen: bring a file, say which column is what, look, confirm, see what became."""

from typing import Any

from tongxin.intake.pages import bringing, going, mapping

HANDLERS: list[Any] = [*bringing.HANDLERS, *mapping.HANDLERS, *going.HANDLERS]
"""All pages of intake."""
