import Foundation
import Model
import TestSupport
import Testing
import Wire

/// The message read as `type`, written again; `nil` where it is refused.
func again(_ message: [UInt8], among family: [any WireMessage.Type]) -> [UInt8]? {
    func pass<Message: WireMessage>(_ type: Message.Type) -> [UInt8]? {
        read(type, message).map { written($0) }
    }
    guard let letter = message.first, let type = family.first(where: { $0.type == letter }) else {
        return nil
    }
    return pass(type)
}

/// The messages of an ITCH file; where a length says 0, the type's.
func itchMessages(_ bytes: [UInt8]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var offset = 0
    while offset + 2 < bytes.count {
        var count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
        if count == 0 { count = Itch50.byteCount(ofType: bytes[offset + 2]) ?? 0 }
        guard count > 0, offset + 2 + count <= bytes.count else { break }
        found.append(Array(bytes[offset + 2..<offset + 2 + count]))
        offset += 2 + count
    }
    return found
}

/// Goal: real and foreign messages are understood whole. Method: read and written again they are the same bytes, and the
/// hot decoder takes each.
@Test(arguments: [
    ("itch/nasdaq_20191230_first1000.itch50", 1_000),
    ("itch/ritch_synthetic_12012.itch50-zero-lengths", 12_012),
])
func itchFilesComeBackByteEqual(path: String, count: Int) throws {
    guard let file = TestData.file(path) else { return }
    let messages = itchMessages([UInt8](try Data(contentsOf: file)))
    #expect(messages.count == count)
    for (index, message) in messages.enumerated() {
        #expect(again(message, among: Families.itch) == message, "message \(index)")
        var event = untouched
        #expect(decodeItch(message, &event) == .ok, "message \(index)")
    }
}

/// Goal: real MoldUDP64 packets with ITCH 5.0 come back byte-equal, header, lengths and messages.
@Test func realItchPacketsComeBackByteEqual() throws {
    var count = 0
    for folder in ["Nasdaq.Equities.TotalView.Itch.v5.0", "Bx.Equities.TotalView.Itch.v5.0"] {
        for name in try captures("omi-pcaps/Nasdaq/\(folder)") {
            for packet in try Capture.payloads(ofFile: name) ?? [] {
                let header = withExactCopy(packet) { unsafe MoldUDP64.Header(reading: $0) }
                var bytes = try #require(
                    header.map { header in written(byteCount: 30) { unsafe header.write(to: $0) } })
                #expect(withExactCopy(packet) { unsafe MoldUDP64.isWhole($0) }, "\(name)")
                while let block = withExactCopy(packet, { unsafe MoldUDP64.block(at: bytes.count, in: $0) }) {
                    let message = Array(packet[block.offset..<block.end])
                    var event = untouched
                    #expect(decodeItch(message, &event) == .ok, "\(name)")
                    let back = try #require(again(message, among: Families.itch), "\(name)")
                    bytes += [UInt8(back.count >> 8), UInt8(back.count & 255)] + back
                    count += 1
                }
                #expect(bytes == packet, "\(name)")
            }
        }
    }
    if TestData.root != nil { #expect(count >= 15) }
}

private func captures(_ folder: String) throws -> [String] {
    guard let url = TestData.file(folder) else { return [] }
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
    return names.filter { $0.hasSuffix(".pcap") }.sorted().map { "\(folder)/\($0)" }
}

/// Goal: real OUCH 5.0 over SoupBinTCP comes back byte-equal, options included.
@Test func realOuchPacketsComeBackByteEqual() throws {
    func again<Message: OuchMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> [UInt8]? {
        guard let message = read(type, bytes) else { return nil }
        let options = withExactCopy(bytes) { unsafe Message.options(of: $0) }
        #expect(options.skippedCount == 0)
        return written(byteCount: Ouch50.byteCountMax) { unsafe message.write(to: $0, options: options) }
    }
    var types: Set<SoupBin.PacketType> = []
    for name in try captures("omi-pcaps/Nasdaq/Nasdaq.Nsm.Ouch.v5.0") {
        for packet in try Capture.payloads(ofFile: name) ?? [] {
            let parsed = withExactCopy(packet) { unsafe SoupBin.parse($0) }
            guard case .frame(let frame) = parsed else {
                Issue.record("\(name): \(parsed)")
                continue
            }
            #expect(frame.totalCount == packet.count)
            types.insert(frame.type)
            let payload = Array(packet[frame.payloadOffset...])
            guard let letter = payload.first else { continue }
            let family = frame.type == .sequencedData ? Families.ouchOutbound : Families.ouchInbound
            let type = try #require(family.first { $0.type == letter })
            #expect(again(type, payload) == payload, "\(name)")
        }
    }
    if TestData.root != nil {
        #expect(types == [.sequencedData, .unsequencedData, .serverHeartbeat, .clientHeartbeat])
    }
}

/// Goal: the exchange's real DEEP packets come back byte-equal: header, lengths, messages.
@Test(arguments: [
    "iex/DEEP10_20170425.pcap.gz", "omi-pcaps/Iex/Deep.IexTp.v1.0/Heartbeat.pcap",
    "omi-pcaps/Iex/Deep.IexTp.v1.0/PriceLevelBuyUpdateMessage.pcap",
    "omi-pcaps/Iex/Deep.IexTp.v1.0/PriceLevelSellUpdateMessage.pcap",
]) func realDeepPacketsComeBackByteEqual(path: String) throws {
    guard let packets = try Capture.payloads(ofFile: path, countMax: 4_000) else { return }
    #expect(!packets.isEmpty)
    for (index, packet) in packets.enumerated() {
        let found = withExactCopy(packet) { unsafe IexTransport.Header(reading: $0) }
        let header = try #require(found)
        #expect(header.version == 1 && header.messageProtocol == IexTransport.deep10)
        #expect(withExactCopy(packet) { unsafe IexTransport.isWhole($0) }, "packet \(index)")
        var bytes = written(byteCount: 40) { unsafe header.write(to: $0) }
        while let block = withExactCopy(packet, { unsafe IexTransport.block(at: bytes.count, in: $0) }) {
            let message = Array(packet[block.offset..<block.end])
            var event = untouched
            #expect(decodeDeep(message, &event) == .ok, "packet \(index)")
            let back = try #require(again(message, among: Families.deep), "packet \(index)")
            bytes += [UInt8(back.count & 255), UInt8(back.count >> 8)] + back
        }
        #expect(bytes == packet, "packet \(index)")
    }
}
