import { CASES } from './cases.ts';
import type { Climb } from './malice.ts';
import type { Pasted } from './paste.ts';
import type { Registered } from './register.ts';

/** One input and all that is known of it. */
export interface Row {
  file: string;
  registered: Registered;
  /** The report drawn on it, JPEG, where pictures are made. */
  preview?: Uint8Array;
  /** Absent where it was refused. */
  pasted?: Pasted;
  /** Address of a small picture of it speaking, seen from the page that the table is in. */
  picture?: string;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(ms < 10_000 ? 2 : 1);

/** The trial as a table of Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['', 'input', 'answer', 'after, s', 'memory, MB', 'ΔE own', 'ΔE pasted', 'ΔE added', 'outside'];
  const lines = rows.map(({ file, registered, pasted, picture }) => [
    picture ? `![${CASES[file] ?? file}](${picture})` : '',
    CASES[file] ?? file,
    answerOf(registered),
    seconds(registered.doneMs),
    registered.peak.preparing ? registered.peak.preparing.toFixed(0) : '–',
    ...(pasted
      ? [...[pasted.own, pasted.pasted, pasted.added].map((step) => step.toFixed(1)), pasted.outside]
      : ['–', '–', '–', '–']),
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function answerOf({ code, report, status, width, height }: Registered): string {
  if (code) return `refused: \`${code}\`${status === 202 ? '' : ` (${status})`}`;
  if (!report) return `${status}`;
  const found = report.findings.map((finding) => `\`${finding.code}\``).join(', ');
  return `**${report.quality}**, ${width} × ${height}${found && `: ${found}`}`;
}

/** What was answered where `../` was sent. */
export function climbsOf(climbs: readonly Climb[]): string {
  const lines = climbs.map(({ what, status, code }) => `| ${what} | ${status}${code && ` \`${code}\``} |`);
  return ['| `../../bait` sent in | answer |', '| --- | --- |', ...lines].join('\n');
}
