"""What goes wrong as its user meets it: killed, started twice, a damaged chain, a damaged wallet. Each is said, with what to do, and nothing is lost.

usage: troubles.py TIMECOIN      under headless.sh"""
import glob
import sys
import tempfile

from desktop import Application
from story import available, check, step


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


def troubles(binary, folder, log):
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
    print("1..5", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-troubles-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            troubles(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
