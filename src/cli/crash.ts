import { runBesideTests } from "./beside-tests.ts"

// `npm run crash`: kills, starves and damages the real process and its files, and looks whether every promise holds.
runBesideTests("rigs/command.ts")
