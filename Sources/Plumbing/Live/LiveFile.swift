internal import CSpinetailPlumbing

/// The writing end of a run's figures in shared memory; see st_live.h for the layout and who writes what.
///
/// - Threads: the hot thread writes the figures through ``figureBase``; everything else belongs to one cold thread.
/// - The pages stay mapped for the life of the process, so that a pointer to a figure never dangles; ``remove()`` takes
///   the file's name away.
@safe public final class LiveFile: @unchecked Sendable {
    private let live: OpaquePointer
    public let path: String

    public init(path: String, about: LiveAbout) throws(SetupError) {
        var made: OpaquePointer?
        var raw = about.raw
        // SAFETY: C copies `about` and gives pages of its own, or an errno.
        let result = unsafe path.withCString { unsafe st_live_create($0, &raw, &made) }
        if let refusal = Errno(result: result) {
            throw SetupError("show the run's figures to spinetail top", at: path, refusal)
        }
        guard let made = unsafe made else { preconditionFailure("Invariant: success makes a file") }
        unsafe live = made
        self.path = path
    }

    /// How many figures there is room for.
    public static var figureCountMax: Int { Int(ST_LIVE_FIGURES) }
    /// How many stages there is room for.
    public static var stageCountMax: Int { Int(ST_LIVE_STAGES) }

    /// ``figureCountMax`` words, zero at first; every access to them must be atomic.
    @unsafe public var figureBase: UnsafeMutableRawPointer { unsafe st_live_figures(live) }

    /// Copies what a histogram has counted, while its owner counts on.
    public func copy(stage: Int, _ counts: LatencyHistogram.View) {
        // SAFETY: whoever made the view keeps the histogram alive; it has as many buckets as the file (asserted below).
        unsafe st_live_copy_stage(live, UInt32(stage), counts.base)
    }

    /// Notes how the engine's clock stands to the kernel's, so that others can tell how old its times are.
    public func setClocks(engineNs: UInt64, kernelNs: UInt64) {
        // SAFETY: the pages are never unmapped.
        unsafe st_live_set_clocks(live, engineNs, kernelNs)
    }

    /// At an orderly end.
    public func remove() { try? Files.remove(path) }
}

/// Who writes a file of figures.
public struct LiveAbout: Sendable, Equatable {
    public var process: Int
    /// When that process began, as the kernel counts; with the number it names one process and no other.
    public var processStarted: UInt64
    public var epoch: UInt32
    public var begunUtcNs: UInt64
    public var runID: RunID
    /// From the root.
    public var folder: String
    public var version: String

    public init(
        process: Int, processStarted: UInt64, epoch: UInt32, begunUtcNs: UInt64, runID: RunID, folder: String,
        version: String
    ) {
        self.process = process
        self.processStarted = processStarted
        self.epoch = epoch
        self.begunUtcNs = begunUtcNs
        self.runID = runID
        self.folder = folder
        self.version = version
    }

    /// Whether the process that writes it lives.
    public var isAlive: Bool { processStarted != 0 && Self.startOfProcess(process) == processStarted }

    /// When a process began, in the kernel's ticks since the machine's start; `nil`: there is no such process, or it has
    /// ended and only waits to be collected.
    public static func startOfProcess(_ process: Int) -> UInt64? {
        guard let bytes = try? Files.read("/proc/\(process)/stat", byteCountMax: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The name of the program may hold anything, brackets too: what counts begins behind the last one.
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    var raw: st_live_about {
        var raw = st_live_about()
        raw.process = UInt32(clamping: process)
        raw.epoch = epoch
        raw.process_started = processStarted
        raw.begun_utc_ns = begunUtcNs
        // SAFETY: both are sixteen bytes; texts are cut so that a 0 stays behind them.
        unsafe withUnsafeMutableBytes(of: &raw.run_id) { into in
            unsafe withUnsafeBytes(of: runID) { unsafe into.copyMemory(from: $0) }
        }
        unsafe withUnsafeMutableBytes(of: &raw.program_version) { into in
            for (place, byte) in version.utf8.prefix(into.count - 1).enumerated() {
                unsafe into[place] = byte
            }
        }
        unsafe withUnsafeMutableBytes(of: &raw.folder) { into in
            for (place, byte) in folder.utf8.prefix(into.count - 1).enumerated() { unsafe into[place] = byte }
        }
        return raw
    }

    init(_ raw: st_live_about) {
        func text(_ bytes: UnsafeRawBufferPointer) -> String {
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        process = Int(raw.process)
        processStarted = raw.process_started
        epoch = raw.epoch
        begunUtcNs = raw.begun_utc_ns
        // SAFETY: copies of whole fields, looked at during the call.
        runID = unsafe withUnsafeBytes(of: raw.run_id) { unsafe $0.loadUnaligned(as: RunID.self) }
        folder = unsafe withUnsafeBytes(of: raw.folder) { unsafe text($0) }
        version = unsafe withUnsafeBytes(of: raw.program_version) { unsafe text($0) }
    }
}
