"""Well-formed codes that belong to nobody: the divisions 359801 to 359804 do not exist.

All are pure functions of a number, so that a city of any size needs no memory.
Written apart from the checks of ``graph.model.ids`` on purpose: each proves the other.
"""

from datetime import date, timedelta

DIVISIONS = ("359801", "359802", "359803", "359804")

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"

#: No organisation code of the country starts so; the inner code belongs to nobody either.
_ORG_PREFIX = "TY"

_FIRST_BIRTHDAY = date(1950, 1, 1)
#: 20,011 days (prime) from 1950 to 2004.
_BIRTHDAYS = 20_011

#: How many different ID numbers there are, and a step without common divisor that scatters them.
ID_NUMBERS = len(DIVISIONS) * _BIRTHDAYS * 1000
STRIDE = 1_000_003


def org_code(number: int) -> str:
    """The ``number``-th organisation code, 9 places without hyphen (GB 11714: mod 11); different below 31**6."""
    places = []
    for _ in range(6):
        number, place = divmod(number, len(USCC_ALPHABET))
        places.append(USCC_ALPHABET[place])
    body = _ORG_PREFIX + "".join(reversed(places))
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORG_WEIGHTS, strict=True))
    return body + "0123456789X"[-total % 11]


def uscc(number: int, category: str = "91") -> str:
    """The ``number``-th unified code (GB 32100: mod 31); no two numbers share an organisation code.

    ``category``: the first two places, 91 a company, 92 an individual business,
    93 a cooperative, 11 an authority.
    """
    body = category + DIVISIONS[number % len(DIVISIONS)] + org_code(number)
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return body + USCC_ALPHABET[-total % 31]


def registration_number(number: int) -> str:
    """The ``number``-th registration number, 15 digits (GS 15-2006: ISO 7064 MOD 11,10)."""
    body = DIVISIONS[number % len(DIVISIONS)] + f"{number:08d}"
    product = 10
    for char in body:
        product = ((product + int(char)) % 10 or 10) * 2 % 11
    return body + str((11 - product) % 10)


def id_number(division: int, born: str, order: int) -> str:
    """An ID number (GB 11643: MOD 11-2). ``born``: ISO date; ``order`` 0-999, odd for men."""
    body = DIVISIONS[division % len(DIVISIONS)] + born.replace("-", "") + f"{order:03d}"
    total = sum(int(char) * weight for char, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + _ID_CHECKS[total % 11]


def nth_id_number(number: int) -> str:
    """The ``number``-th ID number, all different for 0 <= number < ID_NUMBERS."""
    number, division = divmod(number, len(DIVISIONS))
    order, day = divmod(number, _BIRTHDAYS)
    born = _FIRST_BIRTHDAY + timedelta(days=day * 7919 % _BIRTHDAYS)
    return id_number(division, born.isoformat(), (order * 37 + day) % 1000)


def spoil(code: str) -> str:
    """The code with another last character, so that its check fails."""
    return code[:-1] + ("1" if code[-1] == "0" else "0")


def confuse(code: str) -> str:
    """The code with the letter O for the last figure 0 of its subject part, which must hold one."""
    place = code.rindex("0", 8)
    return code[:place] + "O" + code[place + 1 :]
