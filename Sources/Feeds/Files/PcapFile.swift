/// The UDP datagrams of a packet capture, one after the other: pcap in both byte orders with micro- or nanosecond
/// stamps, and pcapng, each also gzip-compressed. Ethernet (with VLAN tags), raw IP or Linux "cooked" frames, IPv4.
///
/// Other traffic is passed over and counted. Damage is thrown when it is reached, after all before it was given.
///
/// - Bounds: ``FileBytes/windowBytes`` of memory; a frame is at most ``frameBytesMax`` long.
/// - Source: the pcap and pcapng formats, draft-ietf-opsawg-pcap and -pcapng.
public struct PcapFile: ~Copyable {
    /// libpcap's own bound for what it captures of a frame.
    static let frameBytesMax = 262_144
    private static let interfaceCountMax = 256

    private enum Form { case pcap, pcapng }

    /// What a pcapng section says of one network interface.
    private struct Interface {
        var link: DatagramPlace.LinkType?
        /// Ticks of its clock a second; pcapng's default is a million.
        var ticksPerSecond: UInt64 = 1_000_000
    }

    private var bytes: FileBytes
    private let form: Form
    private var isBigEndian: Bool
    private var interfaces: [Interface]
    private var failure: MarketFileError?

    /// Frames read, of whatever kind.
    public private(set) var frameCount: UInt64 = 0
    /// Datagrams given.
    public private(set) var datagramCount: UInt64 = 0
    /// Frames that carry no UDP over IPv4.
    public private(set) var otherCount: UInt64 = 0
    /// Frames that were captured in part, or whose lengths contradict each other.
    public private(set) var incompleteCount: UInt64 = 0

    /// Bytes of (decompressed) content read so far.
    public var offset: UInt64 { bytes.offset }

    /// Opens the file and reads its head.
    public init(path: String) throws(MarketFileError) {
        var bytes = try FileBytes(path: path)
        guard bytes.want(4) >= 4 else { throw bytes.damage ?? Self.notACapture(bytes) }
        let magic = bytes.little32(0)
        switch magic {
        case 0xa1b2_c3d4, 0xa1b2_3c4d, 0xd4c3_b2a1, 0x4d3c_b2a1:
            guard bytes.want(24) >= 24 else { throw bytes.ending(in: "the capture's head") }
            let isBig = magic == 0xd4c3_b2a1 || magic == 0x4d3c_b2a1
            let isNano = magic == 0xa1b2_3c4d || magic == 0x4d3c_b2a1
            let version = (
                major: isBig ? bytes.big16(4) : bytes.little16(4),
                minor: isBig ? bytes.big16(6) : bytes.little16(6)
            )
            guard version.major == 2, version.minor >= 3 else {
                throw bytes.error(
                    .wrongVersion, at: 4,
                    "it is a pcap file of version \(version.major).\(version.minor), not 2.4",
                    "Convert it with: editcap -F pcap IN OUT.")
            }
            // The upper half can carry flags of the frame check sequence.
            let link = (isBig ? bytes.big32(20) : bytes.little32(20)) & 0xffff
            guard let link = DatagramPlace.LinkType(rawValue: link) else {
                throw bytes.error(
                    .wrongVersion, at: 20, "its frames are of link type \(link), not Ethernet",
                    "Capture on an Ethernet interface.")
            }
            bytes.drop(24)
            form = .pcap
            isBigEndian = isBig
            interfaces = [Interface(link: link, ticksPerSecond: isNano ? 1_000_000_000 : 1_000_000)]
        case 0x0a0d_0d0a:
            form = .pcapng
            isBigEndian = false
            interfaces = []
        default:
            throw Self.notACapture(bytes)
        }
        self.bytes = bytes
    }

    private static func notACapture(_ bytes: borrowing FileBytes) -> MarketFileError {
        bytes.error(
            .notThisFormat, "it is not a packet capture: it begins with none of pcap's or pcapng's marks",
            "Give a .pcap or .pcapng file, or one of them compressed by gzip.")
    }

