/// The page `Documentation/commands.md`, made from what the verbs declare.
public enum CommandReference {
    public static func markdown(_ verbs: [Verb]) -> String {
        var text = """
            # Commands

            Made from the code by a test; `UPDATE_DOCUMENTATION=1 swift test --filter SpinetailMainTests` writes it anew.
            `spinetail --help` and `spinetail COMMAND --help` say the same. Results go to standard output, everything else to
            standard error. Exit codes: 0 done, 1 failed, 2 the command line or the settings are wrong.

            """
        for verb in verbs { text += "\n## \(verb.name)\n\n```text\n\(HelpText.verb(verb))\n```\n" }
        return text
    }
}
