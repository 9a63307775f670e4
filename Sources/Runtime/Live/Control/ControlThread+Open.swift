internal import Core
internal import Foundation
internal import Journal
internal import Plumbing
internal import Reporting
internal import Settings

extension ControlThread {
    /// Makes the way from people and back offices to an engine that does not run yet.
    ///
    /// - Returns: `nil`: it could not be had, which the warnings tell; the run goes on without.
    static func open<Strategies: StrategySet & ~Copyable, IO: HotIO & ~Copyable>(
        _ engine: inout Engine<Strategies, IO>, _ settings: Settings, _ folder: RunFolder, epoch: UInt32,
        strategies: [String], version: String, killSwitch: KillSwitch, reload: LimitReload?,
        progress: EngineProgress, notices: RunNotices, log: LogNotes?, clock: Clock,
        warnings: inout [String]
    ) -> ControlThread? {
        ControlPath.removeStale()
        do throws(SetupError) {
            let toHot = try RecordRing(capacity: 1 << 18)
            let fromHot = try RecordRing(capacity: 1 << 20)
            let link = EngineLink(outgoing: toHot, incoming: fromHot.reader())
            let port = ControlPort(incoming: link.reader(), outgoing: fromHot)
            var status = ControlStatus(
                run: folder.runID.description, epoch: epoch, version: version,
                folder: URL(fileURLWithPath: folder.path).standardizedFileURL.path,
                process: Int(ProcessInfo.processInfo.processIdentifier), clients: 0)
            let asked = settings.routedVenues.first { $0.backOffice.port != 0 }
            status.reconciliations.isOn = asked != nil
            var configuration = ControlAgent.Configuration(
                status: status,
                clock: RunClock(epoch: epoch, utcAtZeroNs: UInt64(bitPattern: clock.utcOffsetNs())))
            configuration.strategies = strategies
            configuration.killSwitch = killSwitch
            configuration.reload = reload
            configuration.progress = progress
            configuration.notices = notices
            configuration.log = log
            configuration.currencies =
                [settings.account.baseCurrency] + settings.account.currencies.map(\.name)
            configuration.sessionCount = settings.routedVenues.count
            if let asked {
                var broker = settings.broker
                broker.ouch = asked.ouch
                broker.backOffice = asked.backOffice
                configuration.backOffice = BackOfficeClient(broker)
            }
            let listener = try LocalListener(path: ControlPath.of(folder.runID))
            let core = settings.threads.journalCore
            let thread = try ControlThread(
                ControlAgent(configuration, listener: listener, link: link), clock: clock,
                core: core >= 0 ? core : nil)
            // Only now: the engine asks nobody who is not there.
            engine.control = port
            return thread
        } catch {
            warnings.append("\(error)")
            return nil
        }
    }
}

extension RunReport.Books {
    mutating func take(_ reconciliation: ControlStatus.Reconciliation) {
        comparisonsAsked = reconciliation.asked
        comparisonsDone = reconciliation.done
        comparisonsUseless = reconciliation.useless
        comparisonsFailed = reconciliation.failed
        lastFailure = reconciliation.failure
    }
}
