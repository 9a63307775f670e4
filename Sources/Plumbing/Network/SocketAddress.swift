public import CSpinetailPlumbing

/// An IPv4 address and a port.
@frozen public struct SocketAddress: Hashable, BitwiseCopyable, Sendable {
    /// The address as a number: 127.0.0.1 is 0x7f000001.
    public let host: UInt32
    public let port: UInt16

    @inlinable public init(host: UInt32, port: UInt16) {
        self.host = host
        self.port = port
    }

    @inlinable public static func loopback(_ port: UInt16) -> SocketAddress {
        SocketAddress(host: 0x7f00_0001, port: port)
    }

    @inlinable public var isMulticast: Bool { host >> 28 == 0xe }
    @inlinable var c: st_address { st_address(host: host, port: port, reserved: 0) }

    init(_ address: st_address) { self.init(host: address.host, port: address.port) }
}

extension SocketAddress: CustomStringConvertible {
    /// From "127.0.0.1:9000" or "localhost:9000"; `nil` when it is neither. Names are not looked up: a venue's
    /// address is given as numbers.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]), let host = Self.host(String(parts[0])) else {
            return nil
        }
        self.init(host: host, port: port)
    }

    /// From "127.0.0.1" or "localhost".
    public static func host(_ text: String) -> UInt32? {
        if text == "localhost" { return 0x7f00_0001 }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var host: UInt32 = 0
        for part in parts {
            guard let number = UInt8(part) else { return nil }
            host = host << 8 | UInt32(number)
        }
        return host
    }

    public static func text(host: UInt32) -> String {
        "\(host >> 24).\(host >> 16 & 255).\(host >> 8 & 255).\(host & 255)"
    }

    public var description: String { "\(Self.text(host: host)):\(port)" }
}
