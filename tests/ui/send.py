"""Paying, whole: a list of recipients pasted, coins picked, frozen and joined, all of some used, the fee taken from a recipient, a payment request pasted,
an own fee, and what is said of bad input.

usage: send.py TIMECOIN      under headless.sh"""
import sys
import tempfile

from desktop import Application
from story import available, check, create_wallet, receive_address, step, wait_available


def toggle(app, window, name):
    app.press(window, name)


def text_of(app, window, name):
    iface = app.entry(window, name).get_text_iface()
    return iface.get_text(0, iface.get_character_count())


def send_and_done(app, window, button):
    app.press(window, button)
    final = app.label(window, r"Final in .*")
    app.press(window, "Done")
    return final


def lists(app, window, own, other):
    app.press(window, "Send")
    app.write(window, "To address", f"{own};1\nTIME0nobody;2")
    app.label(window, r"Line 2: .*")
    app.write(window, "To address", f"{own};1,5")
    app.label(window, r"Line 1: .*point.*")
    check(not app.find(window, "label", "Recipient 1"), "a part of a bad list was taken")
    step("a list with a bad line is refused whole, and the line is named")

    app.write(window, "To address", "\n".join(f"{own};{i}" for i in range(1, 7)) + f"\n{other};0.5;Otto")
    app.label(window, "Recipient 7")
    app.press(window, "Review")
    app.label(window, "You are about to send to 7 recipients")
    check(app.find(window, "label", "Otto"), "the name of a recipient is not shown")
    check(app.shows(window, "6 of these addresses are your own"), "it is not said that addresses are one's own")
    final = send_and_done(app, window, r"Send 21\.50 TIME")
    step(f"seven recipients are read from a list, and paid: {final}")


def coins(app, window, other):
    app.press(window, "Choose Coins.*")
    toggle(app, window, r"6\.00 TIME, .*")
    app.label(window, r"1 coin: 6\.00 TIME")
    app.press(window, "Freeze")
    app.label(window, "Frozen")
    toggle(app, window, r"6\.00 TIME, Frozen")
    for amount in (1, 2):
        toggle(app, window, rf"{amount}\.00 TIME, .*")
    app.label(window, r"2 coins: 3\.00 TIME")
    app.press(window, "Use These Coins")
    app.wait(lambda: app.shows(window, r"2 coins chosen by hand: 3\.00 TIME"), "the coins on the form")
    app.label(window, r"Frozen besides: 6\.00 TIME")
    step("coins are picked; a frozen one is no longer available, and said to be")

    app.write(window, "To address", other)
    app.write(window, "Amount in TIME", "4")
    app.press(window, "Review")
    app.label(window, r"The coins that you chose hold .* too little.*")
    app.press(window, "Use All")
    app.wait(lambda: text_of(app, window, "Amount in TIME") == "3", "all of the coins in the amount")
    app.press(window, "Review")
    app.label(window, r"2 coins are spent: those that you chose\.")
    final = send_and_done(app, window, r"Send 2\.99999 TIME")
    step(f"too few coins are said to be; all of those picked are sent, and no others: {final}")


def fee_from_recipient(app, window, own, other):
    app.write(window, "To address", f"{other};1.5\n{own};1")
    app.label(window, "Recipient 2")
    toggle(app, window, "Take the fee from this amount")
    app.press(window, "Review")
    app.label(window, r".* for the fee is taken from this amount\.")
    app.label(window, r"1\.49999 TIME")
    final = send_and_done(app, window, r"Send 2\.49999 TIME")
    step(f"the fee is taken from the recipient that was chosen for it: {final}")


def request(app, window, other):
    app.write(window, "To address", f"timecoin:{other}?amount=7.25&label=The%20Bakery&message=Two%20loaves&memo=Order%2012")
    app.wait(lambda: app.shows(window, "The Bakery asks for this payment: Two loaves"), "what the request says")
    check(text_of(app, window, "Amount in TIME") == "7.25", f"the amount is {text_of(app, window, 'Amount in TIME')!r}")
    check(text_of(app, window, "To address") == other, "the address is another")
    check(text_of(app, window, "Memo (optional)") == "Order 12", "the memo is not taken")
    app.write(window, "To address", f"timecoin:{other[:-1]}?amount=7.25")
    app.wait(lambda: app.shows(window, "address"), "an error")
    step("a payment request fills the form")


def own_fee(app, window, other):
    app.write(window, "To address", other)
    app.write(window, "Amount in TIME", "0.02")
    app.press(window, "Change the Fee.*")
    toggle(app, window, "Your Own Rate")
    for bad in ("0", "1.5", "100001"):
        app.write(window, "Units a byte", bad)
        app.label(window, r"Write a whole number from 1 to 100000\.")
        check(not app.find(window, "push button", "Review", True), f"a rate of {bad} can be reviewed")
    app.write(window, "Units a byte", "5000")
    app.press(window, "Review")
    app.wait(lambda: app.shows(window, "The fee is high"), "a warning of the fee")
    app.press(window, "Back")
    step("an own fee has bounds, and a high one is warned of")


def join(app, window):
    app.press(window, "Choose Coins.*")
    app.label(window, r"\d+ coins")
    app.press(window, "Join")
    app.press(window, "All Coins")
    app.label(window, "You are about to join coins into one of")
    check(not app.shows(window, "never paid"), "one's own new address is warned of")
    final = send_and_done(app, window, r"Join \d+ Coins")
    app.press(window, "Choose Coins.*")
    toggle(app, window, r"6\.00 TIME, Frozen")
    app.press(window, "Unfreeze")
    app.wait(lambda: not app.find(window, "label", "Frozen"), "the coin to be unfrozen")
    app.press(window, "Back")
    step(f"coins are joined into one, but for the frozen one, which is unfrozen then: {final}")


def story(binary, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    window = app.window("TimeCoin")
    create_wallet(app, window, "First", None)
    window = app.window("First")
    wait_available(app, window, "1000000.00")
    own = receive_address(app, window)
    app.menu(window, "Other Wallet in a New Window")
    second = app.window("TimeCoin")
    create_wallet(app, second, "Second", None)
    second = app.window("Second")
    wait_available(app, second, "0.00")
    other = receive_address(app, second)
    lists(app, window, own, other)
    coins(app, window, other)
    fee_from_recipient(app, window, own, other)
    request(app, window, other)
    own_fee(app, window, other)
    join(app, window)
    app.wait(lambda: available(app, window) is not None, "the form")
    check(app.stop() == 0, "the application does not end well")


def main():
    print("1..8", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-send-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
