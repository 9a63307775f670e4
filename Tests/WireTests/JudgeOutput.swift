import Foundation
import Model
import TestSupport
import Testing
import Wire

/// Writes what `tools/judges/run` compares with decoders that are not ours, into the folder that
/// `SPINETAIL_JUDGE_FOLDER` names; without it there is nothing to do.
///
/// - `itch.jsonl`, `deep.jsonl`: a message a line: its bytes in hexadecimal and our values of its fields in the order of
///   the wire, text as a little-endian number.
/// - `mold.pcap`, `soup.pcap`: packets that our encoders made; `mold.json`, `soup.json`: what is in them.
@Test func judgeOutput() throws {
    guard let path = ProcessInfo.processInfo.environment["SPINETAIL_JUDGE_FOLDER"] else { return }
    let folder = URL(fileURLWithPath: path, isDirectory: true)
    var random = SeededRandom(seed: TestSeed.current)

    var itch: [[UInt8]] = []
    for name in ["nasdaq_20191230_first1000.itch50", "ritch_synthetic_12012.itch50-zero-lengths"] {
        guard let file = TestData.file("itch/\(name)") else { continue }
        itch += itchMessages([UInt8](try Data(contentsOf: file)))
    }
    for type in Families.itch { for _ in 0..<20 { itch.append(randomMessage(type, &random)) } }
    try lines(itch, Families.itch).write(
        to: folder.appendingPathComponent("itch.jsonl"), atomically: true, encoding: .utf8)

    var deep: [[UInt8]] = []
    for packet in try Capture.payloads(ofFile: "iex/DEEP10_20170425.pcap.gz", countMax: 3_000) ?? [] {
        var offset = IexTransport.Header.byteCount
        while let block = withExactCopy(packet, { unsafe IexTransport.block(at: offset, in: $0) }) {
            deep.append(Array(packet[block.offset..<block.end]))
            offset = block.end
        }
    }
    // The judge takes times and letters as signed: no upper bit in what it is given.
    for type in Families.deep {
        for _ in 0..<20 { deep.append(randomMessage(type, &random).map { $0 & 0x7f }) }
    }
    try lines(deep, Families.deep).write(
        to: folder.appendingPathComponent("deep.jsonl"), atomically: true, encoding: .utf8)

    try moldCapture(folder, &random)
    try soupCapture(folder, &random)
}

private func lines(_ messages: [[UInt8]], _ family: [any WireMessage.Type]) -> String {
    func fields<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> String {
        guard let message = read(type, bytes) else { return "null" }
        return "["
            + Mirror(reflecting: message).children.map { "[\"\($0.label ?? "")\", \($0.value)]" }
            .joined(separator: ", ") + "]"
    }
    return messages.map { message in
        let type = family.first { $0.type == message[0] }
        return "{\"hex\": \"\(hex(message))\", \"fields\": \(type.map { fields($0, message) } ?? "null")}\n"
    }.joined()
}

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
}

private func moldCapture(_ folder: URL, _ random: inout SeededRandom) throws {
    guard let session = Token10("JUDGE00001") else { return }
    var packets: [(bytes: [UInt8], fromServer: Bool)] = []
    var said: [String] = []
    var sequence: UInt64 = 1
    for index in 0..<60 {
        // Every fifth is a heartbeat, the last one the end of the session.
        let isEnd = index == 59
        let messages: [[UInt8]] = (0..<(index % 5 == 0 || isEnd ? 0 : Int(random.below(7)) + 1)).map { _ in
            randomMessage(Families.itch[Int(random.below(UInt64(Families.itch.count)))], &random)
        }
        let header = MoldUDP64.Header(
            session: session, sequence: sequence,
            count: isEnd ? MoldUDP64.endOfSessionCount : UInt16(messages.count))
        let bytes = written(byteCount: 600) { room in
            var offset = unsafe header.write(to: room)
            for message in messages {
                offset += unsafe MoldUDP64.writeBlockHeader(count: message.count, to: room, at: offset)
                for byte in message {
                    unsafe room[offset] = byte
                    offset += 1
                }
            }
            return offset
        }
        packets.append((bytes, true))
        said.append(
            "[\"\(session)\", \(sequence), \(header.count), \(messages.map(\.count))]")
        sequence += UInt64(messages.count)
    }
    try Data(Capture.file(packets, isTCP: false, port: 26_400)).write(
        to: folder.appendingPathComponent("mold.pcap"))
    try Data("[\(said.joined(separator: ",\n"))]\n".utf8).write(
        to: folder.appendingPathComponent("mold.json"))
}

private func soupCapture(_ folder: URL, _ random: inout SeededRandom) throws {
    guard let user = Token6("JUDGE"), let password = Token10("SECRET"), let session = Token10("SESSION01")
    else { return }
    var packets: [(bytes: [UInt8], fromServer: Bool)] = []
    var said: [String] = []
    func add(_ type: SoupBin.PacketType, fromServer: Bool, _ bytes: [UInt8]) {
        packets.append((bytes, fromServer))
        said.append("[\"\(Character(UnicodeScalar(type.rawValue)))\", \(bytes.count - 2)]")
    }
    func payload(_ type: SoupBin.PacketType, _ payload: [UInt8]) -> [UInt8] {
        written(byteCount: 600) { room in
            unsafe payload.withUnsafeBytes { unsafe SoupBin.write(type, payload: $0, to: room) }
        }
    }
    let login = SoupBin.LoginRequest(userName: user, password: password, session: session, sequence: 1)
    add(.loginRequest, fromServer: false, written(byteCount: 60) { unsafe login.write(to: $0) })
    let accepted = SoupBin.LoginAccepted(session: session, sequence: 1)
    add(.loginAccepted, fromServer: true, written(byteCount: 60) { unsafe accepted.write(to: $0) })
    for step in 0..<100 {
        let outbound = Families.ouchOutbound[step % Families.ouchOutbound.count]
        let inbound = Families.ouchInbound[step % Families.ouchInbound.count]
        add(.unsequencedData, fromServer: false, payload(.unsequencedData, randomMessage(inbound, &random)))
        add(.sequencedData, fromServer: true, payload(.sequencedData, randomMessage(outbound, &random)))
        if step % 10 == 0 {
            add(.clientHeartbeat, fromServer: false, payload(.clientHeartbeat, []))
            add(.serverHeartbeat, fromServer: true, payload(.serverHeartbeat, []))
            add(.debug, fromServer: true, payload(.debug, Array("a word for people".utf8)))
        }
    }
    add(.endOfSession, fromServer: true, payload(.endOfSession, []))
    add(.logoutRequest, fromServer: false, payload(.logoutRequest, []))
    let rejected = SoupBin.LoginRejected(reason: UInt8(ascii: "A"))
    add(.loginRejected, fromServer: true, written(byteCount: 60) { unsafe rejected.write(to: $0) })
    try Data(Capture.file(packets, isTCP: true, port: 26_401)).write(
        to: folder.appendingPathComponent("soup.pcap"))
    try Data("[\(said.joined(separator: ",\n"))]\n".utf8).write(
        to: folder.appendingPathComponent("soup.json"))
}
