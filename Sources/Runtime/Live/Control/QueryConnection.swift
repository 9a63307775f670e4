internal import Plumbing
internal import Simulation

/// A connection to a venue's back office, as far as whoever asks needs one: TCP, or the seeded world's. Nothing waits.
protocol QueryConnection: AnyObject {
    var state: ConnectionState { get }
    /// For the wait; −1: nobody waits for it.
    var descriptor: Int32 { get }
    /// Where the connection stands.
    func poll() -> ConnectionState
    /// How many bytes were taken, from the front.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int
    /// How many bytes were there.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int
    func close()
}

extension TcpConnection: QueryConnection {}

extension SeededConnection: QueryConnection {
    var descriptor: Int32 { -1 }
}
