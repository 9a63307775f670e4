/// IEX-TP version 1: numbered messages over UDP, outbound.
///
/// A packet is a ``Header`` and then, for each message, two bytes of length (little-endian) and the message. A
/// header alone is a heartbeat. `streamOffset` counts the payload's bytes since the session began, `sequence` its
/// messages.
///
/// - Source: IEX, "Transport Specification", version 1.25.
public enum IexTransport {
    @inlinable public static var version: UInt8 { 1 }

    /// The protocol id of DEEP 1.0.
    @inlinable public static var deep10: UInt16 { 0x8004 }

    /// The bytes of length before each message.
    @inlinable public static var blockHeaderByteCount: Int { 2 }
}
