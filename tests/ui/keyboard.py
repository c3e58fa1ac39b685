"""From the first start to a final payment with the keyboard alone: keys go to the display, and what has the focus is read as a screen reader reads it.

usage: keyboard.py TIMECOIN      under headless.sh"""
import re
import subprocess
import sys
import tempfile
import time

from desktop import Application, Atspi, is_showing, name_of, plain, role_of, walk
from story import PASSWORD, check, read_words, step, wait_available

TABS_MAX = 80


def key(*names):
    subprocess.run(["xdotool", "key", "--delay", "20", *names], check=True)


def type_text(text):
    subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)


def is_focused(node):
    try:
        return node.get_state_set().contains(Atspi.StateType.FOCUSED)
    except Exception:
        return False


def focused(window):
    """The innermost one: a row holds the entry that has the focus."""
    found = None
    for node in walk(window):
        if is_focused(node) and is_showing(node):
            found = node
    return found


def title_of(window, node):
    """Its own name, or that of the row that it stands in."""
    while node is not None and role_of(node) not in ("frame", "window"):
        if name_of(node):
            return plain(name_of(node))
        node = node.get_parent()
    return ""


def half(name):
    middle = name[:len(name) // 2].strip()
    return middle if name == f"{middle} {middle}" else name


def tab_to(app, window, pattern, way="Tab"):
    """Presses Tab until what is called so has the focus."""
    seen = []
    for _ in range(TABS_MAX):
        node = focused(window)
        title = half(title_of(window, node)) if node is not None else ""
        if re.fullmatch(pattern, title, re.S):
            return node
        seen.append(title)
        key(way)
        time.sleep(0.05)
    raise AssertionError(f"Tab does not reach “{pattern}”, but only: {list(dict.fromkeys(seen))}")


def press(app, window, pattern):
    app.wait(lambda: app.find(window, "push button", pattern, True) or app.find(window, "toggle button", pattern, True), f"button “{pattern}”")
    tab_to(app, window, pattern)
    key("space")


def fill(app, window, title, text):
    tab_to(app, window, title)
    type_text(text)


def give_focus(window_name):
    """No window manager does it here."""
    subprocess.run(["xdotool", "search", "--onlyvisible", "--sync", "--name", window_name, "windowfocus", "--sync"], check=True, stdout=subprocess.DEVNULL)


def create(app):
    window = app.window("TimeCoin")
    give_focus("^TimeCoin$")
    press(app, window, "Create a Wallet")
    app.wait(lambda: app.find(window, "label", "Which Network.|How Many Words."), "a question")
    if app.find(window, "label", "Which Network."):
        press(app, window, "A network on this computer")
    press(app, window, "12 Words")
    words = read_words(app, window)
    press(app, window, "Continue")
    asked = app.wait(lambda: [n for n in walk(window) if re.fullmatch(r"Word \d+", plain(name_of(n))) and is_showing(n)], "the quiz")
    for name in [plain(name_of(n)) for n in asked]:
        fill(app, window, name, words[int(name.split()[1]) - 1])
    app.label(window, r"All five are right\.")
    press(app, window, "Continue")
    fill(app, window, "Name of the wallet", "Keys")
    key("Return")
    app.entry(window, "New password")
    fill(app, window, "New password", PASSWORD)
    fill(app, window, "The same again", PASSWORD)
    press(app, window, "Create Wallet")
    window = app.window("Keys")
    wait_available(app, window, "1000000.00")
    step("a wallet is created")
    return window


def pay(app, window):
    key("alt+3")
    press(app, window, "Copy Address")
    key("alt+2")
    app.wait(lambda: app.find(window, "push button", "Review"), "the form")
    fill(app, window, "To address", "")
    key("ctrl+v")
    fill(app, window, "Amount in TIME", "12.5")
    press(app, window, "Review")
    app.label(window, "You are about to send")
    press(app, window, "Send 12.50 TIME")
    final = app.label(window, r"Final in .*")
    step(f"a payment is made and shown: {final}")


# Of these one has the focus for all, and arrows go on; scrolled panes have it on no way but a click.
GROUPS = ("list", "table", "tree table", "radio button", "grid", "list item", "table row", "table cell", "tree item", "combo box", "menu item")
# Scrolled panes take it on a click alone; labels that can be marked say what they say without it.
PASSIVE = ("scroll pane", "viewport", "label")
# The window's own buttons have keys of the desktop; the rest is folded away (assistive technologies are told that it is visible); blocks come meanwhile.
ELSEWHERE = {
    "": r"Close|Maximize|Minimize|Block \d+: .*",
    "Receive": r"Message to the payer|Your name, or what you sell|Amount in TIME",
    "History": r"Cancel",
    "Masternode": r"Copy Network address",
}


def has_state(node, *states):
    try:
        held = node.get_state_set()
    except Exception:
        return False
    return all(held.contains(state) for state in states)


def shown_controls(window):
    """What takes the focus and is shown with all that holds it, by its place in the tree; groups once."""
    found, stack = [], [(window, ())]
    while stack:
        node, place = stack.pop()
        if not is_showing(node) or role_of(node) in ("menu", "popup menu"):
            continue
        if has_state(node, Atspi.StateType.FOCUSABLE, Atspi.StateType.SENSITIVE) and role_of(node) not in PASSIVE:
            found.append((place, node))
        try:
            stack.extend((node.get_child_at_index(i), place + (i,)) for i in range(node.get_child_count()))
        except Exception:
            pass
    return found


def focus_place(window):
    place, node = None, None
    stack = [(window, ())]
    while stack:
        at, where = stack.pop()
        if at is None or not is_showing(at):
            continue
        if is_focused(at) and (place is None or len(where) >= len(place)):
            place, node = where, at
        try:
            stack.extend((at.get_child_at_index(i), where + (i,)) for i in range(at.get_child_count()))
        except Exception:
            pass
    return place, node


def label_of(node):
    """Its own name, or that of the row that it stands in; GTK names what has no name by its class."""
    for _ in range(4):
        if node is None:
            break
        name = half(plain(name_of(node)))
        if name and not re.fullmatch(r"(Gtk|Adw|Tc)[A-Z]\w+", name):
            return name
        node = node.get_parent()
    return ""


def go_round(window, page):
    """Presses Tab until it comes round: the places that had the focus, and what of them is called nothing."""
    places, nameless = [], []
    for _ in range(TABS_MAX):
        key("Tab")
        # What was pressed arrives in its own time.
        for _ in range(10):
            place, node = focus_place(window)
            if place is not None and (not places or place != places[-1]):
                break
            time.sleep(0.05)
        if place is None:
            continue
        if places and place == places[0]:
            return places, nameless
        if not label_of(node) and role_of(node) not in PASSIVE:
            nameless.append(f"{role_of(node)} {name_of(node)} {place}")
        places.append(place)
    raise AssertionError(f"Tab does not come round on {page}")


def is_reached(place, places):
    """It, or what it holds, or what holds it had the focus."""
    return any(at[:len(place)] == place or place[:len(at)] == at for at in places)


def tour(app, window):
    for number, page in enumerate(("Overview", "Send", "Receive", "History", "Masternode", "Network", "Explorer"), 1):
        key(f"alt+{number}")
        app.wait(lambda: app.find(window, "label", page), page)
        places, nameless = go_round(window, page)
        missed = []
        for place, node in shown_controls(window):
            title = label_of(node)
            if re.fullmatch(ELSEWHERE[""], title) or re.fullmatch(ELSEWHERE.get(page, ""), title):
                continue
            if not is_reached(place, places) and role_of(node) not in GROUPS:
                missed.append(f"{role_of(node)} “{title}” {place}")
        check(not nameless, f"called nothing on {page}: {nameless}")
        check(not missed, f"Tab does not reach on {page}: {missed}")
    step("Tab reaches everything on each page, all of it is called something, and it comes round")


def lock(app, window):
    key("ctrl+l")
    app.label(window, "This wallet is locked.")
    fill(app, window, "Password", PASSWORD)
    key("Return")
    app.wait(lambda: app.find(window, "push button", "Lock|Done"), "the wallet after unlocking")
    step("it locks and unlocks")


def main():
    print("1..4", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-keyboard-") as folder, open(folder + "/log.txt", "w+") as log:
        app = Application([sys.argv[1], "--data-dir", folder], log)
        try:
            window = create(app)
            pay(app, window)
            tour(app, window)
            lock(app, window)
            check(app.stop() == 0, "it does not end well")
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            sys.stderr.write(app.describe() + "\n")
            raise


if __name__ == "__main__":
    main()
