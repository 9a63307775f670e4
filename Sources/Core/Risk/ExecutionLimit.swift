/// So many executions of one strategy in one instrument within a window of time pass.
struct ExecutionLimit: BitwiseCopyable {
    /// 0: off.
    var countMax: Int64 = 0
    var windowNs: UInt64 = 0
}
