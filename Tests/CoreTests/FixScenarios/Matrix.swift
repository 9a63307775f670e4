import Model
import Testing

@testable import Core

/// One order's story, told row by row as FIX's order state change matrices tell it: what was sent or heard, then what the
/// order is from there on. X is the number that it was made with, Y and Z those of its replacements.
///
/// Every row recomputes all sums the slow way, and looks at the position. A row that does not hold prints the matrix so
/// far.
final class Matrix {
    let world: World
    let order: OrderHandle
    private let side: SignalAction
    private(set) var table: [String] = []
    private var matches: UInt64 = 0
    private var position: Int64 = 0

    /// Something sent or heard.
    enum Event {
        case ack, ackDead, reject, cancelRequest, cancelReject, cancelPending
        /// Quantity that left the order; `nil`: all that is open.
        case cancelled(Int64?)
        case expired
        case trade(Int64, at: Int64 = Matrix.price)
        /// The trade of this number is undone.
        case bust(UInt64)
        case correct(UInt64, Int64, at: Int64, version: UInt8 = 1)
        /// Quantity, and price (0: as it was).
        case replaceRequest(Int64, at: Int64 = 0)
        /// The oldest, or another, of the replacements on their way comes into force.
        case replaced(Int = 0)
        case replaceReject(Int = 0)
        /// The same execution once more.
        case repeated(UInt64)
        case down, up
        /// A message that tells nothing of the order, or time.
        case notice
        case other((World) -> Void)
    }

    static var price: Int64 { 1_000_000 }

    /// A working place for large orders; New Order (X) is sent.
    init(
        _ quantity: Int64 = 10_000, _ timeInForce: TimeInForce = .day, side: SignalAction = .buy,
        _ change: (inout CoreConfiguration) -> Void = { _ in }
    ) {
        world = World {
            $0.limits.orderQuantityMax = Quantity(raw: 100_000)
            $0.limits.positionMax = Quantity(raw: 100_000)
            $0.limits.orderNotionalMax = Money(raw: 1_000_000_000_0000)
            $0.limits.grossNotionalMax = Money(raw: 1_000_000_000_0000)
            $0.limits.collarPpm = 500_000
            change(&$0)
        }
        self.side = side
        order = world.make(side, quantity, limit: Self.price, .limit, timeInForce)!
        x = world.ref(order)
    }

    /// The number that the order was made with.
    let x: UInt32
    var record: OrderRecord { world.record(order) }
    /// The numbers of the replacements on their way, oldest first.
    var versions: [UInt32] {
        let count = Int(record.versionCount)
        return (0..<count).map { world.detail(order).versions[$0].userRef }
    }

    private func play(_ event: Event) {
        let ref = world.ref(order)
        switch event {
        case .ack: world.accept(ref)
        case .ackDead: world.report(.orderAccepted, ref, quantity: record.ordered, id: 9_000, flags: 1)
        case .reject: world.report(.orderRejected, ref, id: 0x4, flags: 4)
        case .cancelRequest: world.cancel(order)
        case .cancelReject: world.report(.cancelRefused, ref)
        case .cancelPending: world.report(.cancelRefused, ref, flags: 1)
        case .cancelled(let quantity): world.cancelled(ref, quantity ?? record.leaves)
        case .expired: world.report(.orderExpired, ref, quantity: record.leaves)
        case .trade(let quantity, let price):
            matches += 1
            position += quantity
            world.execute(ref, quantity, at: price, match: matches)
        case .bust(let match):
            let known = world.all.last { Self.isTrade($0, match) }!
            position -= known.quantity
            world.report(.executionBroken, ref, id: match)
        case .correct(let match, let quantity, let price, let version):
            let known = world.all.last { Self.isTrade($0, match) }!
            position += quantity - known.quantity
            world.report(
                .executionCorrected, ref, quantity: quantity, price: price, id: match, flags: version)
        case .replaceRequest(let quantity, let price): world.replace(order, limit: price, quantity: quantity)
        case .replaced(let place):
            let version = world.detail(order).versions[place]
            world.report(
                .orderReplaced, version.userRef, quantity: max(version.quantity - record.filled, 0),
                price: version.price, id: UInt64(ref))
        case .replaceReject(let place):
            world.report(.orderRejected, world.detail(order).versions[place].userRef, id: 0x4, flags: 4)
        case .repeated(let match):
            let known = world.all.first { Self.isTrade($0, match) }!
            world.execute(known.user_ref, known.quantity, at: known.price, match: match)
        case .down: world.down()
        case .up: world.up(firstUnseen: 0)
        case .notice: world.step(Input(kind: .venueNotice))
        case .other(let body): body(world)
        }
    }

    private static func isTrade(_ fact: Fact, _ match: UInt64) -> Bool {
        (fact.factKind == .orderFilled || fact.factKind == .executionCorrected) && fact.execution_id == match
    }

    /// - Parameters:
    ///   - ordered: OrderQty, `filled`: CumQty, `leaves`: LeavesQty.
    ///   - reserved: What the worst case holds; `nil`: `leaves`.
    ///   - average: AvgPx, in ten-thousandths, truncated; `nil`: not looked at.
    ///   - facts: Kinds that must be among the row's.
    func row(
        _ event: Event, _ status: OrderStatus, _ ordered: Int64, _ filled: Int64, _ leaves: Int64,
        reserved: Int64? = nil, average: Int64? = nil, facts: [FactKind] = [],
        at place: SourceLocation = #_sourceLocation
    ) {
        play(event)
        let now = record
        table.append(
            "\(table.count + 1). \(event) ─ \(now.status), ordered \(now.ordered), filled \(now.filled), leaves \(now.leaves), "
                + "open \(world.risk().openBuy)/\(world.risk().openSell), \(world.kinds)")
        let matrix = Comment(rawValue: table.joined(separator: "\n"))
        let open = side == .buy ? world.risk().openBuy : world.risk().openSell
        #expect(now.status == status, matrix, sourceLocation: place)
        #expect(now.ordered == ordered, matrix, sourceLocation: place)
        #expect(now.filled == filled, matrix, sourceLocation: place)
        #expect(now.leaves == leaves, matrix, sourceLocation: place)
        #expect(open == reserved ?? leaves, matrix, sourceLocation: place)
        let held = world.position().quantity.raw
        #expect(held == (side == .buy ? position : -position), matrix, sourceLocation: place)
        if let average, now.filled > 0 {
            #expect(Int64(now.filledCost / Int128(now.filled)) == average, matrix, sourceLocation: place)
        }
        for kind in facts { #expect(world.kinds.contains(kind), matrix, sourceLocation: place) }
        #expect(world.disagreement() == nil, matrix, sourceLocation: place)
    }
}
