"""Lists that somebody brings as Excel or CSV become facts: shown, mapped, previewed, confirmed.

Knows no kind of list itself: pillars above declare theirs (`kinds.SheetKind`) and the catalogue
gathers them. Until a list is in, it lies sealed in the table `staged`; the ledger never holds it.
"""
