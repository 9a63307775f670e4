// Text of fixed length, for people's side of the codecs only: log-ons, reports, tests. Nothing here is hot.

/// The ASCII bytes of `text` with spaces on the right up to `count`; `nil` where it does not fit or is not
/// printable ASCII.
func paddedASCII(_ text: String, count: Int) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count <= count, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return nil }
    return bytes + Array(repeating: 0x20, count: count - bytes.count)
}

/// The `count` bytes from `start` on as one word, the first in the lowest byte.
func littleWord<Word: FixedWidthInteger>(_ bytes: [UInt8], from start: Int, count: Int) -> Word {
    bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | Word($1) }
}

func littleBytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
}

/// The text without the spaces on its right; a byte that is not printable becomes `?`.
func trimmedASCII(_ bytes: [UInt8]) -> String {
    var shown = bytes.map { $0 >= 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: "?") }
    while shown.last == 0x20 { shown.removeLast() }
    return String(decoding: shown, as: UTF8.self)
}
