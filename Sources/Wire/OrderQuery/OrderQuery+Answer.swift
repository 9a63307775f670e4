extension OrderQuery {
    /// What an answer holds, by the letter that it begins with.
    public enum Records: Equatable, Sendable {
        /// To a question for one order (none or one), for a client order id, or for the open ones.
        case orders([OrderRecord])
        case trades([TradeRecord])
        case positions([PositionRecord])
        case balance([BalanceRecord])

        public var count: Int {
            switch self {
            case .orders(let records): records.count
            case .trades(let records): records.count
            case .positions(let records): records.count
            case .balance(let records): records.count
            }
        }

        /// Those of `range` alone.
        public func part(_ range: Range<Int>) -> Records {
            switch self {
            case .orders(let records): .orders(Array(records[range]))
            case .trades(let records): .trades(Array(records[range]))
            case .positions(let records): .positions(Array(records[range]))
            case .balance(let records): .balance(Array(records[range]))
            }
        }

        /// - Returns: `nil`: records of another kind.
        public func appended(_ other: Records) -> Records? {
            switch (self, other) {
            case (.orders(let a), .orders(let b)): .orders(a + b)
            case (.trades(let a), .trades(let b)): .trades(a + b)
            case (.positions(let a), .positions(let b)): .positions(a + b)
            case (.balance(let a), .balance(let b)): .balance(a + b)
            case (.orders, _), (.trades, _), (.positions, _), (.balance, _): nil
            }
        }
    }

    public enum AnswerStatus: UInt8, Sendable, CaseIterable {
        case answered = 0
        /// No order with that number or client order id has been taken or rejected in this session. One whose number is
        /// not above ``Snapshot/lastUserRef`` never will be; another may still be on its way.
        case unknownOrder = 1
        /// The venue cannot say now: ask again.
        case unavailable = 2
    }

    /// The moment of the venue that an answer is true for; the same on all of its pages.
    public struct Snapshot: Equatable, Sendable {
        public var account: Token6
        /// The venue's day: as of the log-on, and of the order session.
        public var session: Token10
        /// Nanoseconds since midnight, the venue's clock.
        public var venueTimeNs: UInt64
        /// Everything up to this message of the account's stream is in the answer, and nothing after it.
        public var sequence: UInt64
        /// Highest number that the venue has used up.
        public var lastUserRef: UInt32
        public var status: AnswerStatus
        /// The venue vouches that all pages together leave nothing out. No conclusion may be drawn from what is missing
        /// in an answer that is not complete.
        public var isComplete: Bool
        /// Records of all pages.
        public var totalCount: UInt32
        /// At least one.
        public var pageCount: UInt32

        public init(
            account: Token6, session: Token10, venueTimeNs: UInt64, sequence: UInt64, lastUserRef: UInt32,
            status: AnswerStatus, isComplete: Bool, totalCount: UInt32, pageCount: UInt32
        ) {
            self.account = account
            self.session = session
            self.venueTimeNs = venueTimeNs
            self.sequence = sequence
            self.lastUserRef = lastUserRef
            self.status = status
            self.isComplete = isComplete
            self.totalCount = totalCount
            self.pageCount = pageCount
        }
    }

    /// One page.
    public struct Answer: Equatable, Sendable {
        public var type: RequestType
        public var requestID: UInt32
        public var snapshot: Snapshot
        /// From 0.
        public var page: UInt32
        public var records: Records

        public init(type: RequestType, requestID: UInt32, snapshot: Snapshot, page: UInt32, records: Records)
        {
            self.type = type
            self.requestID = requestID
            self.snapshot = snapshot
            self.page = page
            self.records = records
        }

        public func append(to bytes: inout [UInt8]) {
            precondition(records.count <= recordsPerPageMax, "Caller: a page is no longer than it may be")
            appendFrame(type.answer, to: &bytes) { fields in
                fields.big(requestID)
                fields.token6(snapshot.account)
                fields.token10(snapshot.session)
                fields.big(snapshot.venueTimeNs)
                fields.big(snapshot.sequence)
                fields.big(snapshot.lastUserRef)
                fields.big(snapshot.status.rawValue)
                fields.big(snapshot.isComplete ? 1 : 0 as UInt8)
                fields.big(snapshot.totalCount)
                fields.big(snapshot.pageCount)
                fields.big(page)
                fields.big(UInt16(records.count))
                switch records {
                case .orders(let records): for record in records { record.write(&fields) }
                case .trades(let records): for record in records { record.write(&fields) }
                case .positions(let records): for record in records { record.write(&fields) }
                case .balance(let records): for record in records { record.write(&fields) }
                }
            }
        }

        /// - Returns: `nil`: the letter is of no answer, or the fields are not what its counts say.
        public init?(type: UInt8, reading fields: ArraySlice<UInt8>) {
            guard type & 0x20 != 0, let type = RequestType(rawValue: type & ~0x20), type != .logOn else {
                return nil
            }
            var reader = FieldReader(fields)
            self.type = type
            requestID = reader.big()
            let (account, session) = (reader.token6(), reader.token10())
            let (time, sequence, lastUserRef): (UInt64, UInt64, UInt32) = (
                reader.big(), reader.big(), reader.big()
            )
            guard let status = AnswerStatus(rawValue: reader.big()) else { return nil }
            let complete: UInt8 = reader.big()
            snapshot = Snapshot(
                account: account, session: session, venueTimeNs: time, sequence: sequence,
                lastUserRef: lastUserRef, status: status, isComplete: complete == 1, totalCount: reader.big(),
                pageCount: reader.big())
            page = reader.big()
            let count = Int(reader.big(UInt16.self))
            guard complete <= 1, count <= recordsPerPageMax, page < snapshot.pageCount, !reader.isShort else {
                return nil
            }
            func all<Record>(_ read: (inout FieldReader) -> Record?) -> [Record]? {
                var records: [Record] = []
                for _ in 0..<count {
                    guard let record = read(&reader) else { return nil }
                    records.append(record)
                }
                return reader.isWhole ? records : nil
            }
            let found: Records? =
                switch type {
                case .orderByUserRef, .ordersByClientID, .openOrders:
                    all { OrderRecord(&$0) }.map { .orders($0) }
                case .trades: all { TradeRecord(&$0) }.map { .trades($0) }
                case .positions: all { PositionRecord(&$0) }.map { .positions($0) }
                case .balance: all { BalanceRecord(&$0) }.map { .balance($0) }
                case .logOn: nil
                }
            guard let found else { return nil }
            records = found
        }
    }

    /// Puts the pages of one answer together again. Pages come in order; one that is missing is noticed by the next, or by
    /// whoever waits in vain for the last.
    public struct Pages: Sendable {
        public enum Progress: Equatable, Sendable {
            case wantsMore
            /// All pages are here; their records add up to what was announced.
            case whole
            /// A page is missing, is twice here, or belongs to another answer: the question is to be asked again.
            case broken
        }

        public let requestID: UInt32
        public private(set) var progress = Progress.wantsMore
        /// Of the first page.
        public private(set) var snapshot: Snapshot?
        /// Of the pages so far.
        public private(set) var records: Records?
        private var type: RequestType?
        private var nextPage: UInt32 = 0

        public init(requestID: UInt32) { self.requestID = requestID }

        /// Takes the next page of this answer; one of another request is the caller's to give elsewhere.
        public mutating func take(_ answer: Answer) -> Progress {
            precondition(answer.requestID == requestID, "Caller: pages go to the request that they answer")
            guard progress == .wantsMore else {
                progress = .broken
                return progress
            }
            let isFirst = snapshot == nil
            let sum = isFirst ? answer.records : records?.appended(answer.records)
            guard answer.page == nextPage, isFirst || snapshot == answer.snapshot && type == answer.type,
                let sum, sum.count <= Int(answer.snapshot.totalCount)
            else {
                progress = .broken
                return progress
            }
            snapshot = answer.snapshot
            type = answer.type
            records = sum
            nextPage += 1
            if nextPage == answer.snapshot.pageCount {
                progress = sum.count == Int(answer.snapshot.totalCount) ? .whole : .broken
            }
            return progress
        }
    }
}