    /// The next datagram; `nil` at the end of the capture.
    ///
    /// - Throws: At damage, and the same again at each call after it.
    public mutating func next() throws(MarketFileError) -> CapturedDatagram? {
        if let failure { throw failure }
        do {
            switch form {
            case .pcap: return try nextRecord()
            case .pcapng: return try nextBlock()
            }
        } catch {
            failure = error
            throw error
        }
    }

    private func u32(_ index: Int) -> UInt32 { isBigEndian ? bytes.big32(index) : bytes.little32(index) }
    private func u16(_ index: Int) -> Int { isBigEndian ? bytes.big16(index) : bytes.little16(index) }

    private mutating func nextRecord() throws(MarketFileError) -> CapturedDatagram? {
        while true {
            let seen = bytes.want(16)
            guard seen >= 16 else {
                if seen == 0, bytes.damage == nil { return nil }
                throw bytes.ending(in: "the head of packet \(frameCount + 1)")
            }
            let captured = Int(u32(8))
            guard captured <= Self.frameBytesMax else { throw implausible(captured) }
            let fraction = UInt64(u32(4))
            let ticksPerSecond = interfaces[0].ticksPerSecond
            guard fraction < ticksPerSecond else {
                throw bytes.error(
                    .garbage, at: 4, "the time stamp of packet \(frameCount + 1) is none",
                    "The file is damaged: fetch it again. All before this place was read.")
            }
            guard bytes.want(16 + captured) >= 16 + captured else {
                throw bytes.ending(in: "packet \(frameCount + 1)")
            }
            let timeNs = UInt64(u32(0)) * 1_000_000_000 + fraction * (1_000_000_000 / ticksPerSecond)
            if let found = take(
                frame: 16, count: captured, skip: 16 + captured, link: interfaces[0].link, timeNs: timeNs)
            {
                return found
            }
        }
    }

    /// Counts a frame, goes past its record, and gives the datagram in it.
    private mutating func take(
        frame: Int, count: Int, skip: Int, link: DatagramPlace.LinkType?, timeNs: UInt64
    ) -> CapturedDatagram? {
        frameCount += 1
        // Frames of a link that is not understood are other traffic.
        let answer = link.map { DatagramPlace.find(in: bytes, frame: frame, count: count, link: $0) }
        switch answer ?? .otherTraffic {
        case .otherTraffic:
            otherCount += 1
            bytes.drop(skip)
            return nil
        case .incomplete:
            incompleteCount += 1
            bytes.drop(skip)
            return nil
        case .datagram(let place):
            datagramCount += 1
            // SAFETY: the bytes stay in the window until the next want().
            let payload = unsafe bytes.slice(from: place.offset, count: place.count)
            bytes.drop(skip)
            return unsafe CapturedDatagram(
                timeNs: timeNs, destinationAddress: place.destinationAddress,
                destinationPort: place.destinationPort, payload: payload)
        }
    }

    private func implausible(_ count: Int) -> MarketFileError {
        bytes.error(
            .garbage, "packet \(frameCount + 1) claims \(count) bytes, more than a capture can hold",
            "The file is damaged: fetch it again. All before this place was read.")
    }

    // MARK: pcapng

    private mutating func nextBlock() throws(MarketFileError) -> CapturedDatagram? {
        while true {
            let seen = bytes.want(12)
            guard seen >= 12 else {
                if seen == 0, bytes.damage == nil { return nil }
                throw bytes.ending(in: "the head of a block")
            }
            if bytes.little32(0) == 0x0a0d_0d0a { try beginSection() }
            let type = u32(0)
            let total = Int(u32(4))
            guard total >= 12, total % 4 == 0, total <= Self.frameBytesMax + 4096 else {
                throw bytes.error(
                    .garbage, "a block claims \(total) bytes",
                    "The file is damaged: fetch it again. All before this place was read.")
            }
            guard bytes.want(total) >= total else {
                throw bytes.ending(in: "a block, after packet \(frameCount)")
            }
            guard Int(u32(total - 4)) == total else {
                throw bytes.error(
                    .garbage, at: total - 4, "the two lengths of a block differ",
                    "The file is damaged: fetch it again. All before this place was read.")
            }
            switch type {
            case 1: try describeInterface(total)
            case 6:
                if let found = try enhancedPacket(total) { return found }
            case 3:
                // A simple packet block has no time stamp, and a replay needs them.
                frameCount += 1
                otherCount += 1
                bytes.drop(total)
            default: bytes.drop(total)
            }
        }
    }

