"""The places somebody is asked about by name, as the page reads them out: by level, by area."""

from collections.abc import Sequence

from msgspec import Struct

from tongxin.base.pinyin import syllables
from tongxin.base.texts import Text
from tongxin.policy.judgement import Question
from tongxin.policy.pack import Pack
from tongxin.registry.words import LEVELS


class Asked(Struct, frozen=True):
    """One place: `name` is empty where all of the area (a code) is meant.

    `letters` are the first letters of its name's readings, by which it is found too.
    """

    place: str
    area: str
    name: str
    letters: str


class Group(Struct, frozen=True):
    """The places of one level at risk, those of one area together."""

    label: Text
    places: tuple[Asked, ...]


def by_level(questions: Sequence[Question], pack: Pack) -> list[Group]:
    """What is asked, the levels in the pack's order: the gravest first. No group is empty."""
    groups = []
    for level in dict.fromkeys((*pack.areas.levels, *(each.level for each in questions))):
        mine = {each.place: each for each in questions if each.level == level}
        ordered = sorted(mine.values(), key=lambda each: (each.area_of, each.name))
        if ordered:
            label = LEVELS.get(level, Text(level, level))
            groups.append(Group(label, tuple(_asked(each) for each in ordered)))
    return groups


def _asked(question: Question) -> Asked:
    letters = "".join(reading[:1] for reading in syllables(question.name))
    return Asked(question.place, question.area_of, question.name, letters)
