import Core
import Model
import Plumbing
import Wire

/// ITCH 5.0 off the wire, alone and into the books.
enum DecodeBenchmark: Benchmark {
    static let name = "decode"
    static let what = "ITCH 5.0 messages decoded, every field converted; and the same into the order books"
    static let why = "on a busy day it is most of what the hot thread does"
    static let leftOut = "packets and their sequence, I/O, the strategy"

    static func run(_ scale: Scale) throws -> [(name: String, figure: Figure, reach: Reach?)] {
        []
    }
}
