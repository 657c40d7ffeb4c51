import { accountRoutes } from "./account/routes.ts"
import { deskVisitRoutes } from "./agent/messages.tsx"
import { deskRoutes } from "./agent/routes.tsx"
import { secondRoutes } from "./agent/second.tsx"
import { deskServiceRoutes } from "./agent/service-acts.ts"
import { type Endpoint, endpoints } from "./api/endpoints.ts"
import { problemRoutes } from "./api/problems.tsx"
import { boardRoutes } from "./board/routes.tsx"
import { citizenRoutes } from "./citizen/routes.ts"
import { deviceRoutes } from "./devices/routes.tsx"
import { doorRoutes } from "./door/routes.ts"
import type { PageRoute } from "./house.ts"
import { householdRoutes } from "./household/routes.ts"
import { inboxRoutes } from "./inbox/routes.ts"
import { keyRoutes } from "./keys/routes.tsx"
import { kioskRoutes } from "./kiosk/routes.tsx"
import { paperRoutes } from "./papers.tsx"
import { privacyRoutes } from "./privacy/routes.ts"
import { reviewRoutes } from "./recordings/routes.ts"
import { staffRoutes } from "./staff/routes.ts"
import { supervisorRoutes } from "./supervisor/routes.tsx"
import { ticketRoutes } from "./ticket/routes.tsx"
import { verifyRoutes } from "./verify/routes.ts"
import { attendingRoutes } from "./visits/attending.tsx"
import { requestRoutes } from "./visits/confirming.ts"
import { guestRoutes } from "./visits/guest.tsx"
import { minutesRoutes } from "./visits/minutes.tsx"
import { pictureRoutes } from "./visits/pictures.ts"
import { recordingRoutes } from "./visits/recording.ts"

/** Every page of the house. Rooms list their own; nothing is reachable that does not stand here. */
export const pages: PageRoute[] = [
  ...citizenRoutes,
  ...doorRoutes,
  ...accountRoutes,
  ...boardRoutes,
  ...ticketRoutes,
  ...attendingRoutes,
  ...deskRoutes,
  ...kioskRoutes,
  ...supervisorRoutes,
  ...privacyRoutes,
  ...staffRoutes,
  ...deviceRoutes,
  ...keyRoutes,
  ...inboxRoutes,
  ...householdRoutes,
  ...recordingRoutes,
  ...reviewRoutes,
  ...guestRoutes,
  ...verifyRoutes,
  ...minutesRoutes,
  ...deskVisitRoutes,
  ...deskServiceRoutes,
  ...requestRoutes,
  ...paperRoutes,
  ...pictureRoutes,
  ...secondRoutes,
  ...problemRoutes,
]

/** Every call of the API. */
export const calls: Endpoint[] = endpoints
