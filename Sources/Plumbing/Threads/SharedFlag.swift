public import CSpinetailPlumbing

/// A number that one thread sets and others look at: 0 until then.
@safe public final class SharedFlag: @unchecked Sendable {
    private let flag: OpaquePointer

    // SAFETY: C gives a flag or aborts; it lives as long as this object.
    public init() { unsafe flag = st_flag_create() }
    deinit { unsafe st_flag_destroy(flag) }

    public var value: UInt64 {
        get { unsafe st_flag_get(flag) }
        set { unsafe st_flag_set(flag, newValue) }
    }

    /// For the hot thread: a look without the object. Valid as long as the object.
    public var view: View { unsafe View(flag: flag) }

    @safe @frozen public struct View: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let flag: OpaquePointer

        @usableFromInline init(flag: OpaquePointer) { unsafe self.flag = flag }

        @inlinable public var value: UInt64 {
            get {
                // SAFETY: whoever made the view keeps the flag alive.
                unsafe st_flag_get(flag)
            }
            nonmutating set {
                // SAFETY: whoever made the view keeps the flag alive.
                unsafe st_flag_set(flag, newValue)
            }
        }
    }
}
