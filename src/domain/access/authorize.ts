import type { Words } from "../../../db/schema/catalogue.ts"
import type { Capability } from "../../../db/schema/devices.ts"
import { Refusal } from "../../base/refusal.ts"
import type { IntegratorScope } from "./integrators.ts"
import type { Citizen, Role, Staff, Subject } from "./subject.ts"

/*
 * Who may do what, on whose things: one table, asked before every look and every change. What does not stand in it nobody may; an action
 * that is not in it does not compile. To add one, add a line.
 *
 * A right reaches
 * - `own`: to what is theirs, a thing whose `person` they are. A person's dependants are theirs to book for; of whom that is true stands in
 *   the store and is asked there, with the booking.
 * - `within`: to the offices that the member of staff answers for (one, those of a region or an agency, or all), the one office in which a
 *   device stands.
 * - a capability or a scope: as `within`, provided that the device was allowed this or the key names it.
 * - `any`: to everything there is of the kind.
 *
 * `unproven` and `recovered` are citizens of whom nobody has seen yet who they are, and those who came in with a recovery code. Both may
 * only what the table says of them.
 */

type Reach = "own" | "within" | "any"

interface Rule {
  citizen?: "own" | "any"
  unproven?: "own" | "any"
  recovered?: "own" | "any"
  agent?: Reach
  supervisor?: Reach
  administrator?: Reach
  auditor?: Reach
  kiosk?: Capability | "within" | "any"
  board?: Capability | "within" | "any"
  integrator?: IntegratorScope | "any"
  /** What is out of reach is as good as not there, for those who work here as well; else they are told that it is not theirs. */
  isHidden?: true
}

const within = "within"
const staffWithin = { agent: within, supervisor: within, administrator: within, auditor: within } as const
const staffOwn = { agent: "own", supervisor: "own", administrator: "own", auditor: "own" } as const
const staffAny = { agent: "any", supervisor: "any", administrator: "any", auditor: "any" } as const
/** Who sees to what is booked and to the people in the hall. */
const desk = { agent: within, supervisor: within, administrator: within } as const
/** Who serves people at a counter: agents, and supervisors who lend a hand. */
const serving = { agent: within, supervisor: within } as const
/** Who decides about an office's day, and who looks at it. */
const leads = { supervisor: within, administrator: within } as const
const readers = { ...leads, auditor: within } as const
/** A citizen, whether or not anybody has seen yet who they are. */
const anyCitizen = { citizen: "own", unproven: "own" } as const

