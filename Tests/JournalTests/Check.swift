import Testing

/// `#expect` for conditions on `~Copyable` values and unsafe expressions, which its expansion cannot hold.
func check(_ isTrue: Bool, _ comment: Comment? = nil, at place: SourceLocation = #_sourceLocation) {
    #expect(isTrue, comment, sourceLocation: place)
}
