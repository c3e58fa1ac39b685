"""What people read can be translated: every file with texts stands in po/POTFILES.in, in order, and no text of a template lacks translatable="yes".

usage: check-texts.py SOURCE-ROOT"""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

# Properties that a person reads, or hears.
READ = {"label", "title", "subtitle", "description", "tooltip-text", "placeholder-text", "heading", "body", "text", "help-text"}
# The same in every language: the unit, the name, and marks.
SAME = re.compile(r"(TIME|TimeCoin|[^A-Za-z]*)")
# Call them, and what is said can be translated.
CALLS = re.compile(r"(?<![\w])(_|N_|C_|NC_|ngettext|g_dngettext|g_dpgettext2)\s*\(\s*(GETTEXT_PACKAGE\s*,\s*)?\"")
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def sources(root):
    for folder in ("node", "wallet", "ui", "src"):
        for at, _, files in os.walk(os.path.join(root, folder)):
            for file in files:
                if file.endswith((".c", ".ui")):
                    yield os.path.relpath(os.path.join(at, file), root)


def untranslatable(path):
    for element in ET.parse(path).iter():
        if element.tag not in ("property", "attribute", "item") or (element.tag != "item" and element.get("name") not in READ):
            continue
        if element.text and not SAME.fullmatch(element.text.strip()) and element.get("translatable") != "yes":
            yield element.text.strip()


def main():
    root = sys.argv[1]
    problems = []
    with open(os.path.join(root, "po", "POTFILES.in"), encoding="utf-8") as file:
        listed = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    if listed != sorted(set(listed)):
        problems.append("po/POTFILES.in is not in order, or names a file twice")
    for path in listed:
        if not os.path.exists(os.path.join(root, path)):
            problems.append(f"po/POTFILES.in names {path}, which is not there")
    for path in sorted(sources(root)):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
        translates = 'translatable="yes"' in text if path.endswith(".ui") else CALLS.search(COMMENT.sub("", text)) is not None
        if translates and path not in listed:
            problems.append(f"{path} has texts, and is not in po/POTFILES.in")
        if path.endswith(".ui"):
            problems += [f"{path}: “{text}” lacks translatable=\"yes\"" for text in untranslatable(os.path.join(root, path))]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--files-from=po/POTFILES.in", "--directory=" + root, "-o",
                               os.path.join(folder, "timecoin.pot")], cwd=root, capture_output=True, text=True)
        if done.returncode != 0:
            problems.append("xgettext: " + done.stderr)
    print("\n".join(problems) or "all texts can be translated")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
