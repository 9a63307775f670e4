import Foundation
import Model
import Plumbing
import Testing

@testable import Runtime

private let cancelAll = "{\"id\":1,\"command\":\"cancel_all\"}\n"

/// Goal: the socket is this user's alone, and found by nobody once the agent has ended.
@Test func theSocketIsOurs() throws {
    let world = try ControlWorld()
    let path = world.agent.listener!.path
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder) == ["a.control"])
    #expect(!LocalListener.isStale(path))
    world.agent.finish { world.nowNs }
    #expect(!FileManager.default.fileExists(atPath: path))
}

/// Goal: what a dead process left is taken away, what a living one has is not.
@Test func staleSocketsGo() throws {
    let world = try ControlWorld()
    let (living, dead) = (RunID(low: 1, high: 2), RunID(low: 3, high: 4))
    let listener = try LocalListener(path: ControlPath.of(living, in: world.folder))
    do { _ = try LocalListener(path: ControlPath.of(dead, in: world.folder)) }
    #expect(FileManager.default.fileExists(atPath: ControlPath.of(dead, in: world.folder)))
    ControlPath.removeStale(in: world.folder)
    #expect(!FileManager.default.fileExists(atPath: ControlPath.of(dead, in: world.folder)))
    #expect(FileManager.default.fileExists(atPath: listener.path))
}

/// Goal: a bad line is answered and nothing else comes of it; the next request is taken as if it had not been.
/// Method: nonsense, an empty line, a line of 10,000 bytes in pieces, a half line that is finished later, two requests in one
/// piece, a line that ends as on Windows.
@Test func badLinesAreAnswered() throws {
    let world = try ControlWorld()
    let client = try world.client()
    client.say("nonsense\n")
    #expect(world.lines(client).map(\.error) == ["bad_request"])
    client.say("\n\r\n{\"id\":2,\"command\":\"status\"}\r\n")
    #expect(world.lines(client).map(\.id) == [2])
    for _ in 0..<20 {
        client.say(String(repeating: "x", count: 500))
        world.turn()
    }
    client.say("\n{\"id\":3,\"command\":\"status\"}\n")
    let answers = world.lines(client, 2)
    #expect(answers.map(\.error) == ["bad_request", nil] && answers.map(\.id) == [nil, 3])
    #expect(answers[0].text?.contains("4096 bytes") == true)
    for piece in ["{\"id\":4,", "\"command\":\"sta", "tus\"}"] {
        client.say(piece)
        world.turn(3)
        client.receive()
        #expect(client.lines.isEmpty)
    }
    client.say("\n")
    #expect(world.lines(client).map(\.id) == [4])
    client.say("{\"id\":5,\"command\":\"status\"}\n{\"id\":6,\"command\":\"status\"}\n")
    #expect(world.lines(client, 2).map(\.id) == [5, 6])
    let exact = "{\"id\":7,\"command\":\"status\"}"
    client.say(exact + String(repeating: " ", count: 4_096 - exact.count) + "\n")
    #expect(world.lines(client).map(\.id) == [7])
    client.say(exact + String(repeating: " ", count: 4_097 - exact.count) + "\n")
    #expect(world.lines(client).map(\.error) == ["bad_request"])
}

/// Goal: orders and positions are shown as the engine has them, each client its own, with the symbols' names.
@Test func twoClientsLook() throws {
    let world = try ControlWorld()
    world.accept(1...150)
    world.accept(151...160, instrument: 1)
    let (first, second) = (try world.client(), try world.client())
    first.say("{\"id\":1,\"command\":\"orders\"}\n")
    second.say(
        "{\"id\":1,\"command\":\"orders\",\"symbol\":\"TAIL\"}\n{\"id\":2,\"command\":\"positions\"}\n")
    let all = world.lines(first, 161)
    #expect(all.count == 161)
    #expect(Set(all.compactMap { $0.order?.userRef }) == Set(1...160))
    #expect(all.last?.done == true && all.last?.count == 160 && all.last?.ok == true)
    #expect(all.dropLast().allSatisfy { $0.done == nil && $0.id == 1 })
    let some = world.lines(second, 14)
    #expect(some.filter { $0.id == 1 }.compactMap { $0.order?.symbol } == Array(repeating: "TAIL", count: 10))
    let positions = some.compactMap(\.position)
    #expect(Set(positions.map(\.symbol)) == ["SPIN", "TAIL"])
    #expect(positions.first { $0.symbol == "SPIN" }?.openBuy == 15_000)
    let order = try #require(all[0].order)
    #expect(order.status == "accepted" && order.leaves == 100 && order.limitPrice == "1.0000")
    #expect(order.venueOrder == UInt64(order.userRef) + 1_000 && order.isOpen && order.strategy == nil)
}

/// Goal: a view comes whole through a ring that it does not fit, while the engine goes on; commands find room meanwhile.
@Test func viewsPassANarrowRing() throws {
    let world = try ControlWorld(fromHotBytes: 1 << 13)
    world.accept(1...500)
    let client = try world.client()
    client.say("{\"id\":1,\"command\":\"orders\"}\n")
    client.say(cancelAll.replacingOccurrences(of: "\"id\":1", with: "\"id\":2"))
    let lines = world.lines(client, 502)
    #expect(lines.filter { $0.order != nil }.count == 500)
    #expect(lines.filter { $0.done == true }.map(\.id) == [1, 2])
}

