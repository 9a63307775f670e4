import Model
import TestSupport
import Testing

@testable import Plumbing

private let runID = RunID(low: 0x0102_0304_0506_0708, high: 0x1112_1314_1516_1718)
private let utcAtZeroNs: Int64 = 1_700_000_000_000_000_000

/// A folder that no other test has.
private func makeFolder() throws -> String {
    let path = "/tmp/spinetail-test-log-\(Files.randomRunID())"
    try Files.makeFolder(path)
    return path
}

private func remove(_ folder: String) {
    for name in (try? Files.list(folder)) ?? [] { try? Files.remove("\(folder)/\(name)") }
}

private func files(_ folder: String, fileByteCount: Int = 1 << 20, fileCountMax: Int = 4) -> LogFiles {
    LogFiles(
        folder: folder, runID: runID, utcAtZeroNs: utcAtZeroNs, fileByteCount: fileByteCount,
        fileCountMax: fileCountMax)
}

private func readAll(_ reader: inout LogReader) throws -> [LogLine] {
    var lines: [LogLine] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
}

/// Ends a writer that is stepped by hand.
private func close(_ writer: inout LogWriter) {
    writer.requestClose()
    for _ in 0..<10_000 where writer.state == .closing {
        if writer.step(nowNs: 0) == 0 { writer.wait(ns: 100_000) }
    }
    check(writer.state == .closed)
}

/// Steps a writer until what was logged before is written: ten seconds at most, for a disk that others keep busy.
private func settle(_ writer: inout LogWriter, _ nowNs: UInt64) {
    _ = writer.step(nowNs: nowNs)
    for _ in 0..<100_000 where writer.isWriting {
        writer.wait(ns: 100_000)
        _ = writer.step(nowNs: nowNs)
    }
}

