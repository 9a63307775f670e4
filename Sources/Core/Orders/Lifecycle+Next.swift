public import Model

extension Lifecycle {
    // swift-format-ignore
    /// What the lifecycle becomes; `nil` is a change that the venue's own protocol, or ours, forbids. Pure: stamping,
    /// journaling, quantities and requests belong to the caller, which has booked every execution already, *whatever*
    /// this returns.
    ///
    /// "Partly filled" is no lifecycle (it is `filled > 0`) and neither is "cancel pending" (it is a request), so a
    /// refused cancel has nothing to restore and a partial fill cannot make it forget anything.
    #if !DEBUG
    @_noLocks
    #endif
    public func next(on report: Report) -> Lifecycle? {
        switch (self, report) {
        //    now          heard                  next
        // Made, our own risk has not spoken: nobody else can know of it.
        case (.created,   .riskPassed):       return .pending
        case (.created,   .riskHeld):         return .held      // passed risk, and waits for its price or its time
        case (.created,   .riskRefused):      return .rejected  // our own no is a rejection like any other
        case (.created,   .withdrawn):        return nil
        case (.created,   .submitted):        return nil        // nothing leaves before risk has spoken
        case (.created,   .sendFailed):       return nil        // the same
        case (.created,   .neverReceived):    return nil        // it was not sent, there is nothing to prove
        case (.created,   .accepted):         return nil        // the venue cannot have it
        case (.created,   .acceptedDead):     return nil        // the same, down to the broken execution
        case (.created,   .execution):        return nil
        case (.created,   .lastExecution):    return nil
        case (.created,   .reduced):          return nil
        case (.created,   .cancelled):        return nil
        case (.created,   .expired):          return nil
        case (.created,   .rejected):         return nil
        case (.created,   .cancelRefused):    return nil
        case (.created,   .cancelDelayed):    return nil
        case (.created,   .replaced):         return nil
        case (.created,   .replaceRefused):   return nil
        case (.created,   .executionBroken):  return nil
        case (.created,   .executionCorrected): return nil
        case (.created,   .horizonPassed):    return nil        // it has not ended

        // Waits in the engine for a price, a moment or another order: nobody else knows of it.
        case (.held,      .riskPassed):       return .pending   // triggered, and risk passed again
        case (.held,      .riskHeld):         return nil        // it waits already
        case (.held,      .riskRefused):      return .rejected  // triggered, and refused
        case (.held,      .withdrawn):        return .cancelled // nobody but us has seen it
        case (.held,      .submitted):        return nil        // nothing leaves before it is triggered
        case (.held,      .sendFailed):       return nil
        case (.held,      .neverReceived):    return nil
        case (.held,      .accepted):         return nil        // the venue cannot have it
        case (.held,      .acceptedDead):     return nil
        case (.held,      .execution):        return nil
        case (.held,      .lastExecution):    return nil
        case (.held,      .reduced):          return nil
        case (.held,      .cancelled):        return nil
        case (.held,      .expired):          return .expired   // its date has come before its price
        case (.held,      .rejected):         return nil
        case (.held,      .cancelRefused):    return nil
        case (.held,      .cancelDelayed):    return nil
        case (.held,      .replaced):         return nil        // changed in place: no venue has a word in it
        case (.held,      .replaceRefused):   return nil
        case (.held,      .executionBroken):  return nil
        case (.held,      .executionCorrected): return nil
        case (.held,      .horizonPassed):    return nil

        // In the outbox: the session speaks first, so a venue that answers answers something else.
        case (.pending,   .riskPassed):       return nil        // risk speaks once
        case (.pending,   .riskHeld):         return nil
        case (.pending,   .riskRefused):      return nil
        case (.pending,   .withdrawn):        return .cancelled // asked back before a byte of it had left
        case (.pending,   .submitted):        return .submitted
        case (.pending,   .sendFailed):       return .rejected  // ended by us: the venue has never seen it
        case (.pending,   .neverReceived):    return nil        // the session has not even spoken
        case (.pending,   .accepted):         return nil        // never accepted without having been submitted
        case (.pending,   .acceptedDead):     return nil
        case (.pending,   .execution):        return nil        // never filled without having been submitted
        case (.pending,   .lastExecution):    return nil
        case (.pending,   .reduced):          return nil
        case (.pending,   .cancelled):        return nil
        case (.pending,   .expired):          return nil        // the venue cannot have it
        case (.pending,   .rejected):         return nil
        case (.pending,   .cancelRefused):    return nil
        case (.pending,   .cancelDelayed):    return nil
        case (.pending,   .replaced):         return nil
        case (.pending,   .replaceRefused):   return nil        // nothing is asked of an order that was not sent
        case (.pending,   .executionBroken):  return nil
        case (.pending,   .executionCorrected): return nil
        case (.pending,   .horizonPassed):    return nil

        // With the session, perhaps with the venue: its first word may be any but a word on what it never asked.
        case (.submitted, .riskPassed):       return nil
        case (.submitted, .riskHeld):         return nil
        case (.submitted, .riskRefused):      return nil
        case (.submitted, .withdrawn):        return nil        // its bytes have left: only the venue can end it
        case (.submitted, .submitted):        return nil        // a command is handed over once
        case (.submitted, .sendFailed):       return nil        // the session said that the bytes were taken
        case (.submitted, .neverReceived):    return .rejected  // lost with its connection, and proven so
        case (.submitted, .accepted):         return .accepted
        case (.submitted, .acceptedDead):     return .cancelled // accepted and ended in one word
        case (.submitted, .execution):        return .accepted  // a fill may overtake its ack
        case (.submitted, .lastExecution):    return .filled    // so may the last one (IOC)
        case (.submitted, .reduced):          return .accepted  // so may a decrement: the venue has the order
        case (.submitted, .cancelled):        return .cancelled // IOC: never rested
        case (.submitted, .expired):          return .expired   // never rested
        case (.submitted, .rejected):         return .rejected
        case (.submitted, .cancelRefused):    return .submitted // speaks of the request only
        case (.submitted, .cancelDelayed):    return .submitted // the same
        case (.submitted, .replaced):         return .accepted  // a replacement may overtake the ack
        case (.submitted, .replaceRefused):   return .submitted // speaks of the request only
        case (.submitted, .executionBroken):  return .submitted // moves quantities only, with its fill's ack to come
        case (.submitted, .executionCorrected): return .submitted // moves quantities only
        case (.submitted, .horizonPassed):    return nil        // it has not ended

        // The venue has it.
        case (.accepted,  .riskPassed):       return nil
        case (.accepted,  .riskHeld):         return nil
        case (.accepted,  .riskRefused):      return nil
        case (.accepted,  .withdrawn):        return nil
        case (.accepted,  .submitted):        return nil        // the session spoke before the venue
        case (.accepted,  .sendFailed):       return nil        // it plainly left
        case (.accepted,  .neverReceived):    return nil        // the venue has told us otherwise
        case (.accepted,  .accepted):         return .accepted  // the overtaken ack
        case (.accepted,  .acceptedDead):     return .cancelled // overtaken by its fill; the rest is gone
        case (.accepted,  .execution):        return .accepted
        case (.accepted,  .lastExecution):    return .filled
        case (.accepted,  .reduced):          return .accepted
        case (.accepted,  .cancelled):        return .cancelled // asked for or not: venues cancel by themselves
        case (.accepted,  .expired):          return .expired   // its time was over
        case (.accepted,  .rejected):         return nil        // a venue may cancel what it has, not reject it
        case (.accepted,  .cancelRefused):    return .accepted  // speaks of the request only
        case (.accepted,  .cancelDelayed):    return .accepted
        case (.accepted,  .replaced):         return .accepted  // other terms, the same order
        case (.accepted,  .replaceRefused):   return .accepted  // it stands as it was
        case (.accepted,  .executionBroken):  return .accepted  // moves quantities only
        case (.accepted,  .executionCorrected): return .accepted  // moves quantities only
        case (.accepted,  .horizonPassed):    return nil        // it has not ended

        // Nothing is left of it.
        case (.filled,    .riskPassed):       return nil
        case (.filled,    .riskHeld):         return nil
        case (.filled,    .riskRefused):      return nil
        case (.filled,    .withdrawn):        return nil
        case (.filled,    .submitted):        return nil
        case (.filled,    .sendFailed):       return nil
        case (.filled,    .neverReceived):    return nil
        case (.filled,    .accepted):         return .filled    // the ack that all its fills overtook
        case (.filled,    .acceptedDead):     return .filled    // the same, for an IOC
        case (.filled,    .execution):        return nil        // more than was ordered
        case (.filled,    .lastExecution):    return nil        // the same
        case (.filled,    .reduced):          return nil        // nothing is left that could go
        case (.filled,    .cancelled):        return nil
        case (.filled,    .expired):          return nil        // nothing is left that could
        case (.filled,    .rejected):         return nil
        case (.filled,    .cancelRefused):    return .filled    // too late to cancel: the fill was faster
        case (.filled,    .cancelDelayed):    return .filled
        case (.filled,    .replaced):         return nil        // while a replacement could still come, it has not ended
        case (.filled,    .replaceRefused):   return .filled    // too late: the fill was faster
        case (.filled,    .executionBroken):  return .filled    // what was undone does not come back to the book
        case (.filled,    .executionCorrected): return .filled    // what was undone does not come back to the book
        case (.filled,    .horizonPassed):    return .closed

        // Its rest was taken off.
        case (.cancelled, .riskPassed):       return nil
        case (.cancelled, .riskHeld):         return nil
        case (.cancelled, .riskRefused):      return nil
        case (.cancelled, .withdrawn):        return nil
        case (.cancelled, .submitted):        return nil
        case (.cancelled, .sendFailed):       return nil
        case (.cancelled, .neverReceived):    return nil
        case (.cancelled, .accepted):         return .cancelled // the ack that its end overtook
        case (.cancelled, .acceptedDead):     return .cancelled
        case (.cancelled, .execution):        return nil        // after a confirmed cancel: disputed
        case (.cancelled, .lastExecution):    return nil
        case (.cancelled, .reduced):          return nil        // nothing is left that could go
        case (.cancelled, .cancelled):        return nil
        case (.cancelled, .expired):          return nil
        case (.cancelled, .rejected):         return nil        // it was accepted before it was cancelled
        case (.cancelled, .cancelRefused):    return .cancelled // an answer to a second request, or a crossing one
        case (.cancelled, .cancelDelayed):    return .cancelled
        case (.cancelled, .replaced):         return nil        // a dead order cannot be given other terms: disputed
        case (.cancelled, .replaceRefused):   return .cancelled
        case (.cancelled, .executionBroken):  return .cancelled
        case (.cancelled, .executionCorrected): return .cancelled
        case (.cancelled, .horizonPassed):    return .closed

        // The venue refused it, or it never came there.
        case (.rejected,  .riskPassed):       return nil
        case (.rejected,  .riskHeld):         return nil
        case (.rejected,  .riskRefused):      return nil
        case (.rejected,  .withdrawn):        return nil
        case (.rejected,  .submitted):        return nil
        case (.rejected,  .sendFailed):       return nil
        case (.rejected,  .neverReceived):    return nil
        case (.rejected,  .accepted):         return nil        // the venue contradicts itself, or our proof was none
        case (.rejected,  .acceptedDead):     return nil
        case (.rejected,  .execution):        return nil        // after a reject: disputed
        case (.rejected,  .lastExecution):    return nil
        case (.rejected,  .reduced):          return nil
        case (.rejected,  .cancelled):        return nil
        case (.rejected,  .expired):          return nil
        case (.rejected,  .rejected):         return nil
        case (.rejected,  .cancelRefused):    return .rejected  // the cancel that crossed the reject
        case (.rejected,  .cancelDelayed):    return nil        // there is nothing that could be cancelled later
        case (.rejected,  .replaced):         return nil
        case (.rejected,  .replaceRefused):   return .rejected  // the replacement that crossed the reject
        case (.rejected,  .executionBroken):  return .rejected  // undoes the execution that made it disputed
        case (.rejected,  .executionCorrected): return .rejected  // mends the execution that made it disputed
        case (.rejected,  .horizonPassed):    return .closed

        // Its time was over. As cancelled; kept apart because people ask.
        case (.expired,   .riskPassed):       return nil
        case (.expired,   .riskHeld):         return nil
        case (.expired,   .riskRefused):      return nil
        case (.expired,   .withdrawn):        return nil
        case (.expired,   .submitted):        return nil
        case (.expired,   .sendFailed):       return nil
        case (.expired,   .neverReceived):    return nil
        case (.expired,   .accepted):         return .expired
        case (.expired,   .acceptedDead):     return .expired
        case (.expired,   .execution):        return nil        // after its expiry: disputed
        case (.expired,   .lastExecution):    return nil
        case (.expired,   .reduced):          return nil
        case (.expired,   .cancelled):        return nil
        case (.expired,   .expired):          return nil
        case (.expired,   .rejected):         return nil
        case (.expired,   .cancelRefused):    return .expired
        case (.expired,   .cancelDelayed):    return .expired
        case (.expired,   .replaced):         return nil
        case (.expired,   .replaceRefused):   return .expired
        case (.expired,   .executionBroken):  return .expired
        case (.expired,   .executionCorrected): return .expired
        case (.expired,   .horizonPassed):    return .closed

        // The record is gone: what comes now is booked from its residue and moves no lifecycle.
        case (.closed,    .riskPassed):       return nil
        case (.closed,    .riskHeld):         return nil
        case (.closed,    .riskRefused):      return nil
        case (.closed,    .withdrawn):        return nil
        case (.closed,    .submitted):        return nil
        case (.closed,    .sendFailed):       return nil
        case (.closed,    .neverReceived):    return nil
        case (.closed,    .accepted):         return nil
        case (.closed,    .acceptedDead):     return nil
        case (.closed,    .execution):        return nil
        case (.closed,    .lastExecution):    return nil
        case (.closed,    .reduced):          return nil
        case (.closed,    .cancelled):        return nil
        case (.closed,    .expired):          return nil
        case (.closed,    .rejected):         return nil
        case (.closed,    .cancelRefused):    return nil
        case (.closed,    .cancelDelayed):    return nil
        case (.closed,    .replaced):         return nil
        case (.closed,    .replaceRefused):   return nil
        case (.closed,    .executionBroken):  return nil
        case (.closed,    .executionCorrected): return nil
        case (.closed,    .horizonPassed):    return nil
        }
    }
}
