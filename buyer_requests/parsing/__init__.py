"""Reading lists of needed goods: pasted text, tables, uploaded files. No database, no marketplace rows here."""

from buyer_requests.parsing.text import parse_text
from buyer_requests.parsing.types import SURE, Left, LeftOut, ParsedLine, ParsedList, Remark

__all__ = ["SURE", "Left", "LeftOut", "ParsedLine", "ParsedList", "Remark", "parse_text"]
