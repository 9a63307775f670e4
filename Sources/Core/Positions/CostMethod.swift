/// Which part of what was paid belongs to what is sold.
@frozen public enum CostMethod: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Every unit that is held has cost the same.
    case average = 0
    /// What was bought first is sold first: each execution that opens is a lot of its own.
    case firstInFirstOut = 1
}
