"""survive-23 and the mistakes of every day: a taken port, a second instance, damaged files, a full disk, mistyped phrases, addresses and amounts. Each
gives a message that says what to do, and loses nothing."""

import glob
import hashlib
import json
import os
import shutil
import socket
import subprocess

from harness import HEIGHT_S, Chain, Daemon, RpcError, check, check_balances, main, make_wallet, say, wait_for

PHRASE = "abandon " * 11 + "about"


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def check_says(said, *words):
    for word in words:
        check(word.lower() in said.lower(), f"the message lacks “{word}”: {said}")
    say(f"  {said.strip().splitlines()[-1]}")


def time_cli(world, *arguments):
    done = subprocess.run([world.time_cli, *arguments], check=False, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def taken_port(world):
    say("a taken port")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for option in ("--listen", "--rpc"):
            _, said = world.b.run_to_failure(option, f"127.0.0.1:{port}")
            check_says(said, str(port))
    world.b.start()
    world.b.stop()


def second_instance(world):
    say("a second instance on one data directory")
    world.b.start()
    twin = Daemon(world, "b-twin", world.b.data_dir, *world.b.options)
    _, said = twin.run_to_failure()
    check_says(said, "wallet", "another")
    # The same folder without the same wallet: the node's own lock.
    _, said = twin.run_to_failure("--wallet", os.path.join(world.dir, "other.sqlite"))
    check_says(said, world.b.data_dir)
    check(world.b.rpc().getblockcount() >= 0, "the first instance no longer answers")
    world.b.stop()


def wrong_options(world):
    say("wrong options")
    config = os.path.join(world.dir, "bad.conf")
    with open(config, "w") as file:
        file.write("[timed]\nlissten=127.0.0.1:0\n")
    for arguments, word in ((["--no-such-option"], "no-such-option"), (["--local", "4", "--connect", "127.0.0.1:1"], "--local"), (["--config", config], "lissten")):
        status, said = Daemon(world, "options", os.path.join(world.dir, "o")).run_to_failure(*arguments)
        check(status == 2, f"{arguments} gave status {status}")
        check_says(said, word)
    missing = os.path.join(world.dir, "missing.json")
    _, said = Daemon(world, "options", os.path.join(world.dir, "o"), "--network", missing).run_to_failure()
    check_says(said, "missing.json")


def mistyped(world):
    say("mistyped addresses, amounts and phrases")
    rpc = world.a.rpc()
    address = rpc.getnewaddress()
    wrong = address[:-1] + ("2" if address[-1] != "2" else "3")
    for bad in (wrong, address[:-3], "TIME1" + address[5:], "0" + address, ""):
        answer = rpc.validateaddress(bad)
        check(not answer["isvalid"] and answer["error"], f"{bad} passes as an address")
        code, _, said = time_cli(world, "--data-dir", world.a.data_dir, "sendtoaddress", bad, "1")
        check(code != 0 and said, f"a payment to {bad} was taken")
    say(f"  {said.splitlines()[-1]}")
    before = rpc.getbalance()
    for amount in ("1.000,5", "1,5", "0", "-1", "0.000000001", "1e3", "99999999999999", "abc"):
        code, out, said = time_cli(world, "--data-dir", world.a.data_dir, "sendtoaddress", address, amount)
        check(code != 0 and said, f"the amount {amount} was taken: {out}")
    check(rpc.getbalance() == before, "the balance changed although nothing was sent")
    code, out, said = time_cli(world, "--data-dir", world.a.data_dir, "nosuchmethod")
    check(code != 0 and "nosuchmethod" in said.lower() or "not found" in said.lower(), f"an unknown method: {code} {out} {said}")

    phrase_file = os.path.join(world.dir, "phrase")
    for phrase, word in ((PHRASE.replace("about", "abuot"), "abuot"), (PHRASE.replace("about", "able"), ""), ("abandon about", "")):
        with open(phrase_file, "w") as file:
            file.write(phrase + "\n")
        code, out, said = time_cli(world, "--offline", "deriveaddresses", phrase_file)
        check(code == 1 and not out, f"the phrase “{phrase}” was taken")
        check_says(said, word)


def derive(world):
    say("addresses of a phrase, without a node, as existing wallets show them")
    with open(os.path.join(os.environ["TC_TEST_DATA"], "time-addresses.json")) as file:
        wallets = json.load(file)["wallets"]
    phrase_file, passphrase_file = os.path.join(world.dir, "phrase"), os.path.join(world.dir, "passphrase")
    for wallet in wallets:
        expected = [key for key in wallet["keys"] if key["path"].startswith("m/44'/0'/0'/0'/")]
        with open(phrase_file, "w") as file:
            file.write(wallet["phrase"] + "\n")
        with open(passphrase_file, "w") as file:
            file.write(wallet["passphrase"] + "\n")
        for network in ("mainnet", "testnet"):
            code, out, said = time_cli(world, "--offline", "deriveaddresses", phrase_file, "--passphrase-file", passphrase_file,
                                       "--network", network, "--count", str(1 + max(int(key["path"].split("/")[-1][:-1]) for key in expected)))
            check(code == 0, f"deriveaddresses: {said}")
            addresses = json.loads(out)
            for key in expected:
                check(addresses[int(key["path"].split("/")[-1][:-1])] == key[network], f"{key['path']} is not {key[network]}")


def spoil(path, offset, size):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(b"\xa5" * size)


def damaged_file(world):
    say("damaged files are refused and left as they are")
    key = os.path.join(world.masternodes[0].data_dir, "operator.key")
    cases = [(os.path.join(world.b.data_dir, "chain.sqlite"), world.b), (os.path.join(world.b.data_dir, "signed.sqlite"), world.b),
             (os.path.join(world.b.data_dir, "wallet.sqlite"), world.b), (key, world.masternodes[0]), (world.network_file, world.b)]
    for path, daemon in cases:
        if daemon.process is not None:
            daemon.stop()
        shutil.copy2(path, path + ".good")
        spoil(path, 0, 64)
        spoiled = digest(path)
        _, said = daemon.run_to_failure()
        check_says(said, os.path.basename(path) if path != world.network_file else "network")
        check(digest(path) == spoiled, f"{path} was written over")
        os.replace(path + ".good", path)
    world.masternodes[0].start()
    world.b.start()


def mounted_small(world, folder, megabytes):
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=False, capture_output=True)
    return done.returncode == 0


