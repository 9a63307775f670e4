import Foundation
import Testing

@testable import SpinetailMain

/// A folder that stands in for the root, with the files of a machine in it.
private final class FakeMachine {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("doctor-\(UUID().uuidString)")
        .path
    var measured = MachineMeasurements()
    var subject = DoctorSubject(Settings())

    /// A bare-metal machine on which everything is as it should be; the hot thread on core 1 of four.
    init() throws {
        subject.hotCore = 1
        subject.spins = true
        subject.journalCore = 0
        measured.allowedCores = [0, 1, 2, 3]
        measured.clockIsCounter = true
        measured.lineCores = (1, 0)
        measured.lineNs = 90
        measured.syncNs = [50_000, 70_000, 60_000]
        measured.syncFolder = "runs"
        measured.journalFree = (100 << 30, false)
        measured.ringFreeBytes = 1 << 30
        let table =
            "      CPU0 CPU1 CPU2 CPU3\n 24: 5 0 0 0 IO-APIC 5-edge disk0\nLOC: 100 100 100 100 Local timer"
        measured.interrupts = (table, table, 0.3)
        try put("/proc/sys/kernel/osrelease", "6.12.3-amd64\n")
        try put("/proc/sys/kernel/sched_rt_runtime_us", "-1\n")
        try put("/proc/sys/kernel/sched_rt_period_us", "1000000\n")
        try put("/sys/devices/system/cpu/isolated", "1-2\n")
        try put("/sys/devices/system/cpu/nohz_full", "1-2\n")
        for core in 0..<4 {
            try put("/sys/devices/system/cpu/cpu\(core)/cpufreq/scaling_governor", "performance\n")
            try put("/sys/devices/system/cpu/cpu\(core)/topology/thread_siblings_list", "\(core)\n")
        }
        try put("/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n")
        try put("/proc/irq/24/smp_affinity_list", "0\n")
        try put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n")
        try put("/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet\n")
        try put("/proc/cpuinfo", "flags\t\t: fpu constant_tsc nonstop_tsc\n")
        try put("/proc/self/cgroup", "0::/user.slice/session\n")
        try put("/sys/fs/cgroup/user.slice/session/cpu.max", "max 100000\n")
        try put(
            "/proc/meminfo",
            "HugePages_Total:       4\nHugePages_Free:        3\nHugepagesize:       2048 kB\n")
        try put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
        try put(
            "/proc/sys/kernel/seccomp/actions_avail", "kill_process kill_thread trap errno trace log allow\n")
        try put("/proc/self/status", "Name:\tspinetail\nCapEff:\t0000000000000000\n")
        try put(
            "/proc/self/limits",
            """
            Limit                     Soft Limit           Hard Limit           Units
            Max locked memory         unlimited            unlimited            bytes
            Max realtime priority     99                   99
            """)
        try put("/proc/sys/net/core/rmem_max", "33554432\n")
        try put("/proc/sys/net/core/busy_read", "50\n")
        try put("/proc/sys/net/core/busy_poll", "50\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func put(_ path: String, _ text: String?) throws {
        let file = URL(fileURLWithPath: root + path)
        try? FileManager.default.removeItem(at: file)
        guard let text else { return }
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    var findings: [Finding] {
        Diagnosis(subject: subject, files: MachineFiles(root: root), measured: measured).findings
    }

    func finding(_ name: String) -> Finding? { findings.first { $0.name == name } }
}

/// Goal: on a machine where all is well nothing is found, and no command is given.
@Test func aMachineInOrderIsGood() throws {
    let machine = try FakeMachine()
    for finding in machine.findings {
        #expect(finding.state == .good, "\(finding)")
        #expect(finding.command.isEmpty && finding.why.isEmpty)
    }
    #expect(Set(machine.findings.map(\.name)).count == machine.findings.count)
    #expect(DoctorReport(machine.subject, machine.findings).exitCode == 0)
}

/// Goal: each file is read, judged and answered with its command; one file changed changes one finding.
/// Method: the good machine with one file replaced, a row each.
@Test(
    arguments: [
        (
            "/proc/sys/kernel/osrelease", "5.15.0-91-generic", "kernel", .couldBeBetter, "5.15.0",
            "apt install"
        ),
        ("/proc/sys/kernel/osrelease", "4.19.0", "kernel", .bad, "4.19.0", "apt install"),
        (
            "/proc/sys/kernel/seccomp/actions_avail", "kill_thread", "seccomp", .couldBeBetter,
            "not in this kernel",
            "CONFIG_SECCOMP_FILTER"
        ),
        ("/sys/devices/system/cpu/isolated", "", "isolated_cores", .couldBeBetter, "none", "isolcpus="),
        ("/sys/devices/system/cpu/isolated", "0,2-3", "isolated_cores", .couldBeBetter, "0,2-3", "domain,1"),
        ("/sys/devices/system/cpu/nohz_full", "", "isolated_cores", .couldBeBetter, "1-2", "nohz_full=1"),
        (
            "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave", "governor", .couldBeBetter,
            "powersave", "cpupower"
        ),
        ("/sys/devices/system/cpu/intel_pstate/no_turbo", "0", "turbo", .couldBeBetter, "on", "no_turbo"),
        (
            "/sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,3", "smt", .couldBeBetter,
            "with 3", "cpu3/online"
        ),
        (
            "/sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "0-1", "smt", .couldBeBetter,
            "with 0", "cpu0/online"
        ),
        (
            "/proc/irq/24/smp_affinity_list", "0-3", "interrupts", .couldBeBetter, "0/s",
            "for i in 24; do echo 0,2,3"
        ),
        (
            "/sys/fs/cgroup/user.slice/session/cpu.max", "150000 100000", "cpu_quota", .bad, "1.5 cores",
            "session/cpu.max"
        ),
        (
            "/sys/fs/cgroup/user.slice/cpu.max", "300000 100000", "cpu_quota", .couldBeBetter, "3 cores",
            "user.slice/cpu.max"
        ),
        (
            "/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]", "transparent_huge_pages",
            .couldBeBetter, "never", "madvise"
        ),
        (
            "/proc/self/limits", "Max locked memory         65536                65536                bytes",
            "locked_memory", .couldBeBetter, "64 KiB", "ulimit -l"
        ),
        (
            "/proc/self/limits", "Max realtime priority     0                    0", "realtime",
            .couldBeBetter, "0", "ulimit -r"
        ),
        (
            "/proc/sys/net/core/rmem_max", "212992", "receive_buffer", .couldBeBetter, "208 KiB",
            "net.core.rmem_max=8388608"
        ),
        ("/proc/sys/net/core/busy_read", "0", "busy_poll", .couldBeBetter, "read 0", "busy_read=50"),
    ] as [(String, String, String, Finding.State, String, String)])
func oneFileChangesOneFinding(
    _ path: String, _ text: String, _ name: String, _ state: Finding.State, _ value: String, _ command: String
) throws {
    let machine = try FakeMachine()
    try machine.put(path, text)
    let finding = try #require(machine.finding(name))
    #expect(finding.state == state, "\(finding)")
    #expect(finding.value.contains(value), "\(finding)")
    #expect(finding.command.contains(command), "\(finding)")
    #expect(!finding.why.isEmpty)
    let others = machine.findings.filter { $0.name != name && $0.state != .good && $0.state != .unknown }
    #expect(others.isEmpty, "\(others)")
}

/// Goal: where the machine has no such files, as in a virtual one, that is said and nothing is called bad.
/// Method: an empty root, and nothing that could be measured but the disk.
@Test func whatIsMissingIsNotBad() throws {
    let machine = try FakeMachine()
    try FileManager.default.removeItem(atPath: machine.root)
    machine.measured.interrupts = nil
    machine.measured.lineNs = nil
    machine.measured.ringFreeBytes = nil
    for finding in machine.findings {
        #expect(finding.state == .unknown || finding.state == .good, "\(finding)")
        if finding.state == .unknown { #expect(finding.command.isEmpty && !finding.value.isEmpty) }
    }
    let unknown = Set(machine.findings.filter { $0.state == .unknown }.map(\.name))
    for name in [
        "kernel", "governor", "turbo", "smt", "interrupts", "line_time", "locked_memory", "busy_poll",
    ] {
        #expect(unknown.contains(name), "\(name)")
    }
}

/// Goal: what is measured is judged at its bounds, and by what the settings ask for.
@Test func measurementsAreJudged() throws {
    let machine = try FakeMachine()
    func state(_ name: String) -> Finding.State? { machine.finding(name)?.state }
    machine.measured.lineNs = 201
    #expect(state("line_time") == .couldBeBetter)
    machine.measured.lineNs = 2001
    #expect(state("line_time") == .bad)
    machine.measured.syncNs = [1, 2_000_000, 3_000_000]
    #expect(state("sync_time") == .couldBeBetter)
    machine.measured.syncNs = [11_000_000]
    #expect(state("sync_time") == .bad)
    machine.measured.syncNs = [50_000]
    machine.measured.journalFree = (1 << 40, true)
    #expect(state("sync_time") == .bad)
    machine.measured.journalFree = (1 << 30, false)
    #expect(state("free_space") == .couldBeBetter)
    machine.measured.journalFree = (1 << 20, false)
    #expect(state("free_space") == .bad)
    machine.measured.ringFreeBytes = 60 << 20
    #expect(state("shared_memory") == .bad)
    machine.measured.uringRefusal = "EPERM"
    #expect(state("io_uring") == .couldBeBetter)
    #expect(machine.finding("io_uring")?.command.contains("seccomp") == true)
    try machine.put("/proc/sys/kernel/io_uring_disabled", "2")
    #expect(machine.finding("io_uring")?.command.contains("io_uring_disabled=0") == true)
    machine.measured.clockIsCounter = false
    #expect(state("clock") == .couldBeBetter)
    try machine.put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet")
    #expect(state("clock") == .bad)
    #expect(DoctorReport(machine.subject, machine.findings).exitCode == 1)
}

/// Goal: what the settings ask for and will not get is bad; the same limit is only a pity where they do not ask.
@Test func settingsDecideWhatIsBad() throws {
    let machine = try FakeMachine()
    func state(_ name: String) -> Finding.State? { machine.finding(name)?.state }
    machine.subject.priority = 50
    machine.subject.lockMemory = true
    try machine.put("/proc/sys/kernel/sched_rt_runtime_us", "950000")
    try machine.put(
        "/proc/self/limits",
        "Max locked memory         65536                65536                bytes\nMax realtime priority     49                   49\n"
    )
    #expect(state("locked_memory") == .bad)
    #expect(state("realtime") == .bad)
    #expect(state("realtime_throttling") == .bad)
    machine.subject.priority = 49
    #expect(state("realtime") == .good)
    machine.subject.priority = 0
    #expect(state("realtime_throttling") == .good)
    // Capabilities lift both limits: CAP_IPC_LOCK is 14, CAP_SYS_NICE 23.
    machine.subject.priority = 50
    try machine.put("/proc/self/status", "CapEff:\t0000000000804000\n")
    #expect(state("locked_memory") == .good && state("realtime") == .good)
    machine.subject.hotCore = 9
    #expect(state("cores") == .bad)
    machine.subject.hotCore = 0
    #expect(state("cores") == .bad)
    machine.subject.hotCore = 1
    machine.measured.allowedCores = [1]
    #expect(state("cores") == .bad)
}

/// Goal: interrupts that came between the two looks are counted on the hot core alone, and the device is named.
@Test func interruptsAreCounted() throws {
    let machine = try FakeMachine()
    let head = "           CPU0       CPU1\n"
    machine.measured.interrupts = (
        head
            + " 24: 10 10 PCI-MSIX 1-edge disk0\n 30: 7 0 PCI-MSIX 2-edge eth0\nNMI: 0 0 x\nLOC: 100 100 Local timer interrupts\nERR: 0\n",
        head
            + " 24: 99 16 PCI-MSIX 1-edge disk0\n 30: 9 0 PCI-MSIX 2-edge eth0\nNMI: 0 0 x\nLOC: 150 350 Local timer interrupts\nERR: 0\n",
        0.5
    )
    let finding = try #require(machine.finding("interrupts"))
    #expect(finding.number == 12)
    #expect(finding.value == "12/s of devices, 500/s of the timer; most: disk0", "\(finding)")
    #expect(finding.state == .couldBeBetter)
    #expect(InterruptTable("nonsense") == nil)
}

/// Goal: the first version of control groups and the hybrid are read too; the tightest quota holds.
@Test func quotasOfEveryKindAreFound() throws {
    let machine = try FakeMachine()
    try machine.put("/proc/self/cgroup", "5:cpu,cpuacct:/a/b\n3:memory:/m\n0::/\n")
    #expect(machine.finding("cpu_quota")?.state == .good)
    try machine.put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "50000")
    try machine.put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000")
    #expect(machine.finding("cpu_quota")?.number == 0.5)
    #expect(machine.finding("cpu_quota")?.state == .bad)
    try machine.put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "-1")
    #expect(machine.finding("cpu_quota")?.state == .good)
    try machine.put("/proc/self/cgroup", "0::/c\n")
    try machine.put("/sys/fs/cgroup/unified/c/cpu.max", "250000 100000")
    #expect(machine.finding("cpu_quota")?.number == 2.5)
}

/// Goal: lists of cores as the kernel writes them, and what is none.
@Test func coreListsAreRead() {
    #expect(CoreList.parse("0-3,8\n") == [0, 1, 2, 3, 8])
    #expect(CoreList.parse("") == [])
    for text in ["x", "3-1", "1-", "-1", "1-99999999"] { #expect(CoreList.parse(text) == nil, "\(text)") }
}

/// Goal: the text tells every finding with its command, and the JSON reads back with the names that programs rely on.
@Test func findingsAreShown() throws {
    let machine = try FakeMachine()
    try machine.put("/proc/sys/net/core/rmem_max", "1000")
    machine.subject.lockMemory = true
    try machine.put(
        "/proc/self/limits", "Max locked memory         1000                 1000                 bytes\n")
    let report = DoctorReport(machine.subject, machine.findings)
    let text = report.text()
    for finding in machine.findings {
        #expect(text.contains(finding.title) && text.contains(finding.value))
        #expect(finding.command.isEmpty || text.contains("$ " + finding.command))
    }
    #expect(text.contains("1 could be better, 1 bad"), "\(text)")
    let read = try #require(
        try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    #expect(read["state"] as? String == "bad")
    #expect(read["hot_core"] as? Int == 1)
    let found = try #require(read["findings"] as? [[String: Any]])
    #expect(found.count == machine.findings.count)
    let buffer = try #require(found.first { $0["name"] as? String == "receive_buffer" })
    #expect(buffer["state"] as? String == "could_be_better" && buffer["number"] as? Double == 1000)
}

/// Goal: on whatever machine this runs, the command measures, says all of it, and leaves the journal's folder as it was:
/// neither made nor written to.
@Test func doctorLooksAtThisMachine() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doctor-\(UUID().uuidString)")
        .path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = run(["doctor", "--json", "--set", "journal.folder=\(folder)/runs/here"])
    #expect(result.code == 0 || result.code == 1, "\(result.err)")
    let read = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
    let found = try #require(read["findings"] as? [[String: Any]])
    let sync = try #require(found.first { $0["name"] as? String == "sync_time" })
    #expect((sync["value"] as? String)?.contains(folder) == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    #expect((result.code == 1) == found.contains { $0["state"] as? String == "bad" })
    #expect(run(["doctor", "--set", "threads.hot_core=x"]).code == 2)
    #expect(run(["doctor", "runs"]).code == 2)
}
