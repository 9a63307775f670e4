import Foundation
import Plumbing

/// What a figure came from.
struct Machine: Codable {
    var cpu: String
    var cores: Int
    var kernel: String
    var swift: String
    var clockIsCounter: Bool
    var date: String

    static func current() -> Machine {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "unknown"
        let day = DateFormatter()
        day.locale = Locale(identifier: "en_US_POSIX")
        day.timeZone = TimeZone(identifier: "UTC")
        day.dateFormat = "yyyy-MM-dd"
        return Machine(
            cpu: model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
                ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            kernel: kernel.trimmingCharacters(in: .whitespacesAndNewlines), swift: swiftVersion,
            clockIsCounter: Clock.calibrated(calibrationNs: 1_000_000).isCounter,
            date: day.string(from: Date()))
    }

    private static var swiftVersion: String {
        #if compiler(>=6.3)
        "6.3 or newer"
        #else
        "older than 6.3"
        #endif
    }
}
