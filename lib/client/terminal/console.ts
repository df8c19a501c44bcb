/**
 * The one port between the client and whoever reads and writes: a person or a script.
 *
 * @module
 */

/** What a person or a script at the keyboard did. */
export type InputEvent =
  | {
    /** A whole line was given. */
    kind: "line";
    /** The line without its line end. */
    text: string;
    /** Which paste it was a part of, counted from 1; undefined if it was typed. */
    paste?: number;
    /**
     * What shows the line as it was typed, if it is not on the screen: whoever takes it prints this,
     * or something that stands for it.
     */
    echo?: string;
    /** True if it was typed where nothing of it was shown: it is an answer, and never anything else. */
    secret?: true;
  }
  | {
    /**
     * Text of several lines was pasted where lines are said, and confirmed: it is to be said as it is,
     * and nothing of it is ever a command. It is not on the screen.
     */
    kind: "pasted";
    /** The lines, separated by `\n`, none of them blank. */
    text: string;
  }
  | {
    /** Ctrl-] (the byte 0x1d): leave what one is in. */
    kind: "leave";
  }
  | {
    /** Ctrl-C on an empty line; on any other line it clears the line and is no event. */
    kind: "interrupt";
  }
  | {
    /** A line was too long to be taken, and is lost; that has been told. */
    kind: "dropped";
  }
  | {
    /** End of input, or Ctrl-D on an empty line. */
    kind: "end";
  };

/** What may be told of a prompt. */
export interface PromptOptions {
  /**
   * Whether a secret is asked for: nothing of what is typed is shown, remembered or completed, and
   * Ctrl-C calls it off. What was being typed before stands there again afterwards.
   *
   * @default {false}
   */
  readonly secret?: boolean;
}

/** Where the client reads from and prints to. Disposal puts a terminal back as it was. */
export interface Console extends AsyncDisposable {
  /** True if a person sits at a terminal. */
  readonly interactive: boolean;

  /** True if something printed is lost since standard output cannot be written to; why was told. */
  readonly outputLost: boolean;

  /**
   * What is done at the keyboard, in order. It may be called again after a loop was left: what
   * nobody took yet is still delivered. The iteration ends after the end of the input (a last
   * `end` event comes before), and quietly when the signal is aborted.
   *
   * @param signal Ends the iteration.
   * @returns The events; each is delivered to one iteration only.
   */
  events(signal?: AbortSignal): AsyncIterable<InputEvent>;

  /**
   * Sets the text that stands before what is typed.
   *
   * @param text The prompt, sanitised, one line; `""` hides it. A pipe ignores it.
   * @param options See there.
   */
  setPrompt(text: string, options?: PromptOptions): void;

  /**
   * Prints a message or an answer: to standard output, in a terminal above the prompt.
   *
   * @param text One or more sanitised lines, separated by `\n`; the last line end is added.
   */
  print(text: string): void;

  /**
   * Prints a message of a room like {@linkcode Console.print}. One that comes late is put where it
   * belongs if that is still in sight of a person, and marked if not; a script gets it as it comes.
   *
   * @param text The message, one sanitised line.
   * @param back How many messages were printed that belong behind it.
   */
  line(text: string, back: number): void;

  /**
   * Prints status and errors: to standard error if input or output is a pipe, in a terminal above
   * the prompt.
   *
   * @param text One or more sanitised lines, separated by `\n`; the last line end is added.
   */
  status(text: string): void;

  /**
   * Puts what was given in a room back to the prompt, to be changed or given again. If something else
   * is being typed there, or where there is no line editor, it does nothing.
   *
   * @param text A line, or the lines of a paste.
   */
  giveBack(text: string): void;

  /**
   * Says whether a command runs: where the prompt cannot be drawn anew, it is not shown meanwhile.
   *
   * @param on Whether it does.
   */
  working(on: boolean): void;

  /**
   * Waits until what was printed has been written (or nobody is left to read it). Who prints much
   * to a pipe waits for it now and then: a pipe drops nothing, so what is not read grows.
   *
   * @returns Resolves when nothing printed before is pending.
   */
  flush(): Promise<void>;
}
