"""The derived table of episodes that are part of a journey which goes by another's name."""

from typing import Final

from sqlalchemy import Column

from tongxin.ledger.tables import Code, derived

# Rows are the lead's. Whoever follows an older link, to any of the records, finds the journey.
joined_episode = derived(
    "joined_episode",
    Column("episode", Code, primary_key=True),
    Column("journey", Code, nullable=False),
)

TABLES: Final = (joined_episode,)
