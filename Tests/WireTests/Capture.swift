import Foundation
import TestSupport

/// The UDP and TCP payloads of a pcap file: as much of the formats as the test data needs.
enum Capture {
    /// The payloads in the order of the file, at most `countMax`; empty ones are left out.
    static func payloads(_ bytes: [UInt8], countMax: Int = .max) -> [[UInt8]] {
        guard bytes.count >= 24 else { return [] }
        let isLittle = bytes[0] == 0xd4 || bytes[0] == 0x4d
        func word(_ offset: Int, _ count: Int, little: Bool) -> Int {
            let part = bytes[offset..<offset + count]
            return (little ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
        }
        let isEthernet = word(20, 4, little: isLittle) == 1
        var found: [[UInt8]] = []
        var offset = 24
        while offset + 16 <= bytes.count, found.count < countMax {
            let end = offset + 16 + word(offset + 8, 4, little: isLittle)
            var at = offset + 16 + (isEthernet ? 14 : 0)
            // A VLAN tag stands before the type.
            while isEthernet, word(at - 2, 2, little: false) == 0x8100 { at += 4 }
            let ipEnd = at + word(at + 2, 2, little: false)
            let transport = at + Int(bytes[at] & 15) * 4
            let isUDP = bytes[at + 9] == 17
            let payload = transport + (isUDP ? 8 : Int(bytes[transport + 12] >> 4) * 4)
            let payloadEnd = isUDP ? transport + word(transport + 4, 2, little: false) : ipEnd
            if payload < payloadEnd, payloadEnd <= end { found.append(Array(bytes[payload..<payloadEnd])) }
            offset = end
        }
        return found
    }

    /// The payloads of a capture in the test data; `nil`, said once, where it is missing.
    static func payloads(ofFile path: String, countMax: Int = .max) throws -> [[UInt8]]? {
        guard let file = TestData.file(path) else { return nil }
        return payloads(
            [UInt8](try path.hasSuffix(".gz") ? unzipped(file) : Data(contentsOf: file)), countMax: countMax)
    }

    private static func unzipped(_ file: URL) throws -> Data {
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", file.path]
        let pipe = Pipe()
        gzip.standardOutput = pipe
        try gzip.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        return data
    }

    /// A pcap file of bare IP packets with the given payloads: UDP to `port`, or one TCP stream from `port` (those
    /// marked) and to it.
    static func file(_ payloads: [(bytes: [UInt8], fromServer: Bool)], isTCP: Bool, port: Int) -> [UInt8] {
        func big(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func little(_ value: Int) -> [UInt8] { big(value, 4).reversed() }
        var file = little(0xa1b2_c3d4) + [2, 0, 4, 0] + little(0) + little(0) + little(65_535) + little(101)
        var sent = [1, 1]  // TCP's sequence by direction
        for (index, (bytes, fromServer)) in payloads.enumerated() {
            let ports = fromServer ? big(port, 2) + big(40_000, 2) : big(40_000, 2) + big(port, 2)
            var transport: [UInt8]
            if isTCP {
                let own = fromServer ? 1 : 0
                transport =
                    ports + big(sent[own], 4) + big(sent[1 - own], 4) + [0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]
                sent[own] += bytes.count
            } else {
                transport = big(40_000, 2) + big(port, 2) + big(8 + bytes.count, 2) + [0, 0]
            }
            let addresses: [UInt8] = fromServer ? [10, 0, 0, 2, 10, 0, 0, 1] : [10, 0, 0, 1, 10, 0, 0, 2]
            let total = 20 + transport.count + bytes.count
            let ip = [0x45, 0] + big(total, 2) + [0, 0, 0, 0, 64, isTCP ? 6 : 17, 0, 0] + addresses
            file +=
                little(1_700_000_000) + little(index) + little(total) + little(total) + ip + transport + bytes
        }
        return file
    }
}
