/// Where in a captured frame the payload of a UDP datagram lies: pure arithmetic on bytes that may be anything.
///
/// - Source: IEEE 802.3 and 802.1Q, RFC 791, RFC 768, and the link types of pcap (`pcap-linktype(7)`).
struct DatagramPlace: Equatable {
    var offset: Int
    var count: Int
    var destinationAddress: UInt32
    var destinationPort: UInt16

    /// Why a frame gives no datagram.
    enum Answer: Equatable {
        case datagram(DatagramPlace)
        /// ARP, IPv6, TCP, a fragment …: no business of ours.
        case otherTraffic
        /// The capture kept less of it than was sent, or its lengths contradict each other.
        case incomplete
    }

    /// The kinds of frames that a capture can hold.
    enum LinkType: UInt32 {
        case null = 0
        case ethernet = 1
        case rawIP = 101
        case linuxCooked = 113
        case ipv4 = 228
    }

    /// - Parameters:
    ///   - frame: Where the frame begins in the window of `bytes`; its `count` bytes are all in the window.
    static func find(in bytes: borrowing FileBytes, frame: Int, count: Int, link: LinkType) -> Answer {
        guard let header = networkHeader(in: bytes, frame: frame, count: count, link: link) else {
            return .otherTraffic
        }
        let end = frame + count
        guard end - header >= 20 else { return .incomplete }
        guard bytes[header] >> 4 == 4 else { return .otherTraffic }
        let headerBytes = Int(bytes[header] & 15) * 4
        let totalBytes = bytes.big16(header + 2)
        guard headerBytes >= 20, totalBytes >= headerBytes else { return .incomplete }
        guard bytes[header + 9] == 17 else { return .otherTraffic }
        // More fragments, or not the first: a datagram of ours fits one frame.
        guard bytes.big16(header + 6) & 0x3fff == 0 else { return .otherTraffic }
        guard totalBytes >= headerBytes + 8, end - header >= totalBytes else { return .incomplete }
        let udp = header + headerBytes
        let udpBytes = bytes.big16(udp + 4)
        guard udpBytes >= 8, udpBytes <= totalBytes - headerBytes else { return .incomplete }
        return .datagram(
            DatagramPlace(
                offset: udp + 8, count: udpBytes - 8, destinationAddress: bytes.big32(header + 16),
                destinationPort: UInt16(bytes.big16(udp + 2))))
    }

    /// Where the IP header begins, `nil` where the frame is not IPv4.
    private static func networkHeader(
        in bytes: borrowing FileBytes, frame: Int, count: Int, link: LinkType
    ) -> Int? {
        switch link {
        case .rawIP, .ipv4: return frame
        case .null:
            // Four bytes of address family in the capturing machine's order: 2 is IPv4 everywhere.
            guard count >= 4, bytes.little32(frame) == 2 || bytes.big32(frame) == 2 else { return nil }
            return frame + 4
        case .linuxCooked:
            guard count >= 16, bytes.big16(frame + 14) == 0x0800 else { return nil }
            return frame + 16
        case .ethernet:
            var at = 12
            // Up to two VLAN tags (802.1Q in 802.1ad).
            for _ in 0..<3 {
                guard count >= at + 2 else { return nil }
                switch bytes.big16(frame + at) {
                case 0x0800: return frame + at + 2
                case 0x8100, 0x88a8, 0x9100: at += 4
                default: return nil
                }
            }
            return nil
        }
    }
}
