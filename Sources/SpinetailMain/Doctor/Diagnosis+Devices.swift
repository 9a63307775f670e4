extension Diagnosis {
    var syncTime: Finding {
        let title = "fdatasync of 4 KiB"
        guard !measured.syncNs.isEmpty else {
            return Finding(
                "sync_time", title, .bad,
                measured.syncRefusal.isEmpty ? "not measured" : measured.syncRefusal,
                why: "the journal cannot be written there",
                command: "spinetail run --set journal.folder=FOLDER   # one that this user may write to")
        }
        let sorted = measured.syncNs.sorted()
        let median = Double(sorted[sorted.count / 2])
        let value =
            "\(Self.time(ns: median)), longest \(Self.time(ns: Double(sorted[sorted.count - 1]))) of \(sorted.count), in "
            + measured.syncFolder
        if measured.journalFree?.isMemory == true {
            return Finding(
                "sync_time", title, .bad, value + ", which is memory", number: median, unit: "ns",
                why: "journal.folder lies in memory: a machine that goes down takes the journal with it",
                command: "spinetail run --set journal.folder=FOLDER   # one on a disk")
        }
        return Finding(
            "sync_time", title,
            median <= 1e6
                ? .good : median <= Double(max(subject.commitNs, 1_000_000)) ? .couldBeBetter : .bad, value,
            number: median, unit: "ns",
            why:
                "the journal is durable this much later; longer than journal.commit_interval_ms, it falls behind",
            command: "spinetail run --set journal.folder=FOLDER   # one on a local NVMe disk")
    }

    var freeSpace: Finding {
        guard let free = measured.journalFree else {
            return .unknown("free_space", "free space for the journal")
        }
        let least = UInt64(subject.segmentBytes) * 4
        let ample = max(UInt64(10 << 30), least)
        return Finding(
            "free_space", "free space for the journal",
            free.bytes >= ample ? .good : free.bytes >= least ? .couldBeBetter : .bad, Self.bytes(free.bytes),
            number: Double(free.bytes), unit: "bytes",
            why: "a full disk halts the engine; a busy day is some \(Self.bytes(ample))",
            command:
                "du -sh \(subject.journalFolder)/*   # move old runs away, or set journal.folder to a larger disk"
        )
    }

    var sharedMemory: Finding {
        let title = "free shared memory"
        guard let free = measured.ringFreeBytes else { return .unknown("shared_memory", title) }
        // The ring and, beside it, the figures that `spinetail top` reads.
        let wanted = UInt64(subject.ringBytes) + (4 << 20)
        return Finding(
            "shared_memory", title, free >= wanted ? .good : .bad, "\(Self.bytes(free)) in /dev/shm",
            number: Double(free), unit: "bytes",
            why:
                "the journal's ring takes \(Self.bytes(UInt64(subject.ringBytes))) there: `spinetail run` will be refused",
            command:
                "sudo mount -o remount,size=1G /dev/shm   # in Docker: --shm-size=1g; or a smaller journal.ring_bytes"
        )
    }

    var receiveBuffer: Finding {
        let title = "UDP receive buffer, at most"
        guard let most = files.number("/proc/sys/net/core/rmem_max") else {
            return .unknown("receive_buffer", title)
        }
        let mayForce = hasCapability(12)  // CAP_NET_ADMIN
        return Finding(
            "receive_buffer", title, most >= subject.receiveBufferBytes || mayForce ? .good : .couldBeBetter,
            Self.bytes(UInt64(max(most, 0)))
                + (mayForce && most < subject.receiveBufferBytes ? ", lifted by CAP_NET_ADMIN" : ""),
            number: Double(most), unit: "bytes",
            why:
                "the feeds ask for \(Self.bytes(UInt64(subject.receiveBufferBytes))); a burst that does not fit is lost",
            command: "sudo sysctl -w net.core.rmem_max=\(subject.receiveBufferBytes)")
    }

    var busyPoll: Finding {
        guard let read = files.number("/proc/sys/net/core/busy_read"),
            let poll = files.number("/proc/sys/net/core/busy_poll")
        else { return .unknown("busy_poll", "busy poll") }
        return Finding(
            "busy_poll", "busy poll", read > 0 ? .good : .couldBeBetter, "read \(read) µs, poll \(poll) µs",
            number: Double(read), unit: "us",
            why:
                "packets of a network card wait for its interrupt instead of being fetched by the thread that looks "
                + "(no matter on loopback)",
            command: "sudo sysctl -w net.core.busy_read=50 net.core.busy_poll=50")
    }
}
