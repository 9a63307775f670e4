internal import Model

/// What OUCH 5.0's reasons mean for what is done next.
///
/// - Source: NASDAQ, "OUCH 5.0", appendix "Order Canceled reasons" and "Order Reject reasons".
enum OuchReasons {
    /// T: the order's own time was over; E: the market closed over it.
    static func isExpiry(_ reason: UInt8) -> Bool {
        reason == UInt8(ascii: "T") || reason == UInt8(ascii: "E")
    }

    /// Whether an order that was rejected so may be sent again.
    static func refusalClass(_ reason: UInt16) -> RefusalClass {
        // A number of the wire, not an enumeration of ours.
        switch reason {
        // Processing error; message rates of the symbol, of the port, of duplicates.
        case 0x000a, 0x0028, 0x0029, 0x002a: .retry
        // "Other", and what is not in the list.
        case 0x000f, 0: .unknown
        case 0x0001...0x002f: .never
        default: .unknown
        }
    }
}
