#!/usr/bin/env python3
"""Writes the tables of Unicode that App/Platform/Localization needs, since without ICU .NET has none. Python's own data is the source.

  packaging/tools/folding.py folding > App/Platform/Localization/Folding.txt
  packaging/tools/folding.py nfkc > App/Platform/Localization/Nfkc.txt

Folding.txt: what each character folds to where its lower case is not the answer. The rule is NFKC and full case folding of the Unicode standard (sections 3.11 and 3.13), without the marks of U+0300 to U+036F, and with
the letters below, which the standard keeps apart but people do not type.

Nfkc.txt: normalisation form KC (section 3.11): lines "d" are full compatibility decompositions, "c" canonical combining classes, "p" primary
composites (first, second, composite), Hangul left out of the last two: it goes by arithmetic.
"""
import sys
import unicodedata

APART = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
SYLLABLES = range(0xAC00, 0xD7A4)  # Hangul, whole already
SURROGATES = range(0xD800, 0xE000)


def fold(text):
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(APART.get(c, c) for c in decomposed if not 0x300 <= ord(c) <= 0x36F)
    return unicodedata.normalize("NFC", kept)


def runs(pairs):
    """Runs of characters that go to characters in the same order, else one each: (first, last, what the first goes to)."""
    run = None
    for code, to in pairs:
        if run and code == run[1] + 1 and len(to) == len(run[2]) == 1 and ord(to) == ord(run[2]) + code - run[0]:
            run = (run[0], code, run[2])
            continue
        if run:
            yield run
        run = (code, code, to)
    yield run


def write(kind, pairs):
    for first, last, to in runs(pairs):
        print(f"{kind}{first:X}" + (f"-{last:X}" if last > first else ""), *(f"{ord(c):X}" for c in to))


def characters():
    return (code for code in range(0x80, 0x110000) if code not in SYLLABLES and code not in SURROGATES)


def folding():
    print(f"# Unicode {unicodedata.unidata_version}, made by packaging/tools/folding.py: a character or run of them, and what the first folds to, in hexadecimal.")
    folded = ((code, fold(chr(code))) for code in characters() if not 0x300 <= code <= 0x36F and unicodedata.category(chr(code)) not in ("Cn", "Cf", "Co"))
    write("", ((code, to) for code, to in folded if to != chr(code).lower()))


def nfkc():
    print(f"# Unicode {unicodedata.unidata_version}, made by packaging/tools/folding.py: see there.")
    decomposed = ((code, unicodedata.normalize("NFKD", chr(code))) for code in characters())
    write("d ", ((code, to) for code, to in decomposed if to != chr(code)))
    first = None
    for code in list(characters()) + [0x110000]:
        of = unicodedata.combining(chr(code)) if code < 0x110000 else 0
        if first is not None and (of != known or code != last + 1):
            print(f"c {first:X}" + (f"-{last:X}" if last > first else ""), known)
            first = None
        if of:
            if first is None:
                first, known = code, of
            last = code
    for code in characters():
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and unicodedata.normalize("NFC", chr(code)) == chr(code):
            print(f"p {parts[0]} {parts[1]} {code:X}")


{"folding": folding, "nfkc": nfkc}[sys.argv[1]]()
