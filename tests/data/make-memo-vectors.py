#!/usr/bin/env python3
"""Writes private-memos.json and messages.json, which tests/wallet/test-memo.c and test-message.c compare the wallet with, into the folder given: by other libraries than the
wallet's (Python's hashlib, and OpenSSL through the `cryptography` package), after docs/protocol.md."""
import hashlib
import json
import os
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

P = 2**255 - 19
NONCE = bytes(12)


def tagged(tag, data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key, person=tag.encode().ljust(16, b"\0")).digest()


def public_key(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def to_montgomery(key):
    y = int.from_bytes(key, "little") & (2**255 - 1)
    return ((1 + y) * pow(1 - y, P - 2, P) % P).to_bytes(32, "little")


def seal(text, recipient_seed, sender_seed, txid, index, ephemeral):
    data = text.encode()
    size = min((len(data) + 31) // 32 * 32, 414)
    recipient = public_key(recipient_seed)
    e = X25519PrivateKey.from_private_bytes(ephemeral)
    big_e = e.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    header = b"\xf5\x01" + big_e
    bound = txid + index.to_bytes(4, "little") + header
    shared = e.exchange(X25519PublicKey.from_public_bytes(to_montgomery(recipient)))
    k = tagged("TimeCoin memo", bound, sender_seed)
    wrapping = tagged("TimeCoin memokey", shared + big_e + recipient)
    return (header + ChaCha20Poly1305(wrapping).encrypt(NONCE, k, bound)
            + ChaCha20Poly1305(k).encrypt(NONCE, data.ljust(size, b"\0"), bound))


def memo_vectors():
    texts = ["a", "Rent for March", "x" * 32, "y" * 33, "z" * 414, "Für die Miete – 家賃"]
    vectors = []
    for i, text in enumerate(texts):
        seeds = [hashlib.sha256(f"{name} {i}".encode()).digest() for name in ("recipient", "sender", "ephemeral", "txid")]
        vectors.append({"text": text, "recipient_seed": seeds[0].hex(), "recipient_key": public_key(seeds[0]).hex(), "sender_seed": seeds[1].hex(),
                        "txid": seeds[3].hex(), "index": i, "memo": seal(text, seeds[0], seeds[1], seeds[3], i, seeds[2]).hex()})
    return vectors


def message_vectors():
    vectors = []
    for i, (digit, text) in enumerate([("0", "hello"), ("1", "hello"), ("1", "Two\nlines, ü"), ("1", "")]):
        seed = hashlib.sha256(f"message {i}".encode()).digest()
        digest = tagged("TimeCoin message", digit.encode() + text.encode())
        signed = b"TimeCoin message" + digest
        signature = Ed25519PrivateKey.from_private_bytes(seed).sign(signed)
        vectors.append({"digit": digit, "text": text, "seed": seed.hex(), "key": public_key(seed).hex(),
                        "signature": (b"\x01" + public_key(seed) + signature).hex()})
    return vectors


def main():
    for name, vectors in (("private-memos.json", memo_vectors()), ("messages.json", message_vectors())):
        with open(os.path.join(sys.argv[1], name), "w", encoding="utf-8") as file:
            json.dump(vectors, file, indent=1, ensure_ascii=False)
            file.write("\n")


main()
