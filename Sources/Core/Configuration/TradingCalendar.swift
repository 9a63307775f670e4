/// When instruments may be traded: times of one kind of market, holidays left out.
///
/// The core looks nothing up: whoever reads the settings has turned hours, time zone and holidays into moments.
public struct TradingCalendar: Sendable, Equatable {
    /// In UTC nanoseconds since 1970; open at `opensNs`, closed again at `closesNs`.
    public struct Session: Sendable, Equatable {
        public var opensNs: UInt64
        public var closesNs: UInt64

        public init(opensNs: UInt64, closesNs: UInt64) {
            self.opensNs = opensNs
            self.closesNs = closesNs
        }
    }

    /// In order, none overlapping. Behind the last one it is closed.
    public var sessions: [Session]

    public init(sessions: [Session]) { self.sessions = sessions }
}
