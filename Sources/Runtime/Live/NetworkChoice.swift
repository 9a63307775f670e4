internal import Plumbing
internal import Reporting
internal import Settings

/// Which backend the settings mean on this machine.
struct NetworkChoice: Sendable {
    let backend: NetworkBackend
    let options: NetworkOptions
    /// What the choice was made from; `nil`: the settings name a backend.
    let calibration: NetworkCalibration?

    /// Tries them where the settings leave it to the machine: up to a quarter of a second.
    init(_ settings: Settings, clock: Clock) {
        let network = settings.network
        var options = NetworkOptions()
        options.stamps = network.kernelTimestamps
        options.uring.datagramBufferCount = network.datagramBuffers
        options.uring.pollingCore = Int32(network.sqpollCore)
        options.uring.pollingIdleMs = UInt32(network.sqpollIdleMs)
        self.options = options
        var calibration: NetworkCalibration?
        switch network.backend {
        case .auto:
            let found = NetworkCalibration.run(
                options: options, hotCore: settings.threads.hotCore, peerCore: settings.threads.journalCore,
                clock: clock)
            calibration = found
            backend = found.chosen
        case .sockets: backend = .sockets
        case .uring: backend = .uring
        case .uringSingleShot: backend = .uringSingleShot
        case .uringPolled: backend = .uringPolled
        }
        self.calibration = calibration
    }

    /// The network on the chosen backend, or on plain sockets, with a warning, where the kernel refuses io_uring.
    func open(
        streams: [StreamSettings], sessions: [SessionSettings], clock: Clock, warnings: inout [String]
    ) throws(SetupError) -> NetworkIO {
        var backend = backend
        if backend != .sockets {
            var unheard: [String] = []
            do throws(SetupError) {
                // Without sockets: what is wrong with these is told by the try that counts.
                _ = try NetworkIO(
                    backend, streams: [], sessions: [], options: options, clock: clock, warnings: &unheard)
            } catch {
                warnings.append("\(error); the run uses plain sockets")
                backend = .sockets
            }
        }
        return try NetworkIO(
            backend, streams: streams, sessions: sessions, options: options, clock: clock, warnings: &warnings
        )
    }

    /// For the banner: "sockets, the fastest by trial (sockets 7540 ns, uring 1.08 x)".
    func summary(_ used: NetworkBackend) -> String {
        guard let calibration else { return used.name }
        return "\(used.name), the fastest by trial (\(calibration))"
    }
}

extension RunReport {
    /// Takes which way the network went and what it met; of each of the threads that hold a part of it.
    mutating func take(_ io: borrowing NetworkIO, _ choice: NetworkChoice) {
        var network =
            self.network ?? Network(backend: io.backend.name, isCalibrated: choice.calibration != nil)
        network.calibration = (choice.calibration?.figures ?? []).map {
            Network.Trial(
                backend: $0.backend.name, rounds: $0.roundCount, p50Ns: $0.p50Ns, p99Ns: $0.p99Ns,
                note: $0.note)
        }
        for stream in 0..<io.streamCount {
            let dropped = io.droppedDatagrams(stream: stream)
            let troubles = io.troubles(stream: stream)
            network.datagramsDropped += UInt64(dropped)
            network.datagramsCut += troubles.truncated
            if dropped > 0 {
                warnings.append(
                    "feed \(stream): the kernel dropped \(dropped) datagrams for want of room: raise "
                        + "feeds.\(stream).receive_buffer_bytes")
            }
            if let failure = troubles.lastFailure {
                warnings.append(
                    "feed \(stream): \(troubles.failures) receives failed; the last: \(failure); \(failure.remedy)"
                )
            }
        }
        let counts = io.uringCounts
        network.buffersExhausted += counts.buffersExhausted
        network.completionOverflows += counts.completionOverflows
        self.network = network
        if io.kernelLatency.count > 0 {
            latencies.insert(latency("kernel → received", io.kernelLatency), at: 0)
        }
    }
}
