#!/usr/bin/env python3
"""Has tshark dissect packets that our encoders made, and compares what it sees with what we put in.

usage: packets.py {mold|soup} FOLDER
"""
import json
import subprocess
import sys


def tshark(path, port, protocol, fields):
    decode_as = ("udp" if protocol == "moldudp64" else "tcp") + f".port=={port},{protocol}"
    command = ["tshark", "-r", path, "-d", decode_as, "-T", "fields", "-E", "separator=|", "-E", "aggregator=,"]
    for field in ["_ws.malformed", "_ws.expert.message", *fields]:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"tshark failed: {run.stderr.strip()}")
    return [line.split("|") for line in run.stdout.splitlines()]


def numbers(text):
    return [int(part, 0) for part in text.split(",") if part]


def main():
    kind, folder = sys.argv[1:3]
    said = json.load(open(f"{folder}/{kind}.json"))
    bad = 0
    if kind == "mold":
        rows = tshark(f"{folder}/mold.pcap", 26400, "moldudp64",
                      ["moldudp64.session", "moldudp64.sequence", "moldudp64.count", "moldudp64.msglen"])
        seen = []
        for malformed, expert, session, sequence, count, lengths in rows:
            # A header alone that counts messages is a request to tshark, also where it ends the session.
            if malformed or (expert and int(count, 0) != 0xffff):
                print(f"tshark: {malformed} {expert}")
                bad += 1
            seen.append([session.strip(), numbers(sequence)[0], numbers(count)[0], numbers(lengths)])
    else:
        rows = tshark(f"{folder}/soup.pcap", 26401, "soupbintcp",
                      ["soupbintcp.packet_type", "soupbintcp.packet_length"])
        seen = []
        for malformed, expert, letter, length in rows:
            # TCP's own remarks (no handshake in this capture) are none of ours.
            if malformed:
                print(f"tshark: {malformed} {expert}")
                bad += 1
            seen.append([letter.strip("'"), numbers(length)[0] if length else None])
    for index, (ours, theirs) in enumerate(zip(said, seen)):
        if ours != theirs:
            bad += 1
            print(f"packet {index + 1}: we wrote {ours}, tshark reads {theirs}")
    if len(said) != len(seen):
        bad += 1
        print(f"we wrote {len(said)} packets, tshark reads {len(seen)}")
    print(f"{len(seen)} packets, {bad} differ")
    sys.exit(0 if bad == 0 and seen else 1)


main()
