"""A masternode of one's own, in the real window: the wizard registers one for this computer, which takes its key when its node is started again; it is listed,
becomes active, is changed, and retires. Another one's key is on another computer, which proves that it has it.

usage: masternode.py TIMECOIN TIMED      under headless.sh"""
import os
import re
import socket
import subprocess
import sys
import tempfile

from desktop import Application, is_showing, name_of, plain, role_of, walk
from story import check, create_wallet, step, wait_available

EPOCH_S = 100  # of the local network


def choose(app, window, name):
    app.press(window, name)


def wizard(app):
    return app.window("New Masternode")


def text_of(app, window, pattern):
    return app.wait(lambda: next((m for n in walk(window) if is_showing(n) and (m := re.search(pattern, plain(name_of(n))))), None), pattern)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def register_here(app, window):
    app.press(window, "Set Up Another Masternode")
    dialog = wizard(app)
    choose(app, dialog, "Gold")
    choose(app, dialog, "Bronze")
    app.press(dialog, "Continue")
    app.label(dialog, "Where It Runs")
    choose(app, dialog, "On this computer")
    app.press(dialog, "Continue")
    app.label(dialog, "Name and Address")
    app.write(dialog, "Name (optional)", "Attic")
    host = f"127.0.0.1:{free_port()}"
    app.write(dialog, "Network address", "attic.example.org")
    app.press(dialog, "Continue")
    app.label(dialog, r"Write a numeric IP address and a port.*")
    app.write(dialog, "Network address", host)
    app.press(dialog, "Continue")
    app.label(dialog, "You are about to register a masternode")
    app.label(dialog, "1 000.00 TIME")
    app.press(dialog, "Register Masternode")
    app.label(dialog, "The Registration Is Sent")
    app.press(dialog, "Start the Node Again Now")
    app.label(window, "Attic")
    step("the wizard registers a masternode that runs here, and the node is started with its key")
    return host


def register_there(app, window, timed, folder):
    key_file = os.path.join(folder, "operator.key")
    key = subprocess.run([timed, "operator-key", "new", key_file], check=True, capture_output=True, text=True).stdout.strip()
    app.press(window, "Set Up Another Masternode")
    dialog = wizard(app)
    choose(app, dialog, "Free")
    app.press(dialog, "Continue")
    app.label(dialog, "Where It Runs")
    choose(app, dialog, "On another computer, which made its own key")
    app.press(dialog, "Continue")
    app.label(dialog, "Name and Address")
    app.write(dialog, "Network address", "192.0.2.7:24000")
    app.write(dialog, "Public operator key", key[:-1])
    app.press(dialog, "Continue")
    app.label(dialog, r"A public key has 64 digits.*")
    app.write(dialog, "Public operator key", key)
    app.press(dialog, "Continue")
    request = text_of(app, dialog, r"--operator-key FILE ([0-9a-f]+)").group(1)
    app.write(dialog, "Proof", "00" * 64)
    app.press(dialog, "Register Masternode")
    app.label(dialog, r".*proof.*")
    proof = subprocess.run([timed, "masternode", "prove", "--operator-key", key_file, request], check=True, capture_output=True, text=True).stdout.strip()
    app.write(dialog, "Proof", proof)
    app.press(dialog, "Register Masternode")
    app.label(dialog, "The Registration Is Sent")
    app.press(dialog, "Close")
    app.label(window, r"New Masternode \(Free\)")
    step("one whose key is elsewhere is registered with that computer's proof")


def story(binary, timed, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    create_wallet(app, window, "First", None)
    window = app.window("First")
    wait_available(app, window, "1000000.00")
    app.press(window, "Masternode")
    app.label(window, "Masternode 0")
    register_there(app, window, timed, folder)
    host = register_here(app, window)
    app.label(window, r"In the committee with power 100: .*|It counts now.*|It has not been through .*", 2 * EPOCH_S)
    app.label(window, r"\d+ of the newest \d+ blocks \(\d+ %\), \d+ proposed", 2 * EPOCH_S)
    step("the masternodes that the local network began with are listed, and say what they signed")
    app.label(window, r"(Its registration .*|Registered\. It counts from epoch .*)")
    app.label(window, r"Network address, this computer's")
    app.label(window, r"Registered\. It counts from epoch .*", 3 * EPOCH_S)
    step("it is listed once its epoch has ended, and says from when on it counts")

    app.label(window, r"In the committee with power 1: it votes, signs blocks, and earns\.", 6 * EPOCH_S)
    step("it is in the committee, signs, and is active")

    card = [n for n in walk(window) if role_of(n) == "push button" and plain(name_of(n)) == "Retire…"]
    check(len(card) >= 2, "there is no way to retire a masternode")
    retire = retire_button(window, "Attic")
    retire.do_action(0)
    question = app.wait(lambda: app.window_of("Retire This Masternode.*") or find_dialog(app, "Retire This Masternode?"), "the question")
    app.press(question, "Retire")
    app.label(window, r"Its collateral is available again at the end of epoch .*", 3 * EPOCH_S)
    step("it retires after a question, and says when its collateral is free")
    app.press(window, "Stop Running It Here")
    app.label(window, "This computer is a masternode until its node is started again.")
    app.press(window, "Start Again")
    app.label(window, "Network address", 3 * EPOCH_S)
    app.wait(lambda: not app.shows(window, "Network address, this computer's|until its node is started again"), "the computer without a key")
    step("this computer lets go of the key, and its node is started again without it")
    check(host in "".join(plain(name_of(n)) for n in walk(window)), "the address of the masternode is gone")
    check(app.stop() == 0, "the application does not end well")


def retire_button(window, name):
    """The one that follows the card's title."""
    seen = False
    for node in walk(window):
        text = plain(name_of(node))
        seen = seen or (role_of(node) == "label" and text == name)
        if seen and role_of(node) == "push button" and text == "Retire…":
            return node
    raise AssertionError(f"no button to retire {name}")


def find_dialog(app, heading):
    for i in range(app.root.get_child_count()):
        child = app.root.get_child_at_index(i)
        if child is not None and any(plain(name_of(n)) == heading for n in walk(child)):
            return child
    return None


def main():
    print("1..7", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-masternode-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], sys.argv[2], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
