"""What is in the memory of a running timed: an encrypted wallet with a known phrase and password is restored, unlocked, pays and is locked. Whatever could spend is in locked memory that no
core dump holds while the wallet is unlocked, and nowhere once it is locked; the log never has it. What the search can find is shown with marks of the test's own."""

import hashlib
import hmac
import os
import re

from harness import check, main, say, wait_for

PHRASE = "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic"
ENTROPY = bytes.fromhex("9e885d952ad362caeb4efe34a8e91bd2")
PASSWORD = "velvet-Harbour-19-Tessellate"
MARK = "planted-Quince-4711-on-purpose"


def slip10_child(node, index):
    return hmac.new(node[32:], b"\0" + node[:32] + (index | 0x80000000).to_bytes(4, "big"), "sha512").digest()


def secrets():
    """Name -> bytes of everything that must not be found."""
    words = PHRASE.split()
    seed = hashlib.pbkdf2_hmac("sha512", PHRASE.encode(), b"mnemonic", 2048)
    node = hmac.new(b"ed25519 seed", seed, "sha512").digest()
    found = {"the password": PASSWORD.encode(), "the entropy": ENTROPY, "the seed": seed[:32], "the seed's end": seed[32:], "the master key": node[:32]}
    for i in range(len(words) - 2):
        found[f"words {i + 1} to {i + 3}"] = " ".join(words[i:i + 3]).encode()
    for index in (44, 0, 0):
        node = slip10_child(node, index)
    found["the account's key"] = node[:32]
    for name, index in (("receiving", 0), ("change", 1)):
        chain = slip10_child(node, index)
        found[f"the {name} chain's key"] = chain[:32]
        found[f"the {name} chain's code"] = chain[32:]
        for i in range(3):
            found[f"key {i} for {name}"] = slip10_child(chain, i)[:32]
    return found


def mappings(pid):
    """(start, end, name, flags) of all that can be read."""
    result = []
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as file:
        for line in file:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \S+ *(.*)", line)
            if head:
                result.append([int(head[1], 16), int(head[2], 16), head[3], head[4].strip(), []])
            elif line.startswith("VmFlags:"):
                result[-1][4] = line.split()[1:]
    return [m for m in result if m[3] not in ("[vvar]", "[vsyscall]", "[vdso]")]


def search(pid, wanted):
    """name -> [(mapping's name, whether it is locked and left out of dumps)]."""
    found = {}
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, _, name, flags in mappings(pid):
            if end - start > 1 << 31:
                continue
            try:
                data = os.pread(memory.fileno(), end - start, start)
            except OSError:
                continue  # guard pages
            for what, secret in wanted.items():
                if secret in data:
                    if os.environ.get("TC_SECRETS_SHOW") and not ("lo" in flags and "dd" in flags):
                        at = data.index(secret)
                        say(f"{what} at {start + at:x} of {start:x}-{end:x} {name}, {data.count(secret)} times: {data[max(0, at - 200):at + 100]!r}")
                    found.setdefault(what, []).append((name or "anonymous", "lo" in flags and "dd" in flags))
    return found


def look(daemon, when, unlocked):
    found = search(daemon.process.pid, dict(secrets(), mark=MARK.encode()))
    check(found.pop("mark", None), f"{when}: the search does not find what was planted")
    loose = {what: places for what, places in found.items() if not unlocked or any(not guarded for _, guarded in places)}
    check(not loose, f"{when}: in memory that is not guarded: {loose}")
    say(f"{when}: {'only in guarded memory: ' + ', '.join(sorted(found)) if found else 'nothing'}")
    return found


def scenario(world, options):
    if os.geteuid() != 0:
        say("skipped: only root may read the memory of a program that forbids it")
        return
    os.environ["TC_PLANTED"] = MARK
    world.start_all()
    a, b = world.a.rpc(), world.b.rpc()
    b.restorewallet(PHRASE, PASSWORD)
    check(look(world.b, "restored, unlocked", True), "nothing of an unlocked wallet is found: the search is blind")
    b.walletlock()
    wait_for("the lock", 10, lambda: b.getwalletinfo()["unlocked_until"] == 0)
    look(world.b, "restored, locked", False)

    a.waittransactionfinality(a.sendtoaddress(b.getnewaddress(), "1000"), "confirmed", 60000)
    b.walletpassphrase(PASSWORD, 60)
    b.waittransactionfinality(b.sendtoaddress(a.getnewaddress(), "10"), "confirmed", 60000)
    backup = os.path.join(world.dir, "backup")
    b.backupwallet(backup, PASSWORD, PASSWORD)
    check(b.checkbackup(backup, PASSWORD)["name"] == "wallet", "the backup is another one")
    proof = b.getpaymentproof(b.listtransactions("*", 1)[0]["txid"], True, "for the invoice 17")
    b.walletpassphrasechange(PASSWORD, PASSWORD + "2")
    b.walletpassphrasechange(PASSWORD + "2", PASSWORD)
    look(world.b, "unlocked, paid", True)
    b.walletlock()
    wait_for("the lock", 10, lambda: b.getwalletinfo()["unlocked_until"] == 0)
    look(world.b, "locked again", False)

    with open(f"/proc/{world.b.process.pid}/limits", encoding="ascii") as file:
        check(re.search(r"Max core file size +0 +0", file.read()), "a core file may be written")
    verified = a.verifypaymentproof(proof)
    check(verified["message"] == "for the invoice 17" and float(verified["paid"][0]["amount"]) == 10, f"the other node reads another proof: {verified}")
    log = world.b.tail(10**6).encode()
    for what, secret in secrets().items():
        check(secret not in log, f"{what} is in the log")
    with open(backup, "rb") as file:
        data = file.read()
    for what, secret in secrets().items():
        check(secret not in data, f"{what} is in the backup's file")
    world.stop_all()


if __name__ == "__main__":
    main(scenario)
