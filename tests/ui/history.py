"""The history and the contacts as their user meets them, in the real window: an address is saved as a contact, payments to it show the name and are found by it.

usage: history.py TIMECOIN      under headless.sh"""
import re
import sys
import tempfile

from desktop import Application, is_showing, name_of, plain, walk
from story import check, create_wallet, step, wait_available

ANNA = "TIME088kTfBQ51zgZ6o9j7AmC6q8SSAF2EfwFX"


def is_listed(window, pattern):
    return any(is_showing(n) and re.fullmatch(pattern, plain(name_of(n))) for n in walk(window))


def story(binary, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    create_wallet(app, window, "First", None)
    window = app.window("First")
    wait_available(app, window, "1000000.00")

    app.menu(window, "Contacts…")
    contacts = app.window("Contacts")
    app.label(contacts, "No Contacts Yet")
    app.press(contacts, "Add Contact")
    app.write(contacts, "Name", "Anna")
    app.write(contacts, "Address", ANNA[:-1] + "Y")
    app.wait(lambda: app.shows(contacts, ".*(mistyped|wrong).*"), "an error about the address")
    app.write(contacts, "Address", ANNA)
    app.press(contacts, "Save")
    app.wait(lambda: is_listed(contacts, r"Anna, TIME0.*"), "the contact in the list")
    app.press(contacts, "Close")
    step("a contact is added, with an address that is checked")

    app.press(window, "Send")
    app.write(window, "To address", ANNA)
    app.write(window, "Amount in TIME", "12.5")
    app.press(window, "Review")
    app.label(window, "You are about to send")
    app.press(window, r"Send 12.50 TIME")
    app.label(window, r"Final in .*")
    app.press(window, "Show Payment")
    app.label(window, "Life of this payment")
    app.wait(lambda: app.shows(window, "In your contacts"), "the contact on the payment's page")
    app.press(window, "All Payments")
    app.wait(lambda: is_listed(window, r"(.* · )?Anna"), "the name in the list")
    step("a payment shows the contact")

    app.write(window, "Search payments", "ANNA")
    app.wait(lambda: is_listed(window, r"(.* · )?Anna") and not is_listed(window, "First funds"), "the payment alone")
    app.write(window, "Search payments", "nobody")
    app.label(window, "Nothing Found")
    app.press(window, "Show All Payments")
    app.label(window, "First funds")
    step("the history is searched, and shows all again")
    check(app.stop() == 0, "the application does not end well")


def main():
    print("1..3", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-history-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
