internal import Journal
internal import Plumbing
internal import Settings

/// Ring and thread of a run's journal, the run's header already in it.
struct OpenedJournal: ~Copyable {
    let ring: JournalRing
    /// `nil`: the journal is switched off.
    let thread: JournalThread?
    let warnings: [String]
    /// What of the ring lies in huge pages, or why nothing does.
    let ringPages: (bytes: UInt64, refusal: Errno?)

    init(
        _ settings: Settings, _ folder: RunFolder, ringPath: String, epoch: UInt32,
        header: String,
        clock: Clock, status: JournalStatus
    ) throws(SetupError) {
        let ring = try JournalRing(
            path: ringPath, capacity: settings.journal.ringBytes, runID: folder.runID, epoch: epoch)
        let ringPages = settings.threads.hugePages == .auto ? ring.useHugePages() : (0, nil)
        // A record's own words beside the text.
        guard header.utf8.count + 64 <= ring.recordBytesMax else {
            throw SetupError(
                "write the run's header into the journal", at: ringPath,
                why: "it has \(header.utf8.count) bytes, a record at most \(ring.recordBytesMax)",
                remedy: "raise journal.ring_bytes, or name fewer instruments in instruments.definitions")
        }
        precondition(ring.append(text: header), "Invariant: an empty ring takes the run's header")
        var warnings: [String] = []
        var thread: JournalThread?
        if settings.journal.enabled {
            var journal = Journal.JournalSettings(
                folder: folder.journalPath, runID: folder.runID, epoch: epoch)
            journal.segmentByteCount = settings.journal.segmentBytes
            journal.commitNs = UInt64(settings.journal.commitIntervalNs)
            let disk = UringDisk()
            if let message = disk.message { warnings.append(message) }
            let writer = try JournalWriter(journal, reader: ring.reader(), disk: disk, status: status)
            thread = try JournalThread(writer, clock: clock)
        }
        self.ring = ring
        self.thread = thread
        self.ringPages = ringPages
        self.warnings = warnings
    }
}