const table = {
  // Of whoever is signed in.
  "self.read": { ...anyCitizen, recovered: "own", ...staffAny, kiosk: "any", board: "any", integrator: "any" },
  "live.listen": { ...anyCitizen, ...staffAny, kiosk: "any", board: "any" },
  "account.keep": { citizen: "own", ...staffOwn },
  /** What whoever has lost their passkeys may do of it as well. */
  "account.regain": { citizen: "own", recovered: "own", ...staffOwn },
  /** For the staff the way back is that two others see to it. */
  "recovery_codes.make": { citizen: "own" },
  "self.describe": staffOwn,
  "inbox.read": { citizen: "own", ...staffOwn },
  "household.manage": { citizen: "own" },
  "mobile.change": { citizen: "own" },
  "own_data.read": { citizen: "own" },
  "own_data.erase": { citizen: "own" },

  // Visits, as who comes sees them and as the office does.
  "visit.arrange": anyCitizen,
  "hold.change": anyCitizen,
  "waitlist_entry.change": { citizen: "own" },
  "visit.walk_in": { citizen: "any" },
  "visit.attend": { citizen: "own", isHidden: true },
  "visit.serve": { ...serving, isHidden: true },
  /** Looks at what another has rejected. */
  "check.decide": { ...serving, isHidden: true },
  "picture.open": { ...serving, isHidden: true },
  /** All rooms of a video office at a glance; to join one, always announced; to end one that hangs. */
  "room.watch": readers,
  "room.join": { supervisor: within },
  "room.end": leads,
  /** How the video visits of an office went: figures without people. */
  "visit.report": readers,
  "visit.listen": { citizen: "any", ...serving, isHidden: true },
  /** What happened in a video visit, as it was issued: its person, and the office, whose reading is noted. */
  "minutes.read": { citizen: "own", agent: within, supervisor: within, auditor: within, isHidden: true },
  "consent.give": { citizen: "own" },
  "request.prepare": { ...serving, isHidden: true },
  "request.confirm": { citizen: "own", isHidden: true },
  "permit.read": { citizen: "own" },
  "booking.make": { ...anyCitizen, ...desk, integrator: "bookings:write" },
  "booking.order": { ...anyCitizen, integrator: "bookings:write" },
  "booking.list": { ...anyCitizen, ...staffWithin },
  "booking.read": { ...anyCitizen, ...staffWithin, isHidden: true },
  "booking.change": { ...anyCitizen, ...desk },
  "booking.answer": desk,
  "person.attend": { agent: within, supervisor: within },

  // The hall.
  "visitor.check_in": { citizen: "any", unproven: "any", ...serving, kiosk: "ticket:arrive" },
  "ticket.issue": { ...serving, kiosk: "ticket:issue" },
  "ticket.find": { ...serving, kiosk: within },
  "ticket.follow": anyCitizen,
  "ticket.read": { ...anyCitizen, ...serving, kiosk: within, isHidden: true },
  "ticket.steer": { ...anyCitizen, ...serving, isHidden: true },
  "ticket.serve": { ...serving, isHidden: true },
  "ticket.watch": { ...anyCitizen, ...staffWithin, kiosk: within, isHidden: true },
  "counter.run": serving,
  "counter.list": staffWithin,
  "desk.work": desk,
  "queue.read": staffWithin,
  "board.watch": { ...staffWithin, kiosk: "board:read", board: "board:read", integrator: "board:read" },
  "board.show": { ...staffWithin, board: "board:read", isHidden: true },
  "hall_code.show": { ...staffWithin, kiosk: "board:read", board: "board:read", isHidden: true },
  "kiosk.work": { kiosk: "board:read" },
  "kiosk.arrive": { kiosk: "ticket:arrive" },
  "kiosk.issue": { kiosk: "ticket:issue" },

  // An office's day, and what runs beside it.
  "office.choose": staffWithin,
  "day.read": readers,
  "day.change": leads,
  "place.change": leads,
  "struck.read": staffWithin,
  "facts.read": { supervisor: within, auditor: within, integrator: "facts:read" },
  "delivery.mend": leads,
  "device.read": { ...readers, isHidden: true },
  "device.manage": { ...leads, isHidden: true },
  "device.pair": leads,
  "key.manage": { administrator: within, isHidden: true },
  "key.make": { administrator: within },

  // Who works here, and what they may do; `roles.ts` says who decides over whom. What takes two is read by those who asked as well.
  "staff.read": readers,
  "staff.change": leads,
  "staff_request.ask": desk,
  "staff_request.read": staffWithin,
  "staff_request.decide": leads,
  "passkey_rule.set": { administrator: within },
  "visitor.enrol": desk,

  // What is kept about people, and who looked at it.
  "record.read": staffAny,
  "privacy_request.handle": { supervisor: "any", administrator: "any" },
  "privacy_request.erase": { administrator: "any" },
  "legal_hold.handle": { administrator: "any" },
  "recording.review": { supervisor: within, auditor: within, isHidden: true },
  "read_log.read": { auditor: within, administrator: within },
} as const satisfies Record<string, Rule>

export type Action = keyof typeof table

const rules: Record<Action, Rule> = table

/** Every action there is. */
export const actions = Object.keys(table) as Action[]

/** The parts of an office that decide who may act there. */
export interface Place {
  readonly code: string
  readonly agency: string
  readonly region: Words | null
}

/**
 * What is acted on: something of somebody's, an office (for what stands in it), or what is for all offices together. For a citizen it has to
 * say whose it is, for everybody else where it is; a thing that does not say is out of reach.
 */
export type Thing = { readonly person: string | null } | Place | "everywhere"

/**
 * Refuses unless this one may do this to this thing. Without a thing it is asked only whether they may do so at all, which is what a route's
 * gate can know. Refuses `not_signed_in` to nobody, `account_needed` to whoever came in without one, `forbidden` to a role that may not;
 * out of reach is `not_found` for citizens and where the action hides it, else `forbidden`.
 */
export function authorize(subject: Subject | null, action: Action, thing?: Thing): void {
  if (!may(subject, action, thing)) throw refusalOf(subject, action, thing)
}

