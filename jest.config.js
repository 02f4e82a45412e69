const { availableParallelism } = require("node:os");

// The pinned SDK runs on Node 20; only its later releases will not, and it says so once per worker.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
// Every Node process of the tests would parse these certificates anew (80 ms each); none leaves this machine.
delete process.env.NODE_EXTRA_CA_CERTS;

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // A busy machine is no fault of the code; what hangs still fails.
  testTimeout: process.env.THOROUGH_TESTS ? 120_000 : 30_000,
  // More than there are cores: many tests mostly wait for processes of their own. A thorough run has functions with real time
  // limits in many of them, which more workers would starve.
  maxWorkers: availableParallelism() * (process.env.THOROUGH_TESTS ? 1 : 2),
  setupFilesAfterEnv: ["<rootDir>/__tests__/support/buffer-equality.ts"],
  globalSetup: "<rootDir>/__tests__/support/stage-bundles.ts",
  testMatch: ["<rootDir>/__tests__/**/*.test.ts", "<rootDir>/packages/*/test/**/*.test.ts"],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/packages/[^/]+/dist/",
    "<rootDir>/cdktf.out/",
    "<rootDir>/.local/",
  ],
  // thumbhash is published as an ES module only.
  transformIgnorePatterns: ["/node_modules/(?!thumbhash/)"],
  transform: {
    "^.+\\.[jt]s$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
};
