internal import Foundation
internal import Memory
internal import Plumbing
internal import Reporting
internal import Settings

/// What memory a run has got, and what would give it better one.
enum MemoryFigures {
    /// When everything is taken. Reads `/proc`: not for a thread that trades.
    static func take(
        _ settings: Settings, ring: (bytes: UInt64, refusal: Errno?), warnings: inout [String]
    ) -> RunReport.Memory? {
        guard let rollup = fields("/proc/self/smaps_rollup") else { return nil }
        let pages = ProcessMemory.pages
        let threads = settings.threads
        var memory = RunReport.Memory(asked: threads.hugePages.rawValue)
        memory.explicitBytes = (rollup["Private_Hugetlb"] ?? 0) + (rollup["Shared_Hugetlb"] ?? 0)
        memory.transparentBytes = rollup["AnonHugePages"] ?? 0
        memory.sharedTransparentBytes = rollup["ShmemPmdMapped"] ?? 0
        let resident = rollup["Rss"] ?? 0
        memory.smallBytes =
            resident - min(resident, memory.transparentBytes + memory.sharedTransparentBytes)
        memory.lockedBytes = rollup["Locked"] ?? 0
        memory.lockAsked = threads.lockMemory
        guard threads.hugePages == .auto else { return memory }
        let machine = fields("/proc/meminfo") ?? [:]
        let (reserved, free) = (machine["HugePages_Total"] ?? 0, machine["HugePages_Free"] ?? 0)
        if pages.refusedBytes > 0 {
            let advice = advice(refusedBytes: pages.refusedBytes, reserved: reserved, free: free)
            // Who has reserved some wants them used; who has not may not care.
            if reserved > 0 {
                warnings.append("not all tables found reserved huge pages: \(advice)")
            } else {
                memory.advice = advice
            }
        }
        if pages.transparentBytes > 2 * memory.transparentBytes {
            warnings.append(
                "the kernel gave \(memory.transparentBytes >> 20) of \(pages.transparentBytes >> 20) MiB of transparent "
                    + "huge pages: echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled")
        }
        if let refusal = ring.refusal {
            warnings.append(
                "the journal's ring lies in small pages (\(refusal)): it takes Linux 6.1, a free piece of memory, and "
                    + "shmem_enabled in /sys/kernel/mm/transparent_hugepage not on deny")
        }
        return memory
    }

    /// The number of pages with which nothing would have been refused.
    static func advice(refusedBytes: UInt64, reserved: UInt64, free: UInt64) -> String {
        let missing = (refusedBytes + ProcessMemory.hugePageBytes - 1) / ProcessMemory.hugePageBytes
        let number = reserved + missing - min(missing, free)
        return "sudo sysctl vm.nr_hugepages=\(number)   # \(missing) more of 2 MiB for the tables"
    }

    /// `Name:   12 kB` as bytes; without the unit as it stands.
    static func fields(_ path: String) -> [String: UInt64]? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        var found: [String: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let words = parts[1].split(separator: " ")
            guard let number = words.first.flatMap({ UInt64($0) }) else { continue }
            found[String(parts[0])] = words.count > 1 && words[1] == "kB" ? number << 10 : number
        }
        return found
    }
}
