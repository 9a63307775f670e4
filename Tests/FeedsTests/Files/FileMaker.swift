import Foundation

/// Makes small files for the readers' tests: the formats written a second time, by hand, the slow and obvious way.
struct FileMaker {
    var bytes: [UInt8] = []
    var isBig = false

    mutating func put16(_ value: Int) {
        let low = UInt8(value & 255)
        let high = UInt8(value >> 8 & 255)
        bytes += isBig ? [high, low] : [low, high]
    }

    mutating func put32(_ value: UInt32) {
        if isBig {
            put16(Int(value >> 16))
            put16(Int(value & 0xffff))
        } else {
            put16(Int(value & 0xffff))
            put16(Int(value >> 16))
        }
    }

    /// The head of a pcap file.
    static func pcap(big: Bool, nano: Bool, link: UInt32 = 1) -> FileMaker {
        var file = FileMaker(isBig: big)
        file.put32(nano ? 0xa1b2_3c4d : 0xa1b2_c3d4)
        file.put16(2)
        file.put16(4)
        file.put32(0)
        file.put32(0)
        file.put32(65_535)
        file.put32(link)
        return file
    }

    mutating func record(seconds: UInt32, fraction: UInt32, frame: [UInt8]) {
        put32(seconds)
        put32(fraction)
        put32(UInt32(frame.count))
        put32(UInt32(frame.count))
        bytes += frame
    }

    mutating func block(type: UInt32, _ fill: (inout FileMaker) -> Void) {
        var body = FileMaker(isBig: isBig)
        fill(&body)
        while body.bytes.count % 4 != 0 { body.bytes.append(0) }
        put32(type)
        put32(UInt32(body.bytes.count + 12))
        bytes += body.bytes
        put32(UInt32(body.bytes.count + 12))
    }

    mutating func section() {
        block(type: 0x0a0d_0d0a) {
            $0.put32(0x1a2b_3c4d)
            $0.put16(1)
            $0.put16(0)
            $0.put32(.max)
            $0.put32(.max)
        }
    }

    /// An Ethernet frame with IPv4 and UDP to 233.54.12.1.
    static func frame(_ payload: [UInt8], port: Int = 26_477, vlanTags: Int = 0, protocolNumber: UInt8 = 17)
        -> [UInt8]
    {
        var frame = FileMaker(isBig: true)
        frame.bytes = [UInt8](repeating: 1, count: 12)
        for tag in 0..<vlanTags {
            frame.put16(tag == 0 && vlanTags == 2 ? 0x88a8 : 0x8100)
            frame.put16(7)
        }
        frame.put16(0x0800)
        frame.bytes += [0x45, 0]
        frame.put16(28 + payload.count)
        frame.put32(0)
        frame.bytes += [64, protocolNumber]
        frame.put16(0)
        frame.bytes += [10, 0, 0, 1, 233, 54, 12, 1]
        frame.put16(4_000)
        frame.put16(port)
        frame.put16(8 + payload.count)
        frame.put16(0)
        return frame.bytes + payload
    }

    /// Writes to a new temporary file, calls `body` with its path, and removes it.
    static func with<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) rethrows -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "spinetail-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path, contents: Data(bytes))
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    /// Compresses by the `gzip` program, an implementation that is not ours.
    static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try with(bytes) { path in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["gzip", "-9", "-n", "-c", path]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return [UInt8](data)
        }
    }
}
