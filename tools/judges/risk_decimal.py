#!/usr/bin/env python3
"""Reads stories of an account and judges each order again: risk's limits, written a second time.

    risk_decimal.py [FILE]          the stories; without FILE, standard input
        --counts FILE               also write what was counted
    risk_decimal.py --sum FILE…     the sum of what was counted of several, and whether nothing is missing

Written from Documentation/risk.md and Documentation/ledger.md, in decimal arithmetic that refuses to round: every sum is
added up from the orders and executions again, nothing is carried over from what was said before. The stories are written
by `storiesForTheOtherImplementation` (Tests/CoreTests/Risk). Any word of an order that is not the same here ends it with
exit code 1: accepted or refused, and of a refusal rule, scope, limit and value.

Standard library only, no floating point.
"""

import sys
from collections import Counter
from decimal import (ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Context, Decimal as D, DivisionByZero, Inexact,
                     InvalidOperation, Overflow, Rounded, setcontext)

setcontext(Context(prec=120, traps=[Inexact, Rounded, InvalidOperation, DivisionByZero, Overflow]))

ZERO = D(0)
ONE = D(1)
MILLION = D(1_000_000)
UNIT = D("0.0001")
INT64_MAX = (1 << 63) - 1
PRICE_BOUND = D(1 << 48).scaleb(-4)
DAY_NS = 86_400 * 10**9

RULES = {
    1: "no_quote", 4: "sized_to_zero", 20: "order_quantity", 21: "order_notional", 22: "position_limit",
    23: "gross_notional", 24: "open_order_count", 25: "price_collar", 26: "off_tick", 27: "off_lot", 28: "reduce_only",
    29: "restricted_symbol", 42: "session_down", 52: "would_trade", 70: "order_quantity_min", 71: "order_capital",
    72: "position_equity", 73: "net_notional", 74: "open_notional", 75: "last_collar", 76: "daily_volume",
    77: "self_trade", 78: "duplicate_order", 79: "cash", 80: "margin", 81: "short_sale", 82: "order_rate",
    83: "day_notional",
}
NUMBER = {name: number for number, name in RULES.items()}
SCOPES = "ASI"
A, S, I = 0, 1, 2
# What must have been refused, and met exactly at its limit: rule, scope, whether it has a limit to be at.
WANTED = [
    ("order_quantity", A, True), ("order_quantity", S, True), ("order_quantity", I, True),
    ("restricted_symbol", I, False), ("reduce_only", A, True), ("off_lot", I, False), ("order_quantity_min", A, True),
    ("price_collar", A, True), ("off_tick", I, False), ("last_collar", A, True), ("daily_volume", I, True),
    ("order_notional", A, True), ("order_notional", S, True), ("order_notional", I, True), ("position_limit", A, True),
    ("position_limit", S, True), ("position_limit", I, True), ("order_capital", A, True), ("position_equity", A, True),
    ("short_sale", A, False), ("short_sale", I, True), ("open_order_count", A, True), ("open_order_count", S, True),
    ("open_notional", A, True), ("open_notional", S, True), ("day_notional", A, True), ("gross_notional", A, True),
    ("margin", A, True), ("net_notional", A, True), ("cash", A, True), ("self_trade", A, True),
    ("session_down", A, False), ("would_trade", A, True), ("duplicate_order", I, True), ("order_rate", A, True),
    ("order_rate", S, True), ("order_rate", I, True), ("no_quote", A, False), ("sized_to_zero", A, False),
]

# Numbers of the limits, and which values they may have.
POSITION, POSITION_EQUITY, QUANTITY, QUANTITY_MIN, NOTIONAL, CAPITAL, GROSS, NET = 1, 2, 3, 4, 5, 6, 7, 8
OPEN_COUNT, OPEN_NOTIONAL, COLLAR, LAST_COLLAR, VOLUME_PPM, RATE, BURST, REPEATS = 9, 10, 11, 12, 13, 14, 15, 16
WINDOW, SELF_TRADE, CASH, MARGIN, SHORTS, DAY, NEEDS_VOLUME = 17, 18, 19, 20, 21, 22, 23
RESTRICTED, LOCATED, VOLUME = 80, 81, 82


def money(text):
    return D(text).scaleb(-4)


def whole(amount, rounding):
    """An amount of money as the engine shows it: whole numbers of 0.0001, within 64 bits."""
    shown = int(amount.scaleb(4).to_integral_value(rounding=rounding))
    return max(-INT64_MAX - 1, min(INT64_MAX, shown))


def up(amount):
    return whole(amount, ROUND_CEILING)


def down(amount):
    return whole(amount, ROUND_FLOOR)


def raw(price):
    return int(price.scaleb(4))


def cut(amount):
    """Truncated to 0.0001."""
    return amount.scaleb(4).to_integral_value(rounding=ROUND_DOWN).scaleb(-4)


def part(amount, ppm):
    """So many parts per million of it, truncated to 0.0001."""
    return cut((amount * ppm).scaleb(-6))


class Bucket:
    """How many orders may still be made."""

    def __init__(self, per_second, burst):
        self.per_second, self.burst = per_second, burst
        self.tokens, self.at = D(burst), 0

    def fill(self, now):
        self.tokens = min(D(self.burst), self.tokens + (D(now - self.at) * self.per_second).scaleb(-9))
        self.at = now

    def change(self, per_second, burst, now):
        was_on = self.per_second != 0
        if was_on:
            self.fill(now)
        used = self.burst - self.tokens
        self.per_second, self.burst, self.at = per_second, burst, now
        self.tokens = max(burst - used, ZERO) if was_on else D(burst)


