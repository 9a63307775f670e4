public import Feeds

/// What a file of market data holds, part after part, with the time at which the exchange said it: datagrams of an
/// IEX capture, messages of an ITCH file.
///
/// Damage in the file ends it like its end does; ``damage`` then tells, and what came before has been given.
public struct CaptureSource: ~Copyable {
    public enum Kind: Equatable, Sendable {
        /// Datagrams of IEX-TP with DEEP 1.0, as they were on the wire.
        case deepIexTransport
        /// Single messages of ITCH 5.0, to be packed into MoldUDP64.
        case itch
    }

    /// What is in a file, read from front to back once before it is played.
    public struct Survey: Sendable {
        public var kind: Kind
        public var parts: UInt64 = 0
        public var bytes: UInt64 = 0
        /// From the first time stamp to the last.
        public var durationNs: UInt64 = 0
        /// Between one part and the next.
        public var silences = SilenceTable()
        /// The file was longer than a survey looks; `durationNs` is what was seen.
        public var isCutOff = false
        public var damage: MarketFileError?
    }

    public let kind: Kind
    private var capture: PcapFile?
    private var file: ItchFile?
    public private(set) var damage: MarketFileError?
    /// Datagrams of the capture that are no IEX-TP packet of DEEP 1.0 and were passed over.
    public private(set) var strangerCount: UInt64 = 0

    /// - Throws: Where the file cannot be opened, or is neither of the two formats.
    public init(path: String) throws(MarketFileError) {
        let format = try MarketFile.detect(path)
        if case .unknown(let reason) = format {
            throw MarketFileError(
                path: path, offset: 0, isOffsetInContent: false, fault: .notThisFormat,
                what: "it holds no market data that can be played", remedy: reason)
        }
        let opened = format == .iexDeepCapture ? try PcapFile(path: path) : nil
        let openedFile = format == .itchFile ? try ItchFile(path: path) : nil
        kind = format == .itchFile ? .itch : .deepIexTransport
        capture = opened
        file = openedFile
    }

    /// One datagram or message. Its bytes stand until the source's next call.
    @safe public struct Part {
        /// UTC since 1970 for a capture, since midnight for an ITCH file.
        public let timeNs: UInt64
        public let bytes: UnsafeRawBufferPointer

        init(timeNs: UInt64, bytes: UnsafeRawBufferPointer) {
            self.timeNs = timeNs
            unsafe self.bytes = bytes
        }
    }

    /// The next part; `nil` at the end or at damage.
    public mutating func next() -> Part? {
        guard damage == nil else { return nil }
        do throws(MarketFileError) {
            switch kind {
            case .deepIexTransport: return try nextDatagram()
            case .itch:
                // SAFETY: the bytes are handed on with the same contract.
                return try file?.next().map { unsafe Part(timeNs: $0.timeNs, bytes: $0.bytes) }
            }
        } catch {
            damage = error
            return nil
        }
    }

    private mutating func nextDatagram() throws(MarketFileError) -> Part? {
        while let datagram = try capture?.next() {
            // SAFETY: the first four bytes are read only where forty are there; handed on with the same contract.
            let bytes = unsafe datagram.payload
            if bytes.count >= 40, unsafe bytes[0] == 1, unsafe bytes[2] == 4, unsafe bytes[3] == 0x80 {
                return unsafe Part(timeNs: datagram.timeNs, bytes: bytes)
            }
            strangerCount += 1
        }
        return nil
    }

    /// Reads a file to its end, for its duration.
    ///
    /// - Parameter bytesMax: Looks no further than this much content: a whole day of NASDAQ takes minutes to read.
    public static func survey(path: String, bytesMax: UInt64 = 1 << 30) throws(MarketFileError) -> Survey {
        var source = try CaptureSource(path: path)
        var survey = Survey(kind: source.kind)
        var firstNs: UInt64?
        var lastNs: UInt64 = 0
        while let part = source.next() {
            survey.parts += 1
            // SAFETY: only the count is read.
            survey.bytes += unsafe UInt64(part.bytes.count)
            if firstNs == nil { firstNs = part.timeNs }
            if part.timeNs > lastNs, survey.parts > 1 { survey.silences.add(part.timeNs - lastNs) }
            lastNs = max(lastNs, part.timeNs)
            if survey.bytes > bytesMax {
                survey.isCutOff = true
                break
            }
        }
        survey.durationNs = lastNs - min(lastNs, firstNs ?? lastNs)
        survey.damage = source.damage
        return survey
    }
}
