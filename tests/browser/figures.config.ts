// What `cargo xtask bench` measures in the browser: the same Chromium, and nothing that is asserted about time.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig(tests, {
  testMatch: '*.figure.ts',
  outputDir: '../../target/bench/browser',
  timeout: 180_000,
  reporter: [['line']],
  // A trace costs more than what is measured.
  use: { ...tests.use, trace: 'off' },
});
