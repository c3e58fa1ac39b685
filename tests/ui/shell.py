"""The application around its pages, as a desktop meets it: notifications, payment links, a second start, the desktop's search, the lock that silences all of
them, preferences that reach the node and last, starting at login, and a password that the keyring remembers. The desktop is made of stand-ins: mocks.py.

usage: shell.py TIMECOIN      under headless.sh"""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

import gi

gi.require_version("Atspi", "2.0")
gi.require_version("Gio", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

from desktop import Application, actions_of, in_tree, is_showing, matches, name_of, plain, role_of, walk  # noqa: E402
from story import PASSWORD, available, check, create_wallet, receive_address, wait_available  # noqa: E402

NAME = "org.timecoin.TimeCoin"
PATH = "/org/timecoin/TimeCoin"
step_number = 0


def step(text):
    global step_number
    step_number += 1
    print(f"ok {step_number} - {text}", flush=True)


class Desktop:
    """What the stand-ins were told."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, in_tree("tests", "ui", "mocks.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.heard = []
        threading.Thread(target=self.listen, daemon=True).start()
        self.wait(lambda said: said.get("ready"), "the stand-ins")

    def listen(self):
        for line in self.process.stdout:
            self.heard.append(json.loads(line))

    def wait(self, matches, what, limit_s=30):
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            for said in list(self.heard):
                if matches(said):
                    return said
            time.sleep(0.05)
        raise AssertionError(f"the desktop did not hear of {what}, but of: {self.heard}")

    def notified(self, summary, body=""):
        return lambda said: said.get("notified") == summary and re.search(body, plain(said["body"]))

    def press(self, summary):
        self.process.stdin.write(f"press {summary}\n")
        self.process.stdin.flush()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(5)


class Search:
    """The desktop's search, as GNOME Shell asks it."""

    def __init__(self):
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)

    def call(self, method, parameters, reply):
        return self.bus.call_sync(NAME, PATH + "/SearchProvider", "org.gnome.Shell.SearchProvider2", method, parameters, GLib.VariantType(reply),
                                  Gio.DBusCallFlags.NONE, 10000, None).unpack()[0]

    def find(self, *terms):
        return self.call("GetInitialResultSet", GLib.Variant("(as)", (terms,)), "(as)")

    def describe(self, ids):
        return self.call("GetResultMetas", GLib.Variant("(as)", (ids,)), "(aa{sv})")

    def activate(self, action, *parameters):
        self.bus.call_sync(NAME, PATH, "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", (action, parameters, {})), None, Gio.DBusCallFlags.NONE,
                           10000, None)

    def window_action(self, number, action):
        self.bus.call_sync(NAME, f"{PATH}/window/{number}", "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", (action, [], {})), None,
                           Gio.DBusCallFlags.NONE, 10000, None)


def pay(app, window, address, amount, memo):
    app.press(window, "Send")
    app.write(window, "To address", address)
    app.write(window, "Amount in TIME", amount)
    app.write(window, "Memo (optional)", memo)
    app.press(window, "Review")
    app.label(window, "You are about to send")
    app.press(window, r"Send [\d.]+ TIME")
    app.label(window, r"Final in .*")
    app.press(window, "Done")
    app.press(window, "Overview")


def written(app, window, name):
    entry = app.entry(window, name)
    return Atspi.Text.get_text(entry, 0, Atspi.Text.get_character_count(entry))


def toggle(app, window, name):
    node = app.wait(lambda: next((n for n in walk(window) if matches(name, plain(name_of(n))) and is_showing(n) and actions_of(n) > 0
                                  and role_of(n) in ("switch", "toggle button", "check box")), None), f"switch “{name}”")
    node.do_action(0)


def preferences(app, search, page):
    search.activate("preferences-page", GLib.Variant("s", page))
    return app.window("Preferences")


def bring_forward(wallet):
    """No window manager is there to do it."""
    subprocess.run(["xdotool", "search", "--onlyvisible", "--sync", "--name", f"^{wallet} ", "windowfocus", "--sync"], check=True, stdout=subprocess.DEVNULL)


def notifications(app, desktop, search, first, second, address):
    bring_forward("Second")
    pay(app, first, address, "7.75", "Seen from behind")
    desktop.wait(desktop.notified("Payment Sent: Final", r"−7\.75 TIME – First"), "the payment at its sender")
    bring_forward("First")
    desktop.heard.clear()
    pay(app, first, address, "12.5", "For the boat")
    desktop.wait(desktop.notified("Payment Received: Final", r"\+12\.50 TIME – Second"), "the payment")
    step("a payment that is final is notified, with amount and wallet")
    desktop.press("Payment Received: Final")
    app.label(second, "Life of this payment")
    step("pressing the notification opens that payment")


def links(app, binary, env, first, address):
    uri = f"timecoin:{address}?amount=1.5&label=Harbour"
    wrong = subprocess.run([binary, "https://example.org/"], env=env, capture_output=True, text=True, timeout=30)
    check(wrong.returncode == 2 and "payment link" in wrong.stderr, f"what is no payment link is not refused: {wrong}")
    second_start = subprocess.run([binary, uri], env=env, capture_output=True, text=True, timeout=30)
    check(second_start.returncode == 0, f"a second start does not hand over: {second_start}")
    question = app.wait(lambda: app.shows(app.root, "Pay From Which Wallet") and app.root, "the question for a wallet")
    step("a second start hands its payment link over and ends; it is asked which wallet pays")
    app.press(question, "First")
    app.wait(lambda: written(app, first, "To address") == address and float(written(app, first, "Amount in TIME")) == 1.5, "what the link asks for")
    check(not app.shows(first, "You are about to send"), "the link went further than the form")
    step("the form is filled in, and nothing is sent")


