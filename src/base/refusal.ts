/**
 * An expected "no". Everything else that is thrown is a bug.
 * The same code stands in HTML, in JSON (`application/problem+json`, RFC 9457) and on the socket; its words live in `i18n/refusals.ts`.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly details: RefusalDetails

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(code)
    this.name = "Refusal"
    this.code = code
    this.details = details
  }

  get status(): number {
    return statusOf[this.code]
  }
}

/** What the reader needs to get on: alternatives, limits, instants. Values must survive JSON. */
export type RefusalDetails = Record<string, unknown>

export type RefusalCode = keyof typeof statusOf

/** One line a refusal. 400 malformed, 401 who are you, 403 not allowed, 404 not there or not yours, 409 the world moved on, 422 a rule says no. */
export const statusOf = {
  // asking
  malformed: 400,
  invalid_field: 400,
  bad_time: 400,
  not_signed_in: 401,
  bad_token: 401,
  key_in_address: 400,
  wrong_credentials: 401,
  passkey_refused: 400,
  passkey_known: 409,
  passkey_limit: 422,
  last_passkey: 409,
  code_refused: 401,
  step_up_needed: 403,
  account_held: 403,
  confirmation_over: 409,
  confirmation_stale: 409,
  connection_unknown: 409,
  forbidden: 403,
  second_person: 403,
  own_rights: 403,
  request_over: 409,
  request_open: 409,
  login_taken: 409,
  has_account: 409,
  passkey_synced: 422,
  forged_request: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  too_large: 413,
  unsupported_type: 415,
  idempotency_mismatch: 422,
  too_many_requests: 429,
  headers_too_large: 431,
  unavailable: 503,
  store_busy: 503,

  // booking
  slot_full: 409,
  slot_unknown: 404,
  slot_past: 422,
  too_soon: 422,
  too_far: 422,
  hold_expired: 409,
  hold_gone: 409,
  hold_limit: 422,
  limit_reached: 422,
  already_booked: 422,
  not_for_you: 422,
  of_age: 422,
  right_ended: 422,
  proxy_ended: 422,
  proxy_scope: 422,
  proxy_limit: 422,
  account_needed: 403,
  too_many_people: 422,
  service_not_here: 422,
  service_online_only: 422,
  office_closed: 422,
  wrong_state: 409,
  same_slot: 422,
  waiting_limit: 422,
  waiting_already: 422,
  times_free: 422,
  none_earlier: 422,
  offer_over: 409,

  // arriving
  booking_unknown: 404,
  not_today: 422,
  too_early: 422,
  hall_code_wrong: 422,
  number_required: 422,
  number_invalid: 422,
  booking_only: 422,
  already_waiting: 409,
  day_full: 409,
  already_arrived: 409,

  // recording
  recording_moved: 409,
  recording_stopped: 409,
  text_changed: 409,

  // calling
  counter_busy: 409,
  counter_taken: 409,
  counter_closed: 409,
  no_counter: 409,
  not_your_counter: 403,
  last_counter: 409,
  unfinished_request: 409,
  nothing_to_undo: 409,
  undo_too_late: 409,
  target_closed: 422,
  returned_already: 409,
  wants_another: 409,

  // carrying out a service in a visit
  service_refused: 422,
  identity_needed: 403,
  recording_needed: 422,
  permit_valid: 409,
  permit_gone: 409,

  // who somebody is, and what is shown of it
  picture_missing: 409,
  file_unknown: 422,

  // personal data
  erasure_blocked: 409,
  request_ended: 409,

  // running an office
  day_past: 422,
  hours_overlap: 422,
  setup_invalid: 422,
  version_moved: 409,
  pairing_unknown: 404,
} as const satisfies Record<string, number>

export function isRefusal(thrown: unknown): thrown is Refusal {
  return thrown instanceof Refusal
}
