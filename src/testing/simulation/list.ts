import { agents } from "./actors/agents.ts"
import { citizens } from "./actors/citizens.ts"
import { households } from "./actors/households.ts"
import { jobs } from "./actors/jobs.ts"
import { kiosks } from "./actors/kiosks.ts"
import { personnel } from "./actors/personnel.ts"
import { places } from "./actors/places.ts"
import { programs } from "./actors/programs.ts"
import { recorders } from "./actors/recorders.ts"
import { supervisors } from "./actors/supervisors.ts"
import { connections, videoAgents, videoVisitors } from "./actors/video.ts"
import { visitors } from "./actors/visitors.ts"
import { clockJump } from "./faults/clock-jump.ts"
import { crashAtCommit } from "./faults/crash-at-commit.ts"
import { crashInTurn } from "./faults/crash-in-turn.ts"
import { diskFull } from "./faults/disk-full.ts"
import { failingCommit } from "./faults/failing-commit.ts"
import { lateJobs } from "./faults/late-jobs.ts"
import { delayed, doubled, lost, slow } from "./faults/network.ts"
import { restart } from "./faults/restart.ts"
import { revoked } from "./faults/revoked.ts"
import { slowCommit } from "./faults/slow-commit.ts"
import { acknowledged } from "./invariants/acknowledged.ts"
import { asTold } from "./invariants/as-told.ts"
import { capacity } from "./invariants/capacity.ts"
import { endings } from "./invariants/endings.ts"
import { holds } from "./invariants/holds.ts"
import { nextIsLowest } from "./invariants/next-is-lowest.ts"
import { numbers } from "./invariants/numbers.ts"
import { promised } from "./invariants/promised.ts"
import { recordings } from "./invariants/recordings.ts"
import { reminders } from "./invariants/reminders.ts"
import { rights } from "./invariants/rights.ts"
import { saidWithIt } from "./invariants/said-with-it.ts"
import { sequence } from "./invariants/sequence.ts"
import { sessions } from "./invariants/sessions.ts"
import { takenAway } from "./invariants/taken-away.ts"
import { visits } from "./invariants/visits.ts"
import type { Actor, Fault, Invariant } from "./parts.ts"

/* Everything that takes part in a simulation. */

export const actors: readonly Actor[] = [
  ...[citizens, visitors, agents, supervisors],
  ...[videoVisitors, videoAgents, connections, recorders, jobs],
  ...[personnel, kiosks, programs, households, places],
]

export const faults: readonly Fault[] = [
  ...[lost, delayed, slow, doubled, revoked],
  ...[crashInTurn, crashAtCommit, failingCommit, slowCommit],
  ...[restart, clockJump, diskFull, lateJobs],
]

export const invariants: readonly Invariant[] = [
  ...[acknowledged, sequence, asTold, endings],
  ...[capacity, promised, holds, reminders, rights, saidWithIt, sessions, takenAway],
  ...[nextIsLowest, numbers, visits, recordings],
]
