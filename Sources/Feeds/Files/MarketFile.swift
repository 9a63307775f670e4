/// Tells what a file of market data holds, by its bytes: names and endings are not trusted.
public enum MarketFile {
    public enum Format: Equatable, Sendable {
        /// A packet capture of IEX DEEP 1.0 over IEX-TP.
        case iexDeepCapture
        /// A file of NASDAQ ITCH 5.0.
        case itchFile
        /// Something else; what was seen, as a sentence.
        case unknown(String)
    }

    /// How many datagrams or messages are looked at before the answer.
    private static let looksMax = 64

    /// - Throws: Only where the file cannot be opened or read at all.
    public static func detect(_ path: String) throws(MarketFileError) -> Format {
        do {
            var capture = try PcapFile(path: path)
            return look(into: &capture)
        } catch {
            switch error.fault {
            case .cannotOpen, .cannotRead: throw error
            case .truncated, .garbage, .wrongVersion: return .unknown(error.description)
            case .notThisFormat: break
            }
        }
        do {
            var file = try ItchFile(path: path)
            guard try file.next() != nil else { return .unknown("\(path) is empty.") }
            return .itchFile
        } catch {
            return .unknown(
                "\(path) is neither a capture of IEX DEEP 1.0 (pcap, pcapng) nor an ITCH 5.0 file, plain or by gzip."
            )
        }
    }

    private static func look(into capture: inout PcapFile) -> Format {
        for _ in 0..<looksMax {
            guard let datagram = try? capture.next() else { break }
            // IEX-TP: version, reserved, protocol (little-endian).
            // SAFETY: the payload is read before the next call to the capture, within its count.
            let head = unsafe datagram.payload
            guard head.count >= 40, unsafe head[0] == 1 else { continue }
            switch unsafe Int(head[2]) | Int(head[3]) << 8 {
            case 0x8004: return .iexDeepCapture
            case 0x8003, 0x8002: return .unknown("It is a capture of IEX TOPS; give one of IEX DEEP 1.0.")
            case 0x8005: return .unknown("It is a capture of IEX DEEP+; give one of IEX DEEP 1.0.")
            default: continue
            }
        }
        return .unknown(
            "It is a packet capture, but not of IEX DEEP 1.0: none of its first datagrams (\(capture.datagramCount) "
                + "looked at) is IEX-TP.")
    }
}
