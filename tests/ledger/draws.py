#!/usr/bin/env python3
"""usage: draws.py [PAGE]: how long drawn seats hold (rules B5 and B8), exactly. With docs/protocol.md as PAGE: whether its table says the same.

Of 100 seats, drawn with replacement, liars with a share s of all power get binomially many. From a third on, 34, they can stop the chain or break finality. Draws are a day apart.
"""

import fractions
import math
import pathlib
import sys

SEATS = 100
THIRD = SEATS // 3 + 1
SHARES = (10, 15, 18, 20, 25, 33)
YEAR_DAYS = fractions.Fraction(36525, 100)


def tail(n, p, least):
    """The chance of @least or more of @n."""
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(least, n + 1))


def two_digits(value):
    """0.45, 0.0018, 1.8 x 10^-6."""
    exponent = math.floor(math.log10(value))
    if exponent < -3:
        return f"{float(value / fractions.Fraction(10) ** exponent):.1f} x 10^{exponent}"
    return f"{float(value):.{1 - exponent}f}"


def span(days):
    years = days / YEAR_DAYS
    if years >= 10**6:
        return f"{float(years / 10**6):.0f} million years"
    if years >= 10:
        return f"{int(round(years, -1 if years >= 1000 else 0)):,} years".replace(",", " ")
    if years >= 1:
        return f"{float(years):.1f} years"
    return f"{float(days):.0f} days"


def rows():
    yield "| liars' share of all power | chance of a third of the seats in a draw | once in, drawing daily | chance within a year |"
    yield "| --- | --- | --- | --- |"
    for share in SHARES:
        chance = tail(SEATS, fractions.Fraction(share, 100), THIRD)
        in_a_year = 1 - (1 - chance) ** 365
        within = "certain" if in_a_year > fractions.Fraction(999, 1000) else two_digits(in_a_year)
        yield f"| {share} % | {two_digits(chance)} | {span(1 / chance)} | {within} |"


def main():
    table = "\n".join(rows())
    print(table)
    if len(sys.argv) == 1:
        return 0
    if table in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"):
        return 0
    print("the page has another table")
    return 1


if __name__ == "__main__":
    sys.exit(main())
