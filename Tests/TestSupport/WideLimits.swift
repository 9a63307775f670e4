/// Settings for tests of something else than risk: orders of a hundred, an account without money, and of the limits only those
/// on position, order, gross exposure, open orders and price. Each can be said anew behind them.
public enum WideLimits {
    public static let overrides = [
        "account.start_cash=0", "execution.order_quantity=100", "risk.max_position_equity_pct=0",
        "risk.max_order_capital_pct=0", "risk.max_net_notional=100000000000",
        "risk.max_open_notional=100000000000", "risk.max_daily_volume_pct=0", "risk.max_orders_per_second=0",
        "risk.max_duplicate_orders=0", "risk.prevent_self_trade=false", "risk.require_cash=false",
        "risk.initial_margin_pct=0", "risk.max_daily_loss=0", "risk.max_drawdown_pct=0",
        "risk.max_session_drawdown_pct=0", "risk.max_consecutive_rejects=0", "risk.stale_data_seconds=0",
        "risk.max_executions=0", "risk.pattern_day_trader.enabled=false",
    ]
}
