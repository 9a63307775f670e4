import Foundation
public import Settings

/// What `spinetail venue --ports-file` writes: the ports it opened, each line a setting of `spinetail run`.
public struct PortsFile: Sendable, Equatable {
    public var feedProtocol: FeedSettings.FeedProtocol
    public var marketDataPort: Int
    public var requestPort: Int
    public var orderPort: Int
    /// `nil`: the venue has no back office.
    public var queryPort: Int?

    public init(
        feedProtocol: FeedSettings.FeedProtocol, marketDataPort: Int, requestPort: Int, orderPort: Int,
        queryPort: Int? = nil
    ) {
        self.feedProtocol = feedProtocol
        self.marketDataPort = marketDataPort
        self.requestPort = requestPort
        self.orderPort = orderPort
        self.queryPort = queryPort
    }

    /// For `--set`, in this order.
    public var overrides: [String] {
        [
            "feeds.0.protocol=\(feedProtocol.rawValue)", "feeds.0.port=\(marketDataPort)",
            "feeds.0.request_port=\(requestPort)", "broker.ouch.port=\(orderPort)",
        ] + (queryPort.map { ["broker.back_office.port=\($0)"] } ?? [])
    }

    /// Whole or not at all: a reader that waits for the file never sees half of it.
    public func write(to path: String) throws {
        let text = overrides.map { $0 + "\n" }.joined()
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                "cannot write the ports file \(path): \(error.localizedDescription)",
                remedy: "name a file in a folder that exists and that you may write to")
        }
    }
}
