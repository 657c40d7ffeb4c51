import { mountSelfTest } from "../visit/selftest.ts"

const test = document.querySelector<HTMLElement>("[data-self-test]")
if (test) mountSelfTest(test)
