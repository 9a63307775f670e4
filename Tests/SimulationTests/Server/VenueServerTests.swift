import Feeds
import Model
import Plumbing
import TestSupport
import Testing
import Wire

@testable import Simulation

/// The server over loopback, turned by hand on the test's own thread together with its clients.
@Suite(.serialized) struct VenueServerTests {
    static func exchange(events: UInt64 = 2_000) -> ExchangeConfiguration {
        ExchangeConfiguration(
            instruments: [ExchangeInstrument(symbol: Symbol("SPNA")!)],
            accounts: [
                ExchangeAccount(username: "SPINE", password: "TAIL"),
                ExchangeAccount(username: "OTHER", password: "TAIL"),
            ],
            flow: FlowConfiguration(seed: TestSeed.current, eventsPerSecond: 20_000, countMax: events))
    }

    /// Turns the server and what `others` does until `isDone`; at most `secondsMax`.
    static func turn(
        _ server: VenueServer, secondsMax: UInt64 = 10, _ others: () -> Void, until isDone: () -> Bool
    ) -> Bool {
        let end = server.clock.nowNs() + secondsMax * 1_000_000_000
        while server.clock.nowNs() < end {
            _ = server.turn(server.clock.nowNs())
            others()
            if isDone() { return true }
        }
        return false
    }

    /// Goal: a session from log-on to end of session: reports in order, orders filled, the feed whole, nothing dropped.
    @Test func wholeSession() throws {
        let receiver = try TestReceiver()
        var configuration = VenueConfiguration(exchange: Self.exchange())
        configuration.marketData = .loopback(receiver.port)
        configuration.settleNs = 50_000_000
        let server = try VenueServer(configuration)
        let client = TestClient(port: server.ports.orderPort)
        let pump = {
            receiver.pump()
            client.pump()
        }
        // Nothing moves before the log-on.
        _ = Self.turn(server, secondsMax: 1, pump) { server.clock.nowNs() % 50_000_000 > 40_000_000 }
        #expect(server.phase == .waiting && receiver.packets.isEmpty)
        client.login(sequence: 1)
        #expect(Self.turn(server, pump) { client.loginSequence == 1 })
        client.enter(1, "B", 100, Symbol("SPNA")!.raw, 1_900_000_000)  // through all that comes: it fills
        client.enter(2, "B", 100, Symbol("NOPE")!.raw, 10_000)
        #expect(Self.turn(server, pump) { client.messages("J").count == 1 })
        #expect(client.messages("A").count == 1)
        #expect(Self.turn(server, pump) { server.phase == .ending })
        #expect(Self.turn(server, pump) { client.hasEnded })
        client.connection.close()
        #expect(Self.turn(server, pump) { server.phase == .over })
        receiver.pump()
        #expect(!client.messages("E").isEmpty)

        // The feed: one sequence without a hole, ending with the end of session.
        var next: UInt64 = 1
        var ends = 0
        for packet in receiver.packets {
            // SAFETY: the array stands during the call.
            let header = unsafe packet.withUnsafeBytes { unsafe MoldUDP64.Header(reading: $0) }
            #expect(header?.sequence == next)
            if header?.isEndOfSession == true { ends += 1 } else { next += UInt64(header?.count ?? 0) }
        }
        #expect(next > 1_000 && ends == 3)
        server.update(server.clock.nowNs())
        #expect(server.report.orders == 2 && server.report.rejects == 1 && server.report.executions > 0)
        #expect(server.report.packets == UInt64(receiver.packets.count))
        #expect(server.report.messages == next - 1)
        #expect(server.report.drops == 0)
    }