/// Goal: every line that there is comes out of the file with its level, its text and its arguments, and the time that was
/// handed in.
/// Method: one of each, written and read back; the texts of some are spelled out here.
@Test func logRoundTrip() throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let log = try Log(level: .debug)
    var named = files(folder)
    named.strategies = ["dip", "maker"]
    named.currency = "USD"
    var writer = try LogWriter(named, source: log.source(), disk: UringDisk())
    log.write(.packetMalformed(feed: 1, count: 2), atNs: 1)
    log.write(.feedRequest(feed: 0, count: 3), atNs: 2)
    log.write(.measured(whole: -5, number: 2.5), atNs: 3)
    log.write(.engineStarted(epoch: 7, feeds: 1, sessions: 2), atNs: 4)
    log.write(.engineStopping(inputs: 4), atNs: 5)
    log.write(.engineStopped(inputs: 99), atNs: 6)
    log.write(.sessionUp(session: 0), atNs: 7)
    log.write(.feedWhole(feed: 0, next: 55), atNs: 8)
    log.write(.feedRestarted(feed: 0), atNs: 9)
    log.write(.feedEnded(feed: 0), atNs: 10)
    log.write(.journalRelieved(permille: 240), atNs: 11)
    log.write(.strategyNote(strategy: 1, note: 2, value: -0.25), atNs: 12)
    // What another thread says goes behind what was drained before.
    func text(_ text: String) -> [UInt64] {
        [text.utf8.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }]
    }
    _ = writer.step(nowNs: 12)
    let isTold = writer.put(.reloaded, atNs: 13, text("no limit") + text(" changed"))
    check(isTold)
    let spna = Symbol("SPNA")!.raw
    let ann = OperatorName("ann of shift")!
    log.write(
        .stateOver(scope: 0, subject: 0, rule: Rule.dayLoss.rawValue, nameLow: 0, nameHigh: 0), atNs: 14)
    log.write(
        .stateOver(
            scope: RiskScope.instrument.rawValue, subject: spna, rule: Rule.operatorSaid.rawValue,
            nameLow: ann.low, nameHigh: ann.high), atNs: 15)
    log.write(.streamBack(stream: 2), atNs: 16)
    log.write(.sessionDown(session: 0), atNs: 17)
    log.write(.feedGap(feed: 0, count: 3, from: 100), atNs: 18)
    log.write(.orderRejected(userRef: 8, symbol: spna, reason: 10), atNs: 19)
    log.write(
        .riskRejected(
            rule: Rule.orderNotional.rawValue, scope: RiskScope.strategy.rawValue, symbol: spna, strategy: 1,
            limit: 80_000, value: 80_973), atNs: 20)
    log.write(
        .alert(code: AlertCode.crossedBook.rawValue, symbol: spna, quantity: -1, price: 12), atNs: 21)
    log.write(.journalPressing(permille: 510), atNs: 22)
    log.write(.hotThreadBack(awayMs: 1_250), atNs: 23)
    log.write(
        .riskRejected(
            rule: Rule.marketClosed.rawValue, scope: RiskScope.instrument.rawValue, symbol: spna,
            strategy: .max, limit: 0, value: 0), atNs: 24)
    log.write(
        .stateTripped(
            scope: RiskScope.account.rawValue, subject: 0, state: TradingState.halted.rawValue,
            rule: Rule.drawdown.rawValue, limit: 60, value: 61), atNs: 25)
    log.write(
        .stateSaid(
            scope: RiskScope.strategy.rawValue, subject: 1, state: TradingState.reduceOnly.rawValue,
            rule: Rule.operatorSaid.rawValue, nameLow: ann.low, nameHigh: ann.high), atNs: 26)
    log.write(
        .stateSaid(
            scope: RiskScope.account.rawValue, subject: 0, state: TradingState.halted.rawValue,
            rule: Rule.journalFailed.rawValue, nameLow: 0, nameHigh: 0), atNs: 27)
    log.write(
        .streamStale(stream: 2, silenceNs: 1_500_000_000, limitNs: 1_000_000_000), atNs: 28)
    _ = writer.step(nowNs: 28)
    let isRefused = writer.put(.reloadRefused, atNs: 29, text("REFUSED"))
    check(isRefused)
    log.write(.limitsRefused(kind: Int64(LimitKind.orderBurst.rawValue)), atNs: 30)
    log.write(.engineHalted, atNs: 31)
    log.write(.sessionRefused(session: 0, reason: UInt8(ascii: "A")), atNs: 32)
    _ = writer.step(nowNs: 32)
    let isTaken = writer.put(.hotThreadHeld, atNs: 33, [1_000, 1])
    check(isTaken)
    close(&writer)
    check(log.droppedCount == 0)

    var reader = try LogReader(folder: folder)
    let lines = try readAll(&reader)
    #expect(reader.ending == .end)
    #expect(lines.map(\.name) == LogFormat.allCases.map(\.name))
    #expect(lines.map(\.level) == LogFormat.allCases.map(\.level))
    #expect(lines.map(\.timeNs) == (1...33).map { UInt64($0) })
    #expect(lines.allSatisfy { $0.utcNs == utcAtZeroNs + Int64($0.timeNs) })
    #expect(zip(lines, LogFormat.allCases).allSatisfy { $0.values.count == $1.arguments.count })
    let texts = lines.map(\.text)
    #expect(texts[2] == "measured -5 and 2.5")
    #expect(texts[12] == "settings read again: no limit changed")
    #expect(texts[13] == "account: day_loss is over")
    #expect(texts[14] == "instrument SPNA: operator_said lifted by ann of shift")
    #expect(texts[17] == "feed 0: 3 messages missing from 100 on")
    #expect(texts[18] == "order 8: rejected by the venue, SPNA, reason 10")
    #expect(
        texts[19]
            == "refused by order_notional of the strategy: SPNA, strategy maker, limit "
            + "strategies.maker.limits.max_order_notional 8.00 USD, value 8.0973 USD")
    // A program has the numbers as they are.
    #expect(Array(lines[19].values.suffix(2)) == [.whole(80_000), .whole(80_973)])
    #expect(texts[20] == "alert crossed_book: SPNA, -1, 12")
    #expect(texts[22] == "hot thread back after 1250 ms: trades no more")
    #expect(texts[23] == "refused by market_closed of the instrument: SPNA, strategy none")
    #expect(
        texts[24] == "account: halted by drawdown, limit risk.max_drawdown_pct 0.006 %, value 0.0061 %")
    #expect(texts[25] == "strategy maker: reduce_only by operator_said, said by ann of shift")
    #expect(texts[26] == "account: halted by journal_failed")
    #expect(texts[27] == "stream 2: nothing for 1.5 s, limit 1 s: no order there may raise exposure")
    #expect(texts[29] == "new limits refused: risk.order_burst cannot have such a value")
    #expect(texts[30] == "engine halted: the journal took nothing for too long")
    #expect(texts[31] == "venue session 0: log-on refused, reason A")
    #expect(texts[32] == "hot thread away for 1000 ms: the gate is shut, 1 venue connections ended")
}

