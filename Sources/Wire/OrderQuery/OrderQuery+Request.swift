extension OrderQuery {
    /// The first frame of a client.
    public struct LogOn: Equatable, Sendable {
        public var userName: Token6
        public var password: Token10

        public init(userName: Token6, password: Token10) {
            self.userName = userName
            self.password = password
        }

        public func append(to bytes: inout [UInt8]) {
            appendFrame(RequestType.logOn.rawValue, to: &bytes) {
                $0.token6(userName)
                $0.token10(password)
            }
        }

        /// - Returns: `nil`: another length.
        public init?(reading fields: ArraySlice<UInt8>) {
            var reader = FieldReader(fields)
            userName = reader.token6()
            password = reader.token10()
            guard reader.isWhole else { return nil }
        }
    }

    /// The venue's answer to a log-on that it takes.
    public struct LogOnAccepted: Equatable, Sendable {
        public var account: Token6
        /// The venue's day: the name of the order session. Numbers mean something only within one.
        public var session: Token10
        /// Nanoseconds since midnight, the venue's clock.
        public var venueTimeNs: UInt64

        public init(account: Token6, session: Token10, venueTimeNs: UInt64) {
            self.account = account
            self.session = session
            self.venueTimeNs = venueTimeNs
        }

        public func append(to bytes: inout [UInt8]) {
            appendFrame(logOnAccepted, to: &bytes) {
                $0.token6(account)
                $0.token10(session)
                $0.big(venueTimeNs)
            }
        }

        public init?(reading fields: ArraySlice<UInt8>) {
            var reader = FieldReader(fields)
            account = reader.token6()
            session = reader.token10()
            venueTimeNs = reader.big()
            guard reader.isWhole else { return nil }
        }
    }

    /// The venue's answer to a log-on that it does not take; the connection ends.
    public struct LogOnRefused: Equatable, Sendable {
        /// `A`: no such account, or another password.
        public var reason: UInt8

        public init(reason: UInt8) { self.reason = reason }

        public func append(to bytes: inout [UInt8]) {
            appendFrame(logOnRefused, to: &bytes) { $0.big(reason) }
        }

        public init?(reading fields: ArraySlice<UInt8>) {
            var reader = FieldReader(fields)
            reason = reader.big()
            guard reader.isWhole else { return nil }
        }
    }

    /// What a client wants to know.
    public enum Question: Equatable, Sendable {
        /// One order, by the number that it was entered or replaced with.
        case orderByUserRef(UInt32)
        /// Orders with that client order id: each version of a chain that was given it.
        case ordersByClientID(Token14)
        /// Orders of which something may still trade.
        case openOrders
        /// Executions, busts and corrections told after number `afterSequence` of the account's stream and not before
        /// `fromNs`; both 0: all of the day.
        case trades(afterSequence: UInt64, fromNs: UInt64)
        case positions
        case balance

        public var type: RequestType {
            switch self {
            case .orderByUserRef: .orderByUserRef
            case .ordersByClientID: .ordersByClientID
            case .openOrders: .openOrders
            case .trades: .trades
            case .positions: .positions
            case .balance: .balance
            }
        }
    }

    /// A question with its number.
    public struct Request: Equatable, Sendable {
        /// The client's; every page of the answer has it.
        public var requestID: UInt32
        /// Records of a page, `1 ... recordsPerPageMax`; 0: as many as may be.
        public var recordsPerPage: UInt16
        public var question: Question

        public init(requestID: UInt32, recordsPerPage: UInt16 = 0, _ question: Question) {
            self.requestID = requestID
            self.recordsPerPage = recordsPerPage
            self.question = question
        }

        public func append(to bytes: inout [UInt8]) {
            appendFrame(question.type.rawValue, to: &bytes) {
                $0.big(requestID)
                $0.big(recordsPerPage)
                switch question {
                case .orderByUserRef(let userRef): $0.big(userRef)
                case .ordersByClientID(let id): $0.token14(id)
                case .trades(let afterSequence, let fromNs):
                    $0.big(afterSequence)
                    $0.big(fromNs)
                case .openOrders, .positions, .balance: break
                }
            }
        }

        /// - Returns: `nil`: no question begins with that letter, or its length is another.
        public init?(type: UInt8, reading fields: ArraySlice<UInt8>) {
            guard let type = RequestType(rawValue: type) else { return nil }
            var reader = FieldReader(fields)
            requestID = reader.big()
            recordsPerPage = reader.big()
            switch type {
            case .logOn: return nil
            case .orderByUserRef: question = .orderByUserRef(reader.big())
            case .ordersByClientID: question = .ordersByClientID(reader.token14())
            case .openOrders: question = .openOrders
            case .trades: question = .trades(afterSequence: reader.big(), fromNs: reader.big())
            case .positions: question = .positions
            case .balance: question = .balance
            }
            guard reader.isWhole, recordsPerPage <= UInt16(recordsPerPageMax) else { return nil }
        }
    }
}
