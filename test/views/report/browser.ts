import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium of this machine: `CHROMIUM`, else the first that is on the PATH. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string {
  const directories = (environment['PATH'] ?? '').split(delimiter);
  const found =
    environment['CHROMIUM'] ??
    NAMES.flatMap((name) => directories.map((directory) => join(directory, name))).find((path) => existsSync(path));
  if (found === undefined) throw new Error('there is no Chromium here: scripts/setup/install-packages.sh browser');
  return found;
}

/** A browser without a window. As root, Chromium runs only without its sandbox; it is shown nothing but files of ours. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
}

/** A page, and whatever a reader would not want of it. */
export interface Opened {
  readonly page: Page;
  /** Errors of the page and of its console, dialogs, and requests for anything but the file itself. */
  readonly complaints: readonly string[];
}

/** Opens a file in a page of its own. */
export async function openFile(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('request', (request) => {
    if (request.url() !== `file://${path}`) complaints.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`file://${path}`);
  return { page, complaints };
}
