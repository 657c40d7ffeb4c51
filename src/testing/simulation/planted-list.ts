import type { Planted } from "./parts.ts"
import { acknowledgedBeforeCommit } from "./planted/acknowledged-before-commit.ts"
import { answerNotKept } from "./planted/answer-not-kept.ts"
import { brokenChain } from "./planted/broken-chain.ts"
import { calledTwice } from "./planted/called-twice.ts"
import { cancelledKeepsItsPlace } from "./planted/cancelled-keeps-its-place.ts"
import { capacityReadBefore } from "./planted/capacity-read-before.ts"
import { chainBeginsAnew } from "./planted/chain-begins-anew.ts"
import { firstComeFirstCalled } from "./planted/first-come-first-called.ts"
import { gapInTheSequence } from "./planted/gap-in-the-sequence.ts"
import { handicapForgotten } from "./planted/handicap-forgotten.ts"
import { holdEndsUnsaid } from "./planted/hold-ends-unsaid.ts"
import { holdExpiresByJob } from "./planted/hold-expires-by-job.ts"
import { holdsNotCounted } from "./planted/holds-not-counted.ts"
import { keyCheckedOnce } from "./planted/key-checked-once.ts"
import { keyEndsUnsaid } from "./planted/key-ends-unsaid.ts"
import { kioskCheckedOnce } from "./planted/kiosk-checked-once.ts"
import { lostFact } from "./planted/lost-fact.ts"
import { moveFreesLate } from "./planted/move-frees-late.ts"
import { nextWithoutWaking } from "./planted/next-without-waking.ts"
import { nobodyIsSentHome } from "./planted/nobody-is-sent-home.ts"
import { numberGivenTwice } from "./planted/number-given-twice.ts"
import { oldPlacesStay } from "./planted/old-places-stay.ts"
import { orderByWallClock } from "./planted/order-by-wall-clock.ts"
import { otherRightsOldSession } from "./planted/other-rights-old-session.ts"
import { placeLostByADrop } from "./planted/place-lost-by-a-drop.ts"
import { proxyNeverEnds } from "./planted/proxy-never-ends.ts"
import { receiptWithoutThePiece } from "./planted/receipt-without-the-piece.ts"
import { refusedTurnStays } from "./planted/refused-turn-stays.ts"
import { reminderSkipped } from "./planted/reminder-skipped.ts"
import { reminderTwice } from "./planted/reminder-twice.ts"
import { restartForgetsTheTime } from "./planted/restart-forgets-the-time.ts"
import { sentWithoutSending } from "./planted/sent-without-sending.ts"
import { sessionCheckedOnce } from "./planted/session-checked-once.ts"
import { shutOutAndStillAtWork } from "./planted/shut-out-and-still-at-work.ts"
import { strangersCancel } from "./planted/strangers-cancel.ts"
import { struckInSilence } from "./planted/struck-in-silence.ts"
import { undoKeepsTheHand } from "./planted/undo-keeps-the-hand.ts"

/* Mistakes that the simulation must notice. Each is a small change of a copy of the source; the source itself knows nothing of them. */

export const planted: readonly Planted[] = [
  acknowledgedBeforeCommit,
  answerNotKept,
  brokenChain,
  calledTwice,
  cancelledKeepsItsPlace,
  capacityReadBefore,
  chainBeginsAnew,
  firstComeFirstCalled,
  gapInTheSequence,
  handicapForgotten,
  holdEndsUnsaid,
  holdExpiresByJob,
  holdsNotCounted,
  keyCheckedOnce,
  kioskCheckedOnce,
  keyEndsUnsaid,
  lostFact,
  moveFreesLate,
  nextWithoutWaking,
  nobodyIsSentHome,
  numberGivenTwice,
  oldPlacesStay,
  orderByWallClock,
  otherRightsOldSession,
  placeLostByADrop,
  proxyNeverEnds,
  receiptWithoutThePiece,
  refusedTurnStays,
  reminderSkipped,
  reminderTwice,
  restartForgetsTheTime,
  sentWithoutSending,
  sessionCheckedOnce,
  shutOutAndStillAtWork,
  strangersCancel,
  struckInSilence,
  undoKeepsTheHand,
]
