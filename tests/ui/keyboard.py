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


def lock(app, window):
    key("ctrl+l")
    app.label(window, "This wallet is locked.")
    fill(app, window, "Password", PASSWORD)
    key("Return")
    app.wait(lambda: app.find(window, "push button", "Lock|Done"), "the wallet after unlocking")
    step("it locks and unlocks")


def main():
    print("1..3", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-keyboard-") as folder, open(folder + "/log.txt", "w+") as log:
        app = Application([sys.argv[1], "--data-dir", folder], log)
        try:
            window = create(app)
            pay(app, window)
            lock(app, window)
            check(app.stop() == 0, "it does not end well")
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            sys.stderr.write(app.describe() + "\n")
            raise


if __name__ == "__main__":
    main()