def search_and_lock(app, desktop, search, binary, env, first, second, first_address, second_address):
    ids = search.find("boat")
    check(len(ids) == 2, f"the search does not find the payment once in each wallet: {ids}")
    described = search.describe(ids)
    check(all("12.50" in plain(meta["name"]) and "For the boat" in meta["description"] for meta in described), f"the result is not described: {described}")
    check(search.find("no such thing") == [], "the search finds what is not there")
    step("the desktop's search finds a payment, and describes it")

    desktop.heard.clear()
    app.press(first, "Overview")
    app.press(first, "Lock")
    app.label(first, "This wallet is locked.")
    desktop.wait(lambda said: said.get("closed") == "Payment Sent: Final", "the end of a notification of a locked wallet")
    found = search.find("boat")
    names = [plain(str(meta)) for meta in search.describe(ids + found)]
    check(len(found) == 1 and len(names) == 2 and not any("−12.50" in name for name in names), f"the search speaks of a locked wallet: {names}")
    step("locking withdraws its notifications and silences the search")

    search.window_action(1, "show-phrase")
    search.window_action(1, "command-search")
    pay(app, second, first_address, "2", "While locked")
    time.sleep(1)
    check(not any("First" in plain(said.get("body", "")) for said in desktop.heard), f"a locked wallet is notified of: {desktop.heard}")
    check(not app.shows(app.root, "Words of the phrase|Search everywhere"), "an action reached a locked wallet")
    step("a payment to a locked wallet is not notified, and actions over the bus do not reach it")

    subprocess.run([binary, f"timecoin:{second_address}?amount=3.25"], env=env, timeout=30, check=True)
    app.press(app.wait(lambda: app.shows(app.root, "Pay From Which Wallet") and app.root, "the question for a wallet"), "First")
    check(not app.shows(first, "3.25"), "the link shows through the lock")
    unlock_to_form(app, first, second_address)
    step("a payment link waits behind the lock")


def unlock_to_form(app, window, address):
    app.write(window, "Password", PASSWORD)
    toggle(app, window, "Remember on This Computer")
    app.press(window, "Unlock")
    app.wait(lambda: written(app, window, "To address") == address, "the link after unlocking")


def settings(app, desktop, search, first):
    window = preferences(app, search, "programs")
    app.label(window, r"127\.0\.0\.1:\d+")
    toggle(app, window, "Let Programs Ask")
    window = preferences(app, search, "network")
    app.label(window, "The Node Has To Be Started Again")
    app.press(window, "Restart Node")
    app.wait(lambda: not app.shows(window, "The Node Has To Be Started Again"), "the end of the hint")
    window = preferences(app, search, "programs")
    app.label(window, r"Programs cannot ask now\.")
    wait_available_about(app, first)
    step("a preference of the node holds once it is started again; the wallet goes on")

    window = preferences(app, search, "general")
    toggle(app, window, "Start When You Log In")
    asked = desktop.wait(lambda said: "background" in said, "starting at login")["background"]
    check(asked["autostart"] and asked["commandline"][1:] == ["--background"], f"the portal is asked for something else: {asked}")
    desktop.wait(lambda said: "remembered" in said, "the password that is to be remembered")
    step("starting at login is asked of the portal, and the password of the keyring")


def wait_available_about(app, window):
    app.wait(lambda: (available(app, window) or "").startswith("9999"), f"the balance (it is {available(app, window)})")


def after_restart(app, desktop, search):
    first = app.window("First")
    app.window("Second")
    wait_available_about(app, first)
    step("started again, both windows are back, and the keyring opens the wallet")
    app.press(app.window("Second"), "Close")
    time.sleep(2)  # GTK 4.8 falls over whoever reads a window while it goes
    window = preferences(app, search, "programs")
    app.label(window, r"Programs cannot ask now\.")
    window = preferences(app, search, "general")
    desktop.heard.clear()
    app.press(window, "Forget")
    desktop.wait(lambda said: "forgotten" in said, "the password that is to be forgotten")
    step("the preference lasts, and the password can be forgotten")


def story(binary, folder, log):
    # GTK 4.8 complains of itself when something goes while it is being read.
    env = dict(os.environ, G_DEBUG="", XDG_DATA_HOME=folder + "/data", XDG_CONFIG_HOME=folder + "/config", GSETTINGS_BACKEND="keyfile")
    desktop, search = Desktop(), Search()
    app = Application([binary], log, env)
    first = app.window("TimeCoin")
    app.label(first, "Welcome to TimeCoin")
    create_wallet(app, first, "First", PASSWORD)
    first = app.window("First")
    wait_available(app, first, "1000000.00")
    app.menu(first, "Other Wallet in a New Window")
    second = app.window("TimeCoin")
    create_wallet(app, second, "Second", None)
    second = app.window("Second")
    wait_available(app, second, "0.00")
    address = receive_address(app, second)
    first_address = receive_address(app, first)

    notifications(app, desktop, search, first, second, address)
    app.press(second, "Overview")
    links(app, binary, env, first, address)
    search_and_lock(app, desktop, search, binary, env, first, second, first_address, address)
    settings(app, desktop, search, first)
    check(app.stop() == 0, "the application does not end well")
    app = Application([binary], log, env)
    after_restart(app, desktop, search)
    check(app.stop() == 0, "the application does not end well the second time")
    desktop.stop()


def main():
    print("1..12", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-shell-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