/// Goal: numbers, levels and texts of the table agree with each other.
/// Method: every format is looked at.
@Test func logTableIsConsistent() {
    #expect(Set(LogFormat.allCases.map(\.name)).count == LogFormat.allCases.count)
    for format in LogFormat.allCases {
        #expect(
            format.text.split(separator: "{}", omittingEmptySubsequences: false).count - 1
                == format.arguments.count)
        #expect(Int(format.levelNumber) == Int(format.level.rawValue))
        #expect(!format.text.contains("\t") && !format.text.contains("\n"))
        #expect(format.arguments.count <= 6)
    }
}

/// Goal: lines below the level are not written, and a log that is off writes none.
/// Method: one of each level at each setting.
@Test(arguments: LogLevel.allCases) func logLevelFilters(level: LogLevel) throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let log = try Log(level: level)
    var writer = try LogWriter(files(folder), source: log.source(), disk: UringDisk())
    log.write(.feedRequest(feed: 0, count: 0), atNs: 1)
    log.write(.sessionUp(session: 0), atNs: 1)
    log.write(.sessionDown(session: 0), atNs: 1)
    log.write(.engineHalted, atNs: 1)
    let off = Log()
    off.write(.engineHalted, atNs: 1)
    check(!off.writes(.error) && off.droppedCount == 0)
    check(log.writes(level))
    close(&writer)
    var reader = try LogReader(folder: folder)
    let levels = try readAll(&reader).map(\.level)
    #expect(levels == LogLevel.allCases.filter { $0 >= level })
}

/// Goal: a full ring drops the new record, counts it, keeps what it has, and the file says how many are missing.
/// Method: one page of ring, nobody reading; then read; then the same again from every rotation of a record.
@Test func logDropsAndCounts() throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let log = try Log(level: .debug, ringByteCount: 4096)
    var writer = try LogWriter(files(folder), source: log.source(), disk: UringDisk())
    var kept: [Int64] = []
    var dropped: UInt64 = 0
    for round in 0..<40 {
        for place in 0..<200 {
            let before = log.droppedCount
            log.write(.feedRequest(feed: round * 1000 + place, count: 0), atNs: UInt64(round))
            if log.droppedCount == before { kept.append(Int64(round * 1000 + place)) } else { dropped += 1 }
        }
        check(log.droppedCount == dropped)
        // Another length, so that the next round begins at another place of the ring.
        _ = writer.step(nowNs: 0)
        log.write(.sessionUp(session: round), atNs: 0)
    }
    check(dropped > 40 * 70)
    close(&writer)
    var reader = try LogReader(folder: folder)
    let lines = try readAll(&reader)
    let found = lines.filter { $0.name == "feed_request" }.compactMap { line -> Int64? in
        if case .whole(let value) = line.values[0] { return value }
        return nil
    }
    #expect(found == kept)
    let told = lines.filter { $0.name == "dropped" }.compactMap { line -> Int64? in
        if case .whole(let value) = line.values[0] { return value }
        return nil
    }
    #expect(told.reduce(0, +) == Int64(dropped))
}

/// Goal: the log keeps within its bound, the newest lines are there, and a reader walks from file to file.
/// Method: more than six files' worth with room for two, then read.
@Test func logRotates() throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let log = try Log(level: .debug)
    var writer = try LogWriter(
        files(folder, fileByteCount: 512 << 10, fileCountMax: 2), source: log.source(), disk: UringDisk())
    let total = 120_000
    for number in 0..<total {
        log.write(.feedRequest(feed: number, count: 0), atNs: UInt64(number))
        if number % 1000 == 0 { settle(&writer, UInt64(number) << 32) }
    }
    close(&writer)
    check(log.droppedCount == 0)
    let numbers = try LogFile.numbers(folder: folder)
    #expect(numbers.count == 2 && numbers[1] >= 6)
    for number in numbers {
        let bytes = try Files.read(LogFile.path(folder: folder, number: number), byteCountMax: 1 << 20)
        #expect((bytes?.count ?? .max) <= 512 << 10)
    }
    var reader = try LogReader(folder: folder)
    let times = try readAll(&reader).map(\.timeNs)
    #expect(times.last == UInt64(total - 1))
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 + 1 == $1 })
}

