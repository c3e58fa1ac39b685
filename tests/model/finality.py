#!/usr/bin/env python3
"""Every state that the rules of finality (docs/protocol.md, F, and B8, C3, C5 where they bear on it) let a small network reach.

The model
  * Messages only ever grow in number: the network is the set of what was sent, and a delay is a step not taken.
  * Members have powers, an epoch at a time: 0 is no member. Liars are folded into the sizes of quorums: their votes, their acknowledgements, also of two
    conflicting transactions, and closes that list nothing are always at hand, for anybody. That is the most they can do.
  * Transaction i is bit i: 0 and 1 spend one coin, 2 spends an output of 0, 3 spends the same output as 2.
  * An epoch is an ordinary block and its last block. Agreement on a block is one step, open once a quorum stands at its height; its rounds are agree.pml.
    Each member has a height of its own: one that lags votes and acknowledges in an epoch that others have closed or left.
  * With --restarts, a write and the sending of it are two steps, in the order of rule C5, and a restart may fall between them, take back a member's newest
    block, and forget what the rules do not put on disk.
Honest members of the same powers are interchangeable: a state is kept in sorted order. Epochs that everybody has left are wiped from it.

What must hold in every state
  CONFLICT  no two conflicting transactions final, none final against the chain, none in the chain
  LOST      what is final in an epoch is in the chain up to the epoch's last block
  STUCK     where all honest members stand at a last block, their own closes alone give a block that holds all they list, and somebody can serve it
"""

import argparse
import sys
import time

BROKEN = {
    "majority": "a quorum is more than half",
    "heads": "quorums count members, not power",
    "no-locks": "a member votes for every spender of a coin",
    "evidence-at-once": "evidence bars a certified transaction before the epoch ends",
    "ack-without-cert": "a member acknowledges what it voted for, certificate or not",
    "parent-free": "a member acknowledges a child without its parent",
    "parent-any-epoch": "a parent acknowledged in another epoch will do",
    "stale-cert": "a certificate is good in the next epoch too",
    "final-across-epochs": "acknowledgements of two epochs are summed",
    "early-next-epoch": "votes of the next epoch while a last block is being agreed on",
    "ack-after-close": "a member acknowledges in an epoch that it closed",
    "close-omits": "a close may leave out what its member acknowledged",
    "no-closes": "a last block needs no closes",
    "few-closes": "a last block needs closes of a third only",
    "uncertified-anywhere": "any block may hold transactions without a certificate",
    "next-committee-acks": "acknowledgements of an epoch are also counted by the next committee's powers",
    "next-committee-certs": "votes of an epoch are also counted by the next committee's powers",
    "next-committee-closes": "closes of an epoch are also counted by the next committee's powers",
    "send-first": "a message leaves before it is on disk: a restart loses the last write",
    "forget-locks": "locks and votes are not on disk",
    "forget-acks": "acknowledgements are not on disk",
    "forget-close": "that an epoch is closed is not on disk",
    "forget-certs": "certificates of what was acknowledged are not on disk",
    "forget-txs": "transactions voted for or acknowledged are not on disk",
}
VOTE, ACK, CLOSE = range(3)


def powers(text):
    """1,1,1/1,1,2: members' powers in each epoch; a single list holds in all."""
    return [[int(number) for number in epoch.split(",")] for epoch in text.split("/")]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog="; ".join(f"{k}: {v}" for k, v in BROKEN.items()))
    parser.add_argument("--powers", type=powers, default=powers("1,1,1"), help="of the honest members: 1,1,1 or, by epoch, 1,1,0/0,1,1")
    parser.add_argument("--liars", type=powers, default=powers("1"), help="of the liars, in the same form")
    parser.add_argument("--txs", type=int, default=2, choices=(1, 2, 3, 4))
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--restarts", type=int, default=0, help="how many may happen in all")
    parser.add_argument("--broken", default="", choices=[""] + sorted(BROKEN), metavar="RULE")
    parser.add_argument("--limit", type=int, default=100_000_000, help="states after which the run gives up")
    return parser.parse_args()


