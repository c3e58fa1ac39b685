"""A request as its user meets it, in the real window: an amount that cannot be read, a request with amount, name and message, its payment, what the list says
of it, deleting it and taking that back.

usage: receive.py TIMECOIN      under headless.sh"""
import re
import sys
import tempfile

from desktop import Application, is_showing, name_of, plain, walk
from story import check, create_wallet, receive_address, step, wait_available


def request_row(window, pattern):
    return next((plain(name_of(n)) for n in walk(window) if is_showing(n) and re.match(pattern, plain(name_of(n)))), None)


def pay(app, window, address, amount):
    app.press(window, "Send")
    app.write(window, "To address", address)
    app.write(window, "Amount in TIME", amount)
    app.press(window, "Review")
    app.label(window, "You are about to send")
    app.press(window, rf"Send {amount}0* TIME")
    app.label(window, r"Final in .*")
    app.press(window, "Show Payment")


def story(binary, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    create_wallet(app, window, "First", None)
    window = app.window("First")
    wait_available(app, window, "1000000.00")
    receive_address(app, window)
    app.label(window, "Request an Amount")
    app.write(window, "Amount in TIME", "1,5")
    app.wait(lambda: app.shows(window, ".*(comma|more than one way).*"), "an error beside the amount")
    step("an ambiguous amount is not asked for")

    app.write(window, "Amount in TIME", "12.5")
    app.write(window, "Your name, or what you sell", "Café Ost")
    app.write(window, "Message to the payer", "Two cakes")
    app.press(window, "Create Request")
    app.label(window, "Two cakes")
    address = app.label(window, r"TIME( \w{1,4})+").replace(" ", "")
    app.wait(lambda: request_row(window, "Café Ost, 12.50 TIME, Waiting, .*"), "the request in the list")
    app.press(window, "Show Plain Address")
    app.label(window, "Your address")
    app.wait(lambda: app.label(window, r"TIME( \w{1,4})+").replace(" ", "") != address, "the plain address")
    step("a request has an address of its own, and is listed")

    pay(app, window, address, "12.5")
    app.press(window, "Receive")
    app.wait(lambda: request_row(window, "Café Ost, 12.50 TIME, (On its way|Paid), .*"), "the request to be paid")
    app.wait(lambda: request_row(window, "Café Ost, 12.50 TIME, Paid, .*"), "the payment to be final")
    step("it says that it was paid")

    app.press(window, "Delete the request: Café Ost")
    app.wait(lambda: request_row(window, "Café Ost, 12.50 TIME, .*") is None, "the request to be gone")
    app.press(window, "Undo")
    app.wait(lambda: request_row(window, "Café Ost, 12.50 TIME, Paid, .*"), "the request to be back")
    step("a deleted request can be brought back")

    app.press(window, "History")
    app.press(window, "All Payments")
    app.write(window, "Search payments", "café ost")
    app.wait(lambda: app.shows(window, "Café Ost"), "the payment by the request's name")
    app.write(window, "Search payments", "nobody")
    app.label(window, "Nothing Found")
    app.press(window, "Show All Payments")
    app.label(window, "First funds")
    step("the history is searched by it")
    check(app.stop() == 0, "the application does not end well")


def main():
    print("1..5", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-receive-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
