import { table, whole } from "../dialect.ts"

/** One row whose mark changes, by trigger, with every change of what setup and supervisors say. */
export const setupMark = table("setup_mark", { one: whole().primaryKey(), mark: whole().notNull() })
