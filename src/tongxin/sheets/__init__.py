"""Tables that people keep in Excel and CSV: read without loss or guess, written without harm.

Knows nothing of any pillar. `reading.read` gives a `Book`; `header` proposes which column is what;
`rows` says of each row what it holds and what is wrong with it; `returning` and `writing` make
workbooks. What comes from outside is read in a process of its own: `apart`.
"""
