import { runBesideTests } from "./beside-tests.ts"

// `npm run simulate`: lives through virtual weeks with faults and looks whether every promise holds.
runBesideTests("simulation/command.ts")