/** As `authorize`, for whoever shows only what may be done. */
export function may(subject: Subject | null, action: Action, thing?: Thing): boolean {
  if (subject === null) return false
  const rule = rules[action]
  switch (subject.role) {
    case "citizen": {
      const reach = reachOf(rule, subject)
      return reach !== undefined && (thing === undefined || reach === "any" || isTheirs(subject.id, thing))
    }
    case "kiosk":
    case "board": {
      const reach = rule[subject.role]
      if (reach === undefined) return false
      if (reach === "any" || thing === undefined) return true
      if (!isPlace(thing) || thing.code !== subject.office) return false
      return reach === "within" || subject.capabilities.includes(reach)
    }
    case "integrator": {
      const scope = rule.integrator
      if (scope === undefined || !(scope === "any" || subject.scopes.includes(scope))) return false
      if (thing === undefined || subject.office === null) return true
      return isPlace(thing) && thing.code === subject.office
    }
    default: {
      const reach = rule[subject.role]
      if (reach === undefined) return false
      if (reach === "any" || thing === undefined) return true
      if (reach === "own") return isTheirs(subject.id, thing)
      return thing === "everywhere" ? subject.scopeKind === "all" : isPlace(thing) && covers(subject, thing)
    }
  }
}

/** Those roles of which some may do this to something: for the gate of a route and for its description. */
export function rolesFor(action: Action): readonly Role[] {
  return rolesOf[action]
}

/** Every role there is. */
export const roles: readonly Role[] = [
  "citizen",
  "agent",
  "supervisor",
  "administrator",
  "auditor",
  "kiosk",
  "board",
  "integrator",
]
const rolesOf = Object.fromEntries(
  actions.map((action) => [action, roles.filter((role) => rules[action][role] !== undefined)]),
) as Record<Action, Role[]>

/** What an integrator's key has to name for this; `null` where nothing has to. */
export function scopeFor(action: Action): IntegratorScope | null {
  const scope = rules[action].integrator
  return scope === undefined || scope === "any" ? null : scope
}

const far: Record<Reach | "not", number> = { not: 0, own: 1, within: 2, any: 3 }

/** Whether one role of the staff may do everything that the other may, as far as the other. */
export function canAllThat(one: Staff["role"], other: Staff["role"]): boolean {
  const reach = (action: Action, role: Staff["role"]) => far[rules[action][role] ?? "not"]
  return actions.every((action) => reach(action, one) >= reach(action, other))
}

/** What the table says of this role; for whoever checks the house against it. */
export function ruleOf(action: Action): Readonly<Rule> {
  return rules[action]
}

/** Whether this office lies in what the person was given: the office itself, its region, its agency, or all. */
function covers(person: Staff, office: Place): boolean {
  switch (person.scopeKind) {
    case "all":
      return true
    case "office":
      return person.scope === office.code
    case "region":
      return office.region !== null && person.scope === office.region.ar
    case "agency":
      return person.scope === office.agency
  }
}

function reachOf(rule: Rule, { level }: Citizen): "own" | "any" | undefined {
  return level === "full" ? rule.citizen : rule[level]
}

function isTheirs(id: string, thing: Thing): boolean {
  return thing !== "everywhere" && "person" in thing && thing.person === id
}

function isPlace(thing: Thing): thing is Place {
  return thing !== "everywhere" && "agency" in thing
}

function refusalOf(subject: Subject | null, action: Action, thing: Thing | undefined): Refusal {
  if (subject === null) return new Refusal("not_signed_in")
  const rule = rules[action]
  const isOutOfReach = thing !== undefined && may(subject, action)
  const isShort = subject.role === "citizen" && subject.level === "unproven" && rule.citizen !== undefined
  if (isShort && !isOutOfReach) return new Refusal("account_needed")
  // Whoever may not do this to anything is told so; whether the thing is there is then no question.
  if (isOutOfReach && (subject.role === "citizen" || rule.isHidden)) {
    return new Refusal("not_found", { what: action.slice(0, action.indexOf(".")) })
  }
  const scope = subject.role === "integrator" && !isOutOfReach ? scopeFor(action) : null
  if (scope !== null) return new Refusal("forbidden", { scope })
  return new Refusal("forbidden", thing !== undefined && isPlace(thing) ? { office: thing.code } : {})
}
