"""Finds things in a window as a person would, by what they are and what they are called, through AT-SPI."""
import os
import re
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

LIMIT_S = 60


class NotThere(Exception):
    pass


def walk(root):
    """All that shows, depth first."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node is None:
            continue
        yield node
        try:
            stack.extend(node.get_child_at_index(i) for i in reversed(range(node.get_child_count())))
        except Exception:  # it went while it was looked at
            pass


def is_showing(node):
    try:
        return node.get_state_set().contains(Atspi.StateType.VISIBLE)
    except Exception:
        return False


def name_of(node):
    try:
        return node.get_name() or ""
    except Exception:
        return ""


def role_of(node):
    try:
        return node.get_role_name()
    except Exception:
        return ""


def actions_of(node):
    try:
        return node.get_n_actions()
    except Exception:
        return 0


def plain(text):
    """Amounts are written with narrow and fixed spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("_", "")


def matches(pattern, name):
    """GTK 4.8 names a button with a mnemonic twice: "Continue Continue"."""
    half = name[:len(name) // 2].strip()
    return re.fullmatch(pattern, name, re.S) or (name == f"{half} {half}" and re.fullmatch(pattern, half, re.S))


class Application:
    def __init__(self, command, log, env=None):
        self.process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ, **(env or {})))
        self.root = self.wait(self.find_application, "the application on the accessibility bus")

    def find_application(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_process_id() == self.process.pid:
                return child
        return None

    def wait(self, look, what, limit_s=LIMIT_S):
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise NotThere(f"the application ended with {self.process.returncode} while waiting for {what}")
            found = look()
            if found:
                return found
            time.sleep(0.1)
        raise NotThere(f"no {what} after {limit_s} s; the window shows:\n{self.describe()}")

    def describe(self):
        return "\n".join(f"  {role_of(n)}: {plain(name_of(n))!r}" for n in walk(self.root) if is_showing(n) and name_of(n))

    def window(self, title):
        """A window by the start of its title."""
        def look():
            for i in range(self.root.get_child_count()):
                child = self.root.get_child_at_index(i)
                if child is not None and name_of(child).startswith(title):
                    return child
            return None
        return self.wait(look, f"window “{title}”")

    def find(self, root, role, name, sensitive=False):
        for node in walk(root):
            if role_of(node) == role and is_showing(node) and matches(name, plain(name_of(node))):
                if not sensitive or node.get_state_set().contains(Atspi.StateType.SENSITIVE):
                    return node
        return None

    def window_of(self, pattern):
        for i in range(self.root.get_child_count()):
            child = self.root.get_child_at_index(i)
            if child is not None and re.match(pattern, name_of(child)):
                return child
        return None

    def menu(self, root, item):
        """Opens the window's menu and chooses an item."""
        def look():
            for node in walk(root):
                if matches(item, plain(name_of(node))) and role_of(node) == "menu item":
                    return node
            return None
        self.press(root, "Menu")
        self.wait(look, f"menu item “{item}”").do_action(0)

    def button(self, root, name):
        return self.wait(lambda: self.find(root, "push button", name, True) or self.find(root, "toggle button", name, True), f"button “{name}”")

    def press(self, root, name):
        """A menu button's action is that of the toggle button within."""
        button = self.button(root, name)
        for node in walk(button):
            if actions_of(node) > 0:
                node.do_action(0)
                return
        raise NotThere(f"button “{name}” does nothing")

    def label(self, root, pattern, limit_s=LIMIT_S):
        return plain(name_of(self.wait(lambda: self.find(root, "label", pattern), f"label “{pattern}”", limit_s)))

    def shows(self, root, pattern):
        return any(re.search(pattern, plain(name_of(node))) for node in walk(root) if is_showing(node))

    def entry(self, root, name):
        """The text within a row of this name, or the entry itself."""
        def look():
            for node in walk(root):
                if is_showing(node) and plain(name_of(node)) == name and role_of(node) in ("text", "password text", "entry"):
                    return node
            for node in walk(root):
                if is_showing(node) and plain(name_of(node)) == name:
                    for inner in walk(node):
                        if inner.get_editable_text_iface() is not None:
                            return inner
            return None
        return self.wait(look, f"entry “{name}”")

    def write(self, root, name, text):
        entry = self.entry(root, name)
        if not entry.set_text_contents(text):
            raise NotThere(f"entry “{name}” takes no text")

    def stop(self, limit_s=10):
        """As a session's end does it."""
        self.process.terminate()
        return self.process.wait(limit_s)


def in_tree(*parts):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", *parts)