/// Goal: what was written is readable up to the place where it stops being whole, whatever is behind.
/// Method: a log of several blocks without an orderly end, cut off and flipped at many places.
@Test func logTailIsReadableAsFarAsWhole() throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let log = try Log(level: .debug)
    var writer = try LogWriter(files(folder), source: log.source(), disk: UringDisk())
    for block in 0..<8 {
        for place in 0..<10 { log.write(.feedRequest(feed: block, count: UInt64(place)), atNs: 0) }
        settle(&writer, UInt64(block + 1) << 32)
    }
    check(writer.status.writtenRecordCount.value == 80)
    let path = LogFile.path(folder: folder, number: 1)
    // Never closed: the file is as long as it was made, zeros behind the last block.
    let whole = try Files.read(path, byteCountMax: 1 << 20) ?? []
    #expect(whole.count == 1 << 20)
    var reader = try LogReader(folder: folder)
    #expect(try readAll(&reader).count == 80)
    #expect(reader.ending == .end)
    let headCount = LogFile.Head(whole)?.bytes.count ?? 0
    for block in 0..<8 {
        let start = headCount + block * 4096
        for place in [0, 8, 16, 24, 32, 40, 48, 64, 100, 64 + 319] {
            var bytes = whole
            bytes[start + place] ^= 0x10
            try Files.replace(path, with: bytes)
            var reader = try LogReader(folder: folder)
            let count = try readAll(&reader).count
            #expect(count == block * 10, "block \(block), byte \(place)")
            #expect(reader.ending == .torn(file: path, offset: start))
        }
        for cut in [1, 63, 64, 200] {
            try Files.replace(path, with: Array(whole[..<(start + cut)]))
            var reader = try LogReader(folder: folder)
            #expect(try readAll(&reader).count == block * 10)
        }
    }
    try Files.replace(path, with: Array(whole[..<100]))
    #expect(throws: SetupError.self) { _ = try LogReader(folder: folder) }
    close(&writer)
}

/// Goal: two threads lose and tear nothing that was not counted as dropped (and ThreadSanitizer has nothing to say); a reader
/// that follows sees the lines while they are written.
/// Method: 200,000 records as fast as they go through a small ring, drained by the log's own thread.
@Test func twoThreadsOverALog() throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let log = try Log(level: .debug, ringByteCount: 1 << 16)
    let clock = Clock.kernel
    let writer = try LogWriter(files(folder, fileByteCount: 8 << 20), source: log.source(), disk: UringDisk())
    let thread = try LogThread(writer, clock: clock, idleNs: 100_000)
    var reader = try LogReader(folder: folder)
    var lines: [LogLine] = []
    for number in 0..<200_000 {
        log.write(
            .feedGap(feed: number, count: UInt64(number) &* 3, from: ~UInt64(number) >> 1),
            atNs: UInt64(number))
        if number % 50_000 == 0 { lines += try readAll(&reader) }
    }
    check(thread.stop() == nil)
    lines += try readAll(&reader)
    var dropped: Int64 = 0
    var count = 0
    for line in lines {
        guard line.name == "feed_gap" else {
            if case .whole(let value) = line.values[0] { dropped += value }
            continue
        }
        count += 1
        let number = Int64(line.timeNs)
        #expect(
            line.values == [
                .whole(number), .whole(number * 3), .whole(Int64(bitPattern: ~UInt64(number) >> 1)),
            ])
    }
    #expect(UInt64(dropped) == log.droppedCount)
    #expect(count + Int(dropped) == 200_000)
}

/// Goal: a disk that fails, or is full, ends the log, says why, and nothing else: who writes goes on, and what is dropped is
/// counted.
/// Method: a seeded disk whose third operation (the first block) fails or is cut short.
@Test(arguments: [SeededDisk.Fault.failure(.noSpace), .shortWrite]) func logEndsWhenItsDiskFails(
    fault: SeededDisk.Fault
) throws {
    var settings = SeededDisk.Settings()
    settings.faults = [2: fault]
    let log = try Log(level: .debug, ringByteCount: 4096)
    var writer = try LogWriter(
        files("/none"), source: log.source(), disk: SeededDisk(seed: 1, settings: settings))
    for _ in 0..<50 { log.write(.engineHalted, atNs: 1) }
    for step in 1..<100 where writer.state == .running {
        _ = writer.step(nowNs: UInt64(step) << 30)
        writer.wait(ns: 10_000_000)
    }
    check(writer.state == .failed)
    check(writer.status.failureMessage?.contains("trading is not touched") == true)
    for _ in 0..<1000 { log.write(.engineHalted, atNs: 1) }
    check(log.droppedCount > 0)
}

