import type { Endpoint } from "./endpoint.ts"

/** Every call of the API, in the order of the contract. */
export const endpoints: Endpoint[] = []
export type { Endpoint }
