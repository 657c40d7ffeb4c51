import { runBesideTests } from "./beside-tests.ts"

// `npm run screens`: takes the pictures of docs/screens anew, from a demonstration of its own.
runBesideTests("pictures.ts")
