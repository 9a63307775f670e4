/// The page `Documentation/settings.md`, made from the same table that reading uses.
public enum SettingsReference {
    public static func markdown(strategies: [StrategyDescription] = StrategyDescription.examples) -> String {
        let fields = SettingsSchema.fields(strategies)
        var settings = Settings()
        settings.strategies = strategies.map { StrategySettings($0) }
        // Empty by default; one element each shows their keys.
        settings.account.currencies = [CurrencySettings()]
        settings.instruments.definitions = [InstrumentTerms(symbol: .blank)]
        settings.venues = [RoutedVenueSettings()]
        var calendar = CalendarSettings()
        calendar.sessions = [SessionHours()]
        calendar.earlyCloses = [EarlyClose()]
        settings.calendars = [calendar]
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
           `SPINETAIL_RISK__MAX_OPEN_ORDERS=50` or `SPINETAIL_STRATEGIES__EMA_CROSS__LIMITS__MAX_POSITION_UNITS=50`; a
           variable that begins so and is no setting is an error,
        4. the command line: `--set risk.max_open_orders=50`.

        `spinetail config check` tells all that is wrong without starting anything; `spinetail config show risk` shows values
        and where each came from.

        `strategies`, `feeds` and `venues` are lists of sections: the file replaces the whole list, the other two reach into it
        by index or name (`--set feeds.0.port=4001`, `--set strategies.ema_cross.enabled=true`) and can empty it
        (`--set strategies=[]`). A list of plain values is `[AAPL, MSFT]` in the file and `AAPL,MSFT` elsewhere.
        `account.currencies`, `venues`, `calendars` and `instruments.definitions` are empty by default; the keys of one element
        are shown.

        **Live trading** takes three acts: `broker.paper_trading: false` in the settings *file* (neither environment nor `--set`
        can switch it on), a `risk` section with limits in the file, and `spinetail run --live`. Where one is missing, the run
        is refused and says what to do. A live run with warnings at its start is refused too, until they are acknowledged with
        `--accept-warnings`.

        **Passwords** come from the environment (`SPINETAIL_BROKER__OUCH__PASSWORD`), from `password_file` (refused where
        group or others have any right to it), or from the settings file where nobody else may read that (mode 600); where
        others may, that is a warning in paper trading and refused live. They are shown nowhere: not by `config show`, which
        prints `***`, not in journals, reports, logs or errors.

        **Limits in a running engine**: everything in `risk`, in `strategies.*.limits`, and of an instrument
        `average_daily_volume`, `margin_pct`, `located_units`, `restricted`, `max_…` and `order_burst` can be changed while it
        runs. Everything else needs a restart.

        All that is wrong is told at once, each with its place, what was expected and the nearest known name; the program then
        does not start. Unknown and repeated keys are errors. Values are read as text and parsed as what the setting
        wants: `true` and `false` only (not `yes`, `on` …), whole and decimal numbers without exponent, leading zero or
        `12:30`; a symbol named `NO` or `ON` is a symbol. Anchors, aliases and tags are refused. `_pct` is always percent.

        """
}
