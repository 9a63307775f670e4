/// A path for C, or NULL.
func withOptionalCString<Answer>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Answer) -> Answer {
    guard let text else { return body(nil) }
    // SAFETY: the pointer is used inside the closure only.
    return unsafe text.withCString { unsafe body($0) }
}
