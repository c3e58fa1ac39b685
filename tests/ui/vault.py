"""Keeping what is yours, in the real window: a backup is written, checked, and restored in a fresh folder; the password is changed and removed; a payment is
proven to somebody else.

usage: vault.py TIMECOIN      under headless.sh"""
import os
import sys
import tempfile

from desktop import Application
from story import PASSWORD, check, create_wallet, step, wait_available

BACKUP_PASSWORD = "another horse entirely battery"
NEW_PASSWORD = "seven quiet lamps under water"


def unlock(app, window, password):
    app.label(window, "This wallet is locked.")
    app.write(window, "Password", password)
    app.press(window, "Unlock")


def back_up(app, window, path):
    app.menu(window, "Back Up to a File…")
    dialog = app.window("Back Up to a File")
    app.write(dialog, "Save as", path)
    app.write(dialog, "Password of this wallet", "not the password")
    app.write(dialog, "New password", BACKUP_PASSWORD)
    app.write(dialog, "The same again", BACKUP_PASSWORD)
    app.press(dialog, "Save Backup")
    app.label(dialog, r"That is not the password of this wallet\..*")
    check(not os.path.exists(path), "a backup was written with a wrong password")
    app.write(dialog, "Password of this wallet", PASSWORD)
    app.write(dialog, "New password", BACKUP_PASSWORD)
    app.write(dialog, "The same again", BACKUP_PASSWORD)
    app.press(dialog, "Save Backup")
    app.label(dialog, "Backup Saved")
    app.press(dialog, "Done")
    check(os.stat(path).st_mode & 0o777 == 0o600, "others can read the backup")


def check_file(app, window, path):
    app.menu(window, "Check My Backup…")
    dialog = app.window("Check My Backup")
    app.press(dialog, "A Backup File")
    app.write(dialog, "Backup file", path)
    app.write(dialog, "Password of the backup", PASSWORD)
    app.press(dialog, "Check")
    app.label(dialog, r"Wrong password\..*")
    app.write(dialog, "Password of the backup", BACKUP_PASSWORD)
    app.press(dialog, "Check")
    app.label(dialog, "Your Backup Is Good")
    app.press(dialog, "Done")


def check_words(app, window, words):
    app.menu(window, "Check My Backup…")
    dialog = app.window("Check My Backup")
    app.press(dialog, "The Words on Paper")
    for i, word in enumerate(words):
        app.write(dialog, f"Word {i + 1}", word)
    app.press(dialog, "Check")
    app.label(dialog, "Your Backup Is Good")
    app.press(dialog, "Done")


def prove(app, window, address, path):
    app.press(window, "Send")
    app.write(window, "To address", address)
    app.write(window, "Amount in TIME", "12.5")
    app.press(window, "Review")
    app.press(window, r"Send 12.50? TIME")
    app.label(window, r"Confirmed in block \d+\..*")
    app.press(window, "Show Payment")
    app.press(window, "Save Proof of Payment…")
    dialog = app.window("Save Proof of Payment")
    app.write(dialog, "Save as", path)
    app.press(dialog, "Save Proof")
    app.wait(lambda: os.path.exists(path) and app.window_of("Save Proof") is None, "the proof's file")


def verify(app, window, path, forged):
    app.menu(window, "Verify a Proof of Payment…")
    dialog = app.window("Verify a Proof of Payment")
    app.write(dialog, "File of the proof", forged)
    app.press(dialog, "Verify")
    app.label(dialog, r"This is not a proof of payment, or it was damaged.*")
    app.write(dialog, "File of the proof", path)
    app.press(dialog, "Verify")
    app.label(dialog, "This Payment Was Made")
    check(app.shows(dialog, r"^12\.50 TIME$"), "the amount is not shown")
    return dialog


def story(binary, folder, log):
    backup, proof, forged = (os.path.join(folder, name) for name in ("mine.tcbackup", "paid.tcproof", "forged.tcproof"))
    app = Application([binary, "--data-dir", folder + "/one"], log)
    window = app.window("TimeCoin")
    words = create_wallet(app, window, "First", PASSWORD)
    window = app.window("First")
    wait_available(app, window, "1000000.00")
    back_up(app, window, backup)
    step("a backup is written with the wallet's password, and nothing with a wrong one")
    check_file(app, window, backup)
    check_words(app, window, words)
    step("the file, and the words, are found to be good")

    prove(app, window, "TIME0AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", proof)
    with open(proof, "rb") as file:
        data = bytearray(file.read())
    data[len(data) // 2] ^= 1
    with open(forged, "wb") as file:
        file.write(data)
    dialog = verify(app, window, proof, forged)
    app.press(dialog, "Verify Another")
    step("a payment is proven, and a damaged proof is refused")
    app.press(window, "Lock")
    app.wait(lambda: app.window_of("Verify a Proof") is None, "the dialog's end")
    unlock(app, window, PASSWORD)
    app.button(window, "Menu")

    app.menu(window, "Password…")
    dialog = app.window("Password")
    app.write(dialog, "Present password", PASSWORD)
    app.write(dialog, "New password", NEW_PASSWORD)
    app.write(dialog, "The same again", NEW_PASSWORD)
    app.press(dialog, "Change Password")
    app.wait(lambda: app.window_of("Password") is None, "the dialog's end")
    app.press(window, "Lock")
    unlock(app, window, PASSWORD)
    app.label(window, r"That is not the password\..*")
    unlock(app, window, NEW_PASSWORD)
    app.button(window, "Menu")
    step("the password is changed: the old one opens nothing")

    app.menu(window, "Password…")
    dialog = app.window("Password")
    app.write(dialog, "Present password", NEW_PASSWORD)
    app.press(dialog, "Remove the Password…")
    app.press(app.window_of("Remove the Password") or app.root, "Remove Password")
    app.wait(lambda: app.window_of("Password") is None, "the dialog's end")
    app.press(window, "Lock")
    app.window("Password")
    step("the password is removed: a wallet without one cannot be locked")
    check(app.stop() == 0, "the application does not end well")

    app = Application([binary, "--data-dir", folder + "/two"], log)
    window = app.window("TimeCoin")
    app.press(window, "Restore from a Backup File…")
    dialog = app.window("Restore from a Backup")
    app.write(dialog, "Backup file", backup)
    app.write(dialog, "Password of the backup", PASSWORD)
    app.press(dialog, "Restore Wallet")
    app.label(dialog, r"Wrong password\..*")
    app.write(dialog, "Password of the backup", BACKUP_PASSWORD)
    app.press(dialog, "Restore Wallet")
    window = app.window("First")
    check_words(app, window, words)
    step("in a fresh folder the backup brings the wallet back")
    check(app.stop() == 0, "the application does not end well the second time")


def main():
    print("1..6", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-vault-") as folder, open(folder + "/log.txt", "w+") as log:
        os.environ["HOME"] = folder
        try:
            story(sys.argv[1], folder, log)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
