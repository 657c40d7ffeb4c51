-- Instants are epoch milliseconds, days are YYYY-MM-DD, structures are JSON text.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT,
  body TEXT NOT NULL CHECK (json_valid(body)),
  hash TEXT NOT NULL,
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_subject ON fact (subject, at) WHERE subject IS NOT NULL;
CREATE INDEX fact_at ON fact (at);
CREATE TRIGGER fact_is_never_changed BEFORE UPDATE ON fact BEGIN SELECT raise(ABORT, 'a fact is never changed'); END;
CREATE TRIGGER fact_is_never_removed BEFORE DELETE ON fact BEGIN SELECT raise(ABORT, 'a fact is never removed'); END;

CREATE TABLE agency (code TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE sector (code TEXT PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL) STRICT;
CREATE TABLE service (
  code TEXT PRIMARY KEY,
  sector TEXT NOT NULL REFERENCES sector (code),
  name TEXT NOT NULL,
  audience TEXT NOT NULL,
  channels TEXT NOT NULL,
  minutes INTEGER CHECK (minutes > 0),
  documents TEXT NOT NULL,
  fee_halalas INTEGER CHECK (fee_halalas >= 0),
  fee_note TEXT,
  booking_only INTEGER NOT NULL CHECK (booking_only IN (0, 1)),
  sensitive INTEGER NOT NULL CHECK (sensitive IN (0, 1)),
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE office (
  code TEXT PRIMARY KEY,
  agency TEXT NOT NULL REFERENCES agency (code),
  name TEXT NOT NULL,
  city TEXT,
  region TEXT,
  address TEXT NOT NULL,
  zone TEXT NOT NULL,
  sectors TEXT NOT NULL,
  video INTEGER NOT NULL CHECK (video IN (0, 1)),
  booking_mode TEXT NOT NULL CHECK (booking_mode IN ('instant', 'request')),
  grid_minutes INTEGER NOT NULL CHECK (grid_minutes BETWEEN 5 AND 240),
  counters INTEGER NOT NULL CHECK (counters > 0),
  soonest_minutes INTEGER NOT NULL CHECK (soonest_minutes >= 0),
  furthest_days INTEGER NOT NULL CHECK (furthest_days BETWEEN 1 AND 366),
  early_minutes INTEGER NOT NULL CHECK (early_minutes >= 0),
  release_minutes_min INTEGER NOT NULL CHECK (release_minutes_min >= 0),
  release_minutes_max INTEGER NOT NULL CHECK (release_minutes_max >= release_minutes_min),
  position INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE TABLE line (
  office TEXT NOT NULL REFERENCES office (code),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  public_places INTEGER NOT NULL CHECK (public_places >= 0),
  staff_extra INTEGER NOT NULL CHECK (staff_extra >= 0),
  target_minutes INTEGER NOT NULL CHECK (target_minutes > 0),
  need_target_minutes INTEGER NOT NULL CHECK (need_target_minutes > 0),
  grace_minutes INTEGER NOT NULL CHECK (grace_minutes >= 0),
  PRIMARY KEY (office, code)
) STRICT;
CREATE TABLE season (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL CHECK (last >= first),
  provisional INTEGER NOT NULL CHECK (provisional IN (0, 1))
) STRICT;
CREATE TABLE holiday (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL CHECK (last >= first),
  provisional INTEGER NOT NULL CHECK (provisional IN (0, 1))
) STRICT;
CREATE TABLE opening_rule (
  id TEXT PRIMARY KEY,
  office TEXT NOT NULL REFERENCES office (code),
  layer TEXT NOT NULL CHECK (layer IN ('base', 'season', 'break', 'exception')),
  rrule TEXT NOT NULL,
  start TEXT NOT NULL,
  minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
  season TEXT REFERENCES season (id),
  valid_from TEXT,
  valid_to TEXT,
  booking_only INTEGER NOT NULL CHECK (booking_only IN (0, 1))
) STRICT;
CREATE INDEX opening_rule_office ON opening_rule (office);
CREATE TABLE day_change (
  office TEXT NOT NULL REFERENCES office (code),
  day TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('closed', 'hours')),
  sessions TEXT NOT NULL,
  open_on_holiday INTEGER NOT NULL CHECK (open_on_holiday IN (0, 1)),
  reason TEXT,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (office, day)
) STRICT;

-- What setup and supervisors say is read all the time and changes rarely: whoever keeps what follows from it compares this mark.
-- It is drawn anew with every change, never counted: after a change that was undone, the next one must not bring the same mark again.
CREATE TABLE setup_mark (one INTEGER PRIMARY KEY CHECK (one = 1), mark INTEGER NOT NULL) STRICT;
INSERT INTO setup_mark VALUES (1, 0);
CREATE TRIGGER agency_inserted AFTER INSERT ON agency BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER agency_updated AFTER UPDATE ON agency BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER agency_deleted AFTER DELETE ON agency BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER sector_inserted AFTER INSERT ON sector BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER sector_updated AFTER UPDATE ON sector BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER sector_deleted AFTER DELETE ON sector BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER service_inserted AFTER INSERT ON service BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER service_updated AFTER UPDATE ON service BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER service_deleted AFTER DELETE ON service BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER office_inserted AFTER INSERT ON office BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER office_updated AFTER UPDATE ON office BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER office_deleted AFTER DELETE ON office BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER line_inserted AFTER INSERT ON line BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER line_updated AFTER UPDATE ON line BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER line_deleted AFTER DELETE ON line BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER season_inserted AFTER INSERT ON season BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER season_updated AFTER UPDATE ON season BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER season_deleted AFTER DELETE ON season BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER holiday_inserted AFTER INSERT ON holiday BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER holiday_updated AFTER UPDATE ON holiday BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER holiday_deleted AFTER DELETE ON holiday BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER opening_rule_inserted AFTER INSERT ON opening_rule BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER opening_rule_updated AFTER UPDATE ON opening_rule BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER opening_rule_deleted AFTER DELETE ON opening_rule BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER day_change_inserted AFTER INSERT ON day_change BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER day_change_updated AFTER UPDATE ON day_change BEGIN UPDATE setup_mark SET mark = random() >> 11; END;
CREATE TRIGGER day_change_deleted AFTER DELETE ON day_change BEGIN UPDATE setup_mark SET mark = random() >> 11; END;

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'resident')),
  name_sealed TEXT,
  number_sealed TEXT,
  number_index TEXT UNIQUE,
  birth_sealed TEXT,
  birth_year INTEGER,
  mobile_sealed TEXT,
  mobile_index TEXT,
  password_hash TEXT,
  created_at INTEGER NOT NULL,
  erased_at INTEGER
) STRICT;
CREATE TABLE person_key (person TEXT PRIMARY KEY REFERENCES person (id), sealed TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX person_mobile ON person (mobile_index) WHERE mobile_index IS NOT NULL;
CREATE TABLE relation (
  guardian TEXT NOT NULL REFERENCES person (id),
  dependant TEXT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL CHECK (kind IN ('child', 'ward', 'spouse')),
  since INTEGER,
  until INTEGER,
  deed_sealed TEXT,
  PRIMARY KEY (guardian, dependant),
  CHECK (guardian <> dependant)
) STRICT;
CREATE INDEX relation_dependant ON relation (dependant);
CREATE TABLE civil_record (
  person TEXT PRIMARY KEY REFERENCES person (id),
  sealed TEXT NOT NULL,
  as_of INTEGER NOT NULL
) STRICT;
CREATE TABLE proxy (
  id TEXT PRIMARY KEY,
  giver TEXT NOT NULL REFERENCES person (id),
  holder TEXT REFERENCES person (id),
  named_sealed TEXT NOT NULL,
  acts TEXT NOT NULL,
  services TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  since INTEGER,
  until INTEGER NOT NULL,
  ended_at INTEGER,
  ended_by TEXT,
  CHECK (giver <> holder)
) STRICT;
CREATE INDEX proxy_giver ON proxy (giver);
CREATE INDEX proxy_holder ON proxy (holder) WHERE holder IS NOT NULL;

CREATE TABLE staff (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'administrator', 'auditor')),
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('office', 'region', 'agency', 'all')),
  scope TEXT NOT NULL,
  sex TEXT CHECK (sex IN ('female', 'male')),
  created_at INTEGER NOT NULL,
  disabled_at INTEGER
) STRICT;
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  subject TEXT NOT NULL,
  factors TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('full', 'recovered', 'unproven')),
  passkey TEXT,
  proven_at INTEGER,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  idle_until INTEGER NOT NULL,
  until INTEGER NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  revoked_at INTEGER,
  revoked_why TEXT
) STRICT;
CREATE INDEX session_subject ON session (kind, subject) WHERE revoked_at IS NULL;
CREATE TABLE device (
  id TEXT PRIMARY KEY,
  office TEXT NOT NULL REFERENCES office (code),
  kind TEXT NOT NULL CHECK (kind IN ('kiosk', 'board')),
  name TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  paired_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  seen_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX device_office ON device (office);
CREATE TABLE device_token (
  id TEXT PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device (id),
  after TEXT,
  made_at INTEGER NOT NULL,
  used_at INTEGER,
  offered_at INTEGER,
  until INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX device_token_device ON device_token (device);
CREATE TABLE pairing (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('kiosk', 'board')),
  office TEXT,
  code TEXT NOT NULL UNIQUE,
  code_until INTEGER NOT NULL,
  asked_at INTEGER NOT NULL,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  address_hash TEXT NOT NULL,
  device TEXT REFERENCES device (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairing_address ON pairing (address_hash);
CREATE INDEX pairing_until ON pairing (code_until);
CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff', 'device', 'integrator')),
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  office TEXT,
  addresses TEXT NOT NULL,
  made_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  seen_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE TABLE throttle (
  key TEXT PRIMARY KEY, failures INTEGER NOT NULL, blocked_until INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency (
  caller TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE passkey_owner (
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  handle TEXT NOT NULL UNIQUE,
  held_from INTEGER,
  held_until INTEGER,
  offered_at INTEGER,
  PRIMARY KEY (kind, owner)
) STRICT, WITHOUT ROWID;
CREATE TABLE passkey (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  public_key TEXT NOT NULL,
  algorithm INTEGER NOT NULL,
  sign_count INTEGER NOT NULL CHECK (sign_count >= 0),
  backup_eligible INTEGER NOT NULL CHECK (backup_eligible IN (0, 1)),
  backed_up INTEGER NOT NULL CHECK (backed_up IN (0, 1) AND backed_up <= backup_eligible),
  transports TEXT NOT NULL,
  aaguid TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER,
  failures INTEGER NOT NULL CHECK (failures >= 0),
  disabled_at INTEGER
) STRICT;
CREATE INDEX passkey_of ON passkey (kind, owner, created_at);
CREATE TABLE ceremony (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'second', 'enrol', 'step_up', 'confirm')),
  kind TEXT CHECK (kind IN ('citizen', 'staff')),
  owner TEXT,
  session TEXT,
  of TEXT,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ceremony_until ON ceremony (until);
CREATE TABLE recovery_code (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_code_of ON recovery_code (kind, owner);
CREATE TABLE enrolment (
  id TEXT PRIMARY KEY,
  code_hash TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('counter', 'letter', 'kiosk')),
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX enrolment_of ON enrolment (kind, owner);
CREATE TABLE one_time_code (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('mobile', 'sign_in')),
  code_hash TEXT NOT NULL,
  about TEXT,
  tries INTEGER NOT NULL,
  until INTEGER NOT NULL,
  UNIQUE (kind, owner, purpose)
) STRICT;
CREATE TABLE pre_session (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('second', 'enrol', 'recover', 'code')),
  enrolment TEXT,
  next TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pre_session_of ON pre_session (kind, owner);
CREATE TABLE confirmation (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  frozen TEXT NOT NULL,
  nonce TEXT,
  until INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX confirmation_until ON confirmation (until) WHERE used_at IS NULL;
CREATE TABLE confirmation_evidence (
  confirmation TEXT PRIMARY KEY REFERENCES confirmation (id),
  frozen TEXT NOT NULL,
  nonce TEXT NOT NULL,
  credential TEXT NOT NULL,
  public_key TEXT NOT NULL,
  rp_id TEXT NOT NULL,
  origin TEXT NOT NULL,
  client_data TEXT NOT NULL,
  authenticator_data TEXT NOT NULL,
  signature TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER evidence_is_never_changed BEFORE UPDATE ON confirmation_evidence
BEGIN SELECT raise(ABORT, 'evidence is never changed'); END;
CREATE TABLE access_request (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('invite', 'grant', 'enable', 'reset', 'citizen_reset')),
  subject TEXT,
  login TEXT,
  name TEXT,
  role TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'administrator', 'auditor')),
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('office', 'region', 'agency', 'all')),
  scope TEXT NOT NULL,
  was TEXT,
  document TEXT,
  document_end TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'expired', 'stopped')),
  asked_by TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  asked_with TEXT,
  until INTEGER NOT NULL,
  decided_by TEXT,
  decided_at INTEGER,
  decided_with TEXT,
  reason TEXT,
  CHECK ((kind = 'invite') = (login IS NOT NULL)),
  CHECK (kind = 'invite' OR subject IS NOT NULL),
  CHECK (state <> 'approved' OR decided_by IS NOT NULL),
  CHECK (state NOT IN ('approved', 'refused') OR decided_by <> asked_by),
  CHECK (state NOT IN ('approved', 'refused') OR subject IS NULL OR decided_by <> subject),
  CHECK (subject IS NULL OR asked_by <> subject)
) STRICT;
CREATE UNIQUE INDEX access_request_of ON access_request (subject) WHERE state = 'open' AND subject IS NOT NULL;
CREATE UNIQUE INDEX access_request_login ON access_request (login) WHERE state = 'open' AND login IS NOT NULL;
CREATE TABLE passkey_rule (
  agency TEXT PRIMARY KEY,
  agents_bound INTEGER NOT NULL CHECK (agents_bound IN (0, 1)),
  leads_bound INTEGER NOT NULL CHECK (leads_bound IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  lang TEXT CHECK (lang IN ('ar', 'en')),
  email_sealed TEXT,
  key_sealed TEXT,
  PRIMARY KEY (kind, owner)
) STRICT, WITHOUT ROWID;
CREATE TABLE message_mute (
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'staff')),
  owner TEXT NOT NULL,
  theme TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
  PRIMARY KEY (kind, owner, theme, channel)
) STRICT, WITHOUT ROWID;
-- An id is made of whom and what is told, so that the same text is one row without an index of its own; an owner's messages lie together.
CREATE TABLE message (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('citizen', 'staff')),
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  about TEXT,
  office TEXT,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL CHECK (until >= at),
  read_at INTEGER,
  PRIMARY KEY (owner, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  message TEXT NOT NULL,
  about TEXT,
  channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
  address_sealed TEXT,
  secret_sealed TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dead', 'called_off')),
  tries INTEGER NOT NULL CHECK (tries >= 0),
  next_at INTEGER NOT NULL,
  lease_until INTEGER,
  last_error TEXT,
  ended_at INTEGER,
  UNIQUE (owner, message, channel),
  FOREIGN KEY (owner, message) REFERENCES message (owner, id)
) STRICT;
CREATE INDEX delivery_due ON delivery (channel, next_at) WHERE state = 'pending' OR state = 'failed';
CREATE INDEX delivery_about ON delivery (about) WHERE state = 'pending' OR state = 'failed';
CREATE INDEX delivery_dead ON delivery (ended_at) WHERE state = 'dead';
-- Of each kind of reminder, by how many hours it comes ahead: up to which booking it has been looked at.
CREATE TABLE reminder_mark (
  hours INTEGER PRIMARY KEY,
  starts_at INTEGER NOT NULL,
  booking TEXT NOT NULL
) STRICT;

