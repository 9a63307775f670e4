/// What the core notes about an order beside its four parts.
struct OrderMarks: BitwiseCopyable {
    private(set) var bits: UInt16 = 0

    private func has(_ bit: UInt16) -> Bool { bits & bit != 0 }
    private mutating func set(_ bit: UInt16, _ isSet: Bool) { bits = isSet ? bits | bit : bits & ~bit }

    /// The slot's ``OrderDetail`` is this order's.
    var hasDetail: Bool {
        get { has(1) }
        set { set(1, newValue) }
    }
    /// To be cancelled as soon as its session takes a cancel.
    var wantsCancel: Bool {
        get { has(2) }
        set { set(2, newValue) }
    }
    /// The policy for the rest after a partial fill was carried out.
    var remainderDone: Bool {
        get { has(4) }
        set { set(4, newValue) }
    }
    /// Held, and what it waited for has come: it goes as soon as nothing keeps it.
    var isTriggered: Bool {
        get { has(8) }
        set { set(8, newValue) }
    }
    /// No strategy of this run made it: taken over from an earlier one, or told by the venue.
    var isAdopted: Bool {
        get { has(16) }
        set { set(16, newValue) }
    }
    /// Others wait for its end.
    var hasChildren: Bool {
        get { has(64) }
        set { set(64, newValue) }
    }
    /// The stream lacked a part while the order was open, and nothing has told of it since: what the stream does not tell
    /// proves nothing.
    var isUntold: Bool {
        get { has(128) }
        set { set(128, newValue) }
    }
    /// Nothing but a list of the venue says that it lives.
    var isListed: Bool {
        get { has(256) }
        set { set(256, newValue) }
    }
    /// It may open a position, as far as its making told.
    var mayOpen: Bool {
        get { has(512) }
        set { set(512, newValue) }
    }
    /// The operator was called about its doubt.
    var isEscalated: Bool {
        get { has(32) }
        set { set(32, newValue) }
    }
}
