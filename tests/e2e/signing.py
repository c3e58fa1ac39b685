"""What keys do besides paying, on the RPC: messages signed and verified; a payment prepared, signed and sent in three calls."""

from decimal import Decimal

from harness import RpcError, check, main, make_wallet, wait_for


def refused(call, what):
    try:
        call()
    except RpcError as error:
        return str(error)
    raise AssertionError(f"{what} was not refused")


def messages(a, b):
    address = a.getnewaddress()
    signature = a.signmessage(address, "I owe you 5 TIME")
    check(b.verifymessage(address, signature, "I owe you 5 TIME") is True, "a good signature is not verified")
    check(b.verifymessage(address, signature, "I owe you 50 TIME") is False, "a signature is good for another text")
    check(b.verifymessage(b.getnewaddress(), signature, "I owe you 5 TIME") is False, "a signature is good for another address")
    refused(lambda: b.verifymessage(address, signature[:-8], "I owe you 5 TIME"), "half a signature")
    refused(lambda: b.signmessage(address, "x"), "signing for another's address")


def unsigned_payment(a, b):
    address = b.getnewaddress()
    prepared = a.createunsignedpayment(address, "12.5", "For later")
    check(prepared["recipients"] == [{"address": address, "amount": Decimal("12.5")}], f"another payment was prepared: {prepared}")
    check(len(a.listunsignedpayments()) == 1, "the payment does not wait")
    refused(lambda: a.sendsignedpayment(prepared["payment"]), "sending what is not signed")
    refused(lambda: b.signpayment(prepared["payment"]), "signing with another wallet")
    signed = a.signpayment(prepared["payment"])
    check(signed["change"] == prepared["change"], f"the change is not recognised: {signed}")
    refused(lambda: a.sendsignedpayment(signed["signed"][:-10]), "half a payment")
    txid = a.sendsignedpayment(signed["signed"])
    check(a.waittransactionfinality(txid, "final", 30000)["finality"] in ("final", "confirmed"), "it is not final")
    check(a.listunsignedpayments() == [], "it still waits")
    wait_for("the money", 20, lambda: Decimal(b.getbalance()) >= Decimal("12.5"))
    refused(lambda: a.sendsignedpayment(signed["signed"]), "sending it twice")
    dropped = a.createunsignedpayment(address, "1")
    a.dropunsignedpayment(dropped["id"])
    check(a.listunsignedpayments() == [], "a dropped payment waits")


def scenario(world, options):
    world.start_all()
    a, b = world.a.rpc(), world.b.rpc()
    make_wallet(world.b)
    messages(a, b)
    unsigned_payment(a, b)
    check(len(a.exportwatchfile()) > 80000, "no watch file")
    world.stop_all()


if __name__ == "__main__":
    main(scenario)