CREATE TABLE slot (
  office TEXT NOT NULL,
  line TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  day TEXT NOT NULL,
  public_places INTEGER NOT NULL CHECK (public_places >= 0),
  staff_extra INTEGER NOT NULL CHECK (staff_extra >= 0),
  taken INTEGER NOT NULL CHECK (taken >= 0),
  PRIMARY KEY (office, line, starts_at),
  FOREIGN KEY (office, line) REFERENCES line (office, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX slot_day ON slot (office, day);
CREATE TABLE hold (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  office TEXT NOT NULL,
  line TEXT NOT NULL,
  service TEXT NOT NULL,
  day TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  length INTEGER NOT NULL CHECK (length > 0),
  people TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'used', 'moved', 'released', 'expired')),
  booking TEXT,
  waiting TEXT
) STRICT;
-- One live hold for a person and a service: a second one moves the first.
CREATE UNIQUE INDEX hold_live ON hold (person, service) WHERE state = 'live';
CREATE INDEX hold_until ON hold (office, until) WHERE state = 'live';
CREATE INDEX hold_chain ON hold (person, service, until);
CREATE TABLE held_place (
  hold TEXT NOT NULL REFERENCES hold (id),
  office TEXT NOT NULL,
  line TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  width INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (hold, starts_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_place_slot ON held_place (office, line, starts_at, until, width);
CREATE TABLE held_back (
  id TEXT NOT NULL,
  office TEXT NOT NULL,
  line TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  day TEXT NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  release_at INTEGER NOT NULL,
  until INTEGER NOT NULL CHECK (until >= release_at),
  PRIMARY KEY (id, starts_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_back_slot ON held_back (office, line, starts_at, until, width);
CREATE INDEX held_back_release ON held_back (release_at, office);
CREATE TABLE waitlist (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  office TEXT NOT NULL,
  line TEXT NOT NULL,
  service TEXT NOT NULL REFERENCES service (code),
  people TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL CHECK (last_day >= first_day),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'lapsed', 'left')),
  place INTEGER NOT NULL,
  joined_at INTEGER NOT NULL,
  look_at INTEGER NOT NULL,
  hold TEXT,
  booking TEXT,
  ended_at INTEGER,
  FOREIGN KEY (office, line) REFERENCES line (office, code)
) STRICT;
CREATE UNIQUE INDEX waitlist_open ON waitlist (person, office, service) WHERE state = 'waiting' OR state = 'offered';
CREATE UNIQUE INDEX waitlist_place ON waitlist (office, place);
CREATE INDEX waitlist_line ON waitlist (office, line, place) WHERE state = 'waiting';
CREATE INDEX waitlist_look ON waitlist (look_at) WHERE state = 'waiting';
CREATE INDEX waitlist_offered ON waitlist (office) WHERE state = 'offered';
CREATE INDEX waitlist_person ON waitlist (person, joined_at);
CREATE TABLE held_person (
  hold TEXT NOT NULL REFERENCES hold (id),
  person TEXT NOT NULL REFERENCES person (id),
  until INTEGER NOT NULL,
  PRIMARY KEY (hold, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_person_until ON held_person (person, until);

CREATE TABLE booking (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('requested', 'confirmed', 'arrived', 'cancelled', 'missed', 'done')),
  person TEXT NOT NULL REFERENCES person (id),
  office TEXT NOT NULL,
  line TEXT NOT NULL,
  service TEXT NOT NULL REFERENCES service (code),
  day TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  width INTEGER NOT NULL,
  length INTEGER NOT NULL,
  people INTEGER NOT NULL CHECK (people > 0),
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  by_proxy INTEGER NOT NULL CHECK (by_proxy IN (0, 1)),
  proposed INTEGER NOT NULL CHECK (proposed IN (0, 1)),
  ended_at INTEGER,
  ended_by TEXT CHECK (ended_by IN ('citizen', 'office', 'time')),
  reason TEXT,
  struck_at INTEGER,
  wants TEXT CHECK (wants IN ('female')),
  FOREIGN KEY (office, line) REFERENCES line (office, code)
) STRICT;
CREATE INDEX booking_person_made ON booking (person, starts_at);
CREATE INDEX booking_day ON booking (office, day, starts_at);
CREATE INDEX booking_ahead ON booking (starts_at, office) WHERE state = 'requested' OR state = 'confirmed';
CREATE TABLE booking_person (
  booking TEXT NOT NULL REFERENCES booking (id),
  person TEXT NOT NULL REFERENCES person (id),
  service TEXT NOT NULL,
  open INTEGER NOT NULL CHECK (open IN (0, 1)),
  PRIMARY KEY (booking, person)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX booking_person_open ON booking_person (person, service) WHERE open;
-- Of the past only, so that the limits go on counting by the index above and a new booking writes no more than it did.
CREATE INDEX booking_person_past ON booking_person (person) WHERE NOT open;

CREATE TABLE counter (
  id TEXT PRIMARY KEY,
  office TEXT NOT NULL REFERENCES office (code),
  number INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('closed', 'open', 'paused')),
  staff TEXT REFERENCES staff (id),
  profile TEXT NOT NULL,
  ticket TEXT UNIQUE,
  changed_at INTEGER NOT NULL,
  UNIQUE (office, number)
) STRICT;
-- A person sits at one counter.
CREATE UNIQUE INDEX counter_staff ON counter (staff) WHERE staff IS NOT NULL;

CREATE TABLE ticket (
  id TEXT PRIMARY KEY,
  office TEXT NOT NULL,
  day TEXT NOT NULL,
  number INTEGER NOT NULL,
  line TEXT NOT NULL,
  service TEXT NOT NULL REFERENCES service (code),
  state TEXT NOT NULL CHECK (state IN ('early', 'waiting', 'away', 'called', 'serving', 'served', 'parked', 'absent', 'left', 'transferred')),
  person TEXT REFERENCES person (id),
  holder TEXT,
  booking TEXT REFERENCES booking (id),
  people INTEGER NOT NULL CHECK (people > 0),
  need TEXT,
  arrived_at INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  due INTEGER NOT NULL,
  due_by TEXT NOT NULL CHECK (due_by IN ('booking', 'walkin', 'need', 'step')),
  wake_at INTEGER,
  kept_until INTEGER,
  counter TEXT REFERENCES counter (id),
  called_at INTEGER,
  calls INTEGER NOT NULL,
  serving_at INTEGER,
  ended_at INTEGER,
  outcome TEXT,
  note TEXT,
  came_from TEXT,
  returns INTEGER NOT NULL,
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  lang TEXT NOT NULL,
  undo TEXT,
  wants TEXT CHECK (wants IN ('female')),
  UNIQUE (office, day, number),
  FOREIGN KEY (office, line) REFERENCES line (office, code)
) STRICT;
CREATE INDEX ticket_waiting ON ticket (office, line, due, arrival) WHERE state = 'waiting';
-- "Next" is the head of these two for each line of a counter's profile: who may be called by anybody, and who waits for a woman.
CREATE INDEX ticket_free ON ticket (office, line, due, arrival) WHERE state = 'waiting' AND wants IS NULL;
CREATE INDEX ticket_wishing ON ticket (office, line, due, arrival) WHERE state = 'waiting' AND wants IS NOT NULL;
-- The latest place given to those who wait in a line by one right.
CREATE INDEX ticket_chain ON ticket (office, line, due_by, due) WHERE state = 'waiting';
CREATE INDEX ticket_asleep ON ticket (office, wake_at) WHERE state IN ('early', 'away');
-- One live ticket for a person and a day, in whatever office.
CREATE UNIQUE INDEX ticket_one_live ON ticket (day, holder) WHERE live = 1 AND holder IS NOT NULL;
CREATE UNIQUE INDEX ticket_booking_live ON ticket (booking) WHERE live = 1 AND booking IS NOT NULL;
CREATE INDEX ticket_live ON ticket (office, state) WHERE live = 1;
CREATE INDEX ticket_person ON ticket (person) WHERE live = 1 AND person IS NOT NULL;
CREATE INDEX ticket_holder ON ticket (holder) WHERE holder IS NOT NULL;
CREATE INDEX ticket_came_from ON ticket (came_from) WHERE came_from IS NOT NULL;
CREATE INDEX ticket_called ON ticket (office, called_at) WHERE called_at IS NOT NULL;
CREATE INDEX ticket_served ON ticket (office, line, ended_at) WHERE state = 'served';
CREATE TABLE ticket_series (
  office TEXT NOT NULL, day TEXT NOT NULL, series TEXT NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (office, day, series)
) STRICT, WITHOUT ROWID;

-- The face-to-face half of a ticket of a video office.
CREATE TABLE visit (
  id TEXT PRIMARY KEY REFERENCES ticket (id),
  office TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id),
  thread TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('lobby', 'ringing', 'call', 'hold', 'private', 'interrupted', 'wrapUp', 'over')),
  since INTEGER NOT NULL,
  private_with TEXT,
  thirds INTEGER NOT NULL CHECK (thirds BETWEEN 0 AND 2),
  unanswered INTEGER NOT NULL,
  late_at INTEGER,
  sent_by TEXT,
  for_agent TEXT,
  note_sealed TEXT,
  opened_at INTEGER NOT NULL,
  over_at INTEGER,
  word_sealed TEXT,
  minutes_at INTEGER
) STRICT;
CREATE INDEX visit_minutes ON visit (over_at) WHERE over_at IS NOT NULL AND minutes_at IS NULL;
CREATE INDEX visit_open ON visit (office) WHERE over_at IS NULL;
CREATE INDEX visit_over ON visit (over_at) WHERE over_at IS NOT NULL;
CREATE INDEX visit_person ON visit (person);
CREATE TABLE participant (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id),
  kind TEXT NOT NULL CHECK (kind IN ('citizen', 'agent', 'interpreter', 'guardian', 'supervisor')),
  subject TEXT,
  subject_kind TEXT NOT NULL CHECK (subject_kind IN ('citizen', 'staff')),
  name_sealed TEXT,
  state TEXT NOT NULL CHECK (state IN ('invited', 'admitted', 'held', 'gone', 'removed')),
  epoch INTEGER NOT NULL,
  page TEXT,
  tab TEXT,
  session TEXT,
  presence TEXT NOT NULL CHECK (presence IN ('offline', 'online', 'reconnecting', 'gone')),
  presence_at INTEGER NOT NULL,
  invited_by TEXT,
  joined_at INTEGER,
  left_at INTEGER
) STRICT;
CREATE UNIQUE INDEX participant_once ON participant (visit, subject) WHERE subject IS NOT NULL AND state <> 'removed';
CREATE INDEX participant_visit ON participant (visit);
CREATE INDEX participant_subject ON participant (subject) WHERE subject IS NOT NULL;
CREATE INDEX participant_there ON participant (presence) WHERE presence IN ('online', 'reconnecting');
CREATE TABLE visit_message (
  id TEXT PRIMARY KEY,
  thread TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_kind TEXT NOT NULL CHECK (sender_kind IN ('citizen', 'staff')),
  wrote_as TEXT NOT NULL CHECK (wrote_as IN ('citizen', 'agent', 'interpreter', 'guardian', 'supervisor')),
  heard_by TEXT,
  read_in TEXT,
  text_sealed TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_message_thread ON visit_message (thread, at, id);
CREATE TABLE visit_test (
  thread TEXT PRIMARY KEY,
  camera TEXT NOT NULL,
  microphone TEXT NOT NULL,
  speaker TEXT NOT NULL,
  network TEXT NOT NULL,
  rtt_milliseconds INTEGER,
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE visit_key (
  thread TEXT PRIMARY KEY,
  sealed TEXT NOT NULL
) STRICT;
CREATE TABLE identity_check (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id),
  participant TEXT NOT NULL,
  page TEXT NOT NULL,
  tab TEXT,
  epoch INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('full', 'again')),
  state TEXT NOT NULL CHECK (state IN ('open', 'verified', 'inconclusive', 'rejected')),
  agent TEXT NOT NULL,
  drawn_at INTEGER NOT NULL,
  asked INTEGER,
  ended_at INTEGER,
  dark_since INTEGER,
  unseen_since INTEGER,
  lapsed_at INTEGER,
  lapsed TEXT CHECK (lapsed IN ('page', 'takeover', 'unseen', 'camera_off')),
  second TEXT CHECK (second IN ('confirmed', 'overturned')),
  second_by TEXT CHECK (second_by <> agent),
  second_at INTEGER,
  second_note_sealed TEXT
) STRICT;
CREATE INDEX identity_check_visit ON identity_check (visit, drawn_at);
CREATE UNIQUE INDEX identity_check_standing ON identity_check (visit) WHERE lapsed_at IS NULL AND state = 'open';
CREATE INDEX identity_check_seen ON identity_check (participant) WHERE lapsed_at IS NULL;
CREATE INDEX identity_check_second ON identity_check (visit) WHERE state = 'rejected' AND second IS NULL;
CREATE TABLE identity_step (
  "check" TEXT NOT NULL REFERENCES identity_check (id),
  place INTEGER NOT NULL,
  turn INTEGER NOT NULL CHECK (turn IN (0, 1)),
  kind TEXT NOT NULL,
  without_sight INTEGER NOT NULL,
  drawn TEXT,
  measured TEXT,
  result TEXT CHECK (result IN ('pass', 'fail', 'not_possible', 'exchanged')),
  note_sealed TEXT,
  by TEXT,
  at INTEGER,
  PRIMARY KEY ("check", place, turn)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity_picture (
  id TEXT PRIMARY KEY,
  "check" TEXT NOT NULL REFERENCES identity_check (id),
  thread TEXT NOT NULL,
  place INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('sent', 'received')),
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX identity_picture_check ON identity_picture ("check", place);
CREATE INDEX identity_picture_thread ON identity_picture (thread);
CREATE TABLE visit_file (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id),
  thread TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_kind TEXT NOT NULL CHECK (sender_kind IN ('citizen', 'staff')),
  name_sealed TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('application/pdf', 'image/png', 'image/jpeg', 'image/webp')),
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_file_thread ON visit_file (thread, at);
CREATE INDEX visit_file_visit ON visit_file (visit);

