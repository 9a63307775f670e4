public import CSpinetailPlumbing

/// What one message of a ``LineRing`` carries: 56 bytes, seven words, whatever they mean to the two ends.
public typealias RingLine = st_line

extension RingLine {
    /// Bytes that a message has for its sender.
    public static var byteCount: Int { 56 }
}
