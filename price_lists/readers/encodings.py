"""Which encoding a text really has, by evidence; what a file declares is only a hint."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

SAMPLE = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CYRILLIC = ("cp1251", "koi8-u", "cp866", "cp1125", "mac_cyrillic", "iso8859_5")
# How often letters occur in Ukrainian and Russian text, in per mille, both languages' mean.
_FREQUENCY = {
    letter: int(weight)
    for letter, weight in re.findall(
        r"(\D)(\d+)",
        "о94а80и62е70н65т58р48с47в46л39к37д31м31п29у31я20з20б17і28г16й12ь18ч14х11ц10ж8ш7ю7щ5є4ї6ф4э3ы9ъ1ґ1ё1",
    )
}
_WORD = re.compile(r"[^\W\d_]+")
# Files glued together of two encodings, by runs of bytes outside ASCII: what is no UTF-8 is Windows-1251.
MIXED = "mixed_cp1251"
# How readers treat bytes that do not fit: words of Windows-1251 in a UTF-8 text are read, the rest is U+FFFD.
MENDED = "mended_cp1251"
_RUN = re.compile(rb"[\x80-\xff]+")
_SURROGATES = re.compile(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])+")
_TAGS = re.compile(rb"<[^<>]{0,2000}>")
_CYRILLIC_LETTERS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ")
_BESIDE = frozenset(" \u00a0«»–—№…”“’")


def detect(head: bytes, *, declared: str = "", whole: bool = True) -> str:  # noqa: C901, PLR0911 - one kind of evidence after the other
    """The codec's name for these bytes. `whole` tells that nothing was cut off behind them."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if not head:
        return "utf-8"
    blind = _utf16_without_mark(head)
    if blind:
        return blind
    if b"\xed" in head:  # programs that think in UTF-16 write halves of its pairs
        mended = _SURROGATES.sub(b"", head)
        if is_utf8(mended, whole=whole) and (not mended.isascii() or declared in {"utf-8", "utf8"}):
            return "utf-8"
    if is_utf8(head, whole=whole):
        # pure ASCII fits everything: then the declared one may matter further down
        return declared if declared and head.isascii() and known(declared) else "utf-8"
    if _is_mixed(head, whole=whole):
        return MIXED
    # A few stray bytes in a text that is UTF-8 otherwise do not make it another encoding.
    replaced = head.decode("utf-8", "replace")
    if replaced.count("\ufffd") * 10 < sum(1 for char in replaced if ord(char) > 127):
        return "utf-8"
    words = _without_tags(head)
    ranked = sorted(((cyrillic_score(words, name), name) for name in _CYRILLIC), reverse=True)
    if ranked[0][0] > 0.5:
        return ranked[0][1]
    if declared and known(declared) and declared.lower().replace("_", "-") not in {"utf-8", "utf8"}:
        return declared
    best = from_bytes(head[:65536]).best()
    return best.encoding if best is not None and best.encoding != "ascii" else "cp1252"


