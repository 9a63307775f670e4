/// Everything that `spinetail doctor` looks at, in the order in which it is shown. Reads and judges; changes nothing.
struct Diagnosis {
    let subject: DoctorSubject
    let files: MachineFiles
    let measured: MachineMeasurements

    var findings: [Finding] {
        [
            kernel, uring, cores, isolatedCores, governor, turbo, siblings, interrupts, lineTime, clock,
            quota,
            hugePages, transparentHugePages, lockedMemory, realtimeLimit, realtimeThrottling,
            systemCallList,
            syncTime, freeSpace, sharedMemory, receiveBuffer, busyPoll,
        ]
    }

    /// What the hot thread would run on, for the checks that look at one core.
    var hotCore: Int { subject.hotCore ?? measured.allowedCores.last ?? 0 }

    /// Whether this process has a capability, by its number in capabilities(7).
    func hasCapability(_ number: Int) -> Bool {
        guard let text = files.field("CapEff", in: "/proc/self/status"), let bits = UInt64(text, radix: 16)
        else {
            return false
        }
        return bits >> UInt64(number) & 1 == 1
    }

    /// The soft limit of a line of /proc/self/limits; `.max` is unlimited.
    func limit(_ name: String) -> UInt64? {
        guard let text = files.text("/proc/self/limits") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let soft = line.dropFirst(name.count).split(separator: " ").first
            return soft == "unlimited" ? .max : soft.flatMap { UInt64($0) }
        }
        return nil
    }

    /// `12.3 GiB`.
    static func bytes(_ count: UInt64) -> String {
        if count == .max { return "unlimited" }
        var value = Double(count)
        var unit = 0
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]
        while value >= 1024, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) bytes" : "\(oneDigit(value)) \(units[unit])"
    }

    /// `850 ns`, `12.3 µs`, `4.5 ms`, `1.2 s`.
    static func time(ns: Double) -> String {
        switch ns {
        case ..<1e3: "\(oneDigit(ns)) ns"
        case ..<1e6: "\(oneDigit(ns / 1e3)) µs"
        case ..<1e9: "\(oneDigit(ns / 1e6)) ms"
        default: "\(oneDigit(ns / 1e9)) s"
        }
    }

    static func oneDigit(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 || tenths >= 1000 ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