class Model:
    """A state is (chain, members, restarts left); a member (powers, height, epochs, pending, lost, gone). An epoch of a member is (votes, acknowledgements, list of
    its close or -1), pending a message (kind, epoch, bits) between disk and network, lost per epoch what it sent and no longer knows, gone what it can no longer serve."""

    def __init__(self, args):
        n_epochs = args.epochs
        honest, liars = ([row[min(e, len(row) - 1)] for e in range(n_epochs)] for row in (args.powers, args.liars))
        if args.broken == "heads":
            honest, liars = ([[min(power, 1) for power in epoch] for epoch in row] for row in (honest, liars))
        self.broken = args.broken
        self.n_txs, self.n_epochs, self.restarts = args.txs, n_epochs, args.restarts
        self.all = (1 << args.txs) - 1
        self.top = 2 * n_epochs
        self.liars = [sum(epoch) for epoch in liars]
        self.total = [sum(epoch) + self.liars[e] for e, epoch in enumerate(honest)]
        self.members = sorted(tuple(epoch[i] for epoch in honest) for i in range(len(honest[0])))
        self.next = [min(e + 1, n_epochs - 1) for e in range(n_epochs)]
        self.known = {}   # what counted () found out
        self.conflicts, self.parents = [0] * self.n_txs, [0] * self.n_txs
        for a, b in ((0, 1), (2, 3)):
            if b < self.n_txs:
                self.conflicts[a] |= 1 << b
                self.conflicts[b] |= 1 << a
        for child in (2, 3):
            if child < self.n_txs:
                self.parents[child] = 1
        self.locks = list(self.conflicts)   # what a voter's locks bar
        if args.broken in ("no-locks", "evidence-at-once"):
            self.locks[0] = 0
            if self.n_txs > 1:
                self.locks[1] = 0
        self.bits = [[t for t in range(self.n_txs) if mask >> t & 1] for mask in range(self.all + 1)]
        self.clean = [not any(self.conflicts[t] & mask for t in self.bits[mask]) for mask in range(self.all + 1)]

    def start(self):
        empty = tuple((0, 0, -1) for _ in range(self.n_epochs))
        return (), tuple((member, 0, empty, (), (), 0) for member in self.members), self.restarts

    # --- Quorums ---

    def is_quorum(self, epoch, honest):
        """Rule B8, the liars being for it."""
        if self.broken == "majority":
            return 2 * (honest + self.liars[epoch]) > self.total[epoch]
        return 3 * (honest + self.liars[epoch]) > 2 * self.total[epoch]

    def sent(self, member, kind, epoch):
        """Bits of the votes or acknowledgements of @epoch that left."""
        _, _, epochs, pending, lost, _ = member
        mask = epochs[epoch][kind]
        if pending and pending[0] == kind and pending[1] == epoch and self.broken != "send-first":
            mask &= ~pending[2]
        if lost:
            mask |= lost[epoch][kind]
        return mask

    def counted(self, members, kind, epoch, by):
        """Transactions with votes or acknowledgements of a quorum of @epoch, by the powers of epoch @by."""
        masks = tuple((m[0][by], self.sent(m, kind, epoch) if m[3] or m[4] else m[2][epoch][kind]) for m in members)
        known = self.known.get((by, masks))
        if known is None:
            known = sum(1 << t for t in range(self.n_txs) if self.is_quorum(by, sum(power for power, mask in masks if mask >> t & 1)))
            self.known[(by, masks)] = known
        return known

    def certified(self, members, epoch):
        certs = self.counted(members, VOTE, epoch, epoch)
        if self.broken == "next-committee-certs":
            certs |= self.counted(members, VOTE, epoch, self.next[epoch])
        if self.broken == "stale-cert" and epoch > 0:
            certs |= self.counted(members, VOTE, epoch - 1, epoch - 1)
        return certs

    def final(self, members, epoch):
        final = self.counted(members, ACK, epoch, epoch)
        if self.broken == "next-committee-acks":
            final |= self.counted(members, ACK, epoch, self.next[epoch])
        if self.broken == "final-across-epochs" and epoch > 0:
            for t in range(self.n_txs):
                power = sum(m[0][epoch] for m in members if any(self.sent(m, ACK, e) >> t & 1 for e in range(epoch + 1)))
                final |= self.is_quorum(epoch, power) << t
        return final

    def closes(self, member, epoch):
        """The lists that it signed and sent."""
        _, _, epochs, pending, lost, _ = member
        lists = list(lost[epoch][CLOSE]) if lost else []
        own = epochs[epoch][CLOSE]
        if own >= 0 and not (pending and pending[:2] == (CLOSE, epoch) and self.broken != "send-first"):
            lists.append(own)
        return lists

    def has_closes(self, members, epoch, held):
        """Whether closes of a quorum list nothing beyond @held."""
        if self.broken == "no-closes":
            return True
        good = [m[0] for m in members if any(not listed & ~held for listed in self.closes(m, epoch))]
        power = sum(powers_[epoch] for powers_ in good)
        if self.broken == "few-closes":
            return 3 * (power + self.liars[epoch]) > self.total[epoch]
        later = self.next[epoch]
        return self.is_quorum(epoch, power) or self.broken == "next-committee-closes" and self.is_quorum(later, sum(powers_[later] for powers_ in good))

    # --- Steps ---

    def replaced(self, state, i, member, restarts=None):
        chain, members, left = state
        others = list(members)
        others[i] = member
        others.sort()
        return chain, tuple(others), left if restarts is None else restarts

    def signed(self, state, i, kind, epoch, bits, height=None):
        """A member writes a message; it leaves in a step of its own where a restart may yet fall between."""
        powers_, own_height, epochs, pending, lost, gone = state[1][i]
        votes, acks, close = epochs[epoch]
        if kind != CLOSE:
            gone &= ~(bits << epoch * self.n_txs)
        record = (votes | bits, acks, close) if kind == VOTE else (votes, acks | bits, close) if kind == ACK else (votes, acks, bits)
        if state[2]:
            pending = (kind, epoch, bits)
        epochs = epochs[:epoch] + (record,) + epochs[epoch + 1:]
        return self.replaced(state, i, (powers_, own_height if height is None else height, epochs, pending, lost, gone))

    def steps(self, state):
        chain, members, restarts = state
        certs = [self.certified(members, e) for e in range(self.n_epochs)]
        seen = set()
        for i, member in enumerate(members):
            if member in seen:
                continue
            seen.add(member)
            if restarts:
                yield from self.restart(state, i)
            if member[3]:
                yield self.replaced(state, i, member[:3] + ((),) + member[4:]), ("send",)
                continue
            if member[1] < len(chain):
                yield from self.commit(state, i)
            if member[1] < self.top:
                yield from self.vote(state, i, certs)
                yield from self.acknowledge(state, i, certs)
        if len(chain) < self.top:
            yield from self.decide(state, certs)

    def commit(self, state, i):
        powers_, height, epochs, _, lost, gone = member = state[1][i]
        epoch, is_last = divmod(height + 1, 2)
        height += 1
        if not is_last or height >= self.top or not powers_[epoch] or epochs[epoch][CLOSE] >= 0:
            yield self.replaced(state, i, (powers_, height, epochs, (), lost, gone)), ("commit", height)
            return
        # The height of the last block starts: rule F5.
        acks = epochs[epoch][ACK]
        for listed in range(self.all + 1) if self.broken == "close-omits" else [acks & ~union(state[0][:height])]:
            if not listed & ~acks:
                yield self.signed(state, i, CLOSE, epoch, listed, height), ("close", epoch, listed)

    def open_epochs(self, member):
        epoch, is_last = divmod(member[1], 2)
        if not is_last:
            return [epoch] if member[0][epoch] else []
        return [epoch + 1] if self.broken == "early-next-epoch" and epoch + 1 < self.n_epochs else []

    def vote(self, state, i, certs):
        """Rule F1."""
        member = state[1][i]
        chain = union(state[0][:member[1]])
        for epoch in self.open_epochs(member):
            votes, _, close = member[2][epoch]
            if close >= 0:
                continue
            for t in self.bits[self.all & ~votes & ~chain]:
                if self.conflicts[t] & chain or self.locks[t] & votes or self.parents[t] & ~(chain | certs[epoch]):
                    continue
                if not (t == 1 and self.broken == "evidence-at-once"):
                    yield self.signed(state, i, VOTE, epoch, 1 << t), ("vote", epoch, 1 << t)

    def acknowledge(self, state, i, certs):
        """Rule F3."""
        member = state[1][i]
        chain = union(state[0][:member[1]])
        epochs = self.open_epochs(member)
        if self.broken == "ack-after-close" and member[1] % 2:
            epochs.append(member[1] // 2)
        for epoch in epochs:
            votes, acks, close = member[2][epoch]
            if close >= 0 and self.broken != "ack-after-close":
                continue
            parents = acks
            if self.broken == "parent-any-epoch":
                parents = union(record[ACK] for record in member[2][:epoch + 1])
            may = votes if self.broken == "ack-without-cert" else certs[epoch]
            for t in self.bits[may & ~acks & ~chain]:
                if not self.parents[t] & ~(chain | parents) or self.broken == "parent-free":
                    yield self.signed(state, i, ACK, epoch, 1 << t), ("acknowledge", epoch, 1 << t)

    def restart(self, state, i):
        """What is on disk stays. The newest block may not be: it is fetched again."""
        powers_, height, epochs, pending, lost, gone = state[1][i]
        known = [list(record) for record in epochs]
        after = [[votes, acks, list(closes)] for votes, acks, closes in lost] or [[0, 0, []] for _ in epochs]

        def forget(kind, epoch, bits):
            if kind == CLOSE:
                after[epoch][CLOSE] = sorted(set(after[epoch][CLOSE] + [known[epoch][CLOSE]]))
                known[epoch][CLOSE] = -1
            else:
                after[epoch][kind] |= bits
                known[epoch][kind] &= ~bits

        if pending and self.broken == "send-first":
            forget(*pending)
        elif pending and pending[0] == CLOSE:
            known[pending[1]][CLOSE] = -1
        elif pending:
            known[pending[1]][pending[0]] &= ~pending[2]
        for epoch, record in enumerate(known):
            if self.broken == "forget-locks":
                forget(VOTE, epoch, record[VOTE])
            elif self.broken == "forget-acks":
                forget(ACK, epoch, record[ACK])
            elif self.broken == "forget-close" and record[CLOSE] >= 0:
                forget(CLOSE, epoch, record[CLOSE])
            elif self.broken in ("forget-certs", "forget-txs"):
                gone |= (record[VOTE] | record[ACK]) << epoch * self.n_txs
        lost = tuple((votes, acks, tuple(closes)) for votes, acks, closes in after) if any(any(record) for record in after) else ()
        epochs = tuple(tuple(record) for record in known)
        # A close that was not written has not begun its height either.
        least = height - 1 if height else 0
        for kept in range(least, height + 1):
            epoch, is_last = divmod(kept, 2)
            if is_last and kept < self.top and powers_[epoch] and epochs[epoch][CLOSE] < 0:
                continue
            yield self.replaced(state, i, (powers_, kept, epochs, (), lost, gone), state[2] - 1), ("restart", kept)

    def decide(self, state, certs):
        """Rules F5 and F6: any block that is valid for a quorum's prevotes."""
        chain, members, restarts = state
        height = len(chain)
        epoch, is_last = divmod(height, 2)
        if not self.is_quorum(epoch, sum(m[0][epoch] for m in members if m[1] == height)):
            return
        before = union(chain)
        pool = certs[epoch]
        if self.broken == "evidence-at-once":
            pool |= 2
        if is_last or self.broken == "uncertified-anywhere":
            pool = self.all
        for block in range(self.all + 1):
            held = before | block
            if block & (before | ~pool) or not self.clean[held] or any(self.parents[t] & ~held for t in self.bits[block]):
                continue
            if not is_last or self.has_closes(members, epoch, held):
                yield (chain + (block,), members, restarts), ("decide", height, block)

    # --- What must hold ---

    def verdict(self, state):
        chain, members, _ = state
        ledger = union(chain)
        final = 0
        for epoch in range(self.n_epochs):
            of_epoch = self.final(members, epoch)
            final |= of_epoch
            if len(chain) >= 2 * epoch + 2 and of_epoch & ~union(chain[:2 * epoch + 2]):
                return "LOST"
        if not self.clean[final] or not self.clean[ledger] or any(self.conflicts[t] & ledger for t in self.bits[final]):
            return "CONFLICT"
        if len(chain) < self.top and len(chain) % 2 and self.is_stuck(state):
            return "STUCK"
        return None

    def is_stuck(self, state):
        chain, members, _ = state
        epoch = len(chain) // 2
        committee = [m for m in members if m[0][epoch]]
        if any(m[1] != len(chain) or m[3] for m in committee):
            return False
        if self.broken != "heads" and 3 * sum(m[0][epoch] for m in committee) <= 2 * self.total[epoch]:
            return True
        listed = union(m[2][epoch][CLOSE] for m in committee)
        held = union(chain) | listed
        certs = self.certified(members, epoch)
        return not self.clean[held] or any(self.parents[t] & ~held or not certs >> t & 1 or not self.is_served(committee, epoch, t) for t in self.bits[listed])

    def is_served(self, committee, epoch, t):
        """Whether honest members hold the certificate (or votes that make one) and the transaction."""
        bit = 1 << t
        votes = sum(m[0][epoch] for m in committee if m[2][epoch][VOTE] & bit)
        whole = [m for m in committee if not m[5] >> epoch * self.n_txs & bit]
        if self.broken == "forget-txs":
            return any((m[2][epoch][VOTE] | m[2][epoch][ACK]) & bit for m in whole)
        return 3 * votes > 2 * self.total[epoch] or any(m[2][epoch][ACK] & bit for m in whole)

    def wiped(self, state):
        """Without the epochs that all have left for good: what was final there is in the chain, as was checked on the way."""
        chain, members, restarts = state
        n_left = min((m[1] - (restarts > 0)) // 2 for m in members)
        if n_left <= 0 or self.broken:
            return state
        blank = ((0, 0, -1),) * n_left
        return chain, tuple(sorted((m[0], m[1], blank + m[2][n_left:]) + m[3:] for m in members)), restarts


def union(masks):
    result = 0
    for mask in masks:
        result |= mask
    return result


def explore(model, limit):
    """Breadth first, so that what breaks a rule is shortest. Returns: the verdict, the path to it, the number of states."""
    first = model.start()
    came_from = {first: None}
    front = [first]
    while front:
        next_front = []
        for state in front:
            for after, step in model.steps(state):
                if after in came_from:
                    continue
                verdict = model.verdict(after)
                if verdict:
                    return verdict, path(model, came_from, state) + [step], len(came_from)
                after = model.wiped(after)
                if after not in came_from:
                    came_from[after] = state
                    next_front.append(after)
            if len(came_from) > limit:
                return "LIMIT", [], len(came_from)
        front = next_front
    return None, [], len(came_from)


def path(model, came_from, state):
    steps = []
    while came_from[state]:
        before = came_from[state]
        steps.append(next(step for after, step in model.steps(before) if model.wiped(after) == state))
        state = before
    return steps[::-1]


def main():
    args = parse()
    model = Model(args)
    began = time.monotonic()
    verdict, steps, n_states = explore(model, args.limit)
    print(f"{verdict or 'holds'}: {n_states} states, {time.monotonic() - began:.0f} s")
    if steps:
        print("  " + "; ".join(" ".join(str(part) for part in step) for step in steps))
    return 0 if verdict is None else 2 if verdict == "LIMIT" else 1


if __name__ == "__main__":
    sys.exit(main())
