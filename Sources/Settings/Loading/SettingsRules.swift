/// What one value alone cannot tell: rules between settings. They run when every value is right by itself.
enum SettingsRules {
    static func check(_ settings: Settings, _ binder: inout Binder) {
        func refuse(_ path: String, _ message: String) {
            binder.refuse(binder.origins[path] ?? .standard, "\(path) \(message)")
        }
        let ouch = settings.broker.ouch
        if ouch.reconnectNsMin > ouch.reconnectNsMax {
            refuse(
                "broker.ouch.reconnect_min_seconds",
                "is more than reconnect_max_seconds, expected at most that")
        }
        for (index, feed) in settings.feeds.enumerated() {
            let same = settings.feeds[..<index].firstIndex {
                $0.port == feed.port && $0.address == feed.address && $0.multicastGroup == feed.multicastGroup
            }
            if let same {
                refuse("feeds.\(index).port", "is the port of feeds.\(same) too, expected one port a feed")
            }
        }
        for (index, strategy) in settings.strategies.enumerated() where strategy.name == "ema_cross" {
            guard case .whole(let fast) = strategy.parameters["fast_period"],
                case .whole(let slow) = strategy.parameters["slow_period"], fast >= slow
            else { continue }
            refuse("strategies.\(index).fast_period", "is \(fast), expected less than slow_period (\(slow))")
        }
    }
}
