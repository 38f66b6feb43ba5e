"""Words for people, in both languages at once, so that neither can be forgotten."""

from enum import StrEnum
from typing import Self

from msgspec import Struct


class Language(StrEnum):
    """The languages the program speaks. Chinese comes first."""

    ZH = "zh"
    EN = "en"


class Text(Struct, frozen=True):
    """One sentence in both languages; `{names}` in it are filled by `filled`."""

    zh: str
    en: str

    def filled(self, **values: object) -> Self:
        """The same sentence with its `{names}` replaced: a text by its own language, else `str`."""
        zh = {name: v.zh if isinstance(v, Text) else str(v) for name, v in values.items()}
        en = {name: v.en if isinstance(v, Text) else str(v) for name, v in values.items()}
        return type(self)(self.zh.format(**zh), self.en.format(**en))

    def spoken(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language is Language.ZH else self.en
