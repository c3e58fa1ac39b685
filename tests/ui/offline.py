"""Two machines: one watches and is on the network, the other has the phrase and is not. A payment is prepared on the one, signed on the other, and sent.

usage: offline.py TIMECOIN      under headless.sh"""
import os
import re
import shutil
import sys
import tempfile

from desktop import Application, Atspi, NotThere, actions_of, is_showing, name_of, plain, role_of, walk
from story import PASSWORD, check, create_wallet, step, wait_available

PAYEE = "TIME0AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh"


def carried_text(app, window):
    """What the expander shows."""
    def look():
        for node in walk(window):
            if role_of(node) == "text" and plain(name_of(node)) == "As text" and is_showing(node):
                text = Atspi.Text.get_text(node, 0, -1)
                if text:
                    return text
        for node in walk(window):
            if plain(name_of(node)) == "As text" and role_of(node) != "text" and actions_of(node) > 0:
                node.do_action(0)
                break
        return None
    return app.wait(look, "the text to be carried")


def close(app, title):
    app.press(app.window(title), "Close")
    app.wait(lambda: app.window_of(title) is None, f"the window “{title}” to close")


def start_vault(binary, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    create_wallet(app, window, "Vault", PASSWORD)
    window = app.window("Vault")
    wait_available(app, window, "1000000.00")
    app.menu(window, r"Make a Watch File…")
    text = carried_text(app, app.window("Watch File"))
    step("the wallet with the phrase makes a watch file")
    close(app, "Watch File")
    check(app.stop() == 0, "the application did not end well")
    return text


def move_vault(online, offline):
    os.makedirs(os.path.join(offline, "local", "wallets"))
    for name in os.listdir(os.path.join(online, "local", "wallets")):
        shutil.move(os.path.join(online, "local", "wallets", name), os.path.join(offline, "local", "wallets", name))


def start_watching(binary, folder, log, text):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    app.press(window, "Watch a Wallet…")
    dialog = app.window("Watch a Wallet")
    app.write(dialog, "Or paste its text, or addresses", "TIME0nothing")
    app.wait(lambda: app.shows(dialog, "is no address"), "an error about what is no address")
    app.write(dialog, "Or paste its text, or addresses", text)
    app.press(dialog, "Watch")
    window = app.window("Watched wallet")
    wait_available(app, window, "1000000.00")
    check(app.shows(window, "WATCH ONLY"), "the window does not say that it watches only")
    step("another machine watches it: the balance is there, and a mark")
    return app, window


def start_offline(binary, folder, log):
    app = Application([binary, "--data-dir", folder, "--offline"], log)
    window = app.window("Vault")
    app.label(window, "This wallet is locked.")
    app.write(window, "Password", PASSWORD)
    app.press(window, "Unlock")
    app.wait(lambda: app.shows(window, "Offline"), "the word that no network is used")
    step("the machine with the phrase opens its wallet without a network")
    return app, window


def prepare(app, window):
    app.press(window, "Send")
    app.write(window, "To address", PAYEE)
    app.write(window, "Amount in TIME", "250.25")
    app.press(window, "Review")
    app.press(window, "Make Unsigned Payment")
    text = carried_text(app, app.window("Unsigned Payment"))
    step("the watching wallet makes an unsigned payment")
    return text


def sign(app, window, text):
    app.menu(window, r"Sign a Payment…")
    dialog = app.window("Sign a Payment")
    app.write(dialog, "Or paste its text", text[:len(text) // 2])
    app.press(dialog, "Continue")
    app.wait(lambda: app.shows(dialog, "not all of it|damaged|not whole"), "an error about half a payment")
    app.write(dialog, "Or paste its text", text)
    app.press(dialog, "Continue")
    app.wait(lambda: app.shows(dialog, r"250\.25 TIME"), "the amount")
    check(app.shows(dialog, re.escape(re.sub(r"(.{4})", r"\1 ", PAYEE).strip()[:14])), "the address is not shown in groups of four")
    check(app.shows(dialog, "Change, back to this wallet"), "the change is not recognised as the wallet's own")
    app.press(dialog, "Sign")
    app.wait(lambda: app.shows(dialog, "The payment is signed"), "the signed payment")
    text = carried_text(app, dialog)
    step("it is shown in full, and signed, where the phrase is")
    return text


def bring_back(app, window, text):
    app.menu(window, r"Payments to Be Signed…")
    dialog = app.window("Payments to Be Signed")
    app.press(dialog, "Bring a Signed Payment…")
    app.write(dialog, "Or paste its text", text)
    app.press(dialog, "Continue")
    app.wait(lambda: app.shows(dialog, r"250\.25 TIME"), "the amount")
    app.press(dialog, "Send")
    app.label(window, r"Final after .*|Confirmed in block.*")
    app.press(window, "Overview")
    wait_available(app, window, "999749.74999")
    step("it comes back, is sent, and is final")


def story(binary, folder, log):
    online, offline = os.path.join(folder, "online"), os.path.join(folder, "offline")
    watch_file = start_vault(binary, online, log)
    move_vault(online, offline)
    watching, window = start_watching(binary, online, log, watch_file)
    unsigned = prepare(watching, window)
    close(watching, "Unsigned Payment")
    check(watching.stop() == 0, "the application did not end well")

    vault, vault_window = start_offline(binary, offline, log)
    signed = sign(vault, vault_window, unsigned)
    check(vault.stop() == 0, "the offline application did not end well")

    watching = Application([binary, "--data-dir", online], log)
    window = watching.window("Watched wallet")
    watching.wait(lambda: watching.shows(window, "1 payment to be signed"), "the payment that waits, after a restart")
    step("the payment waits over a restart")
    bring_back(watching, window, signed)
    check(watching.stop() == 0, "the application did not end well")


def main():
    with tempfile.TemporaryDirectory(prefix="timecoin-offline-") as folder, open(os.path.join(folder, "log"), "w+", encoding="utf-8") as log:
        try:
            story(sys.argv[1], folder, log)
        except (AssertionError, NotThere) as error:
            log.seek(0)
            print(f"not ok - {error}\n{log.read()[-4000:]}", flush=True)
            sys.exit(1)
    print("1..7")


if __name__ == "__main__":
    main()
