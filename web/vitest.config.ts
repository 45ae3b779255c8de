import { mergeConfig, defineConfig } from "vitest/config";

import build from "./vite.config";

/** How the unit tests run; apart from the build, so that installing hubbub needs nothing of this. */
export default mergeConfig(
  build,
  defineConfig({
    test: {
      include: ["test/**/*.test.{ts,tsx}"],
      environment: "node",
      testTimeout: 20_000,
      // Node 20 has a WebSocket, but hides it.
      execArgv: ["--experimental-websocket"],
    },
  }),
);
