-- What is looked for, and what is old enough to go, is found by an index: once there is much, whoever reads through it all stops everybody.

DROP INDEX session_subject;
CREATE INDEX session_subject ON session (kind, subject);
CREATE INDEX session_until ON session (until);
CREATE INDEX throttle_at ON throttle (at);
CREATE INDEX pre_session_until ON pre_session (until);
CREATE INDEX one_time_code_until ON one_time_code (until);
CREATE INDEX enrolment_until ON enrolment (until);
CREATE INDEX confirmation_used ON confirmation (used_at) WHERE used_at IS NOT NULL;
CREATE INDEX access_request_until ON access_request (until);
CREATE INDEX access_request_subject ON access_request (subject);
CREATE INDEX access_request_asked ON access_request (asked_at, id);
CREATE INDEX api_key_subject ON api_key (kind, subject);
CREATE INDEX api_key_until ON api_key (until);
CREATE INDEX api_key_revoked ON api_key (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX proxy_until ON proxy (until);
CREATE INDEX proxy_ended ON proxy (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX proxy_asked ON proxy (asked_at) WHERE since IS NULL;

-- What an office has to settle, without going through all that it ever had.
CREATE INDEX booking_asked ON booking (office, starts_at) WHERE state = 'requested';
CREATE INDEX booking_struck ON booking (office, starts_at) WHERE struck_at IS NOT NULL;
CREATE INDEX hold_over ON hold (until) WHERE state <> 'live';
-- By its state as well, which is always the same in it: else the index of all places, those of ended wishes too, would seem as good.
CREATE INDEX waitlist_waiting ON waitlist (state, office, place) WHERE state = 'waiting';
DROP INDEX waitlist_look;
CREATE INDEX waitlist_look ON waitlist (state, look_at) WHERE state = 'waiting';
CREATE INDEX waitlist_ended ON waitlist (ended_at) WHERE ended_at IS NOT NULL;
-- Of a day on which nobody has been served yet, without going through those before it.
CREATE INDEX ticket_served_day ON ticket (office, line, day, ended_at) WHERE state = 'served';
DROP INDEX ticket_person;
CREATE INDEX ticket_person ON ticket (person) WHERE person IS NOT NULL;
CREATE INDEX visit_thread ON visit (thread);
CREATE INDEX recording_review_visit ON recording_review (visit, at);
CREATE INDEX request_started ON request (started_at) WHERE ended_at IS NULL;
CREATE INDEX privacy_request_ended ON privacy_request (ended_at) WHERE ended_at IS NOT NULL;
