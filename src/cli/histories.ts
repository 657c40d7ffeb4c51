import { runBesideTests } from "./beside-tests.ts"

// `npm run histories`: many clients at the real process, which is killed meanwhile.
runBesideTests("histories/command.ts")
