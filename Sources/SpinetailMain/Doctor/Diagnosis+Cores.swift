extension Diagnosis {
    private static var cpu: String { "/sys/devices/system/cpu" }

    var kernel: Finding {
        guard let release = files.text("/proc/sys/kernel/osrelease") else {
            return .unknown("kernel", "kernel")
        }
        let parts = release.split { $0 == "." || $0 == "-" }.prefix(2).map { Int($0) ?? 0 }
        let version = (parts.first ?? 0) * 1000 + (parts.count > 1 ? parts[1] : 0)
        return Finding(
            "kernel", "kernel", version >= 6001 ? .good : version >= 5010 ? .couldBeBetter : .bad, release,
            why: "from 6.1 on io_uring has multishot receives and needs no interrupt for its completions",
            command: "sudo apt install linux-image-amd64   # or your distribution's newest, and reboot")
    }

    var uring: Finding {
        let disabled = files.number("/proc/sys/kernel/io_uring_disabled")
        guard let refusal = measured.uringRefusal else {
            return Finding("io_uring", "io_uring", .good, "allowed")
        }
        return Finding(
            "io_uring", "io_uring", .couldBeBetter, "refused: \(refusal)",
            why: "network and journal fall back to plain calls",
            command: (disabled ?? 0) > 0
                ? "sudo sysctl -w kernel.io_uring_disabled=0"
                : "allow io_uring_setup, io_uring_enter and io_uring_register in the container's seccomp profile"
        )
    }

    var cores: Finding {
        let count = measured.allowedCores.count
        guard count > 0 else { return .unknown("cores", "cores of this process") }
        let missing = [subject.hotCore, subject.journalCore].compactMap { $0 }.filter {
            !measured.allowedCores.contains($0)
        }
        let list =
            measured.allowedCores.count <= 16
            ? measured.allowedCores.map { "\($0)" }.joined(separator: ",") : ""
        let value = list.isEmpty ? "\(count)" : "\(count): \(list)"
        if !missing.isEmpty {
            return Finding(
                "cores", "cores of this process", .bad, value, number: Double(count), unit: "cores",
                why:
                    "core \(missing.map { "\($0)" }.joined(separator: ", ")) of the settings is not among them",
                command: "spinetail run --set threads.hot_core=\(measured.allowedCores.last ?? 0) "
                    + "--set threads.journal_core=\(measured.allowedCores.first ?? 0)")
        }
        if count == 1 {
            return Finding(
                "cores", "cores of this process", .bad, value, number: 1, unit: "cores",
                why: "the hot thread needs a core of its own beside the journal's and the system's",
                command: "spinetail run --set threads.poll=idle   # on one core; or give this process two")
        }
        if let hot = subject.hotCore, hot == subject.journalCore {
            return Finding(
                "cores", "cores of this process", .bad, value, number: Double(count), unit: "cores",
                why: "hot and journal thread are set to the same core",
                command:
                    "spinetail run --set threads.journal_core=\(measured.allowedCores.first { $0 != hot } ?? 0)"
            )
        }
        return Finding("cores", "cores of this process", .good, value, number: Double(count), unit: "cores")
    }

    var isolatedCores: Finding {
        guard let text = files.text(Self.cpu + "/isolated"), let isolated = CoreList.parse(text) else {
            return .unknown("isolated_cores", "isolated cores")
        }
        let quiet = files.text(Self.cpu + "/nohz_full").flatMap { CoreList.parse($0) } ?? []
        let isIsolated = isolated.contains(hotCore)
        let value =
            (isolated.isEmpty ? "none" : text)
            + (quiet.isEmpty ? "" : "; without timer ticks: \(quiet.map { "\($0)" }.joined(separator: ","))")
        return Finding(
            "isolated_cores", "isolated cores",
            isIsolated && quiet.contains(hotCore) ? .good : .couldBeBetter, value,
            number: Double(isolated.count), unit: "cores",
            why: isIsolated
                ? "core \(hotCore) is isolated, but its timer still ticks"
                : "whatever runs on this machine may be put on core \(hotCore), beside the hot thread",
            command: "add to the kernel's command line and reboot: isolcpus=managed_irq,domain,\(hotCore) "
                + "nohz_full=\(hotCore) rcu_nocbs=\(hotCore)")
    }

    var governor: Finding {
        let wanted = Set([hotCore, subject.journalCore ?? hotCore]).sorted()
        let found = wanted.compactMap { files.text("\(Self.cpu)/cpu\($0)/cpufreq/scaling_governor") }
        guard !found.isEmpty else {
            return .unknown(
                "governor", "frequency governor", "no cpufreq here; in a virtual machine the host decides")
        }
        return Finding(
            "governor", "frequency governor",
            found.allSatisfy { $0 == "performance" } ? .good : .couldBeBetter,
            Set(found).sorted().joined(separator: ", "),
            why: "the core slows down when it has little to do, and is slow when the packet comes",
            command: "sudo cpupower frequency-set -g performance")
    }

    var turbo: Finding {
        let isOn: Bool
        let command: String
        if let off = files.number(Self.cpu + "/intel_pstate/no_turbo") {
            isOn = off == 0
            command = "echo 1 | sudo tee \(Self.cpu)/intel_pstate/no_turbo"
        } else if let on = files.number(Self.cpu + "/cpufreq/boost") {
            isOn = on != 0
            command = "echo 0 | sudo tee \(Self.cpu)/cpufreq/boost"
        } else {
            return .unknown("turbo", "turbo", "no switch here; in a virtual machine the host decides")
        }
        return Finding(
            "turbo", "turbo", isOn ? .couldBeBetter : .good, isOn ? "on" : "off",
            why:
                "faster, but the speed depends on heat and on what the other cores do: off where evenness counts more",
            command: command)
    }

    var siblings: Finding {
        guard let text = files.text("\(Self.cpu)/cpu\(hotCore)/topology/thread_siblings_list"),
            let all = CoreList.parse(text)
        else { return .unknown("smt", "SMT siblings") }
        let others = all.filter { $0 != hotCore }
        guard !others.isEmpty else {
            return Finding("smt", "SMT siblings", .good, "core \(hotCore) has none")
        }
        let names = others.map { "\($0)" }.joined(separator: ",")
        return Finding(
            "smt", "SMT siblings", .couldBeBetter, "core \(hotCore) shares its units with \(names)",
            why: others.contains(subject.journalCore ?? -1)
                ? "and the journal's thread is set there: it halves the hot thread's speed when it works"
                : "whatever runs there halves the hot thread's speed",
            command: "echo 0 | sudo tee "
                + others.map { "\(Self.cpu)/cpu\($0)/online" }.joined(separator: " "))
    }

    var interrupts: Finding {
        guard let samples = measured.interrupts,
            let first = InterruptTable(samples.first), let later = InterruptTable(samples.later),
            later.cores.contains(hotCore)
        else { return .unknown("interrupts", "interrupts on the hot core") }
        let came = later.devices.compactMap { line -> (name: String, count: Int)? in
            let before = first.devices.first { $0.number == line.number }?.counts[hotCore] ?? 0
            let count = (line.counts[hotCore] ?? 0) - before
            return count > 0 ? (line.name, count) : nil
        }
        // What has never come anywhere is not worth a line in a command.
        let mayCome = later.devices.filter { line in
            guard line.counts.values.contains(where: { $0 > 0 }) else { return false }
            let path = "/proc/irq/\(line.number)/"
            guard
                let list = files.text(path + "effective_affinity_list")
                    ?? files.text(path + "smp_affinity_list"),
                let cores = CoreList.parse(list)
            else { return (line.counts[hotCore] ?? 0) > 0 }
            return cores.contains(hotCore)
        }
        let count = came.reduce(0) { $0 + $1.count }
        let ticks = ((later.timers[hotCore] ?? 0) - (first.timers[hotCore] ?? 0))
        let perSecond = Double(count) / max(samples.seconds, 0.001)
        var value =
            "\(Self.oneDigit(perSecond))/s of devices, \(Int(Double(ticks) / max(samples.seconds, 0.001)))/s of the timer"
        if let most = came.max(by: { $0.count < $1.count }) { value += "; most: \(most.name)" }
        let others = measured.allowedCores.filter { $0 != hotCore }.map { "\($0)" }.joined(separator: ",")
        return Finding(
            "interrupts", "interrupts on the hot core",
            mayCome.isEmpty && count == 0 ? .good : perSecond > 5000 ? .bad : .couldBeBetter, value,
            number: perSecond, unit: "per_second",
            why:
                "\(mayCome.count) devices may interrupt core \(hotCore): each time costs the hot thread a few µs",
            command:
                "sudo systemctl stop irqbalance; for i in \(mayCome.map { "\($0.number)" }.joined(separator: " ")); "
                + "do echo \(others.isEmpty ? "0" : others) | sudo tee /proc/irq/$i/smp_affinity_list; done")
    }

    var lineTime: Finding {
        let title = "cache line, there and back"
        guard let ns = measured.lineNs, let between = measured.lineCores else {
            return .unknown("line_time", title, "needs two cores that this process may use")
        }
        return Finding(
            "line_time", title, ns <= 200 ? .good : ns <= 2000 ? .couldBeBetter : .bad,
            "\(Self.time(ns: ns)) between cores \(between.from) and \(between.to)", number: ns, unit: "ns",
            why: "every hand-over between threads costs this; near cores take about 0.1 µs",
            command:
                "lscpu -e   # pick cores of one socket and cache (threads.hot_core, threads.journal_core); a virtual "
                + "machine: stop and start it, or ask for pinned cores")
    }

    var clock: Finding {
        let path = "/sys/devices/system/clocksource/clocksource0/"
        let source = files.text(path + "current_clocksource") ?? "not told"
        let flags = files.field("flags", in: "/proc/cpuinfo").map { Set($0.split(separator: " ")) } ?? []
        let isInvariant = flags.contains("constant_tsc") && flags.contains("nonstop_tsc")
        let value =
            "\(source), "
            + (measured.clockIsCounter ? "invariant counter read directly" : "counter not trusted")
        let slow = ["hpet", "acpi_pm", "jiffies"].contains(source)
        return Finding(
            "clock", "clock", measured.clockIsCounter ? .good : slow ? .bad : .couldBeBetter, value,
            why: slow
                ? "each reading of this clock is a system call of about a microsecond"
                : isInvariant
                    ? "the processor's counter is invariant, but the kernel distrusts it"
                    : "without an invariant counter every time stamp comes from the kernel: about 20 ns more each",
            command: (files.text(path + "available_clocksource") ?? "").split(separator: " ").contains("tsc")
                ? "echo tsc | sudo tee \(path)current_clocksource"
                : "add tsc=reliable to the kernel's command line and reboot, where the machine's counters do agree"
        )
    }

    var quota: Finding {
        let title = "CPU quota of the control group"
        guard let groups = files.text("/proc/self/cgroup") else { return .unknown("cpu_quota", title) }
        var smallest: (cores: Double, path: String)?
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map {
                String($0)
            }
            guard parts.count == 3, parts[1].isEmpty || parts[1].split(separator: ",").contains("cpu") else {
                continue
            }
            // From the group up to the root: the tightest holds.
            var group = parts[2] == "/" ? "" : parts[2]
            while true {
                for found in quotas(group, controllers: parts[1])
                where found.cores < smallest?.cores ?? .infinity {
                    smallest = found
                }
                guard let slash = group.lastIndex(of: "/") else { break }
                group = String(group[..<slash])
            }
        }
        guard let smallest else { return Finding("cpu_quota", title, .good, "none") }
        let enough = smallest.cores >= Double(max(measured.allowedCores.count, 1))
        return Finding(
            "cpu_quota", title, enough ? .good : smallest.cores < 2 ? .bad : .couldBeBetter,
            "\(Self.oneDigit(smallest.cores)) cores", number: smallest.cores, unit: "cores",
            why:
                "when it is used up every thread stands still until the next period, for tens of milliseconds",
            command: smallest.path.hasSuffix("cpu.max")
                ? "echo max | sudo tee \(smallest.path)" : "echo -1 | sudo tee \(smallest.path)")
    }

    /// The quota of one group, in cores: second version, hybrid, first version.
    private func quotas(_ group: String, controllers: String) -> [(cores: Double, path: String)] {
        var found: [(cores: Double, path: String)] = []
        let mount = "/sys/fs/cgroup"
        if controllers.isEmpty {
            for path in ["\(mount)\(group)/cpu.max", "\(mount)/unified\(group)/cpu.max"] {
                let words = files.text(path)?.split(separator: " ").map { Double($0) } ?? []
                if words.count == 2, let quota = words[0], let period = words[1], period > 0 {
                    found.append((quota / period, path))
                }
            }
        } else {
            for folder in ["\(mount)/cpu\(group)", "\(mount)/\(controllers)\(group)"] {
                guard let quota = files.number(folder + "/cpu.cfs_quota_us"), quota > 0,
                    let period = files.number(folder + "/cpu.cfs_period_us"), period > 0
                else { continue }
                found.append((Double(quota) / Double(period), folder + "/cpu.cfs_quota_us"))
            }
        }
        return found
    }
}

/// What /proc/interrupts says.
struct InterruptTable {
    /// Of the columns, in order.
    let cores: [Int]
    /// Lines with a number: devices.
    private(set) var devices: [(number: Int, name: String, counts: [Int: Int])] = []
    /// The local timer, by core.
    private(set) var timers: [Int: Int] = [:]

    /// `nil` where the first line names no cores.
    init?(_ text: String) {
        let lines = text.split(separator: "\n")
        cores =
            lines.first?.split(separator: " ").compactMap { $0.hasPrefix("CPU") ? Int($0.dropFirst(3)) : nil }
            ?? []
        guard !cores.isEmpty else { return nil }
        for line in lines.dropFirst() {
            let words = line.split(separator: " ")
            guard let head = words.first, head.hasSuffix(":") else { continue }
            var counts: [Int: Int] = [:]
            for (core, word) in zip(cores, words.dropFirst()) {
                guard let count = Int(word) else { break }
                counts[core] = count
            }
            if let number = Int(head.dropLast()) {
                devices.append((number, words.last.map { String($0) } ?? "", counts))
            } else if head == "LOC:" {
                timers = counts
            }
        }
    }
}
