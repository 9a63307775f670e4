extension Spinetail {
    /// The commands that need no strategies; `run` is added by `main(_:)` over a program's own.
    public static let verbs: [Verb] = [
        VenueCommand.verb, .new, .generate, .orders, .positions, .cancel, .replace, .close, .flatten,
        .reconcile,
        .rate, .kill, .lift, .state, .reload, .events, .log,
        .top, .config(), .doctor, .bench,
    ]
}
