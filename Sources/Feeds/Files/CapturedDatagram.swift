/// One UDP datagram as a capture holds it.
@safe public struct CapturedDatagram {
    /// When it was captured: UTC nanoseconds since 1970, to the capture's own precision.
    public let timeNs: UInt64
    /// IPv4, the first byte of the dotted form highest.
    public let destinationAddress: UInt32
    public let destinationPort: UInt16
    /// What UDP carried. Stands until the reader's next call.
    public let payload: UnsafeRawBufferPointer

    init(timeNs: UInt64, destinationAddress: UInt32, destinationPort: UInt16, payload: UnsafeRawBufferPointer)
    {
        self.timeNs = timeNs
        self.destinationAddress = destinationAddress
        self.destinationPort = destinationPort
        // SAFETY: whoever makes the value keeps the bytes as long as the documentation says.
        unsafe self.payload = payload
    }
}
