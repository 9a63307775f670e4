extension Diagnosis {
    private static var ipcLock: Int { 14 }
    private static var sysNice: Int { 23 }

    var hugePages: Finding {
        guard let total = files.field("HugePages_Total", in: "/proc/meminfo").flatMap({ Int($0) }) else {
            return .unknown("huge_pages", "huge pages, explicit")
        }
        let free = files.field("HugePages_Free", in: "/proc/meminfo").flatMap { Int($0) } ?? 0
        let size = files.field("Hugepagesize", in: "/proc/meminfo") ?? "2048 kB"
        // The engine takes reserved ones first, and asks for transparent ones where there are none.
        let transparent = transparentHugePages.state == .good
        return Finding(
            "huge_pages", "huge pages, explicit", total > 0 || transparent ? .good : .couldBeBetter,
            total == 0
                ? "none reserved" + (transparent ? "; the engine uses transparent ones" : "")
                : "\(free) of \(total) free, \(size) each",
            number: Double(total), unit: "pages",
            why: "neither these nor transparent ones: the tables lie in pages of 4 KiB",
            command: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled")
    }

    var transparentHugePages: Finding {
        let path = "/sys/kernel/mm/transparent_hugepage/enabled"
        guard let text = files.text(path), let open = text.firstIndex(of: "["),
            let close = text.firstIndex(of: "]"),
            open < close
        else { return .unknown("transparent_huge_pages", "huge pages, transparent") }
        let chosen = String(text[text.index(after: open)..<close])
        return Finding(
            "transparent_huge_pages", "huge pages, transparent", chosen == "never" ? .couldBeBetter : .good,
            chosen,
            why:
                "the engine's tables lie in pages of 4 KiB: more misses of the address cache with many instruments",
            command: "echo madvise | sudo tee \(path)")
    }

    var lockedMemory: Finding {
        guard let limit = limit("Max locked memory") else {
            return .unknown("locked_memory", "locked-memory limit")
        }
        let may = limit == .max || hasCapability(Self.ipcLock)
        return Finding(
            "locked_memory", "locked-memory limit", may ? .good : subject.lockMemory ? .bad : .couldBeBetter,
            Self.bytes(limit) + (may && limit != .max ? ", lifted by CAP_IPC_LOCK" : ""),
            number: limit == .max ? nil : Double(limit), unit: limit == .max ? nil : "bytes",
            why: subject.lockMemory
                ? "threads.lock_memory is on and will be refused"
                : "memory cannot be kept from being paged out (threads.lock_memory)",
            command: "ulimit -l unlimited   # for good: '* - memlock unlimited' in /etc/security/limits.conf")
    }

    var realtimeLimit: Finding {
        guard let limit = limit("Max realtime priority") else {
            return .unknown("realtime", "real-time limit")
        }
        let may = hasCapability(Self.sysNice) || limit >= UInt64(max(subject.priority, 1))
        return Finding(
            "realtime", "real-time limit", may ? .good : subject.priority > 0 ? .bad : .couldBeBetter,
            "\(limit)" + (hasCapability(Self.sysNice) ? ", lifted by CAP_SYS_NICE" : ""),
            number: Double(limit),
            why: subject.priority > 0
                ? "threads.priority is \(subject.priority) and will be refused"
                : "the hot thread cannot be put above ordinary threads (threads.priority)",
            command: "ulimit -r 99   # for good: '* - rtprio 99' in /etc/security/limits.conf")
    }

    /// The kernel takes a real-time thread that never sleeps off its core for the rest of each second.
    var realtimeThrottling: Finding {
        let title = "real-time throttling"
        guard let runtime = files.number("/proc/sys/kernel/sched_rt_runtime_us"),
            let period = files.number("/proc/sys/kernel/sched_rt_period_us"), period > 0
        else { return .unknown("realtime_throttling", title) }
        let isOn = runtime >= 0 && runtime < period
        let matters = isOn && subject.priority > 0 && subject.spins
        let value =
            isOn
            ? "\(runtime / 1000) of \(period / 1000) ms" + (matters ? "" : "; no matter without a priority")
            : "off"
        return Finding(
            "realtime_throttling", title, matters ? .bad : .good, value,
            number: isOn ? Double(runtime) / Double(period) : 1, unit: "share",
            why:
                "a spinning hot thread with threads.priority may stand still for \((period - runtime) / 1000) ms each second",
            command: "sudo sysctl -w kernel.sched_rt_runtime_us=-1")
    }

    /// What `threads.seccomp` needs: a list of system calls, and an answer to those that are not on it.
    var systemCallList: Finding {
        let (name, title) = ("seccomp", "system-call lists (seccomp)")
        guard let actions = files.text("/proc/sys/kernel/seccomp/actions_avail") else {
            return .unknown(name, title)
        }
        let can = actions.split(separator: " ").contains { $0.hasPrefix("trap") }
        return Finding(
            name, title, can ? .good : subject.restrictsCalls ? .bad : .couldBeBetter,
            can ? "available" : "not in this kernel",
            why: subject.restrictsCalls
                ? "threads.seccomp is on and will be refused"
                : "the hot thread cannot be held to the network's system calls (threads.seccomp)",
            command: "use a kernel with CONFIG_SECCOMP_FILTER, as every distribution's has")
    }
}
