public import Synchronization

/// Held by each test that runs a whole engine and looks at what this process keeps in shared memory: the tests of all
/// modules run in one process, and one beside the other.
public let engineLock = Mutex<Bool>(false)