-- What the house has issued. `mark` is the SHA-256 of the code, which itself lies sealed.
CREATE TABLE issued_document (
  id TEXT PRIMARY KEY,
  mark TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('minutes', 'permit', 'certificate', 'decision', 'receipt')),
  person TEXT REFERENCES person (id),
  office TEXT NOT NULL,
  ref TEXT NOT NULL,
  code_sealed TEXT,
  body_sealed TEXT,
  sha256 TEXT NOT NULL,
  signature TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  until INTEGER,
  revoked_at INTEGER,
  revoked_why TEXT CHECK (revoked_why IN ('replaced', 'withdrawn', 'mistake', 'cancelled_by_guardian'))
) STRICT;
-- One of a kind is in force for each thing.
CREATE UNIQUE INDEX issued_document_once ON issued_document (kind, ref) WHERE revoked_at IS NULL;
CREATE INDEX issued_document_ref ON issued_document (ref);
CREATE INDEX issued_document_person ON issued_document (person) WHERE person IS NOT NULL;
CREATE INDEX issued_document_issued ON issued_document (issued_at);

-- Services that are carried out in a video visit.
CREATE TABLE request (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL,
  office TEXT NOT NULL,
  service TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id),
  agent TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'asked', 'done', 'failed', 'withdrawn')),
  version INTEGER NOT NULL,
  fields_sealed TEXT NOT NULL,
  confirmation TEXT,
  asked_until INTEGER,
  unconfirmed TEXT CHECK (unconfirmed IN ('declined', 'over', 'changed')),
  outcome_sealed TEXT,
  code TEXT,
  number TEXT UNIQUE,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  CHECK ((confirmation IS NULL) = (asked_until IS NULL))
) STRICT;
CREATE UNIQUE INDEX request_open ON request (visit) WHERE state IN ('draft', 'asked');
CREATE INDEX request_asked ON request (office, asked_until) WHERE state = 'asked';
CREATE INDEX request_visit ON request (visit);
CREATE INDEX request_person ON request (person);
CREATE INDEX request_ended ON request (ended_at) WHERE ended_at IS NOT NULL;
CREATE TABLE travel_permit (
  id TEXT PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  dependant TEXT NOT NULL REFERENCES person (id),
  guardian TEXT NOT NULL REFERENCES person (id),
  request TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('single', 'multiple')),
  paper TEXT NOT NULL CHECK (paper IN ('passport', 'national_id')),
  state TEXT NOT NULL CHECK (state IN ('valid', 'cancelled', 'expired')),
  issued_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  ended_at INTEGER,
  detail_sealed TEXT
) STRICT;
CREATE UNIQUE INDEX travel_permit_valid ON travel_permit (dependant) WHERE state = 'valid';
CREATE INDEX travel_permit_dependant ON travel_permit (dependant);
CREATE INDEX travel_permit_guardian ON travel_permit (guardian);
CREATE INDEX travel_permit_until ON travel_permit (until);
CREATE TABLE visit_consent (
  thread TEXT NOT NULL,
  subject TEXT NOT NULL,
  participant TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('not_asked', 'noticed', 'given', 'refused', 'withdrawn')),
  version TEXT NOT NULL,
  lang TEXT NOT NULL CHECK (lang IN ('ar', 'en')),
  text_hash TEXT NOT NULL,
  company TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (thread, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE recording_segment (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL,
  thread TEXT NOT NULL,
  office TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id),
  by TEXT NOT NULL,
  of TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('camera', 'screen')),
  mime TEXT NOT NULL,
  class TEXT NOT NULL,
  consent TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  first TEXT NOT NULL,
  head TEXT NOT NULL,
  chunks INTEGER NOT NULL CHECK (chunks >= 0),
  bytes INTEGER NOT NULL,
  receipt_at INTEGER,
  held_until INTEGER,
  closed_at INTEGER,
  closed_why TEXT
) STRICT;
CREATE INDEX recording_segment_visit ON recording_segment (visit);
CREATE INDEX recording_segment_thread ON recording_segment (thread);
CREATE INDEX recording_segment_office ON recording_segment (office, started_at);
CREATE INDEX recording_segment_person ON recording_segment (person);
CREATE INDEX recording_segment_open ON recording_segment (started_at) WHERE closed_at IS NULL;
CREATE INDEX recording_segment_receipt ON recording_segment (receipt_at) WHERE receipt_at IS NOT NULL;
-- The seq of a chunk follows the one before: it is written by an update of its segment that matches only then.
CREATE TABLE recording_chunk (
  segment TEXT NOT NULL REFERENCES recording_segment (id),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  length INTEGER NOT NULL,
  at INTEGER NOT NULL,
  head TEXT NOT NULL,
  PRIMARY KEY (segment, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE recording_gap (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL,
  thread TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('hold', 'private', 'pause', 'interruption', 'asked', 'withdrawn', 'late', 'camera')),
  reason TEXT,
  by TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER
) STRICT;
CREATE INDEX recording_gap_visit ON recording_gap (visit);
CREATE TABLE recording_review (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL,
  thread TEXT NOT NULL,
  office TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id),
  staff TEXT NOT NULL,
  reason_sealed TEXT NOT NULL,
  findings TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX recording_review_thread ON recording_review (thread);
CREATE TABLE recording_anchor (
  at INTEGER PRIMARY KEY,
  heads TEXT NOT NULL,
  digest TEXT NOT NULL,
  signature TEXT NOT NULL
) STRICT;

CREATE TABLE read_log (
  person TEXT NOT NULL REFERENCES person (id),
  staff TEXT NOT NULL REFERENCES staff (id),
  what TEXT NOT NULL CHECK (what IN ('visit', 'found', 'booking', 'data', 'identity', 'file', 'recording')),
  at INTEGER NOT NULL,
  office TEXT,
  about TEXT,
  PRIMARY KEY (person, staff, what, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX read_log_at ON read_log (at, staff, person);
CREATE TABLE legal_hold (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  reason_sealed TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  placed_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  lifted_by TEXT,
  lifted_at INTEGER,
  settled_at INTEGER
) STRICT;
CREATE INDEX legal_hold_person ON legal_hold (person, until) WHERE lifted_at IS NULL;
CREATE TABLE privacy_request (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('access', 'erasure', 'correction')),
  person TEXT NOT NULL REFERENCES person (id),
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'declined')),
  asked_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  prolonged_at INTEGER,
  taken_by TEXT NOT NULL,
  note_sealed TEXT,
  ended_by TEXT,
  ended_at INTEGER
) STRICT;
CREATE INDEX privacy_request_open ON privacy_request (due_at) WHERE state = 'open';
CREATE INDEX privacy_request_person ON privacy_request (person);
CREATE TABLE retention_run (
  record TEXT NOT NULL, office TEXT NOT NULL, through TEXT NOT NULL, ran_at INTEGER NOT NULL,
  PRIMARY KEY (record, office)
) STRICT, WITHOUT ROWID;
