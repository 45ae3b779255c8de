import { defineConfig } from "vitest/config";

/** The build goes into the Python package, which serves it. Nothing is inline: the CSP allows neither scripts nor styles that are. */
export default defineConfig({
  base: "/",
  build: {
    target: "es2022",
    outDir: "../src/hubbub/static",
    emptyOutDir: true,
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: true,
    rollupOptions: {
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: {
    // `npm run dev` beside a hubbub server on this machine.
    proxy: {
      "/irc": { target: "ws://127.0.0.1:1313", ws: true },
      "/files": "http://127.0.0.1:1313",
    },
  },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    environment: "node",
    testTimeout: 20_000,
    // Node 20 has a WebSocket, but hides it.
    execArgv: ["--experimental-websocket"],
  },
});
