import Plumbing
import Settings

/// What the settings want of the machine.
struct DoctorSubject: Sendable {
    /// `nil`: wherever the system puts it.
    var hotCore: Int?
    var journalCore: Int?
    var priority: Int
    var lockMemory: Bool
    var spins: Bool
    var restrictsCalls: Bool
    var journalFolder: String
    var segmentBytes: Int
    var ringBytes: Int
    var commitNs: Int64
    var receiveBufferBytes: Int

    init(_ settings: Settings) {
        hotCore = settings.threads.hotCore >= 0 ? settings.threads.hotCore : nil
        journalCore = settings.threads.journalCore >= 0 ? settings.threads.journalCore : nil
        priority = settings.threads.priority
        lockMemory = settings.threads.lockMemory
        spins = settings.threads.poll == .spin
        restrictsCalls = settings.threads.seccomp != .off
        journalFolder = settings.journal.folder
        segmentBytes = settings.journal.segmentBytes
        ringBytes = settings.journal.ringBytes
        commitNs = settings.journal.commitIntervalNs
        receiveBufferBytes = settings.feeds.map(\.receiveBufferBytes).max() ?? 0
    }
}

/// What must be measured, for no file tells it.
struct MachineMeasurements: Sendable {
    /// `nil`: io_uring can be used.
    var uringRefusal: String?
    var allowedCores: [Int] = []
    var clockIsCounter = false
    /// Between which cores the line was measured; `nil`: there is one core only, or one was refused.
    var lineCores: (from: Int, to: Int)?
    var lineNs: Double?
    /// Times of fdatasync of 4 KiB, or why there are none.
    var syncNs: [UInt64] = []
    var syncRefusal = ""
    /// The folder that was measured: the journal's, or the nearest above it that exists.
    var syncFolder = ""
    var journalFree: (bytes: UInt64, isMemory: Bool)?
    var ringFreeBytes: UInt64?
    /// /proc/interrupts twice, and the time between.
    var interrupts: (first: String, later: String, seconds: Double)?

    /// Measures this machine: about a second and a half.
    static func take(_ subject: DoctorSubject, _ files: MachineFiles) -> MachineMeasurements {
        var taken = MachineMeasurements()
        // First: what comes later makes interrupts itself.
        if let first = files.text("/proc/interrupts") {
            let begunNs = Clock.kernel.nowNs()
            Clock.sleep(ns: 300_000_000)
            if let later = files.text("/proc/interrupts") {
                taken.interrupts = (first, later, Double(Clock.kernel.nowNs() - begunNs) / 1e9)
            }
        }
        taken.uringRefusal = Machine.uringRefusal().map { "\($0)" }
        taken.allowedCores = Machine.allowedCores()
        taken.clockIsCounter = Clock.calibrated().isCounter
        let from = subject.hotCore ?? taken.allowedCores.last ?? 0
        let other =
            subject.journalCore.flatMap { $0 == from ? nil : $0 } ?? taken.allowedCores.first { $0 != from }
        if let other, taken.allowedCores.contains(from), taken.allowedCores.contains(other) {
            taken.lineNs = Machine.lineNs(from: from, to: other)
            if taken.lineNs != nil { taken.lineCores = (from, other) }
        }
        let folder = nearestFolder(subject.journalFolder)
        taken.syncFolder = folder
        do {
            taken.syncNs = try Machine.syncTimesNs(in: folder)
        } catch {
            taken.syncRefusal = "\(error)"
        }
        taken.journalFree = Machine.freeBytes(at: folder)
        taken.ringFreeBytes = Machine.freeBytes(at: "/dev/shm")?.bytes
        return taken
    }

    /// The folder itself, or the nearest above it that is there: nothing is made.
    static func nearestFolder(_ path: String) -> String {
        var path = path
        while !path.isEmpty, path != "/", (try? Files.list(path)) == nil {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path.isEmpty ? "." : path
    }
}
