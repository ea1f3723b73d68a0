"""What price lists refuse, as one tree.

DomainError
└── Refusal                 the file cannot be taken as a whole; says why and what to do
    ├── UnreadableFile      damaged, truncated, or not what it claims to be
    ├── UnknownFormat       recognised as something that is no price list (a web page, a PDF, a program)
    ├── TooBig              a limit of size, columns or inflation was passed
    └── NoGoodsFound        readable, but no table or feed of goods with names and prices is in it
core.errors.Conflict
├── RunNotPossible          the import is in a state in which this cannot be done
├── ImportStopped           somebody stopped the import while it was applied
└── RowsGone                what was read of the file is no longer there
core.errors.InvalidInput
├── ColumnsMissing          a price list needs a column with names and one with prices
└── CodesMissing            a file of prices or stock needs a column with codes and one of either
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, DomainError, InvalidInput

#: The code of a fault of ours, kept where else the code of a refusal stands.
UNEXPECTED: Final = "unexpected"


class Refusal(DomainError):
    """A whole file is refused. `code` is stable; `message` and `remedy` are for the vendor."""

    def __init__(self, code: str, **context: Any) -> None:
        from price_lists.messages import REFUSALS

        message, self.remedy = REFUSALS[code]
        super().__init__(code, message, **context)

    def __str__(self) -> str:
        from price_lists.messages import in_readers_language

        return str(self.message) % in_readers_language(self.context) if self.context else str(self.message)

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


class RunNotPossible(Conflict):
    message = _("This import has moved on meanwhile. Reload the page to see where it stands.")


class ImportStopped(Conflict):
    message = _(
        "The import was stopped while it was being applied. What was applied until then is in the catalogue;"
        " go on with it to apply the rest, or send another file."
    )


class RowsGone(Conflict):
    message = _("What was read of this file is no longer there. Send the file again.")


class ColumnsMissing(InvalidInput):
    message = _("Choose which column holds the names and which one the prices.")


class CodesMissing(InvalidInput):
    message = _("Choose which column holds the articles or barcodes, and which one the prices or the stock.")
