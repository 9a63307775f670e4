/// What a booking did to a position.
enum PositionChange {
    case opened
    case changed
    case closed
    /// Through zero: the old position was closed and another one opened.
    case reversed

    @inline(__always)
    init(from before: Int64, to after: Int64) {
        if before == 0 {
            self = after == 0 ? .changed : .opened
        } else if after == 0 {
            self = .closed
        } else {
            self = (before > 0) == (after > 0) ? .changed : .reversed
        }
    }
}
