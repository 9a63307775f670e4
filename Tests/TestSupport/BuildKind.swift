/// What the tests were built as.
public enum BuildKind {
    /// Without the optimiser, which makes what is tested many times slower: tests of many cases then take a sample.
    public static var isDebug: Bool {
        var isDebug = false
        // An assertion is evaluated in such builds only.
        assert(
            {
                isDebug = true
                return true
            }())
        return isDebug
    }
}
