#!/usr/bin/env python3
"""usage: check-rules.py SOURCE-ROOT: the rules of docs/protocol.md against the comments that quote them.

A quote is a comment's  Rule B4: "power = collateral / 1 000 TIME"  and stands at the code that carries the rule out. Line breaks and the page's ** and ` do not count; all else
is verbatim. Every quote must be in the rule's text, every rule quoted in node/ or wallet/, and every rule that a comment names must exist.
"""

import pathlib
import re
import sys

# Rules that nothing quotes, and why.
EXCEPTIONS = {
}

COMMENT = re.compile(r"/\*.*?\*/", re.S)
RULE = re.compile(r"^- ([A-Z]\d+) (.*)$")
QUOTE = re.compile(r'\b[Rr]ule ([A-Z]\d+): "')
ID = r"[A-Z]\d+(?:-[A-Z]?\d+)?"
NAMED = re.compile(rf"\b[Rr]ules? ({ID}(?:(?:, | and )(?:{ID}))*)")
IN_BRACKETS = re.compile(rf"\(({ID}(?:, {ID})*)\)")


def plain(text):
    return " ".join(text.replace("**", "").replace("`", "").split())


def read_rules(page):
    """Returns: the text of each rule of @page by its number."""
    rules, number = {}, None
    for line in page.splitlines():
        start = RULE.match(line)
        if start:
            number = start[1]
            rules[number] = start[2]
        elif number and line.startswith("  "):
            rules[number] += " " + line
        else:
            number = None
    return {number: plain(text) for number, text in rules.items()}


def read_comments(path):
    """Yields (line, text) of each comment, in one line and without the stars that begin its lines."""
    source = path.read_text(encoding="utf-8")
    for comment in COMMENT.finditer(source):
        yield source.count("\n", 0, comment.start()) + 1, plain(re.sub(r"\n\s*\*(?!/)", "\n", comment[0][2:-2]))


def is_quoted(text, rule):
    """Whether @text begins with a fragment of @rule and a closing mark. The fragment may hold such marks itself."""
    return any(mark[0] == '"' and text[:mark.start()] and text[:mark.start()] in rule for mark in re.finditer('"', text))


def named(text):
    """The rules that @text names: also the ends of ranges, and in brackets those of a letter that the page has."""
    for match in NAMED.finditer(text):
        yield from re.findall(r"[A-Z]\d+", match[1])
    for match in IN_BRACKETS.finditer(text):
        yield from (number for number in re.findall(r"[A-Z]\d+", match[1]) if number[0] in "ATBFCMSNP")


def main():
    root = pathlib.Path(sys.argv[1])
    rules = read_rules((root / "docs" / "protocol.md").read_text(encoding="utf-8"))
    problems, quoted, n_quotes = [], set(), 0
    for folder in ("node", "wallet", "ui", "src", "tests"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            where = path.relative_to(root)
            for line, text in read_comments(path):
                problems += [f"{where}:{line}: there is no rule {number}" for number in named(text) if number not in rules]
                for quote in QUOTE.finditer(text):
                    n_quotes += 1
                    if not is_quoted(text[quote.end():], rules.get(quote[1], "")):
                        problems.append(f"{where}:{line}: rule {quote[1]} does not say: {text[quote.end():][:100]}")
                    elif folder in ("node", "wallet"):
                        quoted.add(quote[1])
    missing = [number for number in rules if number not in quoted and number not in EXCEPTIONS]
    problems += [f"rule {number} is not quoted at the code that carries it out: {rules[number][:80]}…" for number in missing]
    problems += [f"rule {number} is an exception, and is no rule" for number in EXCEPTIONS if number not in rules]
    for number, reason in EXCEPTIONS.items():
        print(f"rule {number} is not quoted: {reason}{' (it is quoted: take it off the list)' if number in quoted else ''}")
    print(f"{len(rules)} rules, {n_quotes} quotes")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems or len(rules) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
