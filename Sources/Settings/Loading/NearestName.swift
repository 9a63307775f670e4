/// Finds what somebody probably meant.
public enum NearestName {
    /// The closest of `known`, or `nil` where none is close enough to be meant.
    public static func find(_ name: String, in known: [String]) -> String? {
        let allowed = max(2, name.count / 3)
        let near = known.map { (name: $0, distance: distance(name.lowercased(), $0.lowercased())) }
            .filter { $0.distance <= allowed && $0.distance < max(name.count, 1) }
        return near.min { $0.distance < $1.distance }?.name
    }

    /// What to add to an error: the nearest name, else all that there are when they are few.
    public static func hint(_ name: String, in known: [String]) -> String {
        if let near = find(name, in: known) { return "did you mean \"\(near)\"?" }
        return known.count <= 16
            ? "known: \(known.joined(separator: ", "))" : "\(known.count) others are known"
    }

    /// Edits (insert, delete, change, swap of neighbours) from `a` to `b`: the restricted Damerau-Levenshtein distance.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.utf8)
        let b = Array(b.utf8)
        var before = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in 0..<b.count {
                row[j + 1] = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    row[j + 1] = min(row[j + 1], before[j - 1] + 1)
                }
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
