/// The page `Documentation/settings.md`, made from the same table that reading uses.
public enum SettingsReference {
    public static func markdown(strategies: [StrategyDescription] = StrategyDescription.examples) -> String {
        let fields = SettingsSchema.fields(strategies)
        var settings = Settings()
        settings.strategies = strategies.map { StrategySettings($0) }
        // Empty by default; one element each shows their keys.
        settings.account.currencies = [CurrencySettings()]
        settings.instruments.definitions = [InstrumentTerms(symbol: .blank)]
        var text = head
        for field in fields {
            text +=
                "\n## `\(field.key)`\n\n\(field.help).\n\n| key | default | meaning | takes |\n| --- | --- | --- | --- |\n"
            field.values(settings, field.key) { shown in
                text += "| `\(shown.path)` | `\(shown.text)` | \(shown.help) | \(shown.expected) |\n"
            }
        }
        return text
    }

    private static let head = """
        # Settings

        Made from the code by a test; `UPDATE_DOCUMENTATION=1 swift test --filter SettingsTests` writes it anew.

        Values come from four places; the later wins, value by value:

        1. the built-in defaults below,
        2. a YAML file: `--config FILE`, else `spinetail.yaml` in the current folder where there is one,
        3. the environment: `SPINETAIL_` and the path in capitals, levels parted by two underscores, as in
           `SPINETAIL_RISK__MAX_OPEN_ORDERS=50` or `SPINETAIL_BROKER__OUCH__PORT=4002`,
        4. the command line: `--set risk.max_open_orders=50`.

        `strategies` and `feeds` are lists of sections: the file replaces the whole list, the other two reach into it by index
        or name (`--set feeds.0.port=4001`, `--set strategies.ema_cross.enabled=true`). A list of plain values is
        `[AAPL, MSFT]` in the file and `AAPL,MSFT` elsewhere. `account.currencies` and `instruments.definitions` are such lists
        too, empty by default; the keys of one element are shown, its name and rate have no default.

        All that is wrong is told at once, each with its place, what was expected and the nearest known name; the program then
        does not start. Unknown and repeated keys are errors. Values are read as text and parsed as what the setting
        wants: `true` and `false` only (not `yes`, `on` …), whole and decimal numbers without exponent, leading zero or
        `12:30`; a symbol named `NO` or `ON` is a symbol. Anchors, aliases and tags are refused. `_pct` is always percent.

        """
}
