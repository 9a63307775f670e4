public import Plumbing

/// The number of an engine's start: one more each time, on the medium before anything is sent, and part of every order
/// id, so that after a crash every order at the venue can be told ours or not.
public enum EngineEpoch {
    /// Adds one to the number in the file at `path` (1 where there is none) and returns it once it is durable.
    public static func advance(path: String) throws(SetupError) -> UInt32 {
        let last = try current(path: path)
        guard last < UInt32.max else {
            throw SetupError(
                "count this start", at: path, why: "the engine epoch is at its last number",
                remedy: "start a new account folder")
        }
        do throws(SetupError) {
            try Files.replace(path, with: Array("\(last + 1)\n".utf8))
        } catch {
            throw SetupError(
                "count this start", at: path, error.reason ?? .ioError,
                remedy:
                    "\(error.remedy): without a durable engine epoch two starts would give two orders one id")
        }
        return last + 1
    }

    /// The number of the last start; 0 where there was none.
    public static func current(path: String) throws(SetupError) -> UInt32 {
        guard let bytes = try Files.read(path, byteCountMax: 64) else { return 0 }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\n"), let number = UInt32(text.dropLast()) else {
            throw SetupError(
                "count this start", at: path, why: "the file does not hold a number",
                remedy:
                    "write the highest engine epoch ever used into it (each run's journal has it), with a line end"
            )
        }
        return number
    }
}
