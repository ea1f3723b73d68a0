"""What is to be said of a list as a whole, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import ngettext

from buyer_requests.parsing.types import Note


def list_notes(notes: Sequence[Sequence[object]]) -> list[str]:
    """Sentences for (note, number) as the session keeps them; what is not known is left out."""
    said = []
    for name, number in notes:
        count = number if isinstance(number, int) else 0
        match name:
            case Note.HIDDEN_ROWS:
                said.append(
                    ngettext(
                        "%(count)d row of the sheet is hidden and was read, too: remove its line if you do not need it.",
                        "%(count)d rows of the sheet are hidden and were read, too: remove their lines if you do not need them.",
                        count,
                    )
                    % {"count": count}
                )
            case Note.ORDER_FORM:
                said.append(
                    ngettext(
                        "This is a price list with quantities: %(count)d row without a quantity was left out. Its prices are not taken for your limits.",
                        "This is a price list with quantities: %(count)d rows without a quantity were left out. Its prices are not taken for your limits.",
                        count,
                    )
                    % {"count": count}
                )
            case Note.SHEETS_LEFT:
                said.append(
                    ngettext(
                        "%(count)d sheet was not read: it is hidden, or names no quantities.",
                        "%(count)d sheets were not read: they are hidden, or name no quantities.",
                        count,
                    )
                    % {"count": count}
                )
    return said
