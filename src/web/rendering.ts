import type { Watch } from "../domain/visits/reads.ts"
import type { ReceivedBy, RelayTrouble } from "../domain/visits/rooms.ts"
import type { Lang } from "../i18n/lang.ts"
import type { House } from "./house.ts"

/** What a fragment is rendered from: the house as it stands, without the wire itself. */
export type Rendering = Pick<House, "store" | "clock" | "keys" | "env" | "look" | "demo">

/**
 * One live region of a page: the same function makes it for the first answer and for every change. `reader` is the account that looks,
 * where a topic has a view for each; `watch`, `received` and `relay` are what the process knows of connections beyond the store.
 */
export type Fragment = (
  house: Rendering,
  of: string,
  lang: Lang,
  reader: string,
  watch: Watch,
  received: ReceivedBy,
  relay: () => RelayTrouble | null,
) => Promise<string>