    /// Goal: a client that lost its connection gets again what it missed, and nothing twice; wrong passwords nothing.
    @Test func reconnectWithReplay() throws {
        var configuration = VenueConfiguration(exchange: Self.exchange(events: 1_000_000))
        configuration.faults.disconnectAfter = 2
        let server = try VenueServer(configuration)
        let wrong = TestClient(port: server.ports.orderPort)
        let first = TestClient(port: server.ports.orderPort)
        var clients = [wrong, first]
        let pump = { for client in clients { client.pump() } }
        #expect(Self.turn(server, pump) { server.clients.count == 2 })
        wrong.login(password: "WRONG")
        first.login(sequence: 1)
        #expect(Self.turn(server, pump) { wrong.isRefused && first.loginSequence == 1 })
        first.enter(1, "B", 100, Symbol("SPNA")!.raw, 10_000)
        #expect(Self.turn(server, pump) { first.messages("A").count == 1 })
        first.enter(2, "B", 100, Symbol("SPNA")!.raw, 10_000)
        #expect(Self.turn(server, pump) { first.connection.state == .closed })
        let again = TestClient(port: server.ports.orderPort)
        clients = [again]
        #expect(Self.turn(server, pump) { again.connection.poll() == .open })
        again.login(sequence: UInt64(first.messages.count + 1))
        #expect(Self.turn(server, pump) { again.messages("A").count == 1 })
        #expect(again.loginSequence == UInt64(first.messages.count + 1))
        #expect(again.messages("A")[0][9...12].elementsEqual([0, 0, 0, 2]))
    }

