/// Sizes of the rings between the threads of the `pipelined` topology.
public struct PipelineSettings: Sendable, Equatable {
    /// Of each stream's ring to the hot thread; what finds no room waits in the socket's own buffer. Small, so that it
    /// stays in the cache that both threads share.
    public var streamRingBytes = 1 << 20
    /// Of each session's ring, each way.
    public var sessionRingBytes = 1 << 18
    public var requestRingBytes = 1 << 12
    /// The longest datagram, and the longest piece of a connection's bytes.
    public var datagramBytesMax = PlainSocketIO.datagramBytesMax
    public var sessionBytesMax = PlainSocketIO.sessionBytesMax
    /// Whether a thread may sleep, so that whoever has something for it must look whether it does.
    public var sleeps = false

    public init() {}

    /// A record may be as long as half its ring: then one finds room while the one before it is lent.
    func check() throws(SetupError) {
        for (what, ring, longest) in [
            ("datagrams", streamRingBytes, datagramBytesMax),
            ("bytes of a session", sessionRingBytes, sessionBytesMax),
        ] {
            guard ring >= 4096, ring.nonzeroBitCount == 1 else {
                throw SetupError(
                    "make a ring for \(what)", at: "\(ring) bytes",
                    why: "its size is no power of two from 4,096 on",
                    remedy: "take the next power of two")
            }
            guard longest + 16 <= ring / 2, longest + 16 <= 128 << 10 else {
                throw SetupError(
                    "make a ring for \(what)", at: "\(ring) bytes",
                    why: "a piece of \(longest) bytes is longer than half of it, or than 128 KiB",
                    remedy: "make the ring at least \(2 * (longest + 16)) bytes, or the pieces shorter")
            }
        }
    }
}
