/// Rows of words under headings, each column as wide as its longest word.
struct TextTable {
    private let headings: [String]
    private let isNumber: [Bool]
    private var rows: [[String]] = []

    /// - Parameter headings: One with a leading `>` stands to the right, as its numbers do.
    init(_ headings: [String]) {
        self.headings = headings.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
        isNumber = headings.map { $0.hasPrefix(">") }
    }

    mutating func add(_ row: [String]) {
        precondition(row.count == headings.count, "Caller: a word for each heading")
        rows.append(row)
    }

    var lines: [String] {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, word) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - word.count)
                line += (column == 0 ? "" : "  ") + (isNumber[column] ? space + word : word + space)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
