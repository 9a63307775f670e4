internal import Model

/// A disk in memory whose delays, failures and crashes repeat from a seed.
///
/// Time is told to it (``advance(toNs:)``). A write is on the medium, whole or in torn sectors of 512 bytes, only by
/// the luck of the seed until a sync that covers it has completed; ``crash()`` draws that luck.
@safe public final class SeededDisk: Disk {
    /// What goes wrong with one operation, counted from 0 over creations, writes and syncs.
    public enum Fault: Sendable, Equatable {
        case failure(Errno)
        /// Only the first half of the write's sectors are written.
        case shortWrite
    }

    public struct Settings: Sendable {
        public var delayNsMin: UInt64 = 20_000
        public var delayNsMax: UInt64 = 3_000_000
        /// What goes wrong, by operation number.
        public var faults: [Int: Fault] = [:]
        /// Room on the device: a file beyond it is refused with ENOSPC.
        public var byteCountMax = Int.max
        public var inFlightMax = 64

        public init() {}
    }

    private struct Write {
        let number: Int32
        let offset: Int
        let bytes: [UInt8]
        let completedAs: Int
        /// Operations that had been submitted when this one was seen complete.
        var completedOrder = 0
    }

    @safe private struct Pending {
        let dueNs: UInt64
        let order: Int
        let completion: DiskCompletion
        let file: Int32
        let write: Write?
        /// The buffer as it was handed in, to see that nobody has touched it.
        let source: UnsafeRawBufferPointer
    }

    private struct File {
        let path: String
        /// What is on the medium for certain.
        var durable: [UInt8]
        /// Written, in order, not covered by a sync yet.
        var volatile: [Write] = []
    }

    public let settings: Settings
    public private(set) var nowNs: UInt64 = 0
    /// Creations, writes and syncs so far.
    public private(set) var operationCount = 0
    private var random: SeededRandom
    private var files: [File] = []
    private var pending: [Pending] = []

    public init(seed: UInt64, settings: Settings = Settings()) {
        random = SeededRandom(seed: seed)
        self.settings = settings
    }

    public func advance(toNs ns: UInt64) { nowNs = max(nowNs, ns) }

    private func nextFault() -> Fault? {
        defer { operationCount += 1 }
        return settings.faults[operationCount]
    }

    public func createFile(_ path: String, byteCount: Int) throws(SetupError) -> DiskFile {
        let what = "make a file of \(byteCount) bytes"
        if case .failure(let errno) = nextFault() { throw SetupError(what, at: path, errno) }
        if files.contains(where: { $0.path == path }) { throw SetupError(what, at: path, .fileExists) }
        let used = files.reduce(0) { $0 + $1.durable.count }
        guard byteCount <= settings.byteCountMax - used else { throw SetupError(what, at: path, .noSpace) }
        files.append(File(path: path, durable: [UInt8](repeating: 0, count: byteCount)))
        return DiskFile(number: Int32(files.count - 1), path: path)
    }

    public func submitWrite(_ file: DiskFile, offset: Int, _ bytes: UnsafeRawBufferPointer, tag: UInt64)
        -> Bool
    {
        precondition(
            offset % diskAlignment == 0 && bytes.count % diskAlignment == 0, "Caller: writes are aligned")
        precondition(
            offset + bytes.count <= files[Int(file.number)].durable.count, "Caller: writes stay in the file")
        guard pending.count < settings.inFlightMax else { return false }
        var completion = DiskCompletion(tag: tag, byteCount: bytes.count, failure: nil)
        switch nextFault() {
        case .failure(let errno): completion = DiskCompletion(tag: tag, byteCount: 0, failure: errno)
        case .shortWrite:
            completion = DiskCompletion(tag: tag, byteCount: bytes.count / 1024 * 512, failure: nil)
        case nil: break
        }
        // SAFETY: the caller keeps the bytes until the completion; they are compared then.
        let write = unsafe Write(
            number: file.number, offset: offset, bytes: Array(bytes), completedAs: completion.byteCount)
        unsafe enqueue(completion, file.number, write, bytes)
        return true
    }