    private mutating func beginSection() throws(MarketFileError) {
        switch bytes.little32(8) {
        case 0x1a2b_3c4d: isBigEndian = false
        case 0x4d3c_2b1a: isBigEndian = true
        default:
            throw bytes.error(
                .garbage, at: 8, "a pcapng section has no byte-order mark",
                "The file is damaged: fetch it again. All before this place was read.")
        }
        guard bytes.want(16) >= 16 else { throw bytes.ending(in: "the head of a section") }
        guard u16(12) == 1 else {
            throw bytes.error(
                .wrongVersion, at: 12, "it is a pcapng file of version \(u16(12)), not 1",
                "Convert it with: editcap -F pcap IN OUT.")
        }
        interfaces.removeAll()
    }

    private mutating func describeInterface(_ total: Int) throws(MarketFileError) {
        guard total >= 20, interfaces.count < Self.interfaceCountMax else {
            throw bytes.error(
                .garbage, "an interface description is too short or one too many",
                "The file is damaged: fetch it again. All before this place was read.")
        }
        var interface = Interface(link: DatagramPlace.LinkType(rawValue: UInt32(u16(8))))
        var option = 16
        while option + 4 <= total - 4, u16(option) != 0 {
            let count = u16(option + 2)
            // if_tsresol: a power of ten, or of two where the top bit is set.
            if u16(option) == 9, count == 1, option + 5 <= total - 4 {
                let power = bytes[option + 4]
                let isBinary = power & 0x80 != 0
                guard isBinary ? power & 0x7f <= 32 : power <= 9 else {
                    throw bytes.error(
                        .wrongVersion, at: option, "its clock counts in finer steps than nanoseconds",
                        "Convert it with: editcap -F nsecpcap IN OUT.")
                }
                interface.ticksPerSecond = 1
                for _ in 0..<(power & 0x7f) { interface.ticksPerSecond *= isBinary ? 2 : 10 }
            }
            option += 4 + (count + 3) / 4 * 4
        }
        interfaces.append(interface)
        bytes.drop(total)
    }

    private mutating func enhancedPacket(_ total: Int) throws(MarketFileError) -> CapturedDatagram? {
        let captured = total >= 32 ? Int(u32(20)) : Int.max
        guard captured <= total - 32 else {
            throw bytes.error(
                .garbage, "packet \(frameCount + 1) does not fit its block",
                "The file is damaged: fetch it again. All before this place was read.")
        }
        let index = Int(u32(8))
        guard index < interfaces.count else {
            throw bytes.error(
                .garbage, at: 8, "packet \(frameCount + 1) names an interface that was not described",
                "The file is damaged: fetch it again. All before this place was read.")
        }
        let interface = interfaces[index]
        let ticks = UInt64(u32(12)) << 32 | UInt64(u32(16))
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: interface.ticksPerSecond)
        // A stamp beyond the year 2554 is none; it saturates rather than traps.
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let fraction = rest.multipliedFullWidth(by: 1_000_000_000)
        let fractionNs = interface.ticksPerSecond.dividingFullWidth(fraction).quotient
        let sum = whole.partialValue.addingReportingOverflow(fractionNs)
        let timeNs = whole.overflow || sum.overflow ? UInt64.max : sum.partialValue
        return take(frame: 28, count: captured, skip: total, link: interface.link, timeNs: timeNs)
    }
}