/// Goal: a disk that fills up while the log goes to its next file ends the log with a message and trading's side never
/// waits: what is logged from then on is dropped and counted, and the last file is readable to its last line.
/// Method: a disk with room for one file; lines until the writer has failed, then more than its ring holds.
@Test func logOnAFullDiskDropsAndKeepsItsLastFile() throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let log = try Log(level: .debug, ringByteCount: 1 << 16)
    let status = LogStatus()
    var writer = try LogWriter(
        files(folder, fileByteCount: 512 << 10, fileCountMax: 4), source: log.source(),
        disk: FullDisk(fileCountMax: 1), status: status)
    var number = 0
    while writer.state == .running, number < 1_000_000 {
        log.write(.feedRequest(feed: number, count: 0), atNs: UInt64(number))
        number += 1
        if number % 500 == 0 { settle(&writer, UInt64(number) << 32) }
    }
    check(writer.state == .failed && log.droppedCount == 0)
    let message = status.failureMessage ?? ""
    check(message.contains("the log ends here") && message.contains("no room left"), "\(message)")
    check(writer.step(nowNs: .max) == 0)
    let logged = number
    for more in 0..<10_000 { log.write(.feedRequest(feed: logged + more, count: 0), atNs: 0) }
    check(log.droppedCount > 7_000, "\(log.droppedCount)")
    let numbers = try LogFile.numbers(folder: folder)
    #expect(numbers == [1])
    var reader = try LogReader(folder: folder)
    let times = try readAll(&reader).map(\.timeNs)
    // All that found room in the file: at most a block of 256 KiB was on its way into the next.
    #expect(times == Array(0..<UInt64(times.count)))
    #expect(UInt64(times.count) == status.writtenRecordCount.value && times.count > logged / 2)
}

/// Goal: a file is filled to its bound and not beyond it, for every way in which the last block meets the bound.
/// Method: blocks of every length from one page on, against files of two sizes; each file's length, and the lines, read back.
@Test func logFilesKeepTheirBound() throws {
    for perBlock in [1, 90, 1_500, 6_000] {
        let folder = try makeFolder()
        defer { remove(folder) }
        let log = try Log(level: .debug)
        let bound = 512 << 10
        var writer = try LogWriter(
            files(folder, fileByteCount: bound, fileCountMax: 64), source: log.source(), disk: UringDisk())
        let total = perBlock * (perBlock < 100 ? 300 : 40)
        for number in 0..<total {
            log.write(.feedRequest(feed: number, count: 0), atNs: UInt64(number))
            if (number + 1) % perBlock == 0 { settle(&writer, UInt64(number + 1) << 32) }
        }
        close(&writer)
        let numbers = try LogFile.numbers(folder: folder)
        #expect(numbers == Array(1...numbers.count) && numbers.count > 1, "\(perBlock) a block")
        for number in numbers {
            let bytes = try Files.read(LogFile.path(folder: folder, number: number), byteCountMax: 2 * bound)
            #expect((bytes?.count ?? .max) <= bound && (bytes?.count ?? 1) % 4096 == 0)
        }
        var reader = try LogReader(folder: folder)
        #expect(try readAll(&reader).map(\.timeNs) == Array(0..<UInt64(total)), "\(perBlock) a block")
    }
}

/// The real disk, full after so many files.
private final class FullDisk: Disk {
    private let disk = UringDisk()
    private let fileCountMax: Int
    private var fileCount = 0

    init(fileCountMax: Int) { self.fileCountMax = fileCountMax }

    func createFile(_ path: String, byteCount: Int) throws(SetupError) -> DiskFile {
        guard fileCount < fileCountMax else {
            throw SetupError("make a file of \(byteCount) bytes", at: path, .noSpace)
        }
        fileCount += 1
        return try disk.createFile(path, byteCount: byteCount)
    }
    func submitWrite(_ file: DiskFile, offset: Int, _ bytes: UnsafeRawBufferPointer, tag: UInt64) -> Bool {
        unsafe disk.submitWrite(file, offset: offset, bytes, tag: tag)
    }
    func submitSync(_ file: DiskFile, tag: UInt64) -> Bool { disk.submitSync(file, tag: tag) }
    func poll() -> DiskCompletion? { disk.poll() }
    func wait(timeoutNs: UInt64) { disk.wait(timeoutNs: timeoutNs) }
    func close(_ file: DiskFile, cutTo byteCount: Int?) throws(SetupError) {
        try disk.close(file, cutTo: byteCount)
    }
}
