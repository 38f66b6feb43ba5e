"""National lists of areas at risk: a file's bytes, what it declares, and from when until when.

`reading` makes entries of the bytes, `placing` finds their codes, `intervals` makes of all lists
together since and until when each place was at risk. All pure. What is odd is told, never guessed.
"""
