"""The network as its user meets it, in the real window: peers are listed, one is disconnected and comes back, one is banned and let in again; the committee's votes move; the console answers,
completes nothing secret, and forgets when the wallet is locked.

usage: network.py TIMECOIN      under headless.sh"""
import re
import sys
import tempfile

from desktop import Application, actions_of, is_showing, name_of, plain, role_of, walk
from story import PASSWORD, check, create_wallet, step

ADDRESS = r"127\.0\.0\.1:\d+"


def peers(app, window):
    """The addresses that the list shows, off the names of its rows' menus."""
    names = (re.fullmatch(rf"Actions for ({ADDRESS})", plain(name_of(n))) for n in walk(window) if is_showing(n))
    return sorted({m.group(1) for m in names if m})


def choose(app, window, address, item):
    """Opens a row's menu and chooses an item."""
    def look():
        for node in walk(window):
            if role_of(node) == "menu item" and re.match(item, plain(name_of(node)).replace("_", "")):
                return node
        return None
    button = app.wait(lambda: next((n for n in walk(window) if plain(name_of(n)) == f"Actions for {address}" and is_showing(n)), None), f"the menu of {address}")
    next(n for n in walk(button) if actions_of(n) > 0).do_action(0)
    app.wait(look, f"menu item “{item}”").do_action(0)


def output(app, window):
    for node in walk(window):
        if plain(name_of(node)) == "Console output" and node.get_text_iface() is not None:
            return node.get_text_iface().get_text(0, -1)
    return ""


def command(app, window, line):
    app.write(window, "Command", line)
    app.press(window, "Run")


def story_of_peers(app, window):
    app.press(window, "Network")
    app.wait(lambda: app.shows(window, "Up to date"), "the state of the node")
    app.wait(lambda: app.shows(window, r"a second; .* since the start"), "the traffic")
    step("the node says how it does")

    app.press(window, "Peers")
    app.wait(lambda: len(peers(app, window)) == 4, f"four peers (they are {peers(app, window)})")
    first = peers(app, window)[0]
    choose(app, window, first, "Disconnect")
    app.wait(lambda: app.shows(window, "Disconnected"), "the word that it is disconnected")
    app.wait(lambda: len(peers(app, window)) == 4, "the peer that comes back")
    step("four peers are listed; one that is disconnected comes back")

    choose(app, window, peers(app, window)[0], "Ban for an Hour")
    app.wait(lambda: not peers(app, window), "nobody left: all share an address")
    app.label(window, "No Peers Yet")
    app.press(window, "Banned")
    app.wait(lambda: app.shows(window, "Banned by you"), "the ban in its list")
    app.press(window, r"Lift the ban of 127\.0\.0\.1")
    app.label(window, "Nobody Is Banned")
    app.press(window, "Peers")
    app.wait(lambda: len(peers(app, window)) == 4, "the peers after the ban")
    step("a ban disconnects, is listed, and is lifted")

    app.press(window, "Add a Peer")
    app.write(window, "Address and port of the peer", "nowhere")
    app.press(window, "Add")
    app.wait(lambda: app.shows(window, "Write an IP address and a port"), "what an address looks like")
    app.write(window, "Address and port of the peer", "192.0.2.1:24000")
    app.press(window, "Add")
    app.wait(lambda: app.shows(window, "Peer added"), "the word that it is added")
    step("a peer is added by its address, and only by one")


def story_of_committee(app, window):
    app.press(window, "Committee")
    app.wait(lambda: sum(bool(re.fullmatch("Answers", plain(name_of(n)))) and role_of(n) != "column header" for n in walk(window) if is_showing(n)) >= 4
             or app.shows(window, "Answers ·"), "four members that answer")
    app.wait(lambda: app.shows(window, "Proposes"), "whose turn it is")
    def height():
        found = re.search(r"Block ([\d ]+)[,:]", app.label(window, r"Block [\d ]+[,:].*"))
        return int(found.group(1).replace(" ", ""))
    before = height()
    app.wait(lambda: height() > before, "the next block in the committee's line")
    app.wait(lambda: app.shows(window, "Signed the newest block"), "who signed the newest block")
    step("the committee answers, and its blocks go on")


def story_of_console(app, window):
    app.menu(window, "Console")
    app.label(window, "Never Paste What Somebody Sent You")
    app.press(window, "I Understand")
    command(app, window, "getblockcount")
    app.wait(lambda: re.search(r"getblockcount\n\d+\n", output(app, window)), f"the height (it says {output(app, window)!r})")
    command(app, window, "help")
    app.wait(lambda: "getblockcount\n" in output(app, window) and "walletlock" in output(app, window), "the list of commands")
    command(app, window, "no_such_command")
    app.wait(lambda: "Error -32601" in output(app, window), "the error's number")
    command(app, window, "getbalance")
    app.wait(lambda: "\n1000000.00000000\n" in output(app, window), "this wallet's balance")
    command(app, window, "walletpassphrase a-secret-word 60")
    app.wait(lambda: "takes no passwords" in output(app, window), "the refusal")
    check("a-secret-word" not in output(app, window), "the password stands in the output")
    step("the console answers, says what is wrong, and takes no password")

    app.press(window, "Lock")
    app.label(window, "This wallet is locked.")
    app.write(window, "Password", PASSWORD)
    app.press(window, "Unlock")
    app.wait(lambda: app.find(window, "push button", "Menu") or app.find(window, "toggle button", "Overview"), "the wallet again")
    app.menu(window, "Console")
    app.wait(lambda: app.entry(window, "Command"), "the console")
    check(output(app, window) == "", f"the console still shows {output(app, window)!r}")
    step("what stood in the console is gone once the wallet was locked")


def main():
    print("1..7", flush=True)
    with tempfile.TemporaryDirectory(prefix="timecoin-network-") as folder, open(folder + "/log.txt", "w+") as log:
        try:
            app = Application([sys.argv[1], "--data-dir", folder], log)
            window = app.window("TimeCoin")
            app.label(window, "Welcome to TimeCoin")
            create_wallet(app, window, "First", PASSWORD)
            window = app.window("First")
            app.wait(lambda: app.shows(window, r"Available: 1 ?000 ?000\.00 TIME"), "the local network's money")
            story_of_peers(app, window)
            story_of_committee(app, window)
            story_of_console(app, window)
            check(app.stop() == 0, "the application does not end well")
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
