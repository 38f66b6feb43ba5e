"""A list of short texts kept as one: 45,000 names cost one string, not 45,000."""

from array import array
from collections.abc import Sequence
from typing import overload


class Lines(Sequence[str]):
    """The lines of `text`, read where they stand. A line is cut out only when it is asked for."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        starts = array("I", (0,))
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        # One more than there are lines: where a line after the last would start.
        starts.append(len(text) + 1)
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if not 0 <= row < len(self):
            raise IndexError(row)
        return self.text[self.starts[row] : self.starts[row + 1] - 1]