/// Goal: a command gets the engine's own word: done with a count, or refused with the rule in words.
@Test func commandsAreAnswered() throws {
    let world = try ControlWorld()
    let client = try world.client()
    client.say(cancelAll)
    let none = world.lines(client)[0]
    #expect(none.ok == true && none.count == 0 && none.command == "cancel_all")
    client.say("{\"id\":2,\"command\":\"cancel\",\"order\":\"00000000-0000-8000-8000-000000000001\"}\n")
    let refused = world.lines(client)[0]
    #expect(refused.ok == false && refused.error == "refused" && refused.rule == "no_such_order")
    #expect(refused.text == Words.refusal(.noSuchOrder))
    client.say("{\"id\":3,\"command\":\"close\",\"symbol\":\"NOPE\"}\n")
    #expect(world.lines(client)[0].error == "unknown_symbol")
    client.say("{\"id\":4,\"command\":\"close\",\"symbol\":\"SPIN\"}\n")
    #expect(world.lines(client)[0].rule == "sized_to_zero")
    world.accept(1...3)
    client.say("{\"id\":5,\"command\":\"orders\",\"open\":true}\n")
    let orders = world.lines(client, 4).compactMap(\.order)
    #expect(orders.count == 3)
    client.say("{\"id\":6,\"command\":\"cancel\",\"order\":\"\(orders[0].id)\"}\n")
    #expect(world.lines(client)[0].count == 1)
}

/// Goal: an engine that does not answer keeps nobody waiting for ever, and its late answers go to nobody.
@Test func silenceIsTold() throws {
    let world = try ControlWorld()
    world.isEngineAlive = false
    let client = try world.client()
    client.say(cancelAll)
    client.say("{\"id\":2,\"command\":\"orders\"}\n{\"id\":3,\"command\":\"close\",\"symbol\":\"SPIN\"}\n")
    world.turn(10)
    world.nowNs += world.agent.configuration.answerNsMax
    #expect(world.lines(client, 3).map(\.error) == ["timeout", "timeout", "timeout"])
    world.isEngineAlive = true
    world.accept(1...2)
    world.turn(200)
    client.receive()
    #expect(client.lines.isEmpty)
    client.say("{\"id\":4,\"command\":\"orders\"}\n")
    #expect(world.lines(client, 3).map(\.id) == [4, 4, 4])
}

/// Goal: a client that goes in the middle of an answer, or asks and only listens on, disturbs nobody.
@Test func clientsComeAndGo() throws {
    let world = try ControlWorld()
    world.accept(1...200)
    let stays = try world.client()
    for _ in 0..<40 {
        let goes = try world.client()
        goes.say("{\"id\":1,\"command\":\"orders\"}\n{\"id\":2,\"comm")
        world.turn(2)
        goes.connection.close()
    }
    stays.say("{\"id\":9,\"command\":\"orders\"}\n")
    #expect(world.lines(stays, 201).count == 201)
    world.turn(2)
    #expect(world.agent.clients.count == 1)
    var crowd: [ControlTester] = []
    for _ in 0..<ControlAgent.clientCountMax { crowd.append(try world.client()) }
    #expect(world.lines(crowd[ControlAgent.clientCountMax - 1]).map(\.error) == ["busy"])
    #expect(world.agent.clients.count == ControlAgent.clientCountMax)
}

/// Goal: one who asks and does not read neither stalls the others nor fills the memory. Method: it asks for more than a
/// socket's buffer holds; another gets its answer; with more than the bound lying about the first is cut off.
@Test func aSlowClientWaitsAlone() throws {
    let world = try ControlWorld()
    world.accept(1...1_500)
    let slow = try world.client()
    for id in 0..<8 { slow.say("{\"id\":\(id),\"command\":\"orders\"}\n") }
    world.turn(400)
    #expect(world.agent.clients[0].hasOutput)
    let other = try world.client()
    other.say("{\"id\":1,\"command\":\"status\"}\n")
    #expect(world.lines(other)[0].status?.clients == 2)
    for round in 0..<20 where world.agent.clients.count == 2 {
        for id in 0..<8 { slow.say("{\"id\":\(round * 8 + id),\"command\":\"orders\"}\n") }
        world.turn(800)
    }
    #expect(world.agent.clients.count == 1)
    other.say("{\"id\":2,\"command\":\"status\"}\n")
    #expect(world.lines(other)[0].status?.clients == 1)
}

/// Goal: one who sends without end is told so, and the others are served between its lines.
@Test func aFloodIsBounded() throws {
    let world = try ControlWorld()
    world.isEngineAlive = false
    let flood = try world.client()
    for id in 0..<200 { flood.say("{\"id\":\(id),\"command\":\"cancel_all\"}\n") }
    let other = try world.client()
    other.say("{\"id\":1,\"command\":\"status\"}\n")
    world.turn(3)
    other.receive()
    #expect(other.lines.count == 1)
    world.turn(20)
    flood.receive()
    #expect(flood.lines.count == 200 - ControlClient.requestCountMax)
    #expect(flood.lines.allSatisfy { $0.error == "busy" })
    flood.lines = []
    world.isEngineAlive = true
    #expect(world.lines(flood, 64).filter { $0.ok == true }.count == 64)
}

/// Goal: at the end of the run whoever waits is told.
@Test func theEndIsTold() throws {
    let world = try ControlWorld()
    world.isEngineAlive = false
    let client = try world.client()
    client.say(cancelAll)
    client.say("{\"id\":2,\"command\":\"orders\"}\n")
    world.turn(2)
    world.agent.finish { world.nowNs }
    client.receive()
    #expect(Set(client.lines.map(\.error)) == ["stopped"] && client.lines.count == 2)
    #expect(client.connection.hasEnded)
}
