extension Spinetail {
    /// The commands that need no strategies; `run` and `venue` are added where the program is put together.
    public static let verbs: [Verb] = [.generate, .events]
}
