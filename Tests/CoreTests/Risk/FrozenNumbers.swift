/// What a number in a journal, an input or a setting means, as it was first written down. Lines are added at the end of a
/// list, never changed and never taken away, also where the case is gone: its number is not given a second time.
enum FrozenNumbers {
    static let rule = """
        none=0 noQuote=1 staleBook=2 notTrading=3 sizedToZero=4 unknownInstrument=5 signalBufferFull=6
        orderQuantity=20 orderNotional=21 positionLimit=22 grossNotional=23 openOrderCount=24 priceCollar=25
        offTick=26 offLot=27 reduceOnly=28 restrictedSymbol=29 orderPoolFull=40 noCredit=41 sessionDown=42
        stopped=43 journalPressure=44 instrumentReduceOnly=45 residueFull=46 executionSetNearFull=47
        rateLimit=48 noSuchOrder=49 requestPending=50 badTerms=51 wouldTrade=52 timerQueueFull=53
        noChange=54 noBackOffice=55 nameless=56 unknownCurrency=60 badRate=61 orderQuantityMin=70
        orderCapital=71 positionEquity=72 netNotional=73 openNotional=74 lastCollar=75 dailyVolume=76
        selfTrade=77 duplicateOrder=78 cash=79 margin=80 shortSale=81 orderRate=82 dayNotional=83
        marketClosed=84 patternDayTrader=85 dayLoss=90 drawdown=91 sessionDrawdown=92 consecutiveRejects=93
        staleData=94 repeatedExecutions=95 cancelRatio=96 killed=97 operatorSaid=98 engineHeld=99
        journalFailed=100 closing=101 statesUnknown=102
        """

    static let limitKind = """
        positionMax=1 positionEquityPpm=2 orderQuantityMax=3 orderQuantityMin=4 orderNotionalMax=5
        orderCapitalPpm=6 grossNotionalMax=7 netNotionalMax=8 openOrderCountMax=9 openNotionalMax=10
        collarPpm=11 lastCollarPpm=12 dailyVolumePpm=13 ordersPerSecond=14 orderBurst=15
        duplicateOrderMax=16 duplicateWindowNs=17 preventsSelfTrade=18 requiresCash=19 marginPpm=20
        allowsShortSales=21 dayNotionalMax=22 requiresDailyVolume=23 dayLossMax=40 dayLossPpm=41
        drawdownPpm=42 sessionDrawdownPpm=43 rejectCountMax=44 staleDataNs=45 executionCountMax=46
        executionWindowNs=47 cancelRatioHundredths=48 flattensInLiquidation=49 guardsDayTrades=60
        dayTradeEquityMin=61 dayTradeCount=62 dayTradeDays=63 isRestricted=80 locatedQuantity=81
        averageDailyVolume=82
        """

    static let factKind = """
        signal=1 signalDiscarded=2 orderCreated=10 riskRejected=11 orderPending=12 orderSubmitted=13
        orderSendFailed=14 orderAccepted=15 orderFilled=16 orderCancelled=17 orderRejected=18
        orderExpired=19 cancelRequested=20 cancelRefused=21 orderReplaced=22 executionBroken=23
        executionRepeated=24 orderClosed=25 orderHeld=26 orderTriggered=27 replaceRequested=28
        replaceRefused=29 orderInDoubt=30 orderResolved=31 orderDisputed=32 illegalTransition=33
        executionCorrected=34 orderLinked=35 orderTimedOut=36 executionInferred=37 inferenceReplaced=38
        orderRestored=39 positionOpened=40 positionChanged=41 positionClosed=42 orderDated=44
        orderBracket=47 accountState=43 currencyRate=45 currencyState=46 bookState=50 riskState=51
        limitChanged=52 dayTrade=53 reconciliationAsked=54 reconciliationDone=55 reconciliationDifference=56
        operatorAnswered=57 alert=60 digest=70
        executionKnown=48
        signalMetadata=3
        """

    static let inputKind = """
        start=1 stop=2 clockOffset=3 marketPacket=10 feedGap=11 feedWhole=12 feedEnded=13 feedRestarted=14
        sessionUp=20 sessionDown=21 submitted=22 sendFailed=23 orderAccepted=30 execution=31
        orderCancelled=32 orderRejected=33 cancelRefused=34 executionBroken=35 orderReplaced=36
        executionCorrected=38 orderExpired=39 venueNotice=37 timer=40 operatorCommand=50 journalPressure=60
        strategyOverran=61 engineHeld=62 reconcileBegin=70 reconcileOrder=71 reconcileExecution=72
        reconcilePosition=73 reconcileCommit=74 reconcileFailed=75 restoreOrder=80 restoreTerms=81
        restorePosition=82 restoreCommit=83 restoreTie=84 restoreState=85 restoreDayTrades=86 restorePeak=87
        limitsBegin=90 limitsPart=91 limitsCommit=92
        restoreBook=88
        feedAlive=15
        restoreOrigin=89
        """

    static let operatorCommand = """
        stopTrading=1 cancelOrder=2 cancelAll=3 replaceOrder=4 closePosition=5 flatten=6 reconcile=7
        acceptDispute=8 setRate=12 kill=13 lift=14 setState=15 setLimits=16
        """

    static let alertCode = """
        illegalTransition=1 disputedOrder=2 unknownOrder=3 overfill=4 orderInDoubt=5 feedGap=6 bookBroken=7
        sessionDown=8 journalPressure=9 executionSetNearFull=10 crossedBook=11 journalFailed=12
        doubtUnresolved=13 reconciliationDifference=14 reconciliationFailed=15 executionInferred=16
        strategyOverran=17 lotsMerged=18 engineHeld=19 riskState=20 limitsRefused=21
        barRoomFull=22
        """
}
