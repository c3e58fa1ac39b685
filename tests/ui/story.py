"""A payment as its user meets it, in the real window: create a wallet with the quiz, take an address, pay a second wallet, review, see Final, find it
in the history and in the second wallet's balance, lock, unlock, start again: still there.

usage: story.py TIMECOIN      under headless.sh"""
import re
import sys
import tempfile
import time

from desktop import Application, in_tree, name_of, plain, role_of, walk, is_showing

PASSWORD = "correct horse battery staple"
step_number = 0


def step(text):
    global step_number
    step_number += 1
    print(f"ok {step_number} - {text}", flush=True)


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def read_words(app, window):
    table = app.wait(lambda: app.find(window, "table", "Words of the phrase"), "the words")
    labels = [plain(name_of(n)) for n in walk(table) if role_of(n) == "label"]
    numbers, words = labels[0::2], labels[1::2]
    check(numbers == [str(i + 1) for i in range(len(numbers))], f"the words are not numbered: {numbers}")
    return words


def answer_quiz(app, window, words):
    asked = app.wait(lambda: [n for n in walk(window) if re.fullmatch(r"Word \d+", plain(name_of(n))) and is_showing(n)], "the quiz")
    names = [plain(name_of(n)) for n in asked]
    check(len(names) == 5, f"not five words are asked back but {names}")
    wrong = next(word for word in ("zoo", "abandon") if word != words[int(names[0].split()[1]) - 1])
    app.write(window, names[0], wrong)
    app.label(window, r"That is not word \d+\..*")
    for name in names:
        app.write(window, name, words[int(name.split()[1]) - 1])
    app.label(window, r"All five are right\.")


def create_wallet(app, window, name, password):
    app.press(window, "Create a Wallet")
    if app.wait(lambda: app.find(window, "label", "Which Network.|How Many Words."), "a question") and app.find(window, "label", "Which Network."):
        check(app.shows(window, "Not launched yet"), "it is not said that no other network is launched")
        app.press(window, "A network on this computer")
    app.press(window, "12 Words")
    words = read_words(app, window)
    check(len(words) == 12, f"{len(words)} words are shown")
    app.press(window, "Continue")
    answer_quiz(app, window, words)
    app.press(window, "Continue")
    app.write(window, "Name of the wallet", name)
    app.press(window, "Continue")
    if password is None:
        app.press(window, "No Password")
    else:
        app.write(window, "New password", password)
        app.write(window, "The same again", password)
        app.press(window, "Create Wallet")
    return words


def available(app, window):
    for node in walk(window):
        match = re.fullmatch(r"Available: ([\d .]+) TIME", plain(name_of(node)))
        if match and is_showing(node):
            return match.group(1).replace(" ", "")
    return None


def wait_available(app, window, amount):
    app.wait(lambda: available(app, window) == amount, f"balance {amount} (it is {available(app, window)})")


def receive_address(app, window):
    app.press(window, "Receive")
    groups = app.label(window, r"TIME( \w{1,4})+")
    address = groups.replace(" ", "")
    check(address.startswith("TIME0"), f"not a test network's address: {address}")
    return address


def story(binary, folder, log):
    app = Application([binary, "--data-dir", folder], log)
    first = app.window("TimeCoin")
    app.label(first, "Welcome to TimeCoin")
    create_wallet(app, first, "First", PASSWORD)
    first = app.window("First")
    wait_available(app, first, "1000000.00")
    check(app.shows(first, "LOCAL · PLAY MONEY"), "the local network bears no mark")
    step("a wallet is created with the quiz, and the local network pays it")

    app.menu(first, "Other Wallet in a New Window")
    second = app.window("TimeCoin")
    create_wallet(app, second, "Second", None)
    second = app.window("Second")
    wait_available(app, second, "0.00")
    address = receive_address(app, second)
    step("a second wallet opens in a second window, and gives an address")

    app.press(first, "Send")
    app.write(first, "To address", address[:-1] + ("a" if address[-1] != "a" else "b"))
    app.wait(lambda: app.shows(first, "wrong|mistyped|missing"), "an error beside the address")
    app.write(first, "To address", address)
    app.write(first, "Amount in TIME", "1.000,5")
    app.wait(lambda: app.shows(first, "more than one way"), "an error beside the amount")
    app.write(first, "Amount in TIME", "5000000")
    app.press(first, "Review")
    app.label(first, ".*are missing for this payment.*")
    step("a bad address, an ambiguous amount and missing funds are each said where they are")

    app.write(first, "Amount in TIME", "250.25")
    app.write(first, "Memo (optional)", "For the boat")
    app.press(first, "Review")
    app.label(first, "You are about to send")
    check(app.find(first, "label", re.escape(re.sub(r"(.{4})", r"\1 ", address).strip())), "the review does not show the address in groups of four")
    check(app.shows(first, "never paid this address"), "it is not said that the address is new")
    app.press(first, r"Send 250.25 TIME")
    final = app.label(first, r"Final in .*")
    step(f"the payment is reviewed, sent, and shown: {final}")
    app.label(first, r"Confirmed in block \d+\..*")
    app.press(first, "Show Payment")
    app.label(first, r"Final after .*")
    app.label(first, r"Confirmed in block \d+")
    app.press(first, "All Payments")
    app.wait(lambda: app.shows(first, "For the boat"), "the payment in the history")
    step("it is in the history, with its life")

    wait_available_anywhere(app, second, "250.25")
    step("the second wallet has it")

    app.press(first, "Lock")
    app.label(first, "This wallet is locked.")
    check(not app.shows(first, "250.25|For the boat"), "the locked window still shows payments")
    app.write(first, "Password", "not the password")
    app.press(first, "Unlock")
    app.label(first, r"That is not the password\..*")
    app.write(first, "Password", PASSWORD)
    app.press(first, "Unlock")
    app.wait(lambda: app.shows(first, "For the boat|Newest Payments"), "the wallet after unlocking")
    step("it locks, refuses a wrong password, and unlocks")
    balance = re.compile(r"999749\.\d+")

    start = time.monotonic()
    code = app.stop()
    check(code == 0, f"the application ended with {code}")
    check(time.monotonic() - start < 6, "closing took more than 5 s")
    step("it closes when the session ends")

    app = Application([binary, "--data-dir", folder], log)
    window = app.wait(lambda: app.root.get_child_at_index(0), "a window")
    if name_of(app.wait(lambda: app.window_of(r"First|Second"), "a wallet's window")).startswith("Second"):
        app.menu(app.window("Second"), "Other Wallet in a New Window")
        window = app.window("TimeCoin")
        app.press(window, "First")
    window = app.window("First")
    app.label(window, "This wallet is locked.")
    app.write(window, "Password", PASSWORD)
    app.press(window, "Unlock")
    app.wait(lambda: balance.fullmatch(available(app, window) or ""), f"the balance after a restart (it is {available(app, window)})")
    app.wait(lambda: app.shows(window, "For the boat"), "the payment after a restart")
    step("started again, balance and payment are still there")
    check(app.stop() == 0, "the application does not end well the second time")


def wait_available_anywhere(app, window, amount):
    app.press(window, "Overview")
    wait_available(app, window, amount)


def main():
    print("1..9", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-story-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