def detect_file(path: Path, *, declared: str = "") -> str:
    """As `detect`, and a text that begins as UTF-8 is checked to its end."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
        whole = len(head) < SAMPLE
        name = detect(head, declared=declared, whole=whole)
        if whole or not (head.isascii() and name == "utf-8"):
            return name
        # ASCII so far: the first foreign letters decide
        while chunk := stream.read(SAMPLE):
            if not chunk.isascii():
                start = next(index for index, byte in enumerate(chunk) if byte > 127)
                return detect(chunk[start:] + stream.read(SAMPLE), declared=declared, whole=False)
    return name


def is_utf8(data: bytes, *, whole: bool = True) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def decoder(name: str) -> codecs.IncrementalDecoder:
    """For streams that are read in pieces; never raises on bytes that do not fit."""
    return codecs.getincrementaldecoder(name)(MENDED)


def _without_tags(head: bytes) -> bytes:
    """The texts of a document in XML: names like БазоваяЕдиница have capitals where no word has them."""
    if not head.lstrip(b" \t\r\n").startswith(b"<"):
        return head
    texts = _TAGS.sub(b" ", head[:65536])
    return texts if sum(byte > 127 for byte in texts[:4096]) >= 20 else head


def _is_mixed(head: bytes, *, whole: bool) -> bool:
    sample = head[:65536]
    if not whole or len(sample) < len(head):
        sample = sample.rstrip(bytes(range(128, 256)))  # the last word may be cut in two
    proper, others = 0, []
    for run in _RUN.findall(sample):
        if len(run) < 4:
            continue
        try:
            proper += all(letter.lower() in _CYRILLIC_LETTERS for letter in run.decode())
        except UnicodeDecodeError:
            others.append(run)
    # Windows-1251 makes no run of four bytes that is UTF-8 in Cyrillic, so two of them are proof
    if proper < 2 or not others:
        return False
    foreign = b" ".join(others)
    return max((cyrillic_score(foreign, name), name) for name in _CYRILLIC)[1] == "cp1251" and all(
        _cyrillic_words(run) for run in others[:200]
    )


def _cyrillic_words(run: bytes) -> str:
    """The bytes as Windows-1251 if that makes words, else empty."""
    text = run.decode("cp1251", "replace")
    letters = [letter for letter in text if letter.lower() in _CYRILLIC_LETTERS]
    return text if letters and all(c.lower() in _CYRILLIC_LETTERS or c in _BESIDE for c in text) else ""


def _mend(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding.replace("_", "-").lower().startswith("utf-8"):
        halves = _SURROGATES.match(error.object, error.start)
        if halves is not None:  # two that belong together are a sign, an emoji say
            told = halves.group().decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
            return told.decode("utf-16-le", "replace"), halves.end()
        run = _RUN.match(error.object, error.start)
        if run is not None and len(run.group()) > 1 and (words := _cyrillic_words(run.group())):
            return words, run.end()
    return "\ufffd", error.end


class _MixedDecoder(codecs.IncrementalDecoder):
    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._rest = b""

    def decode(self, data: Any, final: bool = False) -> str:
        block = self._rest + bytes(data)
        self._rest = b""
        if not final:
            kept = len(block.rstrip(bytes(range(128, 256))))
            if len(block) - kept < 65536:  # a run goes on in the next piece
                block, self._rest = block[:kept], block[kept:]
        return "".join(
            piece.decode("ascii") if piece.isascii() else self._run(piece) for piece in _PIECES.findall(block)
        )

    @staticmethod
    def _run(piece: bytes) -> str:
        try:
            return piece.decode()
        except UnicodeDecodeError:
            return piece.decode("cp1251", "replace")

    def reset(self) -> None:
        self._rest = b""


_PIECES = re.compile(rb"[\x00-\x7f]+|[\x80-\xff]+")


def _mixed_whole(data: Any, errors: str = "strict", /) -> tuple[str, int]:
    return _MixedDecoder(errors).decode(data, final=True), len(data)


def _found(name: str) -> codecs.CodecInfo | None:
    if name != MIXED:
        return None
    return codecs.CodecInfo(
        name=MIXED, encode=codecs.utf_8_encode, decode=_mixed_whole, incrementaldecoder=_MixedDecoder
    )


codecs.register(_found)
codecs.register_error(MENDED, _mend)


def known(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - the only way to tell rot13 from a charset
    except LookupError:
        return False


def cyrillic_score(data: bytes, name: str) -> float:
    """From 0 to about 1: how much the text looks like Ukrainian or Russian words in this encoding."""
    text = data[:65536].decode(name, "replace")
    foreign = [char for char in text if ord(char) > 127 and char not in "\u00a0«»№–—“”’°×±²³©®™…"]
    if not foreign:
        return 0.0
    letters = [_FREQUENCY.get(char.lower(), -60) for char in foreign]
    score = sum(letters) / (len(letters) * 50)
    words = [word for word in _WORD.findall(text) if ord(word[0]) > 127 and len(word) > 1]
    if words:
        shaped = sum(1 for word in words if word.islower() or word.isupper() or word[1:].islower())
        # mixed case inside words is what KOI8 read as 1251 looks like; so is all-caps with a small first letter
        score *= (shaped / len(words)) ** 2
        score *= 0.6 + 0.4 * sum(1 for word in words if word[-1:].islower()) / len(words)
    return score


def _utf16_without_mark(head: bytes) -> str:
    sample = head[:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    even, odd = sample[0::2], sample[1::2]
    # Cyrillic in UTF-16 has 0x04 as its high byte, ASCII has 0
    high_odd = sum(odd.count(byte) for byte in (0, 4)) / len(odd)
    high_even = sum(even.count(byte) for byte in (0, 4)) / len(even)
    if high_odd > 0.85 and high_even < 0.3:
        return "utf-16-le"
    if high_even > 0.85 and high_odd < 0.3:
        return "utf-16-be"
    return ""
