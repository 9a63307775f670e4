internal import CCrypto

/// A SHA-256, as four words in the order of its bytes.
public struct BlockHash: Hashable, Sendable {
    var words: InlineArray<4, UInt64>

    static var none: BlockHash { BlockHash(words: [0, 0, 0, 0]) }

    /// Of any bytes: what names a build or settings.
    public static func of(_ bytes: [UInt8]) -> BlockHash {
        // SAFETY: the bytes stand for the call, which reads them.
        unsafe bytes.withUnsafeBytes { unsafe BlockHasher().hash($0) }
    }

    public static func == (left: BlockHash, right: BlockHash) -> Bool {
        (0..<4).allSatisfy { left.words[$0] == right.words[$0] }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }
}

extension BlockHash: CustomStringConvertible {
    /// 64 hexadecimal digits.
    public var description: String {
        (0..<4).map { index in
            let digits = String(words[index].bigEndian, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined()
    }
}

/// Makes SHA-256 by libcrypto, with one context for all of them.
///
/// - Threads: belongs to one.
@safe final class BlockHasher {
    private let context: OpaquePointer
    private let algorithm: OpaquePointer

    init() {
        // SAFETY: libcrypto answers NULL or an object that is ours until deinit.
        guard let context = unsafe EVP_MD_CTX_new(), let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)
        else {
            preconditionFailure("Invariant: libcrypto has SHA-256")
        }
        unsafe self.context = context
        unsafe self.algorithm = algorithm
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
        unsafe EVP_MD_free(algorithm)
    }

    func hash(_ bytes: UnsafeRawBufferPointer) -> BlockHash {
        var hash = BlockHash.none
        // SAFETY: the digest is 32 bytes long, which four words are.
        let isDone = unsafe withUnsafeMutableBytes(of: &hash.words) { into in
            unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
                && EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
                && EVP_DigestFinal_ex(context, into.baseAddress!.assumingMemoryBound(to: UInt8.self), nil)
                    == 1
        }
        precondition(isDone, "Invariant: hashing cannot fail")
        // The words are kept as numbers whose little-endian bytes are the digest's.
        for index in 0..<4 { hash.words[index] = UInt64(littleEndian: hash.words[index]) }
        return hash
    }
}
