#!/usr/bin/env python3
"""Writes App/Platform/Folding.txt: what each character folds to where its lower case is not the answer.

The rule is NFKC and full case folding of the Unicode standard (sections 3.11 and 3.13), without the marks of U+0300 to U+036F, and with
the letters below, which the standard keeps apart but people do not type. Python's own Unicode data is the source.

  packaging/tools/folding.py > App/Platform/Folding.txt
"""
import unicodedata

APART = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
SYLLABLES = range(0xAC00, 0xD7A4)  # Hangul, whole already
SURROGATES = range(0xD800, 0xE000)


def fold(text):
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(APART.get(c, c) for c in decomposed if not 0x300 <= ord(c) <= 0x36F)
    return unicodedata.normalize("NFC", kept)


def rows():
    """Runs of characters that fold to characters in the same order, else one each: (first, last, what the first folds to)."""
    run = None
    for code in range(0x80, 0x110000):
        char = chr(code)
        if code in SYLLABLES or code in SURROGATES or 0x300 <= code <= 0x36F or unicodedata.category(char) in ("Cn", "Cf", "Co"):
            continue
        folded = fold(char)
        if folded == char.lower():
            continue
        if run and code == run[1] + 1 and len(folded) == len(run[2]) == 1 and ord(folded) == ord(run[2]) + code - run[0]:
            run = (run[0], code, run[2])
            continue
        if run:
            yield run
        run = (code, code, folded)
    yield run


print(f"# Unicode {unicodedata.unidata_version}, made by packaging/tools/folding.py: a character or run of them, and what the first folds to, in hexadecimal.")
for first, last, folded in rows():
    print(f"{first:X}" + (f"-{last:X}" if last > first else ""), *(f"{ord(c):X}" for c in folded))
