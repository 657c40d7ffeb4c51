import { listen } from "../live.ts"

// The whole of what most pages need: their live regions follow what happens.
listen()
