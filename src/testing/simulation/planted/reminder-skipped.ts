import type { Planted } from "../parts.ts"

export const reminderSkipped: Planted = {
  name: "reminder-skipped",
  breaks: "everybody is reminded",
  by: "every reminder once",
  from: 2,
  changes: [
    {
      file: "src/domain/bookings/reminders.ts",
      find: "{ hours, startsAt: end.startsAt, booking: end.id }",
      replace: "{ hours, startsAt: end.startsAt + 10_800_000, booking: end.id }",
    },
  ],
}
