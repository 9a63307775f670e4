import Plumbing
import Testing

/// Goal: what the kernel refuses is told with a remedy and stops nothing; what it grants is granted.
/// Method: pin to a core that no machine has and to one that is ours, on a thread of its own.
@Test func refusalsAreReports() throws {
    let thread = try EngineThread(name: "test-pinning", holding: SharedFlag()) { _ in
        let refused = Threads.pin(core: 1_000_000)
        #expect(!refused.isGranted)
        #expect(refused.description.contains("refused") && refused.description.contains("taskset"))
        #expect(Threads.setName("test").isGranted)
        #expect(Threads.coreCount >= 1)
        let realtime = Threads.setRealtime(priority: 1000)
        #expect(!realtime.isGranted && realtime.remedy.contains("rtprio"))
    }
    thread.join()
}

/// Goal: a flag set by one thread is seen by another.
@Test func flagCrossesThreads() throws {
    let flag = SharedFlag()
    #expect(flag.value == 0 && flag.view.value == 0)
    let thread = try EngineThread(name: "test-flag", holding: flag) { $0.value = 5 }
    thread.join()
    #expect(flag.view.value == 5)
}

/// Goal: a request for an orderly end is seen.
@Test func interruptIsSeen() {
    #expect(!Interrupt.isRequested)
    Interrupt.request()
    #expect(Interrupt.isRequested)
    Interrupt.reset()
    #expect(!Interrupt.isRequested)
}
