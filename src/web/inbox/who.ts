import { Refusal } from "../../base/refusal.ts"
import type { Owner } from "../../domain/access/owner.ts"
import { hasInbox } from "../bell.tsx"
import type { Context } from "../house.ts"

/** Whose messages these are. The gate lets in nobody who has none. */
export function ownerOf(c: Context): Owner {
  const { subject } = c.var
  if (!hasInbox(subject)) throw new Refusal("not_signed_in")
  return { kind: subject.role === "citizen" ? "citizen" : "staff", id: subject.id }
}
