import { files } from "./files.ts"
import { flip } from "./flip.ts"
import { full } from "./full.ts"
import { kill } from "./kill.ts"
import { others } from "./others.ts"
import { power } from "./power.ts"
import { restored } from "./restored.ts"
import type { Rig } from "./rig.ts"
import { two } from "./two.ts"

export const rigs: Record<string, Rig> = { kill, power, full, flip, files, two, restore: restored, others }
