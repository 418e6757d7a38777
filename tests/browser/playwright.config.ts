// The browser tests run against the real binary in Debian's Chromium, one at a time, and none gets a second try:
// a test that passes only sometimes has failed.
import { defineConfig } from '@playwright/test';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: '.',
  outputDir: '../../target/browser/failed',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 5_000 },
  reporter: [['list'], ...(process.env.RESULTS ? [['json', { outputFile: process.env.RESULTS }] as const] : [])],
  use: {
    browserName: 'chromium',
    viewport: { width: 1366, height: 768 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        // Chromium's sandbox does not start for root, as in CI.
        ...(isRoot ? ['--no-sandbox'] : []),
        // Nothing but the server under test is ever asked for anything.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-domain-reliability',
        '--disable-sync',
        '--no-default-browser-check',
        '--no-first-run',
        '--no-pings',
      ],
    },
  },
});
