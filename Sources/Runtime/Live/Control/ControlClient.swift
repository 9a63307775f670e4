internal import Plumbing

/// One connection of somebody who asks: lines in, lines out.
///
/// - Bounds: a line of ``ControlRequest/byteCountMax`` bytes; ``outputByteCountMax`` bytes that wait to be read: whoever
///   leaves more lying is cut off; requests under way.
/// - Threads: the control thread.
final class ControlClient {
    /// A piece of the client's bytes.
    enum Piece: Equatable {
        case line(ArraySlice<UInt8>)
        /// Longer than a request may be; the rest of it is passed over.
        case tooLong
    }

    static var outputByteCountMax: Int { 32 << 20 }
    static var requestCountMax: Int { 64 }
    /// Lines taken in one turn, so that one who sends without end does not keep the others waiting.
    static var lineCountPerTurn: Int { 16 }

    let id: UInt64
    let connection: LocalConnection
    /// Requests whose last line is not written yet.
    var requestCount = 0
    private var input: [UInt8] = []
    /// Until the end of a line that was too long.
    private var isSkipping = false
    private var output: [UInt8] = []
    private var sentCount = 0

    init(id: UInt64, connection: LocalConnection) {
        self.id = id
        self.connection = connection
    }

    /// Reads what is there, as much as a turn takes. How many bytes.
    func receive(_ room: inout [UInt8]) -> Int {
        // Who has more waiting than one line is read first.
        guard input.count <= ControlRequest.byteCountMax else { return 0 }
        // SAFETY: the array stands still during the call.
        let count = unsafe room.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
        input += room[..<count]
        return count
    }

    /// The next whole line, without its end.
    func nextPiece() -> Piece? {
        while true {
            guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else {
                guard input.count > ControlRequest.byteCountMax else {
                    if isSkipping { input = [] }
                    return nil
                }
                input = []
                defer { isSkipping = true }
                return isSkipping ? nil : .tooLong
            }
            var line = input[..<end]
            input.removeFirst(end + 1)
            if isSkipping {
                isSkipping = false
                continue
            }
            if line.count > ControlRequest.byteCountMax { return .tooLong }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty { continue }
            return .line(line)
        }
    }

    /// Whether lines may wait that the last turn left.
    var hasLines: Bool { input.contains(UInt8(ascii: "\n")) }

    func write(_ line: ControlLine) {
        guard connection.isOpen else { return }
        output += line.bytes()
        if line.done == true { requestCount -= 1 }
        if output.count - sentCount > Self.outputByteCountMax { connection.close() }
    }

    /// Sends what the client takes now. How many bytes.
    func send() -> Int {
        guard hasOutput else { return 0 }
        // SAFETY: the array stands still during the call.
        let count = unsafe output.withUnsafeBytes {
            unsafe connection.send(UnsafeRawBufferPointer(rebasing: $0[sentCount...]))
        }
        sentCount += count
        if sentCount == output.count {
            output = []
            sentCount = 0
        }
        return count
    }

    var hasOutput: Bool { sentCount < output.count }

    /// Gone, or it has said all and heard all.
    var isOver: Bool {
        !connection.isOpen || connection.hasEnded && requestCount <= 0 && !hasOutput && !hasLines
    }
}
