// Prints `passed failed` from vitest's JSON report. A skipped test, a file that could not be loaded, an empty report and a runner that
// failed for another reason all count as failed: nothing looks green that did not run.
import { readFileSync } from 'node:fs';

const [, , path, status] = process.argv;
const report = JSON.parse(readFileSync(path, 'utf8'));
const passed = report.numPassedTests;
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length;
const notRun = report.numTotalTests - passed;
const failed = notRun + brokenFiles;
console.log(`${passed} ${failed === 0 && (status !== '0' || passed === 0) ? 1 : failed}`);
