/** listr2's own renderer, on an injected terminal instead of the process's, and on good terms with other lines there. */
import {
  DefaultRenderer,
  ListrDefaultRendererLogLevels as Level,
  type ListrDefaultRendererOptions,
  type ListrDefaultRendererTask,
  ListrLogger,
  ProcessOutput,
  Spinner,
} from 'listr2';
import type { Marks } from '../marks.ts';
import type { Output } from '../output.ts';
import type { Paint, Palette } from '../palette.ts';
import type { Stage } from './stage.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const INDENT = 2;

/** Columns that stand before a title: the indent of its level, its sign and a space. */
export const titleIndent = (level: number): number => level * INDENT + 2;

/** A renderer class for one list. `isWaiting` tells, by listr's id, the tasks whose step has not begun. */
export function terminalRenderer(stage: Stage, isWaiting: (taskId: string) => boolean): typeof DefaultRenderer {
  return class extends DefaultRenderer {
    // Whether this is a terminal was decided by whoever made the view; listr2 would ask process.stdout.
    static override nonTTY = true;
    #drawnFrame = -1;

    // listr2 asks for a frame at every change of every task. Hundreds of peers that start at once change the list
    // thousands of times a second, so it is drawn when the spinner turns, and at the end.
    override update(): void {
      const spinner = this['spinner'];
      if (spinner instanceof FrameSpinner) {
        if (spinner.frame === this.#drawnFrame) return;
        this.#drawnFrame = spinner.frame;
      }
      this.#printWaiting();
      super.update();
    }

    override end(): void {
      this.#printWaiting();
      super.end();
      stage.leave();
    }

    protected override style(task: ListrDefaultRendererTask, output = false): string {
      if (!output && isWaiting(task.id)) return this['logger'].icon(Level.WAITING) ?? '';
      return super.style(task, output);
    }

    // Titles come cut to the terminal's width; listr2 would wrap them at the width of process.stdout.
    protected override format(message: string, icon: string, level: number): string[] {
      const indent = ' '.repeat(level * INDENT);
      return message.split('\n').map((line, i) => `${indent}${i === 0 ? `${icon} ` : '  '}${line}`);
    }

    #printWaiting(): void {
      const lines = stage.takeWaiting();
      if (lines.length === 0) return;
      this['updater'].clear();
      for (const line of lines) line();
    }
  };
}

/** listr2's options for our signs and colours on an output. */
export function rendererOptions(output: Output, marks: Marks, palette: Palette): ListrDefaultRendererOptions {
  const { good, bad, caution, sent, quiet } = palette.tone;
  return {
    collapseSubtasks: true,
    // A task that failed or was skipped keeps its title, which already says why.
    collapseErrors: true,
    showErrorMessage: false,
    collapseSkips: true,
    showSkipMessage: false,
    spinner: new FrameSpinner(marks.spinner),
    logger: new ListrLogger({ useIcons: true, processOutput: new OutputOf(output) }),
    icon: {
      [Level.PENDING]: marks.open,
      [Level.WAITING]: marks.waiting,
      [Level.COMPLETED]: marks.good,
      [Level.COMPLETED_WITH_FAILED_SUBTASKS]: marks.bad,
      [Level.FAILED]: marks.bad,
      [Level.FAILED_WITH_FAILED_SUBTASKS]: marks.bad,
      [Level.SKIPPED_WITH_COLLAPSE]: marks.caution,
    },
    color: {
      [Level.PENDING]: formatting(sent),
      [Level.WAITING]: formatting(quiet),
      [Level.COMPLETED]: formatting(good),
      [Level.COMPLETED_WITH_FAILED_SUBTASKS]: formatting(bad),
      [Level.FAILED]: formatting(bad),
      [Level.FAILED_WITH_FAILED_SUBTASKS]: formatting(bad),
      [Level.SKIPPED_WITH_COLLAPSE]: formatting(caution),
    },
  };
}

const formatting =
  (paint: Paint) =>
  (text = ''): string =>
    paint(text);

class FrameSpinner extends Spinner {
  protected override readonly spinner: string[];
  /** Frames since the start. */
  frame = 0;

  constructor(frames: readonly string[]) {
    super();
    this.spinner = [...frames];
  }

  override spin(): void {
    this.frame += 1;
    super.spin();
  }
}

/** An output as listr2 wants it. Nothing is hijacked: every line of ours passes the stage, and the process's streams stay untouched. */
class OutputOf extends ProcessOutput {
  readonly #stream: NodeJS.WriteStream;

  constructor(output: Output) {
    const stream = {
      write: (text: string) => {
        output.write(text);
        return true;
      },
      // Read at every frame, so that the list follows the window.
      get columns() {
        return output.width();
      },
      get rows() {
        return output.height?.() ?? 24;
      },
    } as unknown as NodeJS.WriteStream;
    super(stream, stream);
    this.#stream = stream;
  }

  override get stdout(): NodeJS.WriteStream {
    return this.#stream;
  }

  override hijack(): void {
    this.#stream.write(HIDE_CURSOR);
  }

  override release(): void {
    this.#stream.write(SHOW_CURSOR);
  }
}