    public func submitSync(_ file: DiskFile, tag: UInt64) -> Bool {
        guard pending.count < settings.inFlightMax else { return false }
        var completion = DiskCompletion(tag: tag, byteCount: 0, failure: nil)
        if case .failure(let errno) = nextFault() {
            completion = DiskCompletion(tag: tag, byteCount: 0, failure: errno)
        }
        unsafe enqueue(completion, file.number, nil, UnsafeRawBufferPointer(start: nil, count: 0))
        return true
    }

    private func enqueue(
        _ completion: DiskCompletion, _ file: Int32, _ write: Write?, _ source: UnsafeRawBufferPointer
    ) {
        let delay = settings.delayNsMin + random.below(settings.delayNsMax - settings.delayNsMin + 1)
        // SAFETY: kept to be compared, by the contract of submitWrite.
        unsafe pending.append(
            Pending(
                dueNs: nowNs + delay, order: operationCount, completion: completion, file: file, write: write,
                source: source))
    }

    /// The operation that is due and was due first; ties by order of submission.
    public func poll() -> DiskCompletion? {
        var first: Int?
        for index in pending.indices where pending[index].dueNs <= nowNs {
            if let best = first,
                (pending[best].dueNs, pending[best].order) <= (pending[index].dueNs, pending[index].order)
            {
                continue
            }
            first = index
        }
        guard let first else { return nil }
        let operation = pending.remove(at: first)
        if var write = operation.write {
            write.completedOrder = operationCount
            // SAFETY: the contract of submitWrite.
            precondition(
                unsafe operation.source.elementsEqual(write.bytes), "Caller: bytes stand until completion")
            files[Int(write.number)].volatile.append(write)
        } else if operation.completion.failure == nil {
            // What completed before the sync was submitted is covered; over what came after, the luck of crash()
            // decides still.
            let file = Int(operation.file)
            let covered = files[file].volatile.prefix { $0.completedOrder < operation.order }
            for write in covered { apply(write, to: file, sectorsOf: write.completedAs) }
            files[file].volatile.removeFirst(covered.count)
        }
        return operation.completion
    }

    /// Lets time pass.
    public func wait(timeoutNs: UInt64) {
        let next = pending.map { $0.dueNs }.min() ?? .max
        advance(toNs: max(nowNs, min(nowNs + timeoutNs, next)))
    }

    public func close(_ file: DiskFile, cutTo byteCount: Int?) throws(SetupError) {
        let index = Int(file.number)
        precondition(!pending.contains { $0.file == file.number }, "Caller: nothing is in flight")
        guard let byteCount else { return }
        for write in files[index].volatile { apply(write, to: index, sectorsOf: write.completedAs) }
        files[index].volatile = []
        files[index].durable.removeLast(files[index].durable.count - byteCount)
    }

    private func apply(_ write: Write, to file: Int, sectorsOf count: Int) {
        files[file].durable.replaceSubrange(write.offset..<write.offset + count, with: write.bytes[..<count])
    }

    /// Power is lost: of everything that no sync has covered, completed or in flight, each sector of 512 bytes is on
    /// the medium or not, as the seed has it. Nothing completes any more.
    public func crash() {
        var loose = files.flatMap(\.volatile)
        for operation in pending { if let write = operation.write { loose.append(write) } }
        for write in loose {
            let file = Int(write.number)
            // One in four writes is there whole, one in four not at all: those are the crashes that happen most.
            let luck = random.below(4)
            for sector in stride(from: 0, to: write.bytes.count, by: 512) {
                let isThere = luck == 0 ? true : luck == 1 ? false : random.below(2) == 0
                guard isThere, write.offset + sector + 512 <= files[file].durable.count else { continue }
                files[file].durable.replaceSubrange(
                    write.offset + sector..<write.offset + sector + 512,
                    with: write.bytes[sector..<sector + 512])
            }
        }
        for index in files.indices { files[index].volatile = [] }
        pending = []
    }

    /// The files as somebody would read them now (after ``crash()``: what the medium holds), by path.
    public var contents: [(path: String, bytes: [UInt8])] {
        files.map { file in
            var bytes = file.durable
            for write in file.volatile {
                bytes.replaceSubrange(
                    write.offset..<write.offset + write.completedAs, with: write.bytes[..<write.completedAs])
            }
            return (file.path, bytes)
        }
    }
}

// Handed to the thread that owns it.
extension SeededDisk: @unchecked Sendable {}
extension UringDisk: @unchecked Sendable {}
