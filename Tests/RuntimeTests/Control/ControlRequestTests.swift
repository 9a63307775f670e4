import Model
import Testing

@testable import Runtime

/// Goal: what a line may be is decided key by key, and each mistake is named; nothing is guessed.
@Test(
    arguments: [
        ("", "no JSON object"), ("[]", "no JSON object"), ("{", "no JSON object"), ("7", "no JSON object"),
        ("{\"id\":1}{\"id\":2}", "no JSON object"), ("\u{0}\u{1}", "no JSON object"),
        ("{\"command\":\"orders\"}", "\"id\" is missing"),
        ("{\"id\":1.5,\"command\":\"orders\"}", "\"id\" is missing"),
        ("{\"id\":true,\"command\":\"orders\"}", "\"id\" is missing"),
        ("{\"id\":1}", "\"command\" is missing"), ("{\"id\":1,\"command\":7}", "\"command\" is missing"),
        ("{\"id\":1,\"command\":\"fly\"}", "no command \"fly\"; there are status, orders"),
        ("{\"id\":1,\"command\":\"flatten\",\"symbol\":\"A\"}", "flatten takes no \"symbol\"; it takes none"),
        ("{\"id\":1,\"command\":\"orders\",\"limit\":3}", "orders takes no \"limit\"; it takes open, symbol"),
        ("{\"id\":1,\"command\":\"orders\",\"open\":1}", "\"open\" is true or false"),
        ("{\"id\":1,\"command\":\"orders\",\"symbol\":\"NINELONGX\"}", "\"symbol\" is text"),
        ("{\"id\":1,\"command\":\"cancel\"}", "cancel needs \"order\""),
        ("{\"id\":1,\"command\":\"cancel\",\"order\":\"12\"}", "\"order\" is an order's whole id"),
        ("{\"id\":1,\"command\":\"lift\",\"scope\":\"account\"}", "lift needs \"by\""),
        (
            "{\"id\":1,\"command\":\"lift\",\"scope\":\"account\",\"by\":\"\"}",
            "text of one to sixteen printable"
        ),
        (
            "{\"id\":1,\"command\":\"lift\",\"scope\":\"instrument\",\"by\":\"ann\"}",
            "the scope instrument needs \"symbol\""
        ),
        (
            "{\"id\":1,\"command\":\"set_state\",\"scope\":\"account\",\"state\":\"asleep\",\"by\":\"ann\"}",
            "normal, reduce_only, liquidation_only, halted"
        ),
        ("{\"id\":1,\"command\":\"close\"}", "close needs \"symbol\""),
        ("{\"id\":1,\"command\":\"rate\",\"currency\":\"EUR\"}", "rate needs \"rate\""),
        (
            "{\"id\":1,\"command\":\"rate\",\"currency\":\"EUR\",\"rate\":\"-1\"}",
            "\"rate\" is a positive decimal number as text"
        ),
        (
            "{\"id\":1,\"command\":\"rate\",\"currency\":7,\"rate\":\"1\"}",
            "\"currency\" is a currency's code"
        ),
        (
            "{\"id\":1,\"command\":\"replace\",\"order\":\"00000000-0000-8000-8000-000000000001\"}",
            "replace needs \"price\" or \"quantity\""
        ),
        (
            "{\"id\":1,\"command\":\"replace\",\"order\":\"00000000-0000-8000-8000-000000000001\",\"price\":1.5}",
            "\"price\" is a positive decimal number as text"
        ),
        (
            "{\"id\":1,\"command\":\"replace\",\"order\":\"00000000-0000-8000-8000-000000000001\",\"quantity\":0}",
            "\"quantity\" is a positive whole number"
        ),
    ])
func mistakesInRequestsAreNamed(_ line: String, _ text: String) {
    do throws(ControlRequest.Fault) {
        let request = try ControlRequest(line: Array(line.utf8))
        Issue.record("\(request)")
    } catch {
        #expect(error.text.contains(text), "\(error.text)")
        #expect((error.id == 1) == !(text.contains("JSON") || text.contains("\"id\"")))
    }
}

/// Goal: every command goes over the line and comes back as it was.
@Test(arguments: ControlRequest.Command.allCases)
func requestsComeBack(_ command: ControlRequest.Command) throws {
    var request = ControlRequest(id: .max, command)
    if command.keys.contains("order") { request.order = OrderID(high: 0x1234_8000, low: .max) }
    if command.keys.contains("by") { request.name = OperatorName("ann \"the\" risk") }
    if command.keys.contains("scope") { request.scope = .strategy }
    if command.keys.contains("strategy") { request.strategy = "né \"x\"" }
    if command.keys.contains("state") { request.state = .liquidationOnly }
    if command.keys.contains("config") { request.config = "/a b/settings.yaml" }
    if command.keys.contains("set") { request.overrides = "risk.max_open_orders=5\nrisk.max_daily_loss=1" }
    if command.keys.contains("symbol") { request.symbol = Symbol("A\"\\B") }
    if command.keys.contains("price") { request.price = 1_234_567 }
    if command.keys.contains("quantity") { request.quantity = 900 }
    if command.keys.contains("open") { request.isOpenOnly = true }
    if command.keys.contains("currency") { request.currency = Symbol("A\"\\B") }
    if command.keys.contains("rate") { request.rate = 1_084_200_001 }
    let line = request.line()
    #expect(line.hasSuffix("}\n"))
    #expect(try ControlRequest(line: line.dropLast().utf8) == request)
}

/// Goal: an answer's line is read as it was written.
@Test func linesComeBack() throws {
    var row = OrderRow(
        id: OrderID(high: 5, low: 6), createdUtcNs: 7, symbol: "SPIN", side: .sell, type: .stopLimit,
        timeInForce: .goodTillDate, status: .pendingCancel)
    row.venueOrder = .max
    var line = ControlLine(id: 9)
    line.order = row
    line.position = PositionRow(symbol: "SPIN", quantity: -3, entryPrice: 12_500, realised: -1)
    line.status = ControlStatus(
        run: "r", epoch: 1, version: "v", folder: "/x", process: 2, clients: 3)
    let bytes = line.bytes()
    #expect(bytes.last == UInt8(ascii: "\n") && bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    let back = try ControlLine(json: bytes.dropLast())
    #expect(back.order == row && back.position == line.position && back.status == line.status)
    #expect(row.type == "stop_limit" && row.timeInForce == "gtd" && row.status == "pending_cancel")
    #expect(line.position?.side == "short" && line.position?.entryPrice == "1.2500")
    #expect(line.position?.realisedPnl == "-0.0001")
}

/// Goal: when an order was made is read from its id, to the microsecond, and only of this run's orders.
@Test func ordersTellWhenTheyWereMade() {
    let clock = RunClock(epoch: 0x12345, utcAtZeroNs: 1_000_000_000_000)
    let id = OrderID(engineTimeNs: 5_000_000_000, epoch: 0x12345, number: 77)
    let utcNs = clock.utcNs(ofOrder: id)
    #expect(utcNs.map { 1_005_000_000_000 - $0 < 1_024 } == true)
    #expect(clock.utcNs(ofOrder: OrderID(engineTimeNs: 5, epoch: 0x12346, number: 77)) == nil)
}
