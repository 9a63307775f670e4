#!/usr/bin/env python3
"""Compares our decoding of messages, field by field, with decoders that are not ours.

usage: fields.py {itchfeed|meatpy|meatpy-deep} FILE.jsonl

Each line of the file has a message's bytes and our fields in the order of the wire. The other decoder's objects keep
theirs in that order too, the time of day aside, so the n-th is compared with the n-th. Text is compared as the
little-endian number that it is on our side. The last line printed is "N compared, N differ".
"""
import json
import sys


def itchfeed():
    from itch.messages import messages

    def decode(raw):
        return vars(messages[raw[0:1]](raw))

    return decode, lambda letter: None


def meatpy():
    from meatpy.itch50.itch50_market_message import ITCH50MarketMessage

    # meatpy 0.5 has the direct listing message as 52 bytes with other fields; the specification has 48.
    skip = {"O": "meatpy has another layout of the direct listing message than the specification"}
    return lambda raw: vars(ITCH50MarketMessage.from_bytes(raw)), skip.get


def meatpy_deep():
    from meatpy.iex_deep.iex_deep_market_message import IEXDEEPMarketMessage

    skip = {"I": "meatpy does not have the retail liquidity message"}
    return lambda raw: vars(IEXDEEPMarketMessage.from_bytes(raw)), skip.get


def number(value, size_hint=None):
    if isinstance(value, bytes):
        return int.from_bytes(value, "little")
    return value


def same(ours, theirs):
    theirs = number(theirs)
    if ours == theirs:
        return True
    # A letter that the other decoder takes as a signed byte.
    if isinstance(theirs, int) and -128 <= theirs < 0:
        return ours == theirs + 256
    if isinstance(theirs, str):
        raw = theirs.encode("latin-1")
        padded = ours.to_bytes(8, "little").rstrip(b"\0")
        return padded.rstrip(b" ") == raw.rstrip(b" ")
    return False


def main():
    kind, path = sys.argv[1:3]
    decode, skip_reason = {"itchfeed": itchfeed, "meatpy": meatpy, "meatpy-deep": meatpy_deep}[kind]()
    compared = differ = 0
    skipped = {}
    for line_number, line in enumerate(open(path), 1):
        entry = json.loads(line)
        raw = bytes.fromhex(entry["hex"])
        letter = chr(raw[0])
        reason = skip_reason(letter)
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
            continue
        compared += 1
        try:
            theirs = decode(raw)
        except Exception as error:  # the judge's own refusal is a difference to be looked at
            differ += 1
            print(f"line {line_number} {letter}: refused by {kind}: {error!r}")
            continue
        ours = entry["fields"]
        if ours is None:
            differ += 1
            print(f"line {line_number} {letter}: refused by us")
            continue
        time_ours = [value for name, value in ours if name == "timestamp"]
        rest_ours = [(name, value) for name, value in ours if name != "timestamp"]
        rest_theirs = [(n, v) for n, v in theirs.items() if n.lstrip("_") not in ("timestamp", "message_type", "description")]
        bad = []
        if time_ours != [theirs.get("timestamp")]:
            bad.append(f"timestamp {time_ours} against {theirs.get('timestamp')}")
        if len(rest_ours) != len(rest_theirs):
            bad.append(f"{len(rest_ours)} fields against {len(rest_theirs)}: {[n for n, _ in rest_theirs]}")
        for (name, value), (their_name, their_value) in zip(rest_ours, rest_theirs):
            if not same(value, their_value):
                bad.append(f"{name} {value} against {their_name} {their_value!r}")
        if bad:
            differ += 1
            if differ <= 10:
                print(f"line {line_number} {letter}: " + "; ".join(bad))
    for reason, count in skipped.items():
        print(f"left out {count}: {reason}")
    print(f"{compared} compared, {differ} differ")
    sys.exit(0 if differ == 0 and compared > 0 else 1)


main()
