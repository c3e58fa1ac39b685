"""What goes wrong as its user meets it: killed, started twice, a damaged chain, a damaged wallet. Each is said, with what to do, and nothing is lost.

usage: troubles.py TIMECOIN TIMED MAKE-HALT CLOCK-SHIFT      under headless.sh"""
import glob
import os
import re
import subprocess
import sys
import tempfile

from desktop import Application
from story import available, check, step


HALT_HEIGHT = 2
HALTED = "This Node Has Stopped"
WRONG_CLOCK = "This Computer's Clock Is Wrong"


def open_wallet(binary, folder, log):
    app = Application([binary, "--try", "--data-dir", folder], log)
    window = app.window("Play money")
    app.wait(lambda: available(app, window) == "1000000.00", "the balance")
    app.wait(lambda: app.shows(window, "Up to date"), "the network")
    return app, window


def overwrite(path, offset):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(b"garbage" * 100)


def check_halt(binary, timed, make_halt, folder, log):
    """Rule C8, as after two commits at one height, until the operator says that this node's block stands."""
    node, network = folder + "/local/node", folder + "/local/network.json"
    subprocess.run([make_halt, node, network, str(HALT_HEIGHT)], check=True)
    app = Application([binary, "--try", "--data-dir", folder], log, {"G_DEBUG": ""})  # the log says it as a critical
    window = app.window("Play money")
    app.label(window, HALTED)
    text = app.label(window, f"Two blocks of height {HALT_HEIGHT} carry the commit of a quorum.*")
    check(len(set(re.findall(r"\b[0-9a-f]{64}\b", text))) == 2, f"the two blocks are not named: {text}")
    check("Do not trust payments above height 1" in text and "timed signed --help" in text, f"it is not said what to do: {text}")
    check(app.shows(window, "^Halted$"), "the line at the sidebar's foot does not say it")
    check(not app.shows(window, WRONG_CLOCK), "a node that stands still speaks of the clock")
    check(app.stop() == 0, "it does not end well while it is halted")
    subprocess.run([timed, "signed", "--data-dir", node, "--network", network, "--forget-halt", str(HALT_HEIGHT)], check=True, stdout=log)
    app, window = open_wallet(binary, folder, log)
    check(not app.shows(window, HALTED), "it still says that it has stopped")
    check(app.stop() == 0, "it does not end well after a halt was settled")


def check_clock(binary, clock_shift, folder, log):
    """Set back below the chain's own times; no other computer is there to compare with."""
    wrong = folder + "/clock-is-wrong"
    open(wrong, "w").close()
    shift = {"LD_PRELOAD": clock_shift, "TC_TEST_CLOCK_S": "-7500", "TC_TEST_CLOCK_FILE": wrong,
             "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
    app = Application([binary, "--try", "--data-dir", folder], log, shift)
    window = app.window("Play money")
    app.label(window, WRONG_CLOCK)
    app.label(window, "It is about 2 hours behind the other nodes' clocks.*Let the system set date and time automatically.*")
    os.remove(wrong)
    app.wait(lambda: not app.shows(window, WRONG_CLOCK), "end of the warning once the clock is right")
    check(app.stop() == 0, "it does not end well with a clock that was set right")


def troubles(binary, timed, make_halt, clock_shift, folder, log):
    app, _ = open_wallet(binary, folder, log)
    step("--try opens a funded wallet at once")

    twin = Application([binary, "--try", "--data-dir", folder], log)
    window = twin.window("TimeCoin")
    twin.label(window, "The Wallet Does Not Open")
    twin.label(window, ".*open in another TimeCoin.*")
    check(twin.stop() == 0, "the second instance does not end well")
    step("a second instance on the same folder says so, and touches nothing")

    app.process.kill()
    app.process.wait()
    app, _ = open_wallet(binary, folder, log)
    check(app.stop() == 0, "it does not end well after it was killed")
    step("killed, it opens again as it was")

    overwrite(folder + "/local/node/chain.sqlite", 0)
    app = Application([binary, "--try", "--data-dir", folder], log)
    window = app.window("Play money")
    app.label(window, "A File Is Damaged")
    app.press(window, "Set It Aside and Start Again")
    app.wait(lambda: available(app, window) == "1000000.00" and app.shows(window, "Up to date"), "the wallet, with its chain fetched anew")
    check(app.stop() == 0, "it does not end well after the chain was damaged")
    check(glob.glob(folder + "/local/node.damaged-*/chain.sqlite"), "the damaged file was not kept")
    step("a damaged chain is set aside by a button, and fetched anew")

    check_halt(binary, timed, make_halt, folder, log)
    step("a node halted by two commits names both blocks and says what to do, until that is settled")

    check_clock(binary, clock_shift, folder, log)
    step("a clock that was set back is told, until it is right")

    path = glob.glob(folder + "/local/wallets/*.wallet")[0]
    with open(path, "rb") as file:
        good = file.read()
    overwrite(path, 100)
    with open(path, "rb") as file:
        bad = file.read()
    app = Application([binary, "--try", "--data-dir", folder], log)
    window = app.window("TimeCoin")
    app.label(window, "The Wallet Does Not Open")
    app.label(window, ".*damaged.*restore.*")
    check(app.stop() == 0, "it does not end well with a damaged wallet")
    with open(path, "rb") as file:
        check(file.read() == bad, "the damaged wallet was written to")
    with open(path, "wb") as file:
        file.write(good)
    app, _ = open_wallet(binary, folder, log)
    check(app.stop() == 0, "it does not end well at last")
    step("a damaged wallet is left as it is, and a copy of it opens")


def main():
    print("1..7", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-troubles-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            troubles(*sys.argv[1:], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
