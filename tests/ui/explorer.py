"""The chain as somebody looks around in it, in the real window: the newest blocks as they come, a block by number and by hash, a transaction from a block, its
address, a masternode, back and forward, what is not there, and a search that is cancelled.

usage: explorer.py TIMECOIN      under headless.sh"""
import re
import sys
import tempfile

from desktop import Application, is_showing, name_of, plain, role_of, walk
from story import check, create_wallet, receive_address, step, wait_available


def search(app, window, text):
    app.write(window, "Search the chain", text)
    app.press(window, "Search")


def look(app, window, text, until):
    search(app, window, text)
    return app.label(window, until)


def rows(window):
    return [plain(name_of(n)) for n in walk(window) if role_of(n) == "push button" and is_showing(n) and re.match(r"Block \d+(:|,)", plain(name_of(n)))]


def story(binary, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    create_wallet(app, window, "First", None)
    window = app.window("First")
    wait_available(app, window, "1000000.00")
    address = receive_address(app, window)

    app.press(window, "Explorer")
    first = app.wait(lambda: rows(window), "the newest blocks")
    app.wait(lambda: rows(window) and rows(window)[0] != first[0], "a newer block above them")
    check(re.search(r"transactions? · .* · by Masternode \d", rows(window)[0]), f"a block does not say what is in it: {rows(window)[0]}")
    step("the newest blocks are listed, and follow the chain")

    look(app, window, "2", "Who Signed")
    app.label(window, "Block 2")
    app.label(window, r"\d of 4 members signed, with \d+ % of the power\..*")
    digits = app.wait(lambda: next((plain(name_of(n)) for n in walk(window) if role_of(n) == "label" and re.fullmatch(r"([0-9a-f]{8} ){7}[0-9a-f]{8}", plain(name_of(n)))),
                                   None), "the block's hash").replace(" ", "")
    app.press(window, "Block After")
    app.label(window, "Block 3")
    look(app, window, digits, "Block 2")
    step("a block is found by number and by hash, and leads to the next one")

    app.press(window, "Back")
    app.label(window, "Block 3")
    app.press(window, "Forward")
    app.label(window, "Block 2")
    step("back and forward lead where one was")

    app.press(window, "Send")
    app.write(window, "To address", address)
    app.write(window, "Amount in TIME", "12.5")
    app.press(window, "Review")
    app.press(window, r"Send 12.50 TIME")
    app.label(window, r"Final in .*")
    app.press(window, "Show Payment")
    txid = app.wait(lambda: next((plain(name_of(n)) for n in walk(window) if re.fullmatch(r"[0-9a-f]{64}", plain(name_of(n)))), None), "the payment's number")
    app.press(window, "Explorer")
    look(app, window, txid, "Paid by It")
    app.label(window, r"(Final|Pending|Confirmed).*")
    app.label(window, r"Confirmed: .*")
    app.wait(lambda: app.shows(window, "12.50 TIME"), "the amount")
    app.button(window, "Show in History")
    step("a payment is found while it is pending, and followed into its block")

    look(app, window, address, "It belongs to this wallet")
    app.label(window, "12.50 TIME")
    step("an address says what it has, and that it is one's own")

    look(app, window, "127.0.0.1", r"Masternode \d")
    app.label(window, r"\d+ of the newest \d+ blocks, \d+ proposed")
    step("a masternode is found by its address")

    look(app, window, "ff" * 32, "Nothing Found")
    look(app, window, "999999999", "There Is No Such Block Yet")
    look(app, window, "TIME0nonsense", "This Is No Address")
    step("what is not there is said")
    check(app.stop() == 0, "the application does not end well")


def main():
    print("1..7", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-explorer-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
