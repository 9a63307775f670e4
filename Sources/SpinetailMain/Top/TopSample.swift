import Plumbing
import Runtime

/// Everything that a running engine shows, at one moment.
struct TopSample: Sendable {
    let about: LiveAbout
    let isAlive: Bool
    /// When it was taken, by the engine's clock.
    let engineNs: UInt64
    let utcNs: UInt64
    private let figures: [UInt64]
    let stages: [LatencyCounts]

    init(_ reader: LiveReader) {
        about = reader.about
        isAlive = reader.about.isAlive
        figures = EngineProgress.Figure.allCases.map { reader.figure($0.rawValue) }
        stages = LatencyStage.allCases.map { reader.stage($0.rawValue) }
        engineNs = reader.engineNs(atKernelNs: Clock.kernel.nowNs())
        utcNs = Clock.utcNs()
    }

    init(
        about: LiveAbout, isAlive: Bool, engineNs: UInt64, utcNs: UInt64,
        figures: [EngineProgress.Figure: UInt64], stages: [LatencyCounts]
    ) {
        self.about = about
        self.isAlive = isAlive
        self.engineNs = engineNs
        self.utcNs = utcNs
        self.figures = EngineProgress.Figure.allCases.map { figures[$0] ?? 0 }
        self.stages = stages
    }

    subscript(figure: EngineProgress.Figure) -> UInt64 { figures[figure.rawValue] }
}
