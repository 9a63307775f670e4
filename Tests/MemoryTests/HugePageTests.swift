import Foundation
import Memory
import Testing

/// Huge pages that this machine has reserved; written by root only.
private enum Reserved {
    static let path = "/proc/sys/vm/nr_hugepages"

    static var count: Int? {
        get {
            (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
                Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
    }

    /// Of all there are, those that somebody holds: also beyond the number that is set.
    static var inUse: Int {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        func field(_ name: String) -> Int {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line.flatMap { Int($0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)) }
                ?? 0
        }
        return max(0, field("HugePages_Total") - field("HugePages_Free"))
    }

    static func set(_ count: Int) { try? Data("\(count)\n".utf8).write(to: URL(fileURLWithPath: path)) }

    /// Whether `more` could be had; they are given back.
    static func canReserve(_ more: Int) -> Bool {
        guard let before = count else { return false }
        let wanted = max(before, inUse) + more
        set(wanted)
        defer { set(before) }
        return count == wanted
    }
}

/// One after the other: they look at what the whole process holds.
@Suite(.serialized) struct HugePageTests {
    /// Goal: tables of 2 MiB and more lie in reserved huge pages as long as there are any, then in others, with what was
    /// refused counted; all of it is zero, writable and given back.
    /// Method: eight pages reserved for the test, tables that take five, then one that does not fit; the machine's own number is
    /// restored.
    @Test(.enabled(if: Reserved.canReserve(8), "vm.nr_hugepages cannot be raised here"))
    func reservedPagesAreTakenFirst() async throws {
        // In a process of its own: other tests take tables too.
        await #expect(processExitsWith: .success) {
            guard let before = Reserved.count else { exit(2) }
            // They are the whole machine's: another process may be quicker.
            var code: Int32 = 1
            for _ in 0..<20 where code != 0 {
                Reserved.set(Reserved.inUse + 8)
                code = takeTables()
                Reserved.set(before)
            }
            exit(code)
        }
    }

    /// Goal: where they are switched off none are taken, not even transparent ones.
    @Test func switchedOffNoneAreTaken() async throws {
        await #expect(processExitsWith: .success) {
            ProcessMemory.useHugePages(false)
            let isRight = takeASmallOne()
            exit(isRight ? 0 : 1)
        }
    }

    /// Goal: without reserved pages the tables are there all the same, and what was refused is known.
    @Test func withoutReservedPagesOthersServe() {
        let before = ProcessMemory.pages
        let table = FixedArray<UInt8>(count: 5 << 20, repeating: 7)
        let during = ProcessMemory.pages
        #expect(table[(5 << 20) - 1] == 7)
        let sum = { (pages: ProcessMemory.Pages) in
            pages.explicitBytes + pages.transparentBytes + pages.smallBytes
        }
        #expect(sum(during) >= sum(before) + 5 << 20 || sum(during) > sum(before))
        #expect(during.explicitBytes > before.explicitBytes || during.refusedBytes > before.refusedBytes)
    }
}

/// 0, or which step failed.
private func takeTables() -> Int32 {
    let huge = ProcessMemory.hugePageBytes
    let start = ProcessMemory.pages
    // Two pages of 2 MiB and a bit: three.
    var first = FixedArray<UInt8>(count: 5 << 20, repeating: 1)
    let one = ProcessMemory.pages
    guard one.explicitBytes == start.explicitBytes + 3 * huge else { return 3 }
    guard one.refusedBytes == start.refusedBytes else { return 4 }
    first[(5 << 20) - 1] = 9
    do {
        let second = FixedArray<UInt64>(count: (4 << 20) / 8 - 1024, repeating: 5)
        guard second[100] == 5, ProcessMemory.pages.explicitBytes == one.explicitBytes + 2 * huge else {
            return 5
        }
        // Three are left at most.
        let third = FixedArray<UInt8>(count: 9 << 20, repeating: 3)
        let full = ProcessMemory.pages
        guard third[9 << 20 - 1] == 3, full.refusedBytes >= one.refusedBytes + 5 * huge else { return 6 }
        guard full.refusal != 0 else { return 7 }
    }
    guard ProcessMemory.pages.explicitBytes == one.explicitBytes else { return 8 }
    return first[(5 << 20) - 1] == 9 ? 0 : 9
}

private func takeASmallOne() -> Bool {
    let before = ProcessMemory.pages
    var table = FixedArray<UInt8>(count: 3 << 20, repeating: 1)
    table[0] = 2
    let pages = ProcessMemory.pages
    return pages.explicitBytes == before.explicitBytes && pages.transparentBytes == before.transparentBytes
        && pages.smallBytes >= before.smallBytes + 3 << 20 && table[0] == 2
}