def fill(folder):
    """Leaves not a block free."""
    with open(os.path.join(folder, "filler"), "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass


def full_disk(world):
    folder = os.path.join(world.dir, "small")
    if not mounted_small(world, folder, 24):
        say("a full disk: left out, this user may not mount a small one")
        return
    try:
        full_disk_on(world, folder)
    finally:
        world.daemons[-1].kill()
        subprocess.run(["umount", "-l", folder], check=False)


def problem_of(daemon):
    """What the user is told: by the process's end, or while it runs on."""
    if daemon.process.poll() is not None:
        return daemon.tail(3)
    return daemon.rpc().getblockchaininfo()["warnings"] or daemon.rpc().getwalletinfo().get("problem")


def full_disk_on(world, folder):
    say("a full disk")
    node = world.node("small", "--wallet", os.path.join(folder, "data", "wallet.sqlite"))
    node.data_dir = os.path.join(folder, "data")
    node.start()
    address = make_wallet(node)
    paid = world.a.rpc().sendtoaddress(address, "7")
    world.a.rpc().waittransactionfinality(paid, "confirmed", 60000)
    wait_for("the payment in the wallet on the small disk", HEIGHT_S, lambda: node.rpc().getbalance() == 7)

    fill(folder)
    # Enough to pass what the databases' logs have room for.
    for _ in range(3):
        world.a.rpc().waittransactionfinality(world.a.rpc().sendtoaddress(address, "1"))
    said = wait_for("a word about the full disk", 60, lambda: problem_of(node), interval=0.3)
    check_says(str(said), "disk")

    os.remove(os.path.join(folder, "filler"))
    node.kill()
    node.start()
    world.wait_height(node, world.a.rpc().getblockcount(), 30)
    check_balances(Chain(), node, seconds=30)
    node.stop()


def scenario(world, options):
    world.start_all()
    make_wallet(world.b)
    world.b.stop()
    wrong_options(world)
    taken_port(world)
    second_instance(world)
    mistyped(world)
    derive(world)
    damaged_file(world)
    full_disk(world)
    world.stop_all()
    check(not glob.glob(os.path.join(world.net, "m*", ".cookie")), "a cookie outlived its node")


if __name__ == "__main__":
    main(scenario, {"block_interval_ms": 2000})
