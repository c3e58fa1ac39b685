"""Wallets and their accounts, in the real window: 24 words and a passphrase, a second account and another name for it, money from one to the other, the blocks
read again, locking with the desktop, a restored wallet that finds both accounts, and the list of wallets.

usage: wallets.py TIMECOIN      under headless.sh"""
import re
import sys
import tempfile

from gi.repository import Gio, GLib

from desktop import Application, actions_of, is_showing, matches, name_of, plain, role_of, walk
from story import answer_quiz, check, read_words, step

PASSWORD = "correct horse battery staple"
PASSPHRASE = "under the apple tree"


def advanced(app, window):
    """Opens the expander."""
    def look():
        for node in walk(window):
            if plain(name_of(node)) == "Advanced" and is_showing(node) and actions_of(node) > 0:
                return node
        return None
    app.wait(look, "“Advanced”").do_action(0)


def write_passphrase(app, window):
    advanced(app, window)
    app.write(window, "Passphrase (optional)", PASSPHRASE)
    app.write(window, "The same passphrase again", PASSPHRASE + "s")
    app.label(window, r"The two are not the same\.")
    app.write(window, "The same passphrase again", PASSPHRASE)


def set_switch(app, window, name):
    def look():
        for node in walk(window):
            if matches(name, plain(name_of(node))) and role_of(node) in ("switch", "toggle button", "check box") and is_showing(node) and actions_of(node) > 0:
                return node
        return None
    app.wait(look, f"“{name}”").do_action(0)


def create(app, window):
    app.press(window, "Create a Wallet")
    app.press(window, "A network on this computer")
    app.press(window, "24 Words")
    words = read_words(app, window)
    check(len(words) == 24, f"{len(words)} words are shown")
    app.press(window, "Continue")
    answer_quiz(app, window, words)
    app.press(window, "Continue")
    app.write(window, "Name of the wallet", "First")
    app.press(window, "Continue")
    write_passphrase(app, window)
    set_switch(app, window, "I wrote the passphrase down, apart from the words")
    app.write(window, "New password", PASSWORD)
    app.write(window, "The same again", PASSWORD)
    app.press(window, "Create Wallet")
    return words


def account_is(app, window, name):
    app.button(window, f"Account: {name}")


def switch(app, window, now, row):
    account_is(app, window, now)
    app.press(window, f"Account: {now}")
    app.press(window, row)


def amount_of(app, window, amount):
    app.press(window, "Overview")
    app.wait(lambda: any(re.fullmatch(rf"Available: {amount} TIME", plain(name_of(n))) and is_showing(n) for n in walk(window)), f"“Available: {amount} TIME”")


def read_address(app, window):
    app.press(window, "Receive")
    return app.label(window, r"TIME( \w{1,4})+").replace(" ", "")


def say_screen_saver():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    Gio.bus_own_name_on_connection(bus, "org.gnome.ScreenSaver", Gio.BusNameOwnerFlags.NONE, None, None)
    GLib.MainContext.default().iteration(False)

    def say():
        bus.emit_signal(None, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", GLib.Variant("(b)", (True,)))
        bus.flush_sync(None)
    return say


def restore(app, window, words, name):
    app.press(window, "Restore a Wallet")
    app.write(window, "Word 1", " ".join(words))
    app.label(window, r"These words are a phrase\.")
    app.press(window, "Continue")
    app.write(window, r"First used (optional)", "tomorrow")
    check(not app.find(window, "push button", "Continue", True), "a day that is none is accepted")
    app.write(window, r"First used (optional)", "")
    app.press(window, "Continue")
    app.write(window, "Name of the wallet", name)
    app.press(window, "Continue")
    write_passphrase(app, window)
    app.press(window, "No Password")


def story(binary, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    words = create(app, window)
    window = app.window("First")
    amount_of(app, window, r"1 000 000\.00")
    check(not app.shows(window, "^Account: "), "a wallet with one account shows the switcher")
    step("a wallet of 24 words with a passphrase is created; with one account nothing speaks of accounts")

    app.menu(window, r"Add Account…")
    dialog = app.window("New Account")
    app.write(dialog, "Name of the account", "Holiday")
    app.press(dialog, "Add Account")
    account_is(app, window, "Holiday")
    amount_of(app, window, r"0\.00")
    address = read_address(app, window)
    switch(app, window, "Holiday", r"Rename Account…")
    dialog = app.window("Rename Account")
    app.write(dialog, "Name of the account", "Savings")
    app.press(dialog, "Rename")
    account_is(app, window, "Savings")
    step("a second account is added, has an address of its own, and gets another name")

    switch(app, window, "Savings", r"Account 1, .*")
    app.press(window, "Send")
    app.write(window, "To address", address)
    app.write(window, "Amount in TIME", "12.5")
    app.press(window, "Review")
    app.press(window, r"Send 12.50 TIME")
    app.label(window, r"Final in .*")
    switch(app, window, "Account 1", r"Savings, .*")
    amount_of(app, window, r"12\.50")
    app.wait(lambda: app.shows(window, "From another account"), "the transfer in the newest payments")
    step("money goes from one account to the other, and is shown as that")

    app.menu(window, r"Look for Payments Again…")
    dialog = app.window("Look for Payments Again")
    app.press(dialog, "Look Again")
    amount_of(app, window, r"12\.50")
    step("the blocks are read again, and nothing is counted twice")

    say = say_screen_saver()
    app.menu(window, r"Add Account…")
    app.window("New Account")

    def is_locked():
        say()
        return app.shows(window, r"This wallet is locked\.")
    app.wait(is_locked, "the lock page")
    app.wait(lambda: app.window_of("New Account") is None, "the dialog to go")
    step("it locks with the desktop, and its dialog closes")

    app.write(window, "Password", PASSWORD)
    app.press(window, "Unlock")
    app.wait(lambda: app.shows(window, "^Account: "), "the wallet after unlocking")
    app.menu(window, "Other Wallet in a New Window")
    second = app.window("TimeCoin")
    restore(app, second, words, "Again")
    second = app.window("Again")
    switch(app, second, "All accounts", r"Account 2, .*")
    amount_of(app, second, r"12\.50")
    step("restored from words and passphrase, it finds the second account")

    app.menu(window, r"Wallets…")
    dialog = app.window("Wallets")
    app.wait(lambda: app.shows(dialog, "Open, unlocked") and app.shows(dialog, "Open, has no password"), "the states of both wallets")
    step("both are in the list of wallets")
    check(app.stop() == 0, "the application does not end well")


def main():
    print("1..7", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-wallets-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
