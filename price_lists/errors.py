"""What price lists refuse, as one tree.

DomainError
└── Refusal                 the file cannot be taken as a whole; says why and what to do
    ├── UnreadableFile      damaged, truncated, or not what it claims to be
    ├── UnknownFormat       recognised as something that is no price list (a web page, a PDF, a program)
    ├── TooBig              a limit of size, columns or inflation was passed
    └── NoGoodsFound        readable, but no table or feed of goods with names and prices is in it
"""

from __future__ import annotations

from typing import Any

from core.errors import DomainError


class Refusal(DomainError):
    """A whole file is refused. `code` is stable; `message` and `remedy` are for the vendor."""

    def __init__(self, code: str, **context: Any) -> None:
        from price_lists.messages import REFUSALS

        message, self.remedy = REFUSALS[code]
        super().__init__(code, message, **context)

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": str(self), "remedy": str(self.remedy)}


class UnreadableFile(Refusal):
    pass


class UnknownFormat(Refusal):
    pass


class TooBig(Refusal):
    status = 413


class NoGoodsFound(Refusal):
    pass