    /// Goal: lost packets can be had again from the request port, and the fault scripts do what they say.
    @Test func retransmissionAndFaults() throws {
        let receiver = try TestReceiver()
        var configuration = VenueConfiguration(exchange: Self.exchange())
        configuration.marketData = .loopback(receiver.port)
        configuration.start = .immediately
        configuration.faults = VenueFaults(script: "drop=3,reject=2")!
        let server = try VenueServer(configuration)
        server.begin(server.clock.nowNs())
        #expect(Self.turn(server, { receiver.pump() }) { server.report.withheldPackets > 3 })
        let asker = try UdpSender(to: .loopback(server.ports.requestPort), from: .loopback(0))
        var bytes = [UInt8](repeating: 0, count: 20)
        let request = MoldUDP64.RequestPacket(
            session: Token10(configuration.exchange.session)!, sequence: 1, count: 3)
        // SAFETY: the array has a request's room.
        unsafe bytes.withUnsafeMutableBytes { room in
            _ = unsafe request.write(to: room)
            _ = unsafe asker.send(UnsafeRawBufferPointer(room))
        }
        var answer = [UInt8](repeating: 0, count: 2_048)
        var got = 0
        #expect(
            Self.turn(server, { receiver.pump() }) {
                // SAFETY: the array stands during the call.
                got = unsafe answer.withUnsafeMutableBytes { unsafe asker.receive(into: $0)?.count ?? 0 }
                return got > 0
            })
        // SAFETY: the array stands during the call.
        let header = unsafe answer.withUnsafeBytes { unsafe MoldUDP64.Header(reading: $0) }
        #expect(header?.sequence == 1 && header?.count == 3)
        let client = TestClient(port: server.ports.orderPort)
        #expect(Self.turn(server, { client.pump() }) { client.connection.poll() == .open })
        client.login()
        for number in 1...4 { client.enter(UInt32(number), "B", 1, Symbol("SPNA")!.raw, 10_000) }
        #expect(Self.turn(server, { client.pump() }) { client.messages.count >= 4 })
        #expect(Self.turn(server, { client.pump() }) { client.messages("J").count == 2 })
        #expect(VenueFaults(script: "drop=x") == nil && VenueFaults(script: "fly=1") == nil)
    }

    /// Goal: the real capture goes out byte for byte, in order, as fast as the receiver takes it, with no drop, though the
    /// receiver has an ordinary buffer and reads slowly; an order against its book is filled.
    @Test(.timeLimit(.minutes(1))) func realCaptureWithoutDrops() throws {
        guard let file = TestData.file("iex/DEEP10_20170425.pcap.gz") else { return }
        let receiver = try TestReceiver()
        var configuration = VenueConfiguration(exchange: Self.exchange(), file: file.path)
        configuration.marketData = .loopback(receiver.port)
        configuration.speed = .unlimited
        configuration.settleNs = 50_000_000
        let server = try VenueServer(configuration)
        let client = TestClient(port: server.ports.orderPort)
        #expect(server.ports.isDeep)
        #expect(Self.turn(server, { client.pump() }) { client.connection.poll() == .open })
        client.login()
        var expected = try CaptureSource(path: file.path)
        var received = 0
        var turns = 0
        var orders: UInt32 = 0
        let symbol = Symbol("ZXIET")!
        let isDone = Self.turn(server, secondsMax: 40) {
            client.pump()
            turns += 1
            if orders < 50, turns % 200 == 0, let follower = server.exchange.follower,
                let instrument = follower.instrument(symbol), let ask = follower.best(instrument, .sell)
            {
                orders += 1
                client.enter(orders, "B", 100, symbol.raw, UInt64(ask.price.raw), immediate: true)
            }
            guard turns % 8 == 0 else { return }  // a reader that is late
            receiver.pump()
            for packet in receiver.packets {
                guard let part = expected.next() else { break }
                // SAFETY: the part stands until the next one.
                let isSame = unsafe packet.elementsEqual(part.bytes)
                if !isSame {
                    Issue.record("packet \(received) differs")
                    return
                }
                received += 1
            }
            receiver.packets.removeAll()
        } until: {
            server.phase == .ending && received >= 121_314
        }
        #expect(isDone && received == 121_314)
        server.update(server.clock.nowNs())
        #expect(server.report.packets == 121_314 && server.report.messages == 391_999)
        #expect(server.report.drops == 0)
        #expect(orders > 0 && server.report.executions > 0, "\(orders) orders")
        #expect(server.report.damage.contains("ends inside packet 121315"))
    }

    /// Goal: an ITCH file's messages arrive all and in order, packed into MoldUDP64.
    @Test func itchFileOverMold() throws {
        guard let file = TestData.file("itch/ritch_synthetic_12012.itch50-zero-lengths") else { return }
        let receiver = try TestReceiver()
        var configuration = VenueConfiguration(exchange: Self.exchange(), file: file.path)
        configuration.marketData = .loopback(receiver.port)
        configuration.speed = .unlimited
        configuration.start = .immediately
        configuration.settleNs = 20_000_000
        let server = try VenueServer(configuration)
        server.begin(server.clock.nowNs())
        #expect(Self.turn(server, { receiver.pump() }) { server.phase == .over })
        receiver.pump()
        var expected = try CaptureSource(path: file.path)
        var count = 0
        for packet in receiver.packets {
            // SAFETY: the array stands during the call; blocks lie within it, as isWhole says.
            unsafe packet.withUnsafeBytes { bytes in
                #expect(unsafe MoldUDP64.isWhole(bytes))
                guard let header = unsafe MoldUDP64.Header(reading: bytes), !header.isEndOfSession else {
                    return
                }
                var offset = MoldUDP64.Header.byteCount
                for _ in 0..<header.count {
                    guard let block = unsafe MoldUDP64.block(at: offset, in: bytes),
                        let part = expected.next()
                    else { return }
                    let isSame = unsafe bytes[block.offset..<block.end].elementsEqual(part.bytes)
                    if isSame { count += 1 }
                    offset = block.end
                }
            }
        }
        server.update(server.clock.nowNs())
        #expect(count == 12_012 && server.report.drops == 0)
    }

    /// Goal: what cannot be opened is refused with a remedy, and a stop ends it in order at any time.
    @Test func refusalsAndStop() throws {
        let configuration = VenueConfiguration(exchange: Self.exchange())
        let server = try VenueServer(configuration)
        var taken = configuration
        taken.orderPort = server.ports.orderPort
        let inUse = #expect(throws: SetupError.self) { _ = try VenueServer(taken) }
        #expect(inUse?.remedy.isEmpty == false)
        var group = configuration
        group.marketData = SocketAddress(host: 0xf000_0001, port: 9)
        #expect(throws: SetupError.self) { _ = try VenueServer(group) }
        let missing = VenueConfiguration(exchange: Self.exchange(), file: "/nonexistent.pcap")
        #expect(throws: MarketFileError.self) { _ = try VenueServer(missing) }
        let report = server.run(isStopRequested: { true })
        #expect(report.end == .interrupted)
    }

    /// Goal: the back office answers over TCP while orders come in, after the engine's connection is gone, and as the day
    /// ends; a bust by script is among what it tells; without a query port there is none.
    /// Method: an order that fills, its bust, then questions on connections of their own, turned by hand.
    @Test func backOfficeByTcp() throws {
        let receiver = try TestReceiver()
        var configuration = VenueConfiguration(exchange: Self.exchange(events: 200_000))
        configuration.marketData = .loopback(receiver.port)
        #expect(try VenueServer(configuration).ports.queryPort == nil)
        configuration.queryPort = 0
        configuration.faults.bustEvery = 1
        let server = try VenueServer(configuration)
        let port = try #require(server.ports.queryPort)
        let client = TestClient(port: server.ports.orderPort)
        let pump = {
            receiver.pump()
            client.pump()
        }
        client.login(sequence: 1)
        #expect(Self.turn(server, pump) { client.loginSequence == 1 })
        client.enter(1, "B", 100, Symbol("SPNA")!.raw, 1_900_000_000)
        client.enter(2, "B", 7, Symbol("SPNA")!.raw, 100)
        #expect(Self.turn(server, pump) { !client.messages("B").isEmpty && client.messages("A").count == 2 })
        client.connection.close()
        let connection = TcpConnection(connectingTo: .loopback(port))
        let query = QueryClient(
            send: { bytes in
                #expect(Self.turn(server, pump) { connection.poll() != .connecting })
                // SAFETY: the array stands during the call.
                let sent = unsafe bytes.withUnsafeBytes { unsafe connection.send($0) }
                #expect(sent == bytes.count)
            },
            receive: {
                var found: [UInt8] = []
                let isThere = Self.turn(server, secondsMax: 2, pump) {
                    var buffer = [UInt8](repeating: 0, count: 65_536)
                    // SAFETY: the array stands during the call.
                    let count = unsafe buffer.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
                    found = Array(buffer[..<max(count, 0)])
                    return !found.isEmpty
                }
                return isThere ? found : nil
            })
        #expect(query.logOn(user: "SPINE", password: "TAIL")?.account == Token6("SPINE"))
        let first = try #require(query.orders(.orderByUserRef(1)).first)
        #expect(first.executed == 100 && first.status == .filled)
        #expect(query.orders(.openOrders).map(\.userRef) == [2])
        let trades = query.trades()
        #expect(trades.filter { $0.kind == .bust }.count == trades.count / 2 && !trades.isEmpty)
        #expect(query.positions().map(\.quantity) == [0], "all of it was busted")
        server.end(server.clock.nowNs())
        #expect(query.ask(.balance)?.records.count == 1, "asked for as the day ends")
        connection.close()
    }

    /// Goal: the fault script knows every name, and nothing else.
    /// Method: each name with a number, and what is wrong in a script.
    @Test func faultScripts() {
        for name in VenueFaults.names { #expect(VenueFaults(script: "\(name)=3") != nil, "\(name)") }
        #expect(
            Set(VenueFaults.names.map { VenueFaults(script: "\($0)=3")! }.map { "\($0)" }).count
                == VenueFaults.names.count)
        for bad in ["drop", "drop=", "drop=-1", "query=3", "bust=x", "bust=1,,=", "bust=1000000001"] {
            #expect(VenueFaults(script: bad) == nil, "\(bad)")
        }
        #expect(VenueFaults(script: "bust=2,query_late_ms=5")?.query.lateNs == 5_000_000)
    }
}
