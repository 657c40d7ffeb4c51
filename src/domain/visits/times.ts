import { minute } from "../../base/day.ts"

/*
 * Every span of time of a video visit, in one place. Milliseconds, unless the name says minutes.
 */

const second = 1_000

export const visitTimes = {
  /** So long before the booked time one may say "I am here". */
  arriveMinutes: 15,

  /** The server asks this often, and the page itself answers: the browser's own pong says nothing about a page that hangs. */
  ping: 10 * second,
  /** A page that has said nothing for so long is late. */
  late: 12 * second,
  /** A page that has said nothing for so long is taken for lost, and its connection is ended. */
  silent: 25 * second,
  /** How often that is looked at. */
  sweep: 5 * second,
  /** So long after a connection was lost the person is gone: in the waiting room, where nothing is lost by it, and in a call. */
  graceWaiting: 120 * second,
  graceInCall: 45 * second,
  /** A window that asks to take over waits so long for the other one to close by itself: a reload says goodbye first. */
  reload: 1 * second,

  /** One ring, and how many there are before nobody is there. */
  ring: 60 * second,
  rings: 2,
  /** The place at the front of who did not answer. */
  keptMinutes: 5,

  /** A camera that is off for longer than this: nobody knows any more who sits there. */
  cameraOff: 5 * second,

  /** That the relay refused us is forgotten when nobody has said it for so long. */
  relayTrouble: 60 * minute,

  /** So long after an interruption the visit goes on where it was. */
  interruption: 10 * minute,
  /** So long the person waits for an agent whose connection was lost before somebody else may help. */
  agentBack: 60 * second,
  /** Booked, here, and not called so long after the booked time: the office is late. */
  officeLateMinutes: 10,
} as const

/** What one side may say, and how much of it. */
export const visitLimits = {
  messages: 30,
  messagesMilliseconds: second,
  frameBytes: 65_536,
  /** So many words beyond the limit are put up with before the socket is closed. */
  refusals: 300,
  /** Interpreters, guardians, supervisors: with the citizen and the agent four people. */
  thirds: 2,
  textLength: 2_000,
  nameLength: 80,
} as const