class Currency:
    __slots__ = ("rate", "start", "fees")

    def __init__(self, rate, start):
        self.rate = D(rate).scaleb(-9)
        self.start = money(start)
        self.fees = ZERO


class Order:
    __slots__ = ("number", "strategy", "item", "side", "kind", "price", "stop", "trail", "ordered", "leaves", "filled",
                 "busted", "versions", "held", "ended", "flags", "by_rate", "executions", "aside", "fills",
                 "open", "at", "value")

    def __init__(self, number, strategy, item, side, kind, price, quantity, flags=0, held=False, stop=ZERO, trail=ZERO):
        self.number, self.strategy, self.item, self.side, self.kind = number, strategy, item, side, kind
        self.price, self.stop, self.trail, self.flags = price, stop, trail, flags
        self.ordered = self.leaves = quantity
        self.filled = self.busted = 0
        self.versions = []
        self.held, self.ended, self.aside = held, False, False
        self.by_rate, self.executions, self.fills = ZERO, 0, {}
        self.open, self.at, self.value = 0, price, ZERO


class Instrument:
    def __init__(self, f):
        self.tick, self.lot, self.m = D(f[0]).scaleb(-4), int(f[1]), int(f[2])
        self.currency, self.margined, self.restricted = int(f[3]), f[4] == "1", f[5] == "1"
        self.position_max, self.quantity_max = int(f[6]), int(f[7])
        self.notional_max = money(f[8])
        self.bucket = Bucket(int(f[9]), int(f[10]))
        self.margin, self.located, self.volume = int(f[11]), int(f[12]), int(f[13])
        self.position = 0
        self.bid = self.ask = self.last = self.reference = None
        self.mark = None
        # Cash that its executions moved, and its profit by the cost method: what futures count with.
        self.flow, self.cost, self.realised = ZERO, ZERO, ZERO
        self.lots = []
        self.orders = []
        self.books = [0, 0, 0]
        self.row = (None, 0, ZERO)
        self.dirty = True

    def count(self):
        """Everything that its open orders come to, added up anew."""
        self.buys = self.sells = self.units = self.number = 0
        self.buy_value = self.sell_value = ZERO
        own = self.own = [[0, 0, ZERO, 0] for _ in range(3)]
        for order in self.orders:
            self.number += 1
            mine = own[order.strategy]
            mine[3] += 1
            if order.aside:
                continue
            self.units += order.open
            mine[2] += order.value
            if order.side > 0:
                self.buys += order.open
                mine[0] += order.open
                self.buy_value += order.value
            else:
                self.sells += order.open
                mine[1] += order.open
                self.sell_value += order.value
        self.long = self.position + self.buys
        self.short = self.position - self.sells
        self.worst = max(abs(self.long), abs(self.short))
        self.dirty = False


