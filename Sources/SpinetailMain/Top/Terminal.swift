import Foundation

/// A terminal that is drawn on: keys come at once and unseen, the cursor is hidden, and what stood there before is
/// there again at the end.
final class Terminal {
    private var before = termios()

    /// Whether input and output are one.
    static var isThere: Bool { isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0 }

    /// `nil` where there is none.
    init?() {
        guard Self.isThere else { return nil }
        // SAFETY: the call writes one `termios` and nothing else.
        guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var raw = before
        // Ctrl-C stays a signal.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard unsafe tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else { return nil }
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    deinit {
        write("\u{1B}[?25h\u{1B}[?1049l")
        // SAFETY: as above; a terminal that is gone needs nothing back.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    /// Draws over what is there, without clearing first: nothing flickers.
    func draw(_ lines: [String]) {
        write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// The next key within `seconds`; `nil`: none came, or a signal did.
    func key(within seconds: Double) -> UInt8? {
        var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // SAFETY: one record, written during the call; then one byte.
        guard unsafe poll(&wanted, 1, Int32(seconds * 1000)) > 0 else { return nil }
        var byte: UInt8 = 0
        // Nothing to read where something was said to be: the terminal is gone.
        guard unsafe read(STDIN_FILENO, &byte, 1) == 1 else { return UInt8(ascii: "q") }
        return byte
    }

    var columns: Int {
        var size = winsize()
        // SAFETY: the call writes one `winsize` and nothing else.
        let result = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    var rows: Int {
        var size = winsize()
        // SAFETY: the call writes one `winsize` and nothing else.
        let result = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        return result == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
    }

    private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