class World:
    def __init__(self, f, judge):
        self.judge_ = judge
        self.day_offset, self.wall = int(f[0]), int(f[1])
        self.fifo = f[2] == "1"
        self.maker, self.maker_unit = D(f[3]).scaleb(-6), D(f[4]).scaleb(-10)
        self.taker, self.taker_unit = D(f[5]).scaleb(-6), D(f[6]).scaleb(-10)
        self.fee_min, self.sizing = money(f[7]), int(f[8])
        self.fee_share = max(self.maker, self.taker, ZERO)
        self.fee_unit = max(self.maker_unit, self.taker_unit, ZERO)
        self.currencies, self.items, self.strategies = [], [], []
        self.orders = {}
        self.limits = None
        self.now, self.traded, self.is_up = 0, None, False
        self.day = self.venue_day()
        self.reached = set()
        self.parts = []
        self.edges = []

    def venue_day(self):
        return ((self.wall + self.now) // 10**9 + self.day_offset) // 86_400

    # Settings

    def set_account(self, f):
        self.limits = {int(kind): int(value) for kind, value in zip(f[::2], f[1::2])}
        self.bucket = Bucket(self.limits[RATE], self.limits[BURST])
        self.traded = [ZERO] * len(self.currencies)

    def set_strategy(self, f):
        limits = {int(kind): int(value) for kind, value in zip(f[::2], f[1::2])}
        self.strategies.append((limits, Bucket(limits[RATE], limits[BURST])))

    def time(self, now):
        self.now = now
        day = self.venue_day()
        if day > self.day:
            self.day = day
            self.traded = [ZERO] * len(self.currencies)

    # Limits in a running engine

    @staticmethod
    def may_be(kind, scope, value):
        if scope == I and kind == MARGIN and value == -1:
            return True
        if kind in (POSITION, NOTIONAL, GROSS, NET, OPEN_NOTIONAL, DAY, LOCATED, VOLUME):
            return value >= 0
        if kind in (QUANTITY, OPEN_COUNT) and scope != A and value == INT64_MAX:
            return True
        if kind in (QUANTITY, QUANTITY_MIN):
            return 0 <= value < 1 << 40
        if kind == OPEN_COUNT:
            return 0 <= value <= 65_535
        if kind in (COLLAR, RATE):
            return 0 <= value <= 1_000_000
        if kind == BURST:
            return 1 <= value <= 1_000_000
        if kind in (SELF_TRADE, CASH, SHORTS, NEEDS_VOLUME, RESTRICTED):
            return value in (0, 1)
        return 0 <= value <= 1_000_000_000

    def commit(self, told, answer):
        parts, self.parts = self.parts, []
        good = told == len(parts) and all(self.may_be(kind, scope, value) for kind, scope, _, value in parts)
        if good != (answer == 1):
            self.judge_.wrong(f"new limits {parts}: {answer}, not {int(good)}")
        if not good:
            return
        for kind, scope, target, value in parts:
            if scope == A:
                self.limits[kind] = value
                if kind in (RATE, BURST):
                    self.bucket.change(self.limits[RATE], self.limits[BURST], self.now)
                if kind == COLLAR:
                    for item in self.items:
                        for order in item.orders:
                            if order.held:
                                self.weigh(order)
            elif scope == S:
                limits, bucket = self.strategies[target]
                limits[kind] = value
                if kind in (RATE, BURST):
                    bucket.change(limits[RATE], limits[BURST], self.now)
            else:
                item = self.items[target]
                if kind == POSITION:
                    item.position_max = value
                elif kind == QUANTITY:
                    item.quantity_max = value
                elif kind == NOTIONAL:
                    item.notional_max = money(value)
                elif kind == MARGIN:
                    item.margin = value
                elif kind == LOCATED:
                    item.located = value
                elif kind == VOLUME:
                    item.volume = value
                elif kind == RESTRICTED:
                    item.restricted = value == 1
                elif kind == RATE:
                    item.bucket.change(value, item.bucket.burst, self.now)
                elif kind == BURST:
                    item.bucket.change(item.bucket.per_second, value, self.now)

    # Market

    def look(self, item):
        if item.bid is not None and item.ask is not None:
            item.reference = cut_half(item.bid + item.ask)
        elif item.last is not None:
            item.reference = item.last
        self.remark(item)

    def remark(self, item, otherwise=None):
        if item.position == 0:
            return
        side = item.bid if item.position > 0 else item.ask
        if side is not None:
            item.mark = side
        elif item.last is not None:
            item.mark = item.last
        elif otherwise is not None:
            item.mark = otherwise

    def quote(self, index, bid, ask):
        item = self.items[index]
        item.bid = money(bid) if bid != "0" else None
        item.ask = money(ask) if ask != "0" else None
        self.look(item)

    def trade(self, index, price):
        item = self.items[index]
        item.last = price = money(price)
        self.look(item)
        for order in item.orders:
            if not order.held or order.kind == 1:
                continue
            if order.trail:
                followed = min(order.stop, price + order.trail) if order.side > 0 else max(order.stop, price - order.trail)
                if followed != order.stop:
                    order.stop = order.price = followed
                    self.weigh(order)
            if price >= order.stop if order.side > 0 else price <= order.stop:
                self.reached.add(order.number)

    # Orders

    def band(self, reference):
        return part(reference, self.limits[COLLAR])

    def held_at(self, side, kind, price):
        return price + self.band(price) if side > 0 and kind in (2, 4) else price

    def weigh(self, order):
        """What it counts at: the largest quantity and the highest price that it could still have."""
        executed = order.filled + min(order.busted, 0)
        order.open = max([order.leaves] + [quantity - executed for _, quantity in order.versions])
        order.at = max([order.price] + [price for price, _ in order.versions])
        if order.held:
            order.at = self.held_at(order.side, order.kind, order.at)
        order.value = order.at * order.open * order.item.m
        order.item.dirty = True

    def add(self, order):
        self.orders[order.number] = order
        order.item.orders.append(order)
        self.weigh(order)

    def end(self, order):
        order.ended = True
        order.item.orders.remove(order)
        order.item.dirty = True

    def collar_price(self, item, side):
        band = self.band(item.reference)
        edge = item.reference + band if side > 0 else item.reference - band
        rest = edge % item.tick
        if side > 0 or not rest:
            return edge - rest
        return edge - rest + item.tick

    def reducing(self, item, side, quantity):
        if item.dirty:
            item.count()
        if side > 0:
            return item.position < 0 and quantity <= -item.position - item.buys
        return item.position > 0 and quantity <= item.position - item.sells

    def total(self, amount):
        """A sum over the instruments in the base currency."""
        total = ZERO
        for item in self.items:
            if item.dirty:
                item.count()
            value = amount(item)
            if value:
                total += value * self.currencies[item.currency].rate
        return total

    def equity(self):
        total = ZERO
        for currency in self.currencies:
            total += (currency.start - currency.fees) * currency.rate
        for item in self.items:
            amount = item.flow
            if item.position:
                amount += item.mark * (item.position * item.m)
            if amount:
                total += amount * self.currencies[item.currency].rate
        return total

    def available(self):
        total = ZERO
        for currency in self.currencies:
            total += (currency.start - currency.fees) * currency.rate
        for item in self.items:
            amount = item.realised if item.margined else item.flow
            if amount:
                total += amount * self.currencies[item.currency].rate
        return total

    def worst_fees(self, item, value, quantity, counted):
        def of(other):
            return ((other.buy_value + other.sell_value) * self.fee_share + other.units * self.fee_unit
                    + other.number * self.fee_min)

        own = value * self.fee_share + quantity * self.fee_unit + (ZERO if counted else self.fee_min)
        return self.total(of) + own * self.currencies[item.currency].rate

    def near(self, rule, scope, left, step):
        """Passed; noted where a step more would not have."""
        if left < step:
            self.edges.append((rule, scope))

    def judge(self, item, strategy, side, quantity, price, flags, reducing, held=False, counted=False, at=None,
              sums=None):
        """Documentation/risk.md, in the order of its table. None: it passes."""
        L = self.limits
        near = self.near
        self.edges = []
        if item.dirty:
            item.count()
        most = L[QUANTITY]
        if quantity < 1 or quantity > most:
            return "order_quantity", A, most, quantity
        near("order_quantity", A, most - quantity, 1)
        if item.restricted:
            return "restricted_symbol", I, 0, 0
        P, B, SL = item.position, item.buys, item.sells
        if flags & 1:
            room = -P - B if side > 0 else P - SL
            if not reducing:
                return "reduce_only", A, max(room, 0), quantity
            near("reduce_only", A, room - quantity, 1)
        if quantity % item.lot:
            return "off_lot", I, item.lot, quantity
        if not reducing:
            if quantity < L[QUANTITY_MIN]:
                return "order_quantity_min", A, L[QUANTITY_MIN], quantity
            near("order_quantity_min", A, quantity - L[QUANTITY_MIN], 1)
        reference = item.reference
        if reference is None or reference <= 0:
            return "price_collar", A, 0, raw(price)
        if price <= 0 or price >= PRICE_BOUND:
            return "price_collar", A, (1 << 48) - 1, raw(price)
        if price % item.tick:
            return "off_tick", I, raw(item.tick), raw(price)
        if not held:
            left = reference * L[COLLAR] - abs(price - reference) * MILLION
            if left < 0:
                edge = self.band(reference)
                return "price_collar", A, raw(reference + edge if price > reference else reference - edge), raw(price)
            near("price_collar", A, left, reference)
            last = item.last
            if L[LAST_COLLAR] and last is not None:
                left = last * L[LAST_COLLAR] - abs(price - last) * MILLION
                if left < 0:
                    edge = part(last, L[LAST_COLLAR])
                    return "last_collar", A, raw(last + edge if price > last else last - edge), raw(price)
                near("last_collar", A, left, last)
        if quantity > item.quantity_max:
            return "order_quantity", I, item.quantity_max, quantity
        near("order_quantity", I, item.quantity_max - quantity, 1)
        if L[VOLUME_PPM]:
            left = item.volume * L[VOLUME_PPM] - quantity * 1_000_000
            if left < 0 if item.volume else L[NEEDS_VOLUME]:
                return "daily_volume", I, item.volume * L[VOLUME_PPM] // 1_000_000, quantity
            if item.volume:
                near("daily_volume", I, left, item.volume)
        rate = self.currencies[item.currency].rate
        value = (at if held else price) * quantity * item.m
        worth = value * rate
        notional_max = money(L[NOTIONAL])
        scope = A
        if item.notional_max < notional_max:
            notional_max, scope = item.notional_max, I
        if worth > notional_max:
            return "order_notional", scope, down(notional_max), up(worth)
        near("order_notional", scope, notional_max - worth, UNIT)
        end = P + B + quantity if side > 0 else SL + quantity - P
        scope = A if item.position_max == INT64_MAX else I
        position_max = L[POSITION] if scope == A else item.position_max
        if end > position_max:
            return "position_limit", scope, position_max, end
        near("position_limit", scope, position_max - end, 1)
        if not reducing:
            equity = max(self.equity(), ZERO)
            if L[CAPITAL]:
                left = equity * L[CAPITAL] - worth * MILLION
                if left < 0:
                    return "order_capital", A, down(part_exact(equity, L[CAPITAL])), up(worth)
                near("order_capital", A, left, equity)
            if L[POSITION_EQUITY]:
                held_worth = max(end, 0) * reference * item.m * rate
                left = equity * L[POSITION_EQUITY] - held_worth * MILLION
                if left < 0:
                    return "position_equity", A, down(part_exact(equity, L[POSITION_EQUITY])), up(held_worth)
                near("position_equity", A, left, equity)
            if side < 0:
                short_max, scope = INT64_MAX if L[SHORTS] or item.margined else 0, A
                if item.located < short_max:
                    short_max, scope = item.located, I
                if end > short_max:
                    return "short_sale", scope, short_max, end
                near("short_sale", scope, short_max - end, 1)
        if not counted:
            number = sum(self.counted(other) for other in self.items) + 1
            if number > L[OPEN_COUNT]:
                return "open_order_count", A, L[OPEN_COUNT], number
            near("open_order_count", A, L[OPEN_COUNT] - number, 1)
        if not reducing:
            units, sum_value = (quantity, value) if sums is None else (sums[0], sums[1] * sums[0] * item.m)
            refused = self.judge_totals(item, side, quantity, counted, sum_value, sum_value * rate, rate, units)
            if refused:
                return refused
        if strategy < len(self.strategies):
            sum_worth = worth if sums is None else sums[1] * sums[0] * item.m * rate
            refused = self.judge_strategy(item, strategy, side, quantity, reducing, counted, worth, sum_worth)
            if refused:
                return refused
        if L[SELF_TRADE] and not held:
            best = None
            for order in item.orders:
                if order.side == side or order.held:
                    continue
                for own in [order.price] + [price for price, _ in order.versions]:
                    if best is None or (own < best if side > 0 else own > best):
                        best = own
            if best is not None:
                if price >= best if side > 0 else price <= best:
                    return "self_trade", A, raw(best), raw(price)
                near("self_trade", A, abs(best - price), item.tick + UNIT)
        return None

    @staticmethod
    def counted(item):
        if item.dirty:
            item.count()
        return item.number

    def judge_totals(self, item, side, quantity, counted, value, worth, rate, units):
        L = self.limits
        near = self.near
        open_ = self.total(lambda other: other.buy_value + other.sell_value) + worth
        limit = money(L[OPEN_NOTIONAL])
        if open_ > limit:
            return "open_notional", A, down(limit), up(open_)
        near("open_notional", A, limit - open_, UNIT)
        day = open_ + sum((traded * currency.rate for traded, currency in zip(self.traded, self.currencies)), ZERO)
        limit = money(L[DAY])
        if day > limit:
            return "day_notional", A, down(limit), up(day)
        near("day_notional", A, limit - day, UNIT)
        unit = item.reference * item.m
        raised = abs(item.long + quantity if side > 0 else item.short - quantity) - item.worst
        if raised > 0:
            gross = self.total(lambda other: other.worst * other.reference * other.m if other.worst else ZERO)
            gross += raised * unit * rate
            limit = money(L[GROSS])
            if gross > limit:
                return "gross_notional", A, down(limit), up(gross)
            near("gross_notional", A, limit - gross, UNIT)
            own = L[MARGIN] if item.margin < 0 else item.margin
            if own > 0:
                def margin(other):
                    ppm = L[MARGIN] if other.margin < 0 else other.margin
                    return (other.worst * other.reference * other.m * ppm).scaleb(-6) if other.worst else ZERO

                wanted = self.total(margin) + (raised * unit * rate * own).scaleb(-6)
                carries = self.equity() - self.worst_fees(item, value, units, counted)
                if wanted > carries:
                    return "margin", A, down(carries), up(wanted)
                near("margin", A, carries - wanted, (gross).scaleb(-6))
        if side > 0:
            net = self.total(lambda other: other.long * other.reference * other.m if other.long else ZERO)
        else:
            net = -self.total(lambda other: other.short * other.reference * other.m if other.short else ZERO)
        net += quantity * unit * rate
        limit = money(L[NET])
        if net > limit:
            return "net_notional", A, down(limit), up(net)
        near("net_notional", A, limit - net, UNIT)
        if side > 0 and L[CASH] and not item.margined:
            wanted = self.total(lambda other: ZERO if other.margined else other.buy_value) + worth
            wanted += self.worst_fees(item, value, units, counted)
            available = self.available()
            if wanted > available:
                return "cash", A, down(available - (wanted - worth)), up(worth)
            near("cash", A, available - wanted, item.lot * unit * rate)
        return None

    def judge_strategy(self, item, strategy, side, quantity, reducing, counted, worth, sum_worth):
        L = self.strategies[strategy][0]
        near = self.near
        if quantity > L[QUANTITY]:
            return "order_quantity", S, L[QUANTITY], quantity
        near("order_quantity", S, L[QUANTITY] - quantity, 1)
        held = item.books[strategy]
        buys, sells, _, _ = item.own[strategy]
        end = held + buys + quantity if side > 0 else sells + quantity - held
        if end > L[POSITION]:
            return "position_limit", S, L[POSITION], end
        near("position_limit", S, L[POSITION] - end, 1)
        if not counted:
            number = sum(other.own[strategy][3] for other in self.items) + 1
            if number > L[OPEN_COUNT]:
                return "open_order_count", S, L[OPEN_COUNT], number
            near("open_order_count", S, L[OPEN_COUNT] - number, 1)
        limit = money(L[NOTIONAL])
        if worth > limit:
            return "order_notional", S, down(limit), up(worth)
        near("order_notional", S, limit - worth, UNIT)
        if not reducing:
            open_ = self.total(lambda other: other.own[strategy][2]) + sum_worth
            limit = money(L[OPEN_NOTIONAL])
            if open_ > limit:
                return "open_notional", S, down(limit), up(open_)
            near("open_notional", S, limit - open_, UNIT)
        return None

    def rests(self, item, side, price):
        """Post-only: whether it would rest, as far as the quote tells."""
        other = item.ask if side > 0 else item.bid
        if other is None:
            return None
        if price >= other if side > 0 else price <= other:
            return "would_trade", A, raw(other), raw(price)
        self.near("would_trade", A, abs(other - price), item.tick + UNIT)
        return None

    def admit(self, item, strategy, side, quantity, price, repeats):
        """Repetitions and rates; what passes is counted. `repeats`: whether repetitions are asked."""
        L = self.limits
        repeats = repeats and L[REPEATS] != 0
        row = 1
        if repeats:
            last, count, first = item.row
            if last == (side, quantity, price) and self.now - first <= L[WINDOW]:
                row = count + 1
            if row > L[REPEATS]:
                return "duplicate_order", I, L[REPEATS], row
            self.near("duplicate_order", I, L[REPEATS] - row, 1)
        buckets = [(A, self.bucket)]
        if strategy < len(self.strategies):
            buckets.append((S, self.strategies[strategy][1]))
        buckets.append((I, item.bucket))
        buckets = [(scope, bucket) for scope, bucket in buckets if bucket.per_second]
        for scope, bucket in buckets:
            bucket.fill(self.now)
            if bucket.tokens < 1:
                return "order_rate", scope, bucket.per_second, bucket.per_second + 1
        for scope, bucket in buckets:
            bucket.tokens -= 1
            self.near("order_rate", scope, bucket.tokens, 1)
        if repeats:
            item.row = ((side, quantity, price), row, self.now if row == 1 else item.row[2])
        return None

    # What happens

    def order(self, f):
        number, strategy, index = int(f[0]), int(f[1]), int(f[2])
        item, side, quantity = self.items[index], 1 if f[3] == "1" else -1, int(f[4])
        kind, price, stop, trail, flags = int(f[5]), money(f[6]), money(f[7]), money(f[8]), int(f[9])
        refused, made = self.ask(number, strategy, item, side, quantity, kind, price, stop, trail, flags)
        self.judge_.compare(self, f, 10, refused, made)
        if made is not None:
            self.add(made)

    def ask(self, number, strategy, item, side, quantity, kind, price, stop, trail, flags):
        if item.restricted:
            return ("restricted_symbol", I, 0, 0), None
        if item.reference is None:
            return ("no_quote", A, 0, 0), None
        is_sized = quantity == 0
        if is_sized:
            quantity = self.sizing - self.sizing % item.lot
            if quantity == 0:
                return ("sized_to_zero", A, 0, 0), None
        # Not a single lot more fits.
        if item.dirty:
            item.count()
        before = item.position + item.buys if side > 0 else item.sells - item.position
        scope = A if item.position_max == INT64_MAX else I
        most = self.limits[POSITION] if scope == A else item.position_max
        if before + item.lot > most:
            return ("position_limit", scope, most, before + max(min(quantity, 1 << 40), item.lot)), None
        if kind == 0:
            price = self.collar_price(item, side)
        elif kind == 1 and price == 0:
            price = item.ask if side > 0 else item.bid
            if price is None:
                return ("no_quote", A, 0, 0), None
        if kind in (0, 1) and is_sized:
            quantity = self.fit(item, quantity, price)
            if quantity == 0:
                return ("sized_to_zero", A, 0, 0), None
        if kind == 2:
            price = stop
        elif kind == 4:
            stop = item.last + trail if side > 0 else item.last - trail
            rest = stop % item.tick
            if rest:
                stop += item.tick - rest if side > 0 else -rest
            price = stop
        held = kind in (2, 3, 4)
        reducing = self.reducing(item, side, quantity)
        at = self.held_at(side, kind, price)
        refused = self.judge(item, strategy, side, quantity, price, flags, reducing, held=held, at=at)
        if not refused and not held:
            if not self.is_up:
                refused = "session_down", A, 0, 0
            if not refused and flags & 2:
                refused = self.rests(item, side, price)
            if not refused:
                refused = self.admit(item, strategy, side, quantity, price, not reducing)
        if refused:
            return refused, None
        return None, Order(number, strategy, item, side, kind, price, quantity, flags, held, stop if held else ZERO,
                           trail if held else ZERO)

    def fit(self, item, quantity, price):
        """A size that nobody named is made to fit the limits on one order, in whole lots."""
        if price <= 0 or price >= PRICE_BOUND:
            return quantity
        L = self.limits
        most = min(L[QUANTITY], item.quantity_max)
        if L[VOLUME_PPM]:
            if item.volume:
                most = min(most, item.volume * L[VOLUME_PPM] // 1_000_000)
            elif L[NEEDS_VOLUME]:
                most = 0
        rate = int(self.currencies[item.currency].rate.scaleb(9))
        each = raw(price) * item.m
        amounts = [min(L[NOTIONAL], raw(item.notional_max))]
        if L[CAPITAL]:
            equity = max(self.equity(), ZERO)
            amounts.append(int(part_exact(equity, L[CAPITAL]).scaleb(4)))
        for amount in amounts:
            own = amount if item.currency == 0 else amount * 10**9 // rate
            most = min(most, own // each)
        if quantity <= most:
            return quantity
        return most - most % item.lot

    def replace(self, f):
        order = self.orders[int(f[0])]
        price, quantity = money(f[1]), int(f[2])
        newest = order.versions[-1] if order.versions else (order.price, order.ordered)
        price, quantity = price or newest[0], quantity or newest[1]
        leaves = quantity - order.filled
        item = order.item
        shrinks = leaves <= order.open and price == order.price
        order.aside = item.dirty = True
        reducing = shrinks or self.reducing(item, order.side, leaves)
        refused = self.judge(item, order.strategy, order.side, leaves, price, order.flags, reducing, held=order.held,
                             counted=True, at=self.held_at(order.side, order.kind, price),
                             sums=None if order.held else (max(order.open, leaves), max(order.at, price)))
        order.aside, item.dirty = False, True
        if not refused and order.flags & 2:
            refused = self.rests(item, order.side, price)
        if not refused and not order.held:
            refused = ("session_down", A, 0, 0) if not self.is_up else None
            if not refused:
                refused = self.admit(item, order.strategy, order.side, quantity, price, False)
        self.judge_.compare(self, f, 3, refused, order, replaced=True, price=price, quantity=quantity)
        if refused:
            return
        if order.held:
            order.price = price
            if order.kind in (2, 4):
                order.stop = price
            order.leaves += quantity - order.ordered
            order.ordered = quantity
        else:
            order.versions.append((price, quantity))
        self.weigh(order)

    def release(self, f):
        """A held order goes: it is judged again, as what it is now."""
        order = self.orders[int(f[0])]
        if order.number not in self.reached:
            self.judge_.wrong(f"order {order.number} went although its stop {order.stop} was not reached")
        self.reached.discard(order.number)
        item = order.item
        price = self.collar_price(item, order.side) if order.kind in (2, 4) else order.price
        order.aside = item.dirty = True
        reducing = self.reducing(item, order.side, order.leaves)
        refused = self.judge(item, order.strategy, order.side, order.leaves, price, order.flags, reducing, counted=True)
        order.aside, item.dirty = False, True
        if not refused:
            refused = self.admit(item, order.strategy, order.side, order.leaves, price, not reducing)
        self.judge_.compare(self, f, 1, refused, order, price=price, quantity=order.leaves)
        if refused:
            return self.end(order)
        order.held, order.price, order.kind = False, price, 1
        self.weigh(order)

    def execute(self, f):
        order = self.orders[int(f[0])]
        quantity, price, maker, match = int(f[1]), money(f[2]), f[3] == "1", f[4]
        order.filled += quantity
        order.leaves -= min(quantity, order.leaves)
        order.fills[match] = (quantity, price, maker)
        self.book(order.item, order.side * quantity, price, match)
        self.charge(order, quantity, price, maker, 1)
        self.traded[order.item.currency] += price * quantity * order.item.m
        if order.strategy < len(self.strategies):
            order.item.books[order.strategy] += order.side * quantity
        if order.leaves == 0:
            if not order.ended:
                self.end(order)
        else:
            self.weigh(order)
        order.item.dirty = True

    def bust(self, f):
        order = self.orders[int(f[0])]
        quantity, price, maker = order.fills.pop(f[1])
        order.filled -= quantity
        order.busted += quantity
        self.unbook(order.item, order.side * quantity, price, f[1])
        self.charge(order, quantity, price, maker, -1)
        self.traded[order.item.currency] -= price * quantity * order.item.m
        if order.strategy < len(self.strategies):
            order.item.books[order.strategy] -= order.side * quantity
        if not order.ended:
            self.weigh(order)
        order.item.dirty = True

    def charge(self, order, quantity, price, maker, sign):
        share, each = (self.maker, self.maker_unit) if maker else (self.taker, self.taker_unit)
        fee = price * quantity * order.item.m * share + quantity * each
        if self.fee_min:
            before = max(self.fee_min, order.by_rate) if order.executions else ZERO
            order.by_rate += sign * fee
            order.executions += sign
            if not order.executions:
                order.by_rate = ZERO
            fee = (max(self.fee_min, order.by_rate) if order.executions else ZERO) - before
        else:
            fee = sign * fee
        self.currencies[order.item.currency].fees += fee

    # Positions: cash is what moved; profit by the cost method is what futures have beside it.

    def book(self, item, signed, price, match):
        before = item.position
        self.add_profit(item, signed, price, match)
        item.flow -= price * signed * item.m
        item.position += signed
        if item.reference is None:
            item.reference = price
        self.remark(item, price if before == 0 else item.mark)

    def add_profit(self, item, signed, price, match):
        held = item.position if not self.fifo else sum(lot[0] for lot in item.lots)
        if not self.fifo:
            if held == 0 or (held > 0) == (signed > 0):
                item.cost += price * signed * item.m
                return
            closing = min(abs(signed), abs(held))
            share = item.cost if closing == abs(held) else share_of(item.cost, closing, abs(held))
            item.realised += price * (closing if held > 0 else -closing) * item.m - share
            item.cost = price * (held + signed) * item.m if abs(signed) > abs(held) else item.cost - share
            return
        while signed and item.lots and (item.lots[0][0] > 0) != (signed > 0):
            lot = item.lots[0]
            taken = min(abs(signed), abs(lot[0]))
            closed = taken if lot[0] > 0 else -taken
            item.realised += (price - lot[1]) * closed * item.m
            lot[0] -= closed
            signed += closed
            if lot[0] == 0:
                item.lots.pop(0)
        if signed:
            item.lots.append([signed, price, match])

    def unbook(self, item, signed, price, match):
        before = item.position
        if self.fifo:
            rest = signed
            for place, lot in enumerate(item.lots):
                if lot[2] == match and (lot[0] > 0) == (signed > 0):
                    taken = min(abs(rest), abs(lot[0])) * (1 if signed > 0 else -1)
                    lot[0] -= taken
                    rest -= taken
                    if lot[0] == 0:
                        item.lots.pop(place)
                    break
            if rest:
                self.add_profit(item, -rest, price, None)
        elif before != 0 and (before > 0) == (signed > 0) and abs(before) >= abs(signed):
            item.cost -= price * signed * item.m
            if before == signed:
                item.realised -= item.cost
                item.cost = ZERO
        else:
            self.add_profit(item, -signed, price, None)
        item.flow += price * signed * item.m
        item.position -= signed
        self.remark(item, price if before == 0 else item.mark)

    def carry(self, f):
        self.book(self.items[int(f[0])], int(f[1]), money(f[2]), None)
        self.items[int(f[0])].dirty = True

    def restored(self, f):
        item = self.items[int(f[2])]
        held = f[6] == "1"
        kind = int(f[7]) if held else 1
        order = Order(int(f[0]), int(f[1]), item, 1 if f[3] == "1" else -1, kind, money(f[5]), int(f[4]), int(f[10]), held,
                      money(f[8]) if held else ZERO, money(f[9]) if held else ZERO)
        if item.reference is None:
            item.reference = order.price
        self.add(order)


def part_exact(amount, ppm):
    return (amount * ppm).scaleb(-6)


def cut_half(twice):
    """Half of it, rounded down to 0.0001."""
    return (twice * 5000).to_integral_value(rounding=ROUND_FLOOR).scaleb(-4)


def share_of(cost, closing, held):
    """Truncated toward zero."""
    amount = int(cost.scaleb(4)) * closing
    size = abs(amount) // held
    return money(size if amount >= 0 else -size)


class Judge:
    def __init__(self):
        self.refused, self.edges, self.accepted, self.judged, self.seed = Counter(), Counter(), 0, 0, "?"
        self.counts = Counter()
        self.line = 0

    def wrong(self, words):
        print(f"story {self.seed}, line {self.line}: {words}", flush=True)
        sys.exit(1)

    def compare(self, world, f, place, refused, order, replaced=False, price=None, quantity=None):
        """What the engine said, from `place` on, against what is said here."""
        self.judged += 1
        if refused:
            rule, scope, limit, value = refused
            mine = [0, NUMBER[rule], scope, limit, value]
        elif replaced and order.held:
            mine = [1, 0, 0]
        else:
            mine = [1, raw(price if price is not None else order.price), quantity if quantity is not None else order.leaves]
        theirs = [int(word) for word in f[place:]]
        if mine != theirs:
            def said(v):
                if v[0]:
                    return f"accepted {v[1:]}"
                return f"refused by {RULES.get(v[1], v[1])} of {SCOPES[v[2]]}: limit {v[3]}, value {v[4]}"
            self.wrong(f"the engine says: {said(theirs)}; here: {said(mine)}; line: {' '.join(f)}")
        if refused:
            self.refused[rule, scope] += 1
        else:
            self.accepted += 1
            self.edges.update(world.edges)

    def read(self, stream):
        world = None
        ended = False
        for line in stream:
            self.line += 1
            f = line.split()
            name, f = f[0], f[1:]
            if name != "G" and world is not None and world.reached and name not in ("Z",):
                self.wrong(f"orders {world.reached} were reached and did not go")
            self.counts[name] += 1
            if name == "O":
                world.order(f)
            elif name == "Z":
                world.time(int(f[0]))
            elif name == "Q":
                world.quote(int(f[0]), f[1], f[2])
            elif name == "T":
                world.trade(int(f[0]), f[1])
            elif name == "P":
                world.replace(f)
            elif name == "G":
                world.release(f)
            elif name == "A":
                pass
            elif name == "E":
                world.execute(f)
            elif name == "c":
                order = world.orders[int(f[0])]
                quantity = int(f[1])
                if quantity < order.leaves:
                    order.leaves -= quantity
                    order.ordered -= quantity
                    world.weigh(order)
                else:
                    world.end(order)
            elif name in ("J", "w"):
                world.end(world.orders[int(f[0])])
            elif name == "V":
                order = world.orders[int(f[0])]
                place = int(f[1])
                order.price, quantity = order.versions[place]
                del order.versions[:place + 1]
                order.leaves = max(quantity - order.filled, 0)
                order.ordered = max(quantity, order.filled)
                if order.leaves:
                    world.weigh(order)
                else:
                    world.end(order)
            elif name == "W":
                order = world.orders[int(f[0])]
                del order.versions[int(f[1]):]
                if not order.ended:
                    world.weigh(order)
            elif name == "U":
                order = world.orders[int(f[0])]
                order.leaves += int(f[1]) - order.ordered
                order.ordered = int(f[1])
                world.weigh(order)
            elif name == "B":
                world.bust(f)
            elif name == "L":
                world.parts.append(tuple(int(word) for word in f))
            elif name == "LC":
                world.commit(int(f[0]), int(f[1]))
            elif name == "X":
                world.currencies[int(f[0])].rate = D(f[1]).scaleb(-9)
            elif name == "I":
                world.is_up = False
            elif name == "i":
                world.is_up = True
            elif name == "K":
                pass
            elif name == "C":
                world = World(f, self)
            elif name == "CC":
                world.currencies.append(Currency(f[0], f[1]))
            elif name == "CI":
                world.items.append(Instrument(f))
            elif name == "CS":
                world.set_strategy(f)
            elif name == "CL":
                world.set_account(f)
            elif name == "RP":
                world.carry(f)
            elif name == "RO":
                world.restored(f)
            elif name == "S":
                self.seed = f[0]
            elif name == "end":
                ended = True
            else:
                self.wrong(f"an unknown line: {line}")
        if not ended:
            self.wrong("the stories break off")

    @staticmethod
    def table(refused, edges):
        missing = []
        print(f"{'rule':<20} {'scope':<6} {'refused':>10} {'at its limit':>13}")
        for rule, scope, has_limit in WANTED:
            key = f"{rule} {SCOPES[scope]}"
            print(f"{rule:<20} {SCOPES[scope]:<6} {refused[key]:>10} {edges[key] if has_limit else '–':>13}")
            if not refused[key] or has_limit and not edges[key]:
                missing.append(key)
        return missing


def main():
    words = sys.argv[1:]
    if words[:1] == ["--sum"]:
        return add_up(words[1:])
    counts = None
    if "--counts" in words:
        place = words.index("--counts")
        counts = words[place + 1]
        del words[place:place + 2]
    judge = Judge()
    with (open(words[0], encoding="ascii") if words else sys.stdin) as stream:
        judge.read(stream)
    key = lambda pair: f"{pair[0]} {SCOPES[pair[1]]}"
    refused = Counter({key(pair): count for pair, count in judge.refused.items()})
    edges = Counter({key(pair): count for pair, count in judge.edges.items()})
    if counts:
        with open(counts, "w", encoding="ascii") as file:
            for kind, numbers in (("refused", refused), ("edge", edges)):
                for name, number in numbers.items():
                    print(kind, name, number, file=file)
            print("all judged -", judge.judged, file=file)
            print("all accepted -", judge.accepted, file=file)
    Judge.table(refused, edges)
    print(f"{judge.judged} orders and replacements judged, {judge.accepted} accepted, no difference")
    print("lines:", ", ".join(f"{name} {count}" for name, count in sorted(judge.counts.items())))
    return 0


def add_up(paths):
    sums = {"refused": Counter(), "edge": Counter(), "all": Counter()}
    for path in paths:
        with open(path, encoding="ascii") as file:
            for line in file:
                kind, rule, scope, number = line.split()
                sums[kind][f"{rule} {scope}"] += int(number)
    missing = Judge.table(sums["refused"], sums["edge"])
    print(f"{sums['all']['judged -']} orders and replacements judged, {sums['all']['accepted -']} accepted, no difference")
    if missing:
        print("never seen:", ", ".join(missing))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
